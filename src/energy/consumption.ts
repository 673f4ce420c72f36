import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import { HOUR } from '../storage/readings.ts';
import { Fold, type HourUse, hourOf, NOTHING } from './fold.ts';
import type { Meter } from './meter.ts';
import { FAULTS, type QualityNote } from './registers.ts';
import { ConsumptionStore, type QualityRecord } from './store.ts';

/** Consumption of some series between moments that are whole hours. */
export interface ConsumptionQuery {
  series: readonly { id: number; meter: Meter }[];
  /** Where the periods begin, and where the last one ends. */
  starts: readonly Millis[];
  /** Quality records wanted of each series at most. */
  records: number;
  /**
   * Where the periods are days of the campus in a row: the number of the first, days since 1970. Then
   * the daily figures are read, a twenty-fourth as many.
   */
  firstDay?: number | undefined;
}

/** What was used in one period. */
export interface PeriodUse extends HourUse {
  /** The part of the amount that people have added or taken off. */
  corrected: number;
  /** Of how many of its hours something is known, measured or estimated. */
  hours: number;
}

/** What a person may ask about a figure: what the arithmetic noted, and what people corrected. */
export type UseRecord =
  | Omit<QualityRecord, 'recorded'>
  | (Pick<QualityRecord, 'from' | 'to' | 'amount' | 'readings' | 'before' | 'found'> & {
      kind: 'corrected';
      reason: string;
      person: string;
    });

/** The answer for one series. */
export interface SeriesUse {
  periods: PeriodUse[];
  /** About any part of the time, in order of time. */
  records: UseRecord[];
}

/**
 * Reads consumption from the hourly figures, and what is newer than they from the readings. An hour
 * belongs to the period in which it begins, so periods add up to the whole.
 */
export class ConsumptionQueries {
  readonly #connection: DatabaseSync;
  readonly #store: ConsumptionStore;
  readonly #sum: StatementSync;
  readonly #days: StatementSync;
  readonly #byHourOfDay: StatementSync;
  readonly #records: StatementSync;
  readonly #corrections: StatementSync;

