import type { Millis } from '../clock.ts';
import { epochAt, isPossible, type Meter } from './meter.ts';

/**
 * Cumulative registers, read as the explanation with the fewest faults.
 *
 * A reading that goes backward, or further than the rated capacity allows, is not judged by itself:
 * it is held until those after it tell what it was. Each way to read the newest readings costs
 * something – a reading thrown away 1, a register that began again 1.5 and more – and the cheapest
 * holds (a shortest path over the readings, as in Viterbi's algorithm). A bad sample is thrown away
 * because that is cheaper than two resets; a replaced meter is seen at its second rising reading
 * because that is cheaper than to throw more and more of them away. What lies five undisputed
 * readings back is settled for good: no other way can overtake it any more.
 *
 * All of it follows from the anchor and the readings after it, so folding again from any anchor that
 * was kept gives the same, whatever order the readings came in.
 */

/** To throw a reading away; a bare 0 is what a meter that can't be read most often says. */
const REJECT = 1;
const REJECT_ZERO = 0.75;
/** More for a figure that came more than once; how often tells nothing: a stuck meter repeats itself. */
const REJECT_REPEATED = 0.125;
/** To believe that the register began again near 0, or at some other lower figure. */
const RESTART = 1.5;
const RESET = 4;
/** To believe a step beyond the rated capacity. */
const JUMP = 4;
/** Below this part of the figure before, a register counts as begun anew. */
const NEAR_ZERO = 0.1;

export type StepKind = 'use' | 'jitter' | 'rollover' | 'reset' | 'jump';

/** The last settled point of a register's line. */
export interface Anchor {
  time: Millis;
  /** As it was read. */
  value: number;
  /** The register's height: more than `value` where that is jitter. */
  level: number;
  /** How many epochs have begun. */
  epoch: number;
}

/** Equal readings in a row, and the cheapest way that ends with them. */
export interface Run {
  time: Millis;
  until: Millis;
  value: number;
  count: number;
  level: number;
  cost: number;
  /** The run before it on that way; −1: the anchor. */
  before: number;
  step: StepKind;
}

/** A register's state. It is changed in place: who keeps one must not share it. */
export interface RegisterState {
  /** undefined before the first reading. */
  anchor: Anchor | undefined;
  /** The readings after the anchor. */
  runs: Run[];
}

interface Step {
  kind: StepKind;
  cost: number;
  /** Register units that were used. */
  units: number;
}

export interface Point {
  until: Millis;
  level: number;
}

/** The step from one point of the line to a reading. A declared reading may be as far as it likes. */
export function stepTo(
  from: Point,
  time: Millis,
  value: number,
  meter: Meter,
  isDeclared: boolean,
): Step {
  const units = value - from.level;
  if (units >= 0) {
    const isUse = isDeclared || isPossible(meter, from.until, time, units);
    return isUse ? { kind: 'use', cost: 0, units } : { kind: 'jump', cost: JUMP, units: 0 };
  }
  // half a step more, since decimal fractions are not exact
  if (-units <= 2.5 * meter.resolution) return { kind: 'jitter', cost: 0, units: 0 };
  for (const modulus of epochAt(meter, time).moduli) {
    const over = units + modulus;
    if (
      from.level > 0.9 * modulus &&
      from.level <= modulus &&
      value < 0.1 * modulus &&
      isPossible(meter, from.until, time, over)
    ) {
      return { kind: 'rollover', cost: 0, units: over };
    }
  }
  return { kind: 'reset', cost: value < NEAR_ZERO * from.level ? RESTART : RESET, units: 0 };
}

export const pointAt = ({ anchor, runs }: RegisterState, index: number): Point | undefined =>
  index < 0 ? anchor && { until: anchor.time, level: anchor.level } : runs[index];

const rejectionOf = (run: Run | undefined): number =>
  (run?.value === 0 ? REJECT_ZERO : REJECT) + (run && run.count > 1 ? REJECT_REPEATED : 0);

/** A run at a place of the window, with the cheapest way to it. */
export function place(
  state: RegisterState,
  index: number,
  time: Millis,
  until: Millis,
  value: number,
  count: number,
  meter: Meter,
  isDeclared = false,
): Run {
  const found: Run = {
    time,
    until,
    value,
    count,
    level: value,
    cost: Number.POSITIVE_INFINITY,
    before: -1,
    step: 'use',
  };
  let rejected = 0;
  for (let before = index - 1; before >= -1; before--) {
    const point = pointAt(state, before);
    if (!point) continue;
    const way = rejected + (state.runs[before]?.cost ?? 0);
    if (way < found.cost) {
      const step = stepTo(point, time, value, meter, isDeclared);
      if (way + step.cost < found.cost) {
        found.cost = way + step.cost;
        found.before = before;
        found.step = step.kind;
        found.level = step.kind === 'jitter' ? point.level : value;
      }
      // nothing is cheaper than an undisputed line
      if (found.cost === 0) break;
    }
    rejected += rejectionOf(state.runs[before]);
  }
  return found;
}

/** The last run on the cheapest way through the first `length` runs; −1: none is on it. */
export function cheapestEnd({ runs }: RegisterState, length: number): number {
  let end = -1;
  let least = Number.POSITIVE_INFINITY;
  let rejected = 0;
  for (let i = length - 1; i >= -1; i--) {
    const cost = rejected + (runs[i]?.cost ?? 0);
    // where both ways are as likely, what is new is held
    if (cost <= least) {
      least = cost;
      end = i;
    }
    rejected += rejectionOf(runs[i]);
  }
  return end;
}

/** Finds the ways anew, from a new anchor. */
export function placeAgain(state: RegisterState, runs: readonly Run[], meter: Meter): void {
  state.runs = [];
  for (const { time, until, value, count } of runs) {
    state.runs.push(place(state, state.runs.length, time, until, value, count, meter));
  }
}
