import { Temporal } from 'temporal-polyfill';
import type { Campus, Person } from '../campus/model.ts';
import type { Weekday } from '../campus/schema.ts';
import type { Millis } from '../clock.ts';

const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/**
 * Who is on duty: the first shift that covers the moment, else the roster's default, else the first
 * person; undefined where the campus names nobody.
 */
export function onDuty(campus: Campus, now: Millis): Person | undefined {
  const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(campus.timezone);
  const time = local.toPlainTime().toString({ smallestUnit: 'minute' });
  const today = WEEKDAYS[local.dayOfWeek - 1];
  const yesterday = WEEKDAYS[(local.dayOfWeek + 5) % 7];
  const covers = campus.roster.shifts.find(({ days, from, to }) => {
    const begins = (day: Weekday | undefined) => day !== undefined && days.includes(day);
    if (from < to) return begins(today) && from <= time && time < to;
    // crosses midnight: its evening belongs to today, its morning to yesterday's shift
    return (begins(today) && from <= time) || (begins(yesterday) && time < to);
  });
  const id = covers?.person ?? campus.roster.default;
  return id === undefined ? campus.people[0] : campus.people.find((person) => person.id === id);
}