  constructor(connection: DatabaseSync) {
    this.#connection = connection;
    this.#store = new ConsumptionStore(connection);
    this.#sum = connection.prepare(
      `SELECT total(amount) AS amount, total(estimated) AS estimated, total(measured) AS measured,
         count(*) AS hours
       FROM consumption_hour WHERE series = ? AND hour >= ? AND hour < ?`,
    );
    this.#days = connection.prepare(
      `SELECT day, amount, estimated, measured, hours
       FROM consumption_day WHERE series = ? AND day >= ? AND day < ?`,
    );
    // tens of thousands of rows: half the time of objects
    this.#days.setReturnArrays(true);
    this.#byHourOfDay = connection.prepare(
      `SELECT hour % 24 AS hour, total(amount) AS amount
       FROM consumption_hour WHERE series = ? AND hour >= ? AND hour < ? GROUP BY 1`,
    );
    this.#records = connection.prepare(
      `SELECT * FROM quality_record WHERE series = ? AND to_time > ? AND from_time < ?
       ORDER BY to_time DESC LIMIT ?`,
    );
    this.#corrections = connection.prepare(
      'SELECT * FROM correction WHERE series = ? AND to_time > ? AND from_time < ?',
    );
  }

  /** The answer for each series, in the order of the query; all of one moment. */
  answer(query: ConsumptionQuery): SeriesUse[] {
    this.#connection.exec('BEGIN');
    try {
      return this.usesOf(query);
    } finally {
      this.#connection.exec('COMMIT');
    }
  }

  /** The same within a transaction of the caller. */
  usesOf(query: ConsumptionQuery): SeriesUse[] {
    return query.series.map(({ id, meter }) => this.#answerOne(id, meter, query));
  }

  /**
   * What a series used in each hour of the day, 24 figures by UTC, for each of some stretches of time;
   * what people have added or taken off lies evenly on all of them.
   */
  hoursOfDay(
    { id, meter }: ConsumptionQuery['series'][number],
    stretches: readonly { from: Millis; to: Millis }[],
  ): number[][] {
    const tail = this.#tail(id, meter, Math.max(...stretches.map(({ to }) => to)));
    return stretches.map(({ from, to }) => {
      const { firstHour, lastHour, stored } = hoursBetween(from, to, tail);
      const corrected = correctedBetween(this.#corrections.all(id, from, to), from, to);
      const amounts = new Array<number>(24).fill(corrected / 24);
      const add = (hour: number, amount: number) => {
        amounts[hour % 24] = (amounts[hour % 24] ?? 0) + amount;
      };
      for (const row of this.#byHourOfDay.all(id, firstHour, stored)) {
        add(Number(row.hour), Number(row.amount));
      }
      for (const [hour, { amount }] of tail?.hours ?? []) {
        if (hour >= firstHour && hour < lastHour) add(hour, amount);
      }
      return amounts;
    });
  }

  #answerOne(id: number, meter: Meter, { starts, records, firstDay }: ConsumptionQuery): SeriesUse {
    const from = starts[0] ?? 0;
    const to = starts.at(-1) ?? from;
    const tail = this.#tail(id, meter, to);
    const corrections = this.#corrections.all(id, from, to);
    const days = firstDay === undefined ? undefined : this.#daysOf(id, firstDay, starts.length - 1);
    const periods = starts.slice(1).map((end, i): PeriodUse => {
      const start = starts[i] ?? end;
      const isSettled = Math.ceil(end / HOUR) <= (tail?.firstHour ?? Number.POSITIVE_INFINITY);
      const use = days && isSettled ? (days[i] ?? NO_DAY) : this.#between(id, start, end, tail);
      if (corrections.length === 0) return use;
      const corrected = correctedBetween(corrections, start, end);
      return { ...use, amount: use.amount + corrected, corrected };
    });
    return { periods, records: this.#recordsOf(id, from, to, records, tail, corrections) };
  }

  /** Days in a row without corrections; those without any figure are left out. */
  #daysOf(id: number, first: number, count: number): PeriodUse[] {
    const days: PeriodUse[] = [];
    for (const row of this.#days.all(id, first, first + count)) {
      const [day, amount, estimated, measured, hours] = Object.values(row);
      days[Number(day) - first] = {
        amount: Number(amount),
        estimated: Number(estimated),
        measured: Number(measured),
        corrected: 0,
        hours: Number(hours),
      };
    }
    return days;
  }

  /** What is newer than the newest mark, read from the readings themselves. */
  #tail(id: number, meter: Meter, to: Millis): Tail | undefined {
    const mark = this.#store.markBefore(id, Number.POSITIVE_INFINITY);
    if (mark && mark.time >= to) return undefined;
    const fold = new Fold(meter, mark);
    for (const reading of this.#store.readings(id, mark?.time ?? Number.NEGATIVE_INFINITY)) {
      fold.take(...reading);
    }
    const { hours, notes } = fold.figures();
    const since = mark?.time ?? Number.NEGATIVE_INFINITY;
    return { since, firstHour: mark ? hourOf(mark.time) : Math.min(...hours.keys()), hours, notes };
  }

  #between(id: number, from: Millis, to: Millis, tail: Tail | undefined): PeriodUse {
    const { firstHour, lastHour, stored } = hoursBetween(from, to, tail);
    const row = stored > firstHour ? this.#sum.get(id, firstHour, stored) : undefined;
    const use = {
      amount: Number(row?.amount ?? 0),
      estimated: Number(row?.estimated ?? 0),
      measured: Number(row?.measured ?? 0),
      corrected: 0,
      hours: Number(row?.hours ?? 0),
    };
    for (const [hour, { amount, estimated, measured }] of tail?.hours ?? []) {
      if (hour < firstHour || hour >= lastHour) continue;
      use.amount += amount;
      use.estimated += estimated;
      use.measured += measured;
      use.hours += 1;
    }
    return use;
  }

  #recordsOf(
    id: number,
    from: Millis,
    to: Millis,
    limit: number,
    tail: Tail | undefined,
    corrections: readonly Record<string, unknown>[],
  ): UseRecord[] {
    if (limit === 0) return [];
    const stored = this.#records
      .all(id, from, to, limit)
      .map(toRecord)
      .filter((record) => !tail || record.kind === 'revised' || record.to <= tail.since);
    const newer = (tail?.notes ?? []).filter((note) => note.to > from && note.from < to);
    const corrected = corrections.map(toCorrected);
    return [...stored, ...newer, ...corrected].sort((a, b) => a.to - b.to).slice(-limit);
  }
}

interface Tail {
  since: Millis;
  firstHour: number;
  hours: ReadonlyMap<number, HourUse>;
  notes: readonly QualityNote[];
}

function toCorrected(row: Record<string, unknown>): UseRecord {
  return {
    kind: 'corrected',
    from: Number(row.from_time),
    to: Number(row.to_time),
    amount: Number(row.amount),
    readings: 0,
    before: 0,
    found: 0,
    reason: String(row.reason),
    person: String(row.person),
  };
}

const NO_DAY: PeriodUse = { ...NOTHING, corrected: 0, hours: 0 };

/** The hours that begin between two moments; those from `stored` on are in the tail. */
function hoursBetween(from: Millis, to: Millis, tail: Tail | undefined) {
  const [firstHour, lastHour] = [Math.ceil(from / HOUR), Math.ceil(to / HOUR)];
  return { firstHour, lastHour, stored: Math.min(lastHour, tail?.firstHour ?? lastHour) };
}

/** The part of some corrections that falls between two moments. */
function correctedBetween(
  rows: readonly Record<string, unknown>[],
  from: Millis,
  to: Millis,
): number {
  let corrected = 0;
  for (const row of rows) {
    const [first, last] = [Number(row.from_time), Number(row.to_time)];
    const part = Math.min(to, last) - Math.max(from, first);
    if (part > 0) corrected += (Number(row.amount) * part) / (last - first);
  }
  return corrected;
}

function toRecord(row: Record<string, unknown>): Omit<QualityRecord, 'recorded'> {
  return {
    kind: FAULTS.find((kind) => kind === row.kind) ?? 'revised',
    from: Number(row.from_time),
    to: Number(row.to_time),
    amount: Number(row.amount),
    readings: Number(row.readings),
    before: Number(row.before),
    found: Number(row.found),
  };
}
