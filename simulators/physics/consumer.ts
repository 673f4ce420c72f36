import type { Millis } from '../../src/clock.ts';
import { noise } from './noise.ts';
import { EPOCH_DAY, type SchoolTime } from './school-time.ts';
import type { Usage } from './timetable.ts';

/** Something that is metered. */
export interface Flow {
  /** kW or m³/h now. */
  rate(time: Millis): number;
  /** kWh or m³ since EPOCH; never falls. */
  total(time: Millis): number;
}

/** Hours in each half of a pair. */
const HALF = 1 / 30;

/**
 * A consumer that follows a timetable, with a size, a daily mood and a flicker of its own.
 *
 * Rate and total are functions of time alone: any moment may be asked for, in any order, and the
 * total is exactly the rate's integral. That is why the flicker comes in pairs of 2 minutes: what
 * is added to one is taken from the other, so an hour's or a day's sum needs no adding up.
 * @param flicker 0–1, how much of the lesser half may change sides
 */
export function consumer(
  usage: Usage,
  time: SchoolTime,
  seed: number,
  key: string,
  flicker: number,
): Flow {
  const size = 0.8 + 0.4 * noise(seed, key, 'size')(0);
  const moods = noise(seed, key, 'mood');
  const flickers = noise(seed, key, 'flicker');
  const factor = (day: number) => size * (0.93 + 0.14 * moods(day)) * usage.season(day);
  const curveOf = (day: number) => usage.days[time.kindOf(day)];
  /** By days since EPOCH: the total at that midnight. */
  const midnights = [0];

  function totalAtMidnight(day: number): number {
    const wanted = day - EPOCH_DAY;
    let last = midnights.at(-1) ?? 0;
    for (let i = midnights.length - 1; i < wanted; i++) {
      last += factor(EPOCH_DAY + i) * curveOf(EPOCH_DAY + i).upTo(24);
      midnights.push(last);
    }
    return midnights[wanted] ?? 0;
  }

  /** What the flicker makes of the two halves of the pair around an hour. */
  function pairAt(day: number, hour: number) {
    const { upTo } = curveOf(day);
    const index = Math.floor(hour / (2 * HALF));
    const start = index * 2 * HALF;
    const middle = start + HALF;
    const first = upTo(middle) - upTo(start);
    const second = upTo(Math.min(24, middle + HALF)) - upTo(middle);
    const shift = (2 * flickers(day * 1000 + index) - 1) * flicker * Math.min(first, second);
    return {
      start,
      middle,
      firstHalf: first > 0 ? 1 + shift / first : 1,
      secondHalf: second > 0 ? 1 - shift / second : 1,
    };
  }

  return {
    rate(at) {
      const { day, hour } = time.local(at);
      const { middle, firstHalf, secondHalf } = pairAt(day, hour);
      return factor(day) * curveOf(day).at(hour) * (hour < middle ? firstHalf : secondHalf);
    },
    total(at) {
      const { day, hour } = time.local(at);
      const { upTo } = curveOf(day);
      const { start, middle, firstHalf, secondHalf } = pairAt(day, hour);
      const before = upTo(start);
      const first = upTo(Math.min(hour, middle)) - before;
      const second = hour > middle ? upTo(hour) - upTo(middle) : 0;
      return (
        totalAtMidnight(day) + factor(day) * (before + first * firstHalf + second * secondHalf)
      );
    },
  };
}
