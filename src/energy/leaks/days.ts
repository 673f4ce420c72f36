import type { Campus } from '../../campus/model.ts';
import { addDays, type DayType, dayType, localMoment, momentOf } from '../../campus/school-days.ts';
import type { Millis } from '../../clock.ts';

type Place = Pick<Campus, 'timezone'>;

/** A local day, from one midnight to the next. */
export interface Day {
  day: string;
  from: Millis;
  to: Millis;
}

/** The day asked about last in each time zone, as most questions are about the same. */
const latest = new Map<string, Day>();

/** The local day around a moment. */
export function dayAround(time: Millis, { timezone }: Place): Day {
  const known = latest.get(timezone);
  if (known && known.from <= time && time < known.to) return known;
  const { day } = localMoment(time, timezone);
  const from = momentOf(day, '00:00', timezone);
  const found = { day, from, to: momentOf(addDays(day, 1), '00:00', timezone) };
  latest.set(timezone, found);
  return found;
}

/** The next local midnight after a moment. */
export const nextMidnight = (after: Millis, place: Place): Millis => dayAround(after, place).to;

/** The local day that ends at a moment, or lies around it. */
export const dayBefore = (at: Millis, place: Place): Day => dayAround(at - 1, place);

/** The days before a day, the newest first. */
export function* daysBefore(day: Day, { timezone }: Place, most: number): Generator<Day> {
  let to = day.from;
  for (let i = 1; i <= most; i++) {
    const before = addDays(day.day, -i);
    const from = momentOf(before, '00:00', timezone);
    yield { day: before, from, to };
    to = from;
  }
}

/** Of each calendar, the days asked about. */
const types = new WeakMap<Campus['calendar'], Map<string, DayType>>();
const MOST_TYPES = 1_000;

/** What kind of day it is by a school's calendar. */
export function typeOf(calendar: Campus['calendar'], day: string): DayType {
  let known = types.get(calendar);
  if (!known || known.size > MOST_TYPES) {
    known = new Map();
    types.set(calendar, known);
  }
  const type = known.get(day) ?? dayType(calendar, day);
  known.set(day, type);
  return type;
}
