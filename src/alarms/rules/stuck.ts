import { MAX_REMEMBERED, type StuckRule } from '../../campus/rule.ts';
import type { Millis } from '../../clock.ts';
import { type Kind, tidy } from './condition.ts';
import { addExtreme, type Extreme } from './extremes.ts';

/** The readings since `since` differ by no more than the tolerance, and no gap lies between them. */
interface StuckMemory {
  since: Millis;
  lows: readonly Extreme[];
  highs: readonly Extreme[];
}

/**
 * Stuck value: for `after` all readings lie within `tolerance` of each other, and none is missing.
 * Judged by readings only: a value that is merely not reported again is not stuck.
 */
export function stuck({ tolerance, after }: StuckRule, gap: Millis): Kind<StuckMemory> {
  return {
    begin: { since: 0, lows: [], highs: [] },
    horizon: after + gap,
    see(memory, observation, previous) {
      const { time } = observation;
      const isNew = previous === undefined || time - previous.time > gap;
      let since = isNew ? time : memory.since;
      let lows = addExtreme(isNew ? [] : memory.lows, observation, 1);
      let highs = addExtreme(isNew ? [] : memory.highs, observation, -1);
      // until the newest one is left, which differs from nothing
      while (spread(lows, highs) > tolerance || lows.length > MAX_REMEMBERED) {
        const low = lows[0];
        const high = highs[0];
        if (!low || !high) break;
        since = (low.time <= high.time ? lows[1]?.from : highs[1]?.from) ?? time;
        lows = lows.filter((extreme) => extreme.time >= since);
        highs = highs.filter((extreme) => extreme.time >= since);
      }
      return { since, lows, highs };
    },
    isPast: (older, newest) => Math.abs(tidy(newest.value - older.value)) > tolerance,
    at({ since }, { time, value }) {
      const holds = time - since >= after;
      return { holds, isOver: !holds, value, limit: undefined };
    },
  };
}

/** Called for every reading: an index is cheaper than an iterator. */
function spread(lows: readonly Extreme[], highs: readonly Extreme[]): number {
  const low = lows[0];
  const high = highs[0];
  return low && high ? tidy(high.value - low.value) : 0;
}
