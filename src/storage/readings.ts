import type { StatementSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import type { Database } from './database.ts';

export const HOUR: Millis = 3_600_000;

/** Writes readings and marks the hours they touch for the roll-up. */
export class ReadingWriter {
  readonly #insert: StatementSync;
  readonly #insertIfNew: StatementSync;
  readonly #value: StatementSync;
  readonly #openHour: StatementSync;
  /** The hour last marked, by series: most readings fall into it, and it is marked already. */
  readonly #marked = new Map<number, number>();
  #staged: [series: number, hour: number][] = [];

  constructor(database: Database) {
    this.#insert = database.prepare('INSERT INTO reading VALUES (?, ?, ?, ?, ?)');
    this.#insertIfNew = database.prepare(
      'INSERT INTO reading VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#value = database.prepare('SELECT value FROM reading WHERE series = ? AND time = ?');
    this.#openHour = database.prepare(
      'INSERT INTO open_hour (hour, series) VALUES (?, ?) ON CONFLICT DO NOTHING',
    );
  }

  /** Writes a reading known to be newer than all of its series. */
  append(series: number, time: Millis, value: number, received: Millis, quality: number): void {
    // unlike `run` it makes no object about what has changed
    this.#insert.get(series, time, value, received, quality);
    this.#markHour(series, time);
  }

  /** Writes a reading unless there is one of that time; then returns the value that stays. */
  insert(
    series: number,
    time: Millis,
    value: number,
    received: Millis,
    quality: number,
  ): number | undefined {
    const { changes } = this.#insertIfNew.run(series, time, value, received, quality);
    if (changes === 0) return Number(this.#value.get(series, time)?.value);
    this.#markHour(series, time);
    return undefined;
  }

  committed(): void {
    for (const [series, hour] of this.#staged) this.#marked.set(series, hour);
    this.#staged = [];
  }

  rolledBack(): void {
    this.#staged = [];
  }

  /** A roll-up has taken the hour: the next reading in it must mark it again. */
  hourTaken(series: number, hour: number): void {
    if (this.#marked.get(series) === hour) this.#marked.delete(series);
  }

  #markHour(series: number, time: Millis): void {
    const hour = Math.floor(time / HOUR);
    if (this.#marked.get(series) === hour) return;
    this.#openHour.run(hour, series);
    this.#staged.push([series, hour]);
  }
}
