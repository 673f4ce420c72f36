import { daysBetween } from '../baseline.ts';
import { type Days, yearBefore } from './calendar-change.ts';
import { changeOf, LEAST_COVERAGE } from './verdict.ts';

/** How far a period has come. Amounts in the utility's unit. */
export interface Pace {
  from: string;
  to: string;
  /** The last day that counts. */
  through: string;
  /** Last year's whole period, and what may be used in this one to reach the goal. */
  baseline: number;
  limit: number;
  /** What was used until now, and what that may have been to be on course; above 0: too much. */
  used: number;
  onCourse: number;
  ahead: number;
  /** What may still be used, in all and on each day that is left. */
  left: number;
  daysLeft: number;
  perDay: number | undefined;
}

/** Where the period ends if it goes on as it did. */
export interface Forecast {
  amount: number;
  /** undefined before two whole months are known. */
  low: number | undefined;
  high: number | undefined;
  baseline: number;
  change: number | undefined;
  changeLow: number | undefined;
  changeHigh: number | undefined;
  /** This year's use to last year's, until now. */
  ratio: number;
  months: { month: string; ratio: number }[];
}

/** Days that must have been compared before anything is said about the rest of a year. */
const LEAST_DAYS = 28;

interface Course {
  from: string;
  to: string;
  through: string;
}

/**
 * Of the days of a period whose counterparts are known. Undefined where these cover less than 90 %.
 * `goal` is the change in %: −5.
 */
export function paceOf(uses: Days, course: Course, goal: number): Pace | undefined {
  const { from, to, through } = course;
  const may = 1 + goal / 100;
  let [days, known, baseline, used, onCourse, daysLeft] = [0, 0, 0, 0, 0, 0];
  for (const { day, before, own } of pairs(uses, from, to)) {
    days += 1;
    if (day > through) daysLeft += 1;
    if (before === undefined) continue;
    known += before.coverage;
    baseline += before.amount;
    if (day > through || own === undefined) continue;
    used += own.amount;
    onCourse += before.amount * may;
  }
  if (known < LEAST_COVERAGE * days || baseline <= 0) return undefined;
  const limit = baseline * may;
  const left = limit - used;
  const perDay = daysLeft > 0 ? left / daysLeft : undefined;
  return {
    ...course,
    baseline,
    limit,
    used,
    onCourse,
    ahead: used - onCourse,
    left,
    daysLeft,
    perDay,
  };
}

/**
 * What is not known yet is taken as last year's, times the ratio of this year's use to last year's
 * until now. The range is that of the months so far: as if all the rest were like the best, or the
 * worst of them.
 */
export function forecast(uses: Days, { from, to, through }: Course): Forecast | undefined {
  let [days, known, elapsed, compared] = [0, 0, 0, 0];
  let [baseline, used, matched] = [0, 0, 0];
  const byMonth = new Map<
    string,
    { days: number; compared: number; own: number; before: number }
  >();
  for (const { day, before, own } of pairs(uses, from, to)) {
    days += 1;
    const name = day.slice(0, 7);
    const month = byMonth.get(name) ?? { days: 0, compared: 0, own: 0, before: 0 };
    byMonth.set(name, month);
    month.days += 1;
    if (day <= through) elapsed += 1;
    if (before === undefined) continue;
    known += before.coverage;
    baseline += before.amount;
    if (day > through || own === undefined) continue;
    const share = Math.min(own.coverage, before.coverage);
    compared += share;
    used += own.amount;
    matched += before.amount;
    month.compared += share;
    month.own += own.amount;
    month.before += before.amount;
  }
  if (known < LEAST_COVERAGE * days || matched <= 0) return undefined;
  if (compared < LEAST_DAYS || compared < LEAST_COVERAGE * elapsed) return undefined;
  const months = [...byMonth].flatMap(([month, at]) =>
    at.before > 0 && at.compared >= LEAST_COVERAGE * at.days
      ? [{ month, ratio: at.own / at.before }]
      : [],
  );
  const ratio = used / matched;
  const endAt = (share: number) => used + (baseline - matched) * share;
  const ratios = [ratio, ...months.map((one) => one.ratio)];
  const [low, high] =
    months.length < 2 ? [] : [endAt(Math.min(...ratios)), endAt(Math.max(...ratios))];
  const amount = endAt(ratio);
  return {
    amount,
    low,
    high,
    baseline,
    change: changeOf(amount, baseline),
    changeLow: low === undefined ? undefined : changeOf(low, baseline),
    changeHigh: high === undefined ? undefined : changeOf(high, baseline),
    ratio,
    months,
  };
}

/** The days that have a counterpart, with what was used on both. */
function* pairs(uses: Days, from: string, to: string) {
  for (const day of daysBetween(from, to)) {
    const counterpart = yearBefore(day);
    if (counterpart === undefined) continue;
    yield { day, own: uses.get(day), before: uses.get(counterpart) };
  }
}
