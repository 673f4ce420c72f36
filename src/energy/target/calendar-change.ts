import { type BaselineDay, daysBetween } from '../baseline.ts';
import { type Comparison, changeOf } from './verdict.ts';

/** What was used by day (YYYY-MM-DD); a day of which nothing is known is absent. */
export type Days = ReadonlyMap<string, BaselineDay>;

/** A comparison with the same dates of the year before (同比). */
export interface CalendarChange extends Comparison {
  /** Days of the period that have a counterpart, and how many of them are known on both sides. */
  days: number;
  compared: number;
  /** Each 29 February of either side: it has no counterpart and is left out. */
  leapDays: string[];
}

/** The same date of the year before; undefined for a 29 February. */
export function yearBefore(day: string): string | undefined {
  return day.endsWith('-02-29') ? undefined : `${Number(day.slice(0, 4)) - 1}${day.slice(4)}`;
}

/**
 * Compares the days from one to another (both included) with the same dates of the year before. Only
 * days known on both sides count; where there is none, each side is all that is known of it, and
 * there is no change to tell.
 */
export function calendarChange(uses: Days, from: string, to: string): CalendarChange {
  const leapDays: string[] = [];
  const both = { actual: 0, baseline: 0 };
  const alone = { actual: 0, baseline: 0 };
  const coverage = { actual: 0, baseline: 0 };
  let [days, compared] = [0, 0];
  for (const day of daysBetween(from, to)) {
    const before = yearBefore(day);
    if (before?.endsWith('-03-01') && day > from) {
      const leap = before.replace('-03-01', '-02-29');
      if (isLeapYear(leap)) leapDays.push(leap);
    }
    if (before === undefined) {
      leapDays.push(day);
      continue;
    }
    days += 1;
    const [own, other] = [uses.get(day), uses.get(before)];
    coverage.actual += own?.coverage ?? 0;
    coverage.baseline += other?.coverage ?? 0;
    alone.actual += own?.amount ?? 0;
    alone.baseline += other?.amount ?? 0;
    if (!own || !other) continue;
    compared += 1;
    both.actual += own.amount;
    both.baseline += other.amount;
  }
  const { actual, baseline } = compared > 0 ? both : alone;
  const share = (sum: number) => (days === 0 ? 0 : sum / days);
  return {
    actual,
    baseline,
    change: compared > 0 ? changeOf(actual, baseline) : undefined,
    coverage: { actual: share(coverage.actual), baseline: share(coverage.baseline) },
    days,
    compared,
    leapDays,
  };
}

const isLeapYear = (day: string): boolean => {
  const year = Number(day.slice(0, 4));
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
};
