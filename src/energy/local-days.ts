import { Temporal } from 'temporal-polyfill';
import { HOUR } from '../storage/readings.ts';

/** A day of a campus: the hours (since 1970 UTC) that begin in it. */
export interface LocalDay {
  /** Days since 1970-01-01. */
  day: number;
  firstHour: number;
  /** Excluded. */
  lastHour: number;
}

/** Days since 1970-01-01 of a date (YYYY-MM-DD). */
export const dayNumber = (date: string): number => Date.parse(`${date}T00:00Z`) / (24 * HOUR);

/** The days of a time zone. Most questions are about the same one, so it keeps the last. */
export function localDays(timezone: string): (hour: number) => LocalDay {
  let known: LocalDay | undefined;
  return (hour) => {
    if (!known || hour < known.firstHour || hour >= known.lastHour) {
      const midnight = Temporal.Instant.fromEpochMilliseconds(hour * HOUR)
        .toZonedDateTimeISO(timezone)
        .startOfDay();
      const next = midnight.add({ days: 1 }).startOfDay();
      known = {
        day: dayNumber(midnight.toPlainDate().toString()),
        firstHour: Math.ceil(midnight.epochMilliseconds / HOUR),
        lastHour: Math.ceil(next.epochMilliseconds / HOUR),
      };
    }
    return known;
  };
}
