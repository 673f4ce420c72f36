import type { Millis } from '../../clock.ts';
import type { Observation } from './phases.ts';

/** A value that no later one exceeds; `from` is the first moment of which it is the extreme. */
export interface Extreme extends Observation {
  from: Millis;
}

/**
 * Adds an observation to the extremes of a sliding window that begins at `since`, oldest first: the
 * first is the lowest (sign 1) or the highest (−1) of all, the last the newest. What a newer one
 * exceeds is forgotten, as it can never be the extreme again.
 */
export function addExtreme(
  extremes: readonly Extreme[],
  { time, value }: Observation,
  sign: 1 | -1,
  since = Number.NEGATIVE_INFINITY,
): readonly Extreme[] {
  let first = 0;
  for (let past = extremes[first]; past && past.time < since; past = extremes[first]) first += 1;
  let end = extremes.length;
  for (let at = end - 1; at >= first; at--) {
    const extreme = extremes[at];
    if (!extreme || sign * extreme.value < sign * value) break;
    end = at;
  }
  const newest = { time, value, from: extremes[end]?.from ?? time };
  return end === first ? [newest] : [...extremes.slice(first, end), newest];
}
