import type { StatementSync } from 'node:sqlite';
import type { DeviceState, SeriesState } from '../pipeline/catalogue.ts';
import type { Database } from '../storage/database.ts';
import { type LocalDay, localDays } from './local-days.ts';
import type { ChangedHour } from './store.ts';

/**
 * Keeps the daily figures beside the hourly ones, in the transaction that changes these: two years of
 * a hundred meters are 1.75 million hours, which no answer within 200 ms can add up. A day is always
 * summed anew from its hours.
 */
export class DayRollUp {
  readonly #database: Database;
  readonly #roll: StatementSync;
  readonly #drop: StatementSync;
  readonly #dropAll: StatementSync;
  readonly #nextHour: StatementSync;
  readonly #zone: StatementSync;
  readonly #putZone: StatementSync;
  readonly #days = new Map<string, (hour: number) => LocalDay>();

  constructor(database: Database) {
    this.#database = database;
    this.#roll = database.prepare(
      `INSERT OR REPLACE INTO consumption_day
       SELECT series, ?, total(amount), total(estimated), sum(measured), count(*)
       FROM consumption_hour WHERE series = ? AND hour >= ? AND hour < ? GROUP BY series`,
    );
    this.#drop = database.prepare('DELETE FROM consumption_day WHERE series = ? AND day = ?');
    this.#dropAll = database.prepare('DELETE FROM consumption_day WHERE series = ?');
    this.#nextHour = database.prepare(
      'SELECT min(hour) AS hour FROM consumption_hour WHERE series = ? AND hour >= ?',
    );
    this.#zone = database.prepare('SELECT timezone FROM consumption_zone WHERE series = ?');
    this.#putZone = database.prepare('INSERT OR REPLACE INTO consumption_zone VALUES (?, ?)');
  }

  /** Within the transaction: these hours of a series have new figures. */
  take({ id, device }: SeriesState, hours: readonly ChangedHour[]): void {
    const dayOf = this.#daysIn(device.device.campus.timezone);
    let last = Number.NaN;
    for (const { hour } of hours) {
      const day = dayOf(hour);
      if (day.day === last) continue;
      last = day.day;
      this.#rollUp(id, day);
    }
  }

  /** Makes the days anew of series that have none yet, or whose campus has moved to another zone. */
  follow(devices: Iterable<DeviceState>): void {
    this.#database.transaction(() => {
      for (const { device, series } of devices) {
        const { timezone } = device.campus;
        for (const { id, spec } of series.values()) {
          if (!spec.register && !spec.interval) continue;
          if (this.#zone.get(id)?.timezone === timezone) continue;
          this.#rebuild(id, timezone);
          this.#putZone.run(id, timezone);
        }
      }
    });
  }

  #rebuild(series: number, timezone: string): void {
    const dayOf = this.#daysIn(timezone);
    this.#dropAll.run(series);
    let from = 0;
    for (;;) {
      const hour = this.#nextHour.get(series, from)?.hour;
      if (hour === null || hour === undefined) return;
      const day = dayOf(Number(hour));
      this.#rollUp(series, day);
      from = day.lastHour;
    }
  }

  #rollUp(series: number, { day, firstHour, lastHour }: LocalDay): void {
    const { changes } = this.#roll.run(day, series, firstHour, lastHour);
    if (changes === 0) this.#drop.run(series, day);
  }

  #daysIn(timezone: string): (hour: number) => LocalDay {
    const known = this.#days.get(timezone) ?? localDays(timezone);
    this.#days.set(timezone, known);
    return known;
  }
}
