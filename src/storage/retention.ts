import type { StatementSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import type { Database } from './database.ts';
import { HOUR } from './readings.ts';

/**
 * What came in so lately stays, however old it is: the other half of its hour may still be coming,
 * and figures are computed from all of an hour's readings.
 */
const SETTLES: Millis = 24 * HOUR;
const SERIES_PER_STEP = 50;
const READINGS_PER_SERIES = 500;

/** Removes readings past their time, a few series at a step, round and round. Roll-ups stay. */
export class Retention {
  readonly #database: Database;
  readonly #nextSeries: StatementSync;
  readonly #oldestOpenHour: StatementSync;
  readonly #cutAt: StatementSync;
  readonly #delete: StatementSync;
  #after = 0;

  constructor(database: Database) {
    this.#database = database;
    this.#nextSeries = database.prepare('SELECT id FROM series WHERE id > ? ORDER BY id LIMIT ?');
    this.#oldestOpenHour = database.prepare('SELECT min(hour) AS hour FROM open_hour');
    this.#cutAt = database.prepare(
      'SELECT time FROM reading WHERE series = ? AND time < ? ORDER BY time LIMIT 1 OFFSET ?',
    );
    this.#delete = database.prepare(
      'DELETE FROM reading WHERE series = ? AND time < ? AND received < ?',
    );
  }

  /** Removes some readings older than `keep` ms; returns how many. */
  step(now: Millis, keep: Millis): number {
    const open = this.#oldestOpenHour.get()?.hour;
    // what no roll-up knows yet stays
    const openSince = open === null || open === undefined ? now : Number(open) * HOUR;
    const before = Math.min(Math.floor((now - keep) / HOUR) * HOUR, openSince);
    const ids = this.#nextSeries.all(this.#after, SERIES_PER_STEP).map(({ id }) => Number(id));
    this.#after = ids.length === SERIES_PER_STEP ? (ids.at(-1) ?? 0) : 0;
    const settled = now - Math.min(keep, SETTLES);
    let removed = 0;
    this.#database.transaction(() => {
      for (const id of ids) {
        const cut = this.#cutAt.get(id, before, READINGS_PER_SERIES)?.time;
        const until = cut === undefined ? before : Number(cut);
        removed += Number(this.#delete.run(id, until, settled).changes);
      }
    });
    return removed;
  }
}
