import type { Millis } from '../clock.ts';
import { addDays, localMoment, momentOf } from './school-days.ts';

/** From one time of day to another (`HH:MM`); not after `from`: it ends the next day. */
export interface DailyWindow {
  from: string;
  to: string;
}

/** Windows of a campus's days, such as those at which a cold unit is expected to warm. */
export interface DailyWindows {
  timezone: string;
  windows: readonly DailyWindow[];
}

export const NO_WINDOWS: DailyWindows = { timezone: 'UTC', windows: [] };

/** When the window around a moment ends, the last of several; undefined: none is open. */
export function windowEnd({ timezone, windows }: DailyWindows, at: Millis): Millis | undefined {
  if (windows.length === 0) return undefined;
  const { day, time } = localMoment(at, timezone);
  const ends = windows.flatMap(({ from, to }): Millis[] => {
    if (from < to) return from <= time && time < to ? [momentOf(day, to, timezone)] : [];
    if (time >= from) return [momentOf(addDays(day, 1), to, timezone)];
    return time < to ? [momentOf(day, to, timezone)] : [];
  });
  return ends.length === 0 ? undefined : Math.max(...ends);
}
