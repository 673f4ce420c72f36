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
  const isPast = extremes[0] !== undefined && extremes[0].time < since;
  const within = isPast ? extremes.filter((extreme) => extreme.time >= since) : extremes;
  const kept = within.findLastIndex((extreme) => sign * extreme.value < sign * value) + 1;
  const newest = { time, value, from: within[kept]?.from ?? time };
  return kept === 0 ? [newest] : within.toSpliced(kept, within.length, newest);
}
