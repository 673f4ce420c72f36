import type { Campus } from '../../campus/model.ts';
import { type DayType, dayType } from '../../campus/school-days.ts';
import { daysBetween } from '../baseline.ts';
import { type Days, yearBefore } from './calendar-change.ts';
import { leastSquares } from './least-squares.ts';
import { type Comparison, changeOf } from './verdict.ts';

/** JGJ 26: heating degree days below 18 ℃, cooling degree days above 26 ℃ (HDD18, CDD26). */
export const HEATING_BASE = 18;
export const COOLING_BASE = 26;

/** A line through fewer days says nothing. */
const LEAST_DAYS = 30;

/** The mean outdoor temperature by day (℃). */
export type Temperatures = ReadonlyMap<string, number>;

/** A comparison with what last year's school would have used in this year's weather. */
export interface WeatherAdjusted extends Comparison {
  days: number;
  heating: { actual: number; baseline: number };
  cooling: { actual: number; baseline: number };
  /** kWh or m³ per degree day; 0 where more of them did not mean more use. */
  perHeating: number;
  perCooling: number;
  /** How much of last year's variation the line explains, 0–1. */
  explained: number;
}

export const heatingDegrees = (mean: number): number => Math.max(0, HEATING_BASE - mean);
export const coolingDegrees = (mean: number): number => Math.max(0, mean - COOLING_BASE);

interface Point {
  day: string;
  amount: number;
  coverage: number;
  heating: number;
  cooling: number;
  type: DayType;
}

/**
 * Fits a line through last year's days – so much on each kind of day, and so much more per degree day
 * (IPMVP option C) – and compares this year's use with what the line says for this year's weather.
 * Undefined where the weather or the use of too few days is known.
 */
export function adjustForWeather(
  uses: Days,
  temperatures: Temperatures,
  calendar: Campus['calendar'],
  from: string,
  to: string,
): WeatherAdjusted | undefined {
  const point = (day: string): Point[] => {
    const use = uses.get(day);
    const mean = temperatures.get(day);
    if (!use || mean === undefined) return [];
    const { amount, coverage } = use;
    const [heating, cooling] = [heatingDegrees(mean), coolingDegrees(mean)];
    return [{ day, amount, coverage, heating, cooling, type: dayType(calendar, day) }];
  };
  const period = daysBetween(from, to);
  const actual = period.flatMap(point);
  const baseline = period.flatMap((day) => point(yearBefore(day) ?? ''));
  if (baseline.length < LEAST_DAYS) return undefined;
  const line = lineThrough(baseline);
  const told = actual.filter(({ type }) => line?.base.has(type));
  if (!line || told.length === 0) return undefined;
  const used = sumOf(told, ({ amount }) => amount);
  const expected = sumOf(told, line.at);
  return {
    actual: used,
    baseline: expected,
    change: changeOf(used, expected),
    coverage: {
      actual: sumOf(told, ({ coverage }) => coverage) / period.length,
      baseline: baseline.length / period.length,
    },
    days: told.length,
    heating: {
      actual: sumOf(actual, ({ heating }) => heating),
      baseline: sumOf(baseline, ({ heating }) => heating),
    },
    cooling: {
      actual: sumOf(actual, ({ cooling }) => cooling),
      baseline: sumOf(baseline, ({ cooling }) => cooling),
    },
    perHeating: line.perHeating,
    perCooling: line.perCooling,
    explained: explainedBy(baseline, line.at),
  };
}

interface Line {
  /** What a day of the kind uses at neither heating nor cooling. */
  base: ReadonlyMap<DayType, number>;
  perHeating: number;
  perCooling: number;
  at(point: Point): number;
}

/** Terms that would make cold or heat save energy are left out: they are chance. */
function lineThrough(points: readonly Point[]): Line | undefined {
  const types = [...new Set(points.map(({ type }) => type))];
  const terms: ('heating' | 'cooling')[] = ['heating', 'cooling'];
  for (let left = terms.filter((term) => points.some((point) => point[term] > 0)); ; ) {
    const found = leastSquares(
      points.map((point) => ({
        x: [...types.map((type) => (type === point.type ? 1 : 0)), ...left.map((t) => point[t])],
        y: point.amount,
      })),
    );
    const slopes = left.map((term, i) => [term, found?.[types.length + i] ?? -1] as const);
    const wrong = slopes.find(([, slope]) => slope < 0);
    if (wrong) {
      left = left.filter((term) => term !== wrong[0]);
      continue;
    }
    if (!found) return undefined;
    const base = new Map(types.map((type, i) => [type, found[i] ?? 0]));
    const per = new Map(slopes);
    const [perHeating, perCooling] = [per.get('heating') ?? 0, per.get('cooling') ?? 0];
    const at = ({ type, heating, cooling }: Point) =>
      Math.max(0, (base.get(type) ?? 0) + perHeating * heating + perCooling * cooling);
    return { base, perHeating, perCooling, at };
  }
}

/** R². */
function explainedBy(points: readonly Point[], at: Line['at']): number {
  const mean = sumOf(points, ({ amount }) => amount) / points.length;
  const whole = sumOf(points, ({ amount }) => (amount - mean) ** 2);
  if (whole === 0) return 0;
  return 1 - sumOf(points, (point) => (point.amount - at(point)) ** 2) / whole;
}

const sumOf = (points: readonly Point[], what: (point: Point) => number): number =>
  points.reduce((sum, point) => sum + what(point), 0);
