import { type BaselineDay, daysBetween } from '../../../src/energy/baseline.ts';
import type { Days } from '../../../src/energy/target/calendar-change.ts';

/** Days in a row, of the meters and wholly measured; `amount` may be undefined: nothing is known. */
export const daysOfUse = (
  from: string,
  to: string,
  amount: (day: string, i: number) => number | undefined,
): [string, BaselineDay][] =>
  daysBetween(from, to).flatMap((day, i) => {
    const said = amount(day, i);
    if (said === undefined) return [];
    return [[day, { day, amount: said, estimated: false, source: 'meter', coverage: 1 }]];
  });

/** Both sides of a comparison. */
export const uses = (...sides: [string, BaselineDay][][]): Days => new Map(sides.flat());

/** 0 Sunday … 6 Saturday. */
export const weekday = (day: string): number => new Date(`${day}T00:00Z`).getUTCDay();
