import type { Millis } from '../../clock.ts';

const MINUTE: Millis = 60_000;
const HOUR: Millis = 3_600_000;

/** How long excursions are remembered: the last days. */
export const RHYTHM_MEMORY: Millis = 5 * 24 * HOUR;

/** A unit defrosts 2 to 6 times a day, for 15 to 45 min (practice). */
const SHORTEST: Millis = 4 * HOUR;
const LONGEST: Millis = 12 * HOUR;
const LASTS: Millis = 45 * MINUTE;
/** Defrosts that lie at equal distances: after so many the next is known. */
const ENOUGH = 3;
/** By how much a distance may differ, as a part of it. */
const LOOSE = 0.1;
/** Peaks of the same height: within this of each other, K. */
const SAME = 2;

/** A time beyond the limit. `excess`: how far beyond, K. */
export interface Peak {
  from: Millis;
  to: Millis;
  excess: number;
}

/** What a defrost may be: so long, and so far beyond the limit. */
export interface Defrost {
  /** The time from one to the next. */
  every: Millis;
  lasts: Millis;
  excess: number;
}

/**
 * The defrost that is due at `at`, as the peaks before it tell: the last three of the same height at
 * equal distances, of which `at` continues the row. Undefined: they tell of none. A peak of another
 * kind between them – a door – changes nothing.
 */
export function defrostRhythm(past: readonly Peak[], at: Millis): Defrost | undefined {
  const possible = past.filter(({ from, to }) => to - from <= LASTS);
  for (const last of possible.toReversed()) {
    const every = at - last.from;
    if (every > LONGEST * (1 + LOOSE)) return undefined;
    if (every < SHORTEST * (1 - LOOSE)) continue;
    const row = rowBefore(possible, last, every);
    if (row.length < ENOUGH) continue;
    const longest = Math.max(...row.map(({ from, to }) => to - from));
    const highest = Math.max(...row.map(({ excess }) => excess));
    return { every, lasts: Math.min(LASTS, 1.5 * longest), excess: highest + SAME };
  }
  return undefined;
}

/** The newest peaks that lie `every` apart from one another, `last` the first of them. */
function rowBefore(peaks: readonly Peak[], last: Peak, every: Millis): Peak[] {
  const row = [last];
  for (let before: Peak = last; row.length < ENOUGH; ) {
    const due = before.from - every;
    const found = peaks.find(
      ({ from, excess }) =>
        Math.abs(from - due) <= LOOSE * every && Math.abs(excess - last.excess) <= SAME,
    );
    if (!found) break;
    row.push(found);
    before = found;
  }
  return row;
}
