import type { Campus } from '../../campus/model.ts';
import { daysBetween } from '../baseline.ts';
import type { Days } from './calendar-change.ts';
import { type SchoolPlace, schoolPlaces, termBefore, weeksOf } from './school-place.ts';
import { type Comparison, changeOf } from './verdict.ts';

/** A comparison of school week with school week and kind of day with kind of day. */
export interface Aligned extends Comparison {
  days: number;
  /** Compared with days of their kind in the same week, or in the whole term where that has none. */
  byWeek: number;
  byTerm: number;
  /** What was expected of each day that has a counterpart. */
  expected: ReadonlyMap<string, number>;
}

/**
 * Compares each day with the mean of last year's days in the same week of the same term that were of
 * its kind: school day, weekend or holiday. Where the week had no day of that kind, or last year had no
 * such week, the whole term's of that kind stand for it. The Lunar New Year moves by up to a month, terms by
 * weeks; the dates alone compare lessons with holidays. Undefined where no day has a counterpart.
 */
export function align(
  uses: Days,
  calendar: Campus['calendar'],
  from: string,
  to: string,
): Aligned | undefined {
  const place = schoolPlaces(calendar);
  const means = new Map<string, { sum: number; count: number }>();
  const weeks = new Set<string>();
  for (const { day, amount } of uses.values()) {
    const at = day < from ? place(day) : undefined;
    if (!at) continue;
    weeks.add(anyKey(at));
    for (const key of [weekKey(at), termKey(at)]) {
      const known = means.get(key) ?? { sum: 0, count: 0 };
      means.set(key, { sum: known.sum + amount, count: known.count + 1 });
    }
  }
  const days = daysBetween(from, to);
  const expected = new Map<string, number>();
  const coverage = { actual: 0, baseline: 0 };
  let [actual, baseline, byWeek, byTerm] = [0, 0, 0, 0];
  for (const day of days) {
    const own = uses.get(day);
    coverage.actual += own?.coverage ?? 0;
    const at = place(day);
    const term = at && termBefore(calendar, at.term);
    if (!term) continue;
    const before = { ...at, term };
    const week = means.get(weekKey(before));
    const isUnknown = !weeks.has(anyKey(before)) && at.week <= weeksOf(calendar, term, at.part);
    const mean = week ?? (isUnknown ? undefined : means.get(termKey(before)));
    if (!mean) continue;
    const amount = mean.sum / mean.count;
    expected.set(day, amount);
    coverage.baseline += 1;
    if (!own) continue;
    if (week) byWeek += 1;
    else byTerm += 1;
    actual += own.amount;
    baseline += amount;
  }
  if (byWeek + byTerm === 0) return undefined;
  return {
    actual,
    baseline,
    change: changeOf(actual, baseline),
    coverage: {
      actual: coverage.actual / days.length,
      baseline: coverage.baseline / days.length,
    },
    days: days.length,
    byWeek,
    byTerm,
    expected,
  };
}

const anyKey = ({ term, part, week }: SchoolPlace): string => `${term.from} ${part} ${week}`;
const termKey = ({ term, part, type }: SchoolPlace): string => `${term.from} ${part} ${type}`;
const weekKey = (at: SchoolPlace): string => `${termKey(at)} ${at.week}`;
