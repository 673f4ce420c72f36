import type { Observation } from '../../alarms/rules/phases.ts';
import type { Millis } from '../../clock.ts';

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;

/** Only an open door warms air so fast, K/min (practice): over so long, and by so much. */
const DOOR_RATE = 0.5;
const DOOR_WITHIN: Millis = 5 * MINUTE;
const DOOR_RISE = 2;
/** The time that a door's rise took ends when most of it was done. */
const MOSTLY = 0.9;
/** A fall that is none, K; a compressor that works makes a greater one. */
const NOISE = 0.5;
/** A rise without a saw-tooth is one when it lasts longer than a cycle and a defrost together. */
const STEADY: Millis = 45 * MINUTE;
/** An insulated box without cooling warms no faster than this, K/h: a heater or a door does. */
const COASTING = 12;
/** The speed of a rise is that of its last half hour: it may have begun within a saw-tooth. */
const TREND: Millis = HOUR / 2;

/** Why a unit is getting warm, as its curve tells. K, K/min, ℃. */
export type Signature =
  | { cause: 'door'; rise: number; lasted: Millis }
  | { cause: 'compressor'; from: number; to: number; lasted: Millis; perHour: number };

export interface Curve {
  /** In order of time, the newest last, which is not in range or on its way out. */
  observations: readonly Observation[];
  /** A value holds no longer than this (ms): what lies before a gap says nothing. */
  gap: Millis;
  /** A defrost was due when the rise began: that it began fast says nothing. */
  isDefrost: (at: Millis) => boolean;
}

/**
 * The signature of a rise. A door: fast (> 0.5 K/min), and not back yet. A compressor that fails or a
 * loss of power: slow, only upwards, without the saw-tooth of cooling – also after the fast beginning
 * of a defrost. Undefined: neither.
 */
export function signatureOf({ observations, gap, isDefrost }: Curve): Signature | undefined {
  const known = sinceGap(observations, gap);
  return doorOf(riseFromLowest(known), isDefrost) ?? compressorOf(steadyRise(known));
}

function doorOf(
  rise: readonly Observation[],
  isDefrost: Curve['isDefrost'],
): Signature | undefined {
  const [low] = rise;
  if (!low || !isFast(rise) || isDefrost(low.time)) return undefined;
  const risen = Math.max(...rise.map(({ value }) => value)) - low.value;
  const top = rise.find(({ value }) => value >= low.value + MOSTLY * risen);
  return { cause: 'door', rise: risen, lasted: (top?.time ?? low.time) - low.time };
}

function compressorOf(rise: readonly Observation[]): Signature | undefined {
  const [low] = rise;
  const last = rise.at(-1);
  if (!low || !last || last.time - low.time < STEADY) return undefined;
  const perHour = slope(rise.filter(({ time }) => time >= last.time - TREND)) * HOUR;
  if (!(perHour > 0) || perHour > COASTING) return undefined;
  const [from, to] = [low.value, last.value];
  return { cause: 'compressor', from, to, lasted: last.time - low.time, perHour };
}

/** What lies before a gap is unknown. */
function sinceGap(observations: readonly Observation[], gap: Millis): readonly Observation[] {
  const before = observations.findLastIndex(
    ({ time }, i) => (observations[i + 1]?.time ?? time) - time > gap,
  );
  return observations.slice(before + 1);
}

/** From the last of the lowest points: a unit comes down so far in each of its cycles. */
function riseFromLowest(known: readonly Observation[]): readonly Observation[] {
  const lowest = Math.min(...known.map(({ value }) => value));
  let start = known.findLastIndex(({ value }) => value <= lowest + NOISE);
  const valueAt = (i: number) => known[i]?.value ?? Number.POSITIVE_INFINITY;
  while (valueAt(start - 1) < valueAt(start)) start -= 1;
  return known.slice(start);
}

/** What has risen since the last fall. */
function steadyRise(known: readonly Observation[]): readonly Observation[] {
  let start = known.length - 1;
  for (let i = start - 1; i >= 0; i--) {
    const [here, low] = [known[i]?.value ?? 0, known[start]?.value ?? 0];
    if (here < low) start = i;
    else if (here > low + NOISE) break;
  }
  return known.slice(start);
}

/** Whether it rose as fast as with an open door, for some minutes. */
function isFast(rise: readonly Observation[]): boolean {
  let from = 0;
  return rise.some(({ time, value }, i) => {
    while (from < i - 1 && time - (rise[from + 1]?.time ?? time) >= DOOR_WITHIN) from += 1;
    const start = rise[from];
    if (!start || start.time === time) return false;
    const change = value - start.value;
    const minutes = Math.max(DOOR_WITHIN, time - start.time) / MINUTE;
    return change >= DOOR_RISE && change / minutes > DOOR_RATE;
  });
}

/** By least squares, K/ms. */
function slope(observations: readonly Observation[]): number {
  const count = observations.length;
  const meanTime = observations.reduce((sum, { time }) => sum + time / count, 0);
  const mean = observations.reduce((sum, { value }) => sum + value / count, 0);
  let [above, below] = [0, 0];
  for (const { time, value } of observations) {
    above += (time - meanTime) * (value - mean);
    below += (time - meanTime) ** 2;
  }
  return below === 0 ? 0 : above / below;
}

/** How long until the limit at the speed of the rise (ms); undefined: it is past it. */
export function timeLeft(
  { to, perHour }: Extract<Signature, { cause: 'compressor' }>,
  limit: number,
): Millis | undefined {
  return to >= limit ? undefined : ((limit - to) / perHour) * HOUR;
}
