import type { Millis } from '../../clock.ts';
import type { Observation } from './phases.ts';

/** A value that no later one exceeds; `from` is the first moment of which it is the extreme. */
export interface Extreme extends Observation {
  from: Millis;
}

/**
 * Adds an observation to the extremes of a sliding window, oldest first: the first is the lowest
 * (sign 1) or the highest (−1) of all, the last the newest. What a newer one exceeds is forgotten,
 * as it can never be the extreme again.
 */
export function addExtreme(
  extremes: readonly Extreme[],
  { time, value }: Observation,
  sign: 1 | -1,
): Extreme[] {
  const kept = extremes.findLastIndex((extreme) => sign * extreme.value < sign * value) + 1;
  const from = extremes[kept]?.from ?? time;
  return [...extremes.slice(0, kept), { time, value, from }];
}
