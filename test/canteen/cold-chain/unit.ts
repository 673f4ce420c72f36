import type { Millis } from '../../../src/clock.ts';
import { parseDuration } from '../../../src/duration.ts';
import { type School, school } from '../../harness/school.ts';

/** A Monday evening. */
export const START = Date.parse('2026-11-23T20:00:00+08:00');
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** What befalls a unit from a moment on, as hours and minutes after the start: `'6h'`. */
export interface Course {
  /** Defrosts: the first, the distance, how high they go (K) and how long they heat. */
  defrost?: { first: string; every: string; rise: number; heats: string };
  door?: { from: string; to: string };
  /** The compressor stops; it warms by so much an hour at first. */
  fails?: { from: string; perHour: number };
}

/** Air around a probe: a saw-tooth, with what befalls it. Rounded as a probe does. */
export function curve(setpoint: number, { defrost, door, fails }: Course): (at: Millis) => number {
  const normal = (since: Millis): number => {
    const part = (since / (24 * MINUTE)) % 1;
    const tooth = part < 0.4 ? 0.8 - 4 * part : -0.8 + (8 / 3) * (part - 0.4);
    return setpoint + tooth + defrosted(since) + opened(since);
  };
  const defrosted = (since: Millis): number => {
    if (!defrost) return 0;
    const begun = since - parseDuration(defrost.first);
    if (begun < 0) return 0;
    const within = begun % parseDuration(defrost.every);
    const heats = parseDuration(defrost.heats);
    const heated = Math.min(1, within / heats);
    return defrost.rise * heated * Math.exp(-Math.max(0, within - heats) / (6 * MINUTE));
  };
  const opened = (since: Millis): number => {
    if (!door) return 0;
    const begun = since - parseDuration(door.from);
    if (begun < 0) return 0;
    const open = Math.min(begun, parseDuration(door.to) - parseDuration(door.from));
    const shut = begun - open;
    return 14 * (1 - Math.exp(-open / (9 * MINUTE))) * Math.exp(-shut / (5 * MINUTE));
  };
  return (at) => {
    const since = at - START;
    const failed = fails && parseDuration(fails.from);
    if (fails && failed !== undefined && since > failed) {
      const from = normal(failed);
      const room = 24;
      const hours = (since - failed) / HOUR;
      return round(room - (room - from) * Math.exp((-fails.perHour * hours) / (room - from)));
    }
    return round(normal(since));
  };
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** A school with one unit, `unit` (1 号柜), that follows a course. */
export async function withUnit(
  profile: string,
  setpoint: number,
  course: Course,
  keys = '',
): Promise<School> {
  const night = await school(
    { devices: `- {id: unit, name: 1 号柜, profile: generic/${profile}, zone: cold-store${keys}}` },
    '2026-11-23T20:00:00+08:00',
  );
  await follows(night, setpoint, course);
  return night;
}

export async function follows(night: School, setpoint: number, course: Course): Promise<void> {
  const temperature = curve(setpoint, course);
  await night.campus.thermometer('unit').showsAt((now) => ({ temperature: temperature(now) }));
}
