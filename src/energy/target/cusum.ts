import { segments } from './change-point.ts';

/** The running sum of what was used above what was expected. */
export interface Cusum {
  points: { day: string; value: number }[];
  /** Where its slope changed last, and what was used a day above what was expected before and since. */
  changed: { day: string; before: number; since: number } | undefined;
}

/** The running Σ (actual − expected) of days in order. */
export function cusum(days: readonly { day: string; actual: number; expected: number }[]): Cusum {
  let value = 0;
  const points = days.map(({ day, actual, expected }) => {
    value += actual - expected;
    return { day, value };
  });
  const found = segments(days.map(({ actual, expected }) => actual - expected));
  const [before, last] = found.slice(-2);
  const first = last && days[last.from];
  return {
    points,
    changed:
      before && last && first
        ? { day: first.day, before: before.mean, since: last.mean }
        : undefined,
  };
}
