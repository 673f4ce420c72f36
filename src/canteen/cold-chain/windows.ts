import { addDays, localMoment, momentOf } from '../../campus/school-days.ts';
import type { Millis } from '../../clock.ts';

/** From one time of day to another (`HH:MM`); not after `from`: it ends the next day. */
export interface DailyWindow {
  from: string;
  to: string;
}

/** The times at which a unit is expected to warm: it defrosts, its door is busy, it is restocked. */
export interface UnitWindows {
  timezone: string;
  windows: readonly DailyWindow[];
}

export const NO_WINDOWS: UnitWindows = { timezone: 'UTC', windows: [] };

/** When the window around a moment ends, the last of several; undefined: none is open. */
export function windowEnd({ timezone, windows }: UnitWindows, at: Millis): Millis | undefined {
  if (windows.length === 0) return undefined;
  const { day, time } = localMoment(at, timezone);
  const ends = windows.flatMap(({ from, to }): Millis[] => {
    if (from < to) return from <= time && time < to ? [momentOf(day, to, timezone)] : [];
    if (time >= from) return [momentOf(addDays(day, 1), to, timezone)];
    return time < to ? [momentOf(day, to, timezone)] : [];
  });
  return ends.length === 0 ? undefined : Math.max(...ends);
}
