import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Temporal } from 'temporal-polyfill';
import type { Millis } from '../clock.ts';
import { HOUR } from './readings.ts';

/** The figures of one hour, or of one day. */
export interface Figures {
  /** Where it begins. */
  time: Millis;
  count: number;
  min: number;
  max: number;
  mean: number;
  /** By event time. */
  first: number;
  last: number;
}

/**
 * Hourly figures from the roll-ups. Hours whose roll-up doesn't know all of their readings are
 * worked out from the readings themselves, so the answer is right at any moment.
 */
export class HourlyFigures {
  readonly #hourly: StatementSync;
  readonly #countHourly: StatementSync;
  readonly #openHours: StatementSync;
  readonly #computed: StatementSync;

  constructor(connection: DatabaseSync) {
    this.#hourly = connection.prepare(
      'SELECT * FROM hourly WHERE series = ? AND hour >= ? AND hour < ? ORDER BY hour',
    );
    this.#countHourly = connection.prepare(
      `SELECT count(*) AS count FROM
         (SELECT 1 FROM hourly WHERE series = ? AND hour >= ? AND hour < ? LIMIT ?)`,
    );
    // hops from hour to hour: an import can leave millions of rows of other series open
    this.#openHours = connection.prepare(
      `WITH RECURSIVE candidate (hour) AS (
         SELECT min(hour) FROM open_hour WHERE hour >= :from
         UNION ALL
         SELECT (SELECT min(hour) FROM open_hour WHERE hour > candidate.hour)
         FROM candidate WHERE candidate.hour < :to
       )
       SELECT candidate.hour FROM candidate JOIN open_hour USING (hour)
       WHERE candidate.hour < :to AND open_hour.series = :series ORDER BY candidate.hour`,
    );
    const edge = (order: string) =>
      `(SELECT value FROM reading WHERE series = :series AND time >= :from AND time < :to
        ORDER BY time ${order} LIMIT 1)`;
    this.#computed = connection.prepare(
      `SELECT count(*) AS count, min(value) AS min, max(value) AS max, avg(value) AS mean,
         ${edge('ASC')} AS first, ${edge('DESC')} AS last
       FROM reading WHERE series = :series AND time >= :from AND time < :to`,
    );
  }

  /** In order of time; `from` and `to` are whole hours. Hours without readings are absent. */
  *between(series: number, from: Millis, to: Millis): Generator<Figures> {
    const open = this.#open(series, from, to);
    let next = 0;
    for (const row of this.#hourly.iterate(series, from / HOUR, to / HOUR)) {
      const known = toFigures(row, Number(row.hour) * HOUR);
      for (let at = open[next]; at !== undefined && at < known.time; at = open[next]) {
        next += 1;
        yield* this.#compute(series, at);
      }
      if (open[next] === known.time) {
        next += 1;
        // the readings of a very old hour may be gone; its figures stay
        const [computed = known] = this.#compute(series, known.time);
        yield computed;
      } else {
        yield known;
      }
    }
    for (const at of open.slice(next)) yield* this.#compute(series, at);
  }

  /** How many hours there are at most, or `most` and one if there are more. */
  count(series: number, from: Millis, to: Millis, most: number): number {
    const rolled = this.#countHourly.get(series, from / HOUR, to / HOUR, most + 1);
    return Math.min(most + 1, Number(rolled?.count) + this.#open(series, from, to).length);
  }

  /** Where the hours begin whose roll-up doesn't know all of their readings. */
  #open(series: number, from: Millis, to: Millis): Millis[] {
    const rows = this.#openHours.all({ series, from: from / HOUR, to: to / HOUR });
    return rows.map(({ hour }) => Number(hour) * HOUR);
  }

  #compute(series: number, from: Millis): Figures[] {
    const row = this.#computed.get({ series, from, to: from + HOUR });
    return row && Number(row.count) > 0 ? [toFigures(row, from)] : [];
  }
}

/** Joins hours to the days in which they begin; `starts` are the days' beginnings and the end. */
export function* joinDays(hours: Iterable<Figures>, starts: readonly Millis[]): Generator<Figures> {
  let day: Figures | undefined;
  let place = 0;
  for (const hour of hours) {
    while ((starts[place + 1] ?? Number.POSITIVE_INFINITY) <= hour.time) place += 1;
    const time = starts[place] ?? hour.time;
    if (day?.time !== time) {
      if (day) yield day;
      day = { ...hour, time };
      continue;
    }
    const count: number = day.count + hour.count;
    day = {
      time,
      count,
      min: Math.min(day.min, hour.min),
      max: Math.max(day.max, hour.max),
      mean: (day.mean * day.count + hour.mean * hour.count) / count,
      first: day.first,
      last: hour.last,
    };
  }
  if (day) yield day;
}

/** Where the days begin that touch the range, and where the last one ends. */
export function dayStarts(from: Millis, to: Millis, timezone: string): Millis[] {
  let day = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timezone).startOfDay();
  const starts = [day.epochMilliseconds];
  while (day.epochMilliseconds < to) {
    day = day.add({ days: 1 }).startOfDay();
    starts.push(day.epochMilliseconds);
  }
  return starts;
}

function toFigures(row: Record<string, unknown>, time: Millis): Figures {
  return {
    time,
    count: Number(row.count),
    min: Number(row.min),
    max: Number(row.max),
    mean: Number(row.mean),
    first: Number(row.first),
    last: Number(row.last),
  };
}
