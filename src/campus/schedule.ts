import type { Millis } from '../clock.ts';
import { type DailyWindow, windowEnd } from './daily-windows.ts';
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

type Calendar = Pick<Campus, 'calendar' | 'timezone'>;

/**
 * The schedule of a campus, or of a device that is in use at some hours only; it keeps the last
 * stretch, as most questions are about the same.
 */
export function scheduleOf(
  when: When,
  campus: Calendar,
  hours?: readonly DailyWindow[] | undefined,
): Schedule {
  if (when === 'always' && !hours) return () => ALWAYS;
  let known: Stretch | undefined;
  return (time) => {
    if (!known || time < known.from || time >= known.until) {
      known = hours ? inUse(time, when, campus, hours) : stretchAround(time, when, campus);
    }
    return known;
  };
}

/** Both within the hours of use and by the calendar. */
function inUse(time: Millis, when: When, campus: Calendar, hours: readonly DailyWindow[]): Stretch {
  const calendar = when === 'always' ? ALWAYS : stretchAround(time, when, campus);
  const use = useAround(time, campus.timezone, hours);
  return {
    from: Math.max(calendar.from, use.from),
    until: Math.min(calendar.until, use.until),
    holds: calendar.holds && use.holds,
  };
}

/** Whether a device is in use at a moment, and from when to when that stays so, within its day. */
export function useAround(time: Millis, timezone: string, hours: readonly DailyWindow[]): Stretch {
  const { day } = localMoment(time, timezone);
  const edges = hours.flatMap(({ from, to }) => [
    momentOf(day, from, timezone),
    momentOf(day, to, timezone),
  ]);
  const start = momentOf(day, '00:00', timezone);
  const end = momentOf(addDays(day, 1), '00:00', timezone);
  return {
    from: Math.max(start, ...edges.filter((edge) => edge <= time)),
    until: Math.min(end, ...edges.filter((edge) => edge > time)),
    holds: windowEnd({ timezone, windows: hours }, time) !== undefined,
  };
}

function stretchAround(time: Millis, when: When, { calendar, timezone }: Calendar): Stretch {
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
