import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Observation } from '../../alarms/rules/phases.ts';
import { useAround } from '../../campus/schedule.ts';
import type { Millis } from '../../clock.ts';
import { HourlyFigures } from '../../storage/query-figures.ts';
import { HOUR } from '../../storage/readings.ts';
import type { RecordedUnit } from './recorded-unit.ts';
import {
  type Excursion,
  heldValues,
  isOutOfRange,
  type Span,
  TimeInRange,
  type UnitFigures,
} from './time-in-range.ts';

/** Readings are read a day at a time. */
const PAGE = 24 * HOUR;

export interface UnitPeriod {
  figures: UnitFigures;
  excursions: readonly Excursion[];
}

/**
 * Reads how units were, from stored readings – late ones too, so a record is right once these have
 * come. Where readings are past their time the hourly roll-ups tell: an hour counts as out of range
 * when any of it was, and as unknown when it holds fewer readings than the silence limit fits into it.
 */
export class UnitReader {
  readonly #campus: string;
  readonly #timezone: string;
  readonly #now: Millis;
  readonly #figures: HourlyFigures;
  readonly #readings: StatementSync;
  readonly #oldest: StatementSync;
  readonly #resting: StatementSync;

  constructor(
    connection: DatabaseSync,
    { campus, timezone, now }: { campus: string; timezone: string; now: Millis },
  ) {
    this.#campus = campus;
    this.#timezone = timezone;
    this.#now = now;
    this.#figures = new HourlyFigures(connection);
    this.#readings = connection.prepare(
      'SELECT time, value FROM reading WHERE series = ? AND time >= ? AND time < ? ORDER BY time',
    );
    this.#oldest = connection.prepare(
      `SELECT (SELECT min(time) FROM reading WHERE series = :series) AS kept,
         (SELECT min(hour) FROM hourly WHERE series = :series) AS rolled`,
    );
    this.#resting = connection.prepare(
      `SELECT since, coalesce(ended, until) AS until FROM out_of_service
       WHERE campus = ? AND device = ? AND since < ? AND coalesce(ended, until) > ?`,
    );
  }

  /** How a unit was in a time; what has not come yet is no part of it. */
  during(unit: RecordedUnit, { from, to }: Span): UnitPeriod {
    const end = Math.min(to, this.#now);
    const sums = new TimeInRange(unit, this.inUse(unit, { from, to: end }));
    if (unit.series !== undefined && end > from) {
      const boundary = Math.min(Math.max(this.#keptSince(unit.series), from), end);
      if (boundary > from) this.#addHours(sums, unit, unit.series, { from, to: boundary });
      this.#addReadings(sums, unit, unit.series, { from: boundary, to: end });
    }
    return { figures: sums.figures, excursions: sums.excursions };
  }

  /** From when on all readings are kept: where roll-ups reach further back, others are past their time. */
  #keptSince(series: number): Millis {
    const { kept = null, rolled = null } = this.#oldest.get({ series }) ?? {};
    if (rolled === null) return Number.NEGATIVE_INFINITY;
    if (kept === null) return Number.POSITIVE_INFINITY;
    const isCut = Number(rolled) < Math.floor(Number(kept) / HOUR);
    return isCut ? Math.ceil(Number(kept) / HOUR) * HOUR : Number.NEGATIVE_INFINITY;
  }

  /** The value that held at a moment, ℃; undefined: unknown, or it was not in use. */
  at(unit: RecordedUnit, time: Millis): number | undefined {
    if (unit.series === undefined || time > this.#now) return undefined;
    if (this.inUse(unit, { from: time, to: time + 1 }).length === 0) return undefined;
    const from = time - Math.min(unit.stuck, 24 * HOUR) - unit.gap;
    const rows = this.#between(unit.series, from, time + 1);
    for (const held of heldValues(rows, unit, time + 1)) {
      if (held.from <= time && time < held.to) return held.value;
    }
    return undefined;
  }

  /** When a unit was in use: in service, and within its hours. */
  inUse(unit: RecordedUnit, { from, to }: Span): Span[] {
    if (to <= from) return [];
    const declared = unit.resting.map(({ since, until }) => ({ from: since, to: until }));
    const stored = this.#resting
      .all(this.#campus, unit.id, to, from)
      .map(({ since, until }) => ({ from: Number(since), to: Number(until) }));
    const open = unit.hours ? this.#hours(unit.hours, { from, to }) : [{ from, to }];
    return [...declared, ...stored].reduce(without, open);
  }

  #hours(hours: NonNullable<RecordedUnit['hours']>, { from, to }: Span): Span[] {
    const spans: Span[] = [];
    for (let at = from; at < to; ) {
      const { until, holds } = useAround(at, this.#timezone, hours);
      if (holds) spans.push({ from: at, to: Math.min(until, to) });
      at = until;
    }
    return spans;
  }

  #addReadings(sums: TimeInRange, unit: RecordedUnit, series: number, { from, to }: Span): void {
    // what held at the beginning was measured before it, and may have been stuck for long
    const begin = from - Math.min(unit.stuck, 24 * HOUR) - unit.gap;
    for (const held of heldValues(this.#between(series, begin, to), unit, to)) {
      if (held.to <= from) continue;
      if (held.from < from) held.from = from;
      sums.add(held);
    }
  }

  *#between(series: number, from: Millis, to: Millis): Generator<Observation> {
    // a day at once: faster than row by row, and never much in memory
    for (let at = from; at < to; at += PAGE) {
      for (const { time, value } of this.#readings.all(series, at, Math.min(at + PAGE, to))) {
        yield { time: Number(time), value: Number(value) };
      }
    }
  }

  #addHours(sums: TimeInRange, unit: RecordedUnit, series: number, { from, to }: Span): void {
    const enough = Math.floor(HOUR / unit.gap);
    const [first, last] = [Math.floor(from / HOUR) * HOUR, Math.ceil(to / HOUR) * HOUR];
    for (const { time, count, min, max, mean } of this.#figures.between(series, first, last)) {
      if (count < enough) continue;
      const isOut = isOutOfRange(unit, min) || isOutOfRange(unit, max);
      const part = { from: Math.max(time, from), to: Math.min(time + HOUR, to), value: mean };
      sums.add(part, isOut);
      sums.widen(min, max);
    }
  }
}

/** Spans without one more. */
const without = (spans: readonly Span[], hole: Span): Span[] =>
  spans.flatMap(({ from, to }) =>
    [
      { from, to: Math.min(to, hole.from) },
      { from: Math.max(from, hole.to), to },
    ].filter((span) => span.from < span.to),
  );
