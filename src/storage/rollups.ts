import type { StatementSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import type { Database } from './database.ts';
import { HOUR, type ReadingWriter } from './readings.ts';

/** Roll-ups in one transaction: few enough that no reading waits noticeably for them. */
const MAX_HOURS = 200;

/**
 * Makes hourly figures out of readings. An hour is always computed anew from its readings, so late
 * and repeated data end in the same figures as if it had come in order. Fewer readings than the
 * figures know of mean that the others are past their time: then the figures stay.
 */
export class RollUps {
  readonly #database: Database;
  readonly #writer: ReadingWriter;
  readonly #open: StatementSync;
  readonly #compute: StatementSync;
  readonly #close: StatementSync;

  constructor(database: Database, writer: ReadingWriter) {
    this.#database = database;
    this.#writer = writer;
    this.#open = database.prepare(
      'SELECT hour, series FROM open_hour WHERE hour < ? ORDER BY hour, series LIMIT ?',
    );
    this.#compute = database.prepare(
      `INSERT INTO hourly
       SELECT :series, :hour, count(*), min(value), max(value), avg(value),
         (SELECT value FROM reading WHERE series = :series AND time >= :from ORDER BY time LIMIT 1),
         (SELECT value FROM reading WHERE series = :series AND time < :to ORDER BY time DESC LIMIT 1)
       FROM reading WHERE series = :series AND time >= :from AND time < :to
       HAVING count(*) > 0
       ON CONFLICT (series, hour) DO UPDATE SET count = excluded.count, min = excluded.min,
         max = excluded.max, mean = excluded.mean, first = excluded.first, last = excluded.last
       WHERE excluded.count > count`,
    );
    this.#close = database.prepare('DELETE FROM open_hour WHERE hour = ? AND series = ?');
  }

  /** Rolls up some of the hours that are over; true when more wait. */
  step(now: Millis): boolean {
    const hours = this.#open.all(Math.floor(now / HOUR), MAX_HOURS);
    if (hours.length === 0) return false;
    this.#database.transaction(() => {
      for (const row of hours) {
        const hour = Number(row.hour);
        const series = Number(row.series);
        this.#compute.run({ series, hour, from: hour * HOUR, to: (hour + 1) * HOUR });
        this.#close.run(hour, series);
      }
    });
    for (const { hour, series } of hours) this.#writer.hourTaken(Number(series), Number(hour));
    return hours.length === MAX_HOURS;
  }
}
