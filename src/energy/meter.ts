import type { Millis } from '../clock.ts';
import { HOUR } from '../storage/readings.ts';

/** What holds for a meter from a moment on. */
export interface Epoch {
  /** −∞ for the first. */
  from: Millis;
  /** CT ratio × PT ratio, or kWh per pulse: turns register units into the metric's unit. */
  multiplier: number;
  /** Where the register goes over to 0, in register units; several where the model leaves it open. */
  moduli: readonly number[];
  /** Set where the epoch begins with a declared replacement, in register units. */
  replaced?: { oldFinal: number; newInitial: number } | undefined;
}

/** What the arithmetic needs to know of one cumulative or interval metric. */
export interface Meter {
  /** register: grows for ever; interval: each reading is the amount since the one before. */
  kind: 'register' | 'interval';
  /** How long the amount of an interval metric was gathered at most (ms). */
  period: Millis;
  /** Smallest step of the register, in register units; 0 where it is not known. */
  resolution: number;
  /** The most that can flow, in the metric's unit per hour. */
  ratedCapacity: number;
  /** By `from`, without a gap; never empty. */
  epochs: readonly Epoch[];
}

/** The epoch of a moment; the moment in which one begins still belongs to the one before. */
export function epochAt({ epochs }: Meter, time: Millis): Epoch {
  for (let i = epochs.length - 1; i > 0; i--) {
    const epoch = epochs[i];
    if (epoch && epoch.from < time) return epoch;
  }
  const [first] = epochs;
  if (!first) throw new Error('a meter without an epoch');
  return first;
}

/** A part of a step with one multiplier. */
export interface Share {
  from: Millis;
  to: Millis;
  /** In the metric's unit. */
  amount: number;
}

/** A step of `units` register units in the metric's unit, cut where the multiplier changes. */
export function sharesOf(meter: Meter, from: Millis, to: Millis, units: number): Share[] {
  const { epochs } = meter;
  const inside = epochs.filter((epoch) => epoch.from > from && epoch.from < to);
  if (inside.length === 0) {
    return [{ from, to, amount: units * epochAt(meter, to).multiplier }];
  }
  const cuts = [from, ...inside.map((epoch) => epoch.from), to];
  return cuts.slice(1).map((end, i) => {
    const start = cuts[i] ?? from;
    const part = (units * (end - start)) / (to - from);
    return { from: start, to: end, amount: part * epochAt(meter, end).multiplier };
  });
}

/** The amount of a step in the metric's unit. */
export function scaled(meter: Meter, from: Millis, to: Millis, units: number): number {
  if (meter.epochs.length === 1) return units * epochAt(meter, to).multiplier;
  return sharesOf(meter, from, to, units).reduce((total, { amount }) => total + amount, 0);
}

/** Whether the rated capacity allows a step; one step of the register is always allowed. */
export function isPossible(meter: Meter, from: Millis, to: Millis, units: number): boolean {
  const slack = 2 * meter.resolution * epochAt(meter, to).multiplier;
  const most = (meter.ratedCapacity * (to - from)) / HOUR;
  return scaled(meter, from, to, units) <= most + slack;
}
