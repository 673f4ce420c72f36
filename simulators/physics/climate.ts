import type { Millis } from '../../src/clock.ts';
import { type Noise, noise } from './noise.ts';
import { DAY, type SchoolTime } from './school-time.ts';

/** Mean outdoor temperature of a day, ℃: a northern Chinese year, −1 in January to 28 in July. */
export function meanOutdoors(day: number): number {
  const year = (day % 365.2425) / 365.2425;
  return 13.5 - 14.5 * Math.cos(2 * Math.PI * (year - 0.05));
}

/** Degrees a day calls for heating (below 16 ℃) and for cooling (above 24 ℃). */
export function heatingDegrees(day: number): number {
  return Math.max(0, 16 - meanOutdoors(day));
}

export function coolingDegrees(day: number): number {
  return Math.max(0, meanOutdoors(day) - 24);
}

export interface Climate {
  /** ℃ */
  temperature(time: Millis): number;
  /** % relative */
  humidity(time: Millis): number;
}

/** A value that wanders between −1 and 1, smoothly, with about one turn a `period`. */
function wander(source: Noise, period: Millis): (time: Millis) => number {
  return (time) => {
    const at = time / period;
    const index = Math.floor(at);
    const ease = (1 - Math.cos(Math.PI * (at - index))) / 2;
    return 2 * (source(index) * (1 - ease) + source(index + 1) * ease) - 1;
  };
}

/**
 * A room of the school. People and heating keep it between the seasons; a machine room is kept at
 * 23 ℃ by its air conditioning, which switches every 25 minutes.
 */
export function roomClimate(
  seed: number,
  key: string,
  room: 'machine' | 'ordinary',
  time: SchoolTime,
): Climate {
  const weather = wander(noise(seed, 'weather'), DAY);
  const own = wander(noise(seed, key, 'room'), DAY / 6);
  return {
    temperature(at) {
      if (room === 'machine') {
        return 23 + 0.8 * Math.sin((2 * Math.PI * at) / (25 * 60_000)) + 0.4 * own(at);
      }
      const { day, hour } = time.local(at);
      const season = 18 + 0.35 * Math.max(0, meanOutdoors(day) - 8);
      const afternoon = Math.cos((2 * Math.PI * (hour - 15)) / 24);
      const people = time.kindOf(day) === 'school' && hour > 8 && hour < 17 ? 0.8 : 0;
      return season + 1.2 * afternoon + people + 1.2 * weather(at) + 0.6 * own(at);
    },
    humidity(at) {
      const { day } = time.local(at);
      const season = room === 'machine' ? 48 : 42 + 0.8 * meanOutdoors(day);
      return season + 6 * weather(at) + 3 * own(at);
    },
  };
}
