import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { UNSEEN } from '../../alarms/rule-rows.ts';
import type { Millis } from '../../clock.ts';
import { HOUR } from '../../storage/readings.ts';
import type { Use } from './kind.ts';

/** What the rules about consumption read. */
export class FlowStore {
  readonly #readings: StatementSync;
  readonly #sum: StatementSync;

  constructor(connection: Pick<DatabaseSync, 'prepare'>) {
    // as for all rules with a memory: late data tells nothing of now
    this.#readings = connection.prepare(
      `SELECT time, value FROM reading WHERE series = ? AND time > ? AND (quality & ${UNSEEN}) = 0
       ORDER BY time LIMIT ?`,
    );
    this.#sum = connection.prepare(
      `SELECT total(amount) AS amount, total(measured) AS measured
       FROM consumption_hour WHERE series = ? AND hour >= ? AND hour < ?`,
    );
  }

  /** Readings that came in order and fresh, after a moment, at most so many. */
  *readings(
    series: number,
    after: Millis,
    limit: number,
  ): Generator<[time: Millis, value: number]> {
    for (const { time, value } of this.#readings.iterate(series, after, limit)) {
      yield [Number(time), Number(value)];
    }
  }

  /** The hourly figures of a stretch. */
  kept(series: number, from: Millis, to: Millis): Use {
    const row = this.#sum.get(series, Math.floor(from / HOUR), Math.floor(to / HOUR));
    return { amount: Number(row?.amount ?? 0), measured: Number(row?.measured ?? 0) };
  }
}
