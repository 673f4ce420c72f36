import type { Millis } from '../clock.ts';
import type { Campus } from './model.ts';
import type { When } from './rule.ts';
import { addDays, dayType, localMoment, momentOf } from './school-days.ts';

/** A stretch of time, from inclusive, until exclusive, in all of which a rule can or can't hold. */
export interface Stretch {
  from: Millis;
  until: Millis;
  holds: boolean;
}

/** The stretch around a moment. */
export type Schedule = (time: Millis) => Stretch;

const ALWAYS: Stretch = {
  from: Number.NEGATIVE_INFINITY,
  until: Number.POSITIVE_INFINITY,
  holds: true,
};

/** The schedule of a campus; it keeps the last stretch, as most questions are about the same. */
export function scheduleOf(when: When, campus: Pick<Campus, 'calendar' | 'timezone'>): Schedule {
  if (when === 'always') return () => ALWAYS;
  let known: Stretch | undefined;
  return (time) => {
    if (!known || time < known.from || time >= known.until) {
      known = stretchAround(time, when, campus);
    }
    return known;
  };
}

function stretchAround(
  time: Millis,
  when: When,
  { calendar, timezone }: Pick<Campus, 'calendar' | 'timezone'>,
): Stretch {
  const { day } = localMoment(time, timezone);
  const { from, to } = calendar.hours;
  const isSchoolDay = dayType(calendar, day) === 'school';
  const hasHours = when === 'school-hours' || when === 'outside-school-hours';
  const edges = [
    momentOf(day, '00:00', timezone),
    ...(hasHours && isSchoolDay
      ? [momentOf(day, from, timezone), momentOf(day, to, timezone)]
      : []),
    momentOf(addDays(day, 1), '00:00', timezone),
  ];
  const after = edges.findIndex((edge) => edge > time);
  // between the second and the third of four edges lie the hours of a school day
  const isIn = hasHours ? edges.length === 4 && after === 2 : isSchoolDay;
  return {
    from: edges[after - 1] ?? time,
    until: edges[after] ?? time + 1,
    holds: when === 'school-hours' || when === 'school-days' ? isIn : !isIn,
  };
}
