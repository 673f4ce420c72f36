import { Temporal } from 'temporal-polyfill';
import type { Millis } from '../clock.ts';
import type { SchoolFile } from './schema.ts';

type Calendar = SchoolFile['calendar'];

/** What kind of day it is: by the school calendar first, by the weekday else. */
export type DayType = 'school' | 'weekend' | 'holiday';

/**
 * The kind of a day (`YYYY-MM-DD`). A make-up day (调休) is a school day whatever its weekday; a day
 * off, and every day outside the terms where terms are given, is a holiday.
 */
export function dayType(calendar: Calendar, day: string): DayType {
  if (calendar.makeUpDays.includes(day)) return 'school';
  const isOff = calendar.offDays.some(({ from, to = from }) => from <= day && day <= to);
  if (isOff) return 'holiday';
  const { terms } = calendar;
  if (terms.length > 0 && !terms.some(({ from, to }) => from <= day && day <= to)) return 'holiday';
  return Temporal.PlainDate.from(day).dayOfWeek >= 6 ? 'weekend' : 'school';
}

/** The local day and time of day (`HH:MM`) of a moment. */
export function localMoment(time: Millis, timezone: string): { day: string; time: string } {
  const local = Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(timezone);
  return {
    day: local.toPlainDate().toString(),
    time: local.toPlainTime().toString({ smallestUnit: 'minute' }),
  };
}

/** The moment of a local day and time of day. */
export function momentOf(day: string, time: string, timezone: string): Millis {
  return Temporal.PlainDateTime.from(`${day}T${time}`).toZonedDateTime(timezone).epochMilliseconds;
}

/** The day `days` after a day. */
export const addDays = (day: string, days: number): string =>
  Temporal.PlainDate.from(day).add({ days }).toString();

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The pattern of dates lets a 31st of February through. */
export function isDate(day: string): boolean {
  const time = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day);
}
