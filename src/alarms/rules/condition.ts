import type { Millis } from '../../clock.ts';
import type { Observation } from './phases.ts';

/** What a condition says of a moment. */
export interface Verdict {
  holds: boolean;
  /** Far enough from holding to clear; inside a dead band it neither holds nor is over. */
  isOver: boolean;
  value: number;
  limit: number | undefined;
}

/**
 * How a kind of rule judges by what it remembers. All functions are pure; memory is never changed,
 * and the same one comes back where there is nothing new to remember. Only readings that are in
 * order and fresh are seen.
 */
export interface Kind<Memory> {
  /** Remembering nothing. */
  begin: Memory;
  /** One more observation, later than `previous`, the last one seen. */
  see(memory: Memory, observation: Observation, previous: Observation | undefined): Memory;
  /** At `time`, with `last` the last one seen, not after it nor longer ago than it is known. */
  at(memory: Memory, last: Observation, time: Millis): Verdict;
  /** When the verdict of `time` changes if nothing more is seen; undefined: not by itself. */
  next?(memory: Memory, last: Observation, time: Millis): Millis | undefined;
  /** How far back stored readings tell what must be remembered (ms). */
  horizon: Millis;
  /** True of a reading that, like all before it, no longer matters once `newest` was seen. */
  isPast?(older: Observation, newest: Observation): boolean;
  /** Present where stored readings don't tell it: then it is stored itself. Undefined: not ours. */
  parse?(json: unknown): Memory | undefined;
}

/** A kind of rule together with what it remembers. */
export interface Condition {
  see(observation: Observation, previous: Observation | undefined): Condition;
  at(last: Observation, time: Millis): Verdict;
  next(last: Observation, time: Millis): Millis | undefined;
  /** What must be stored, as JSON; undefined: stored readings tell it. */
  stored(): string | undefined;
  /** With what was stored; else remembering nothing. */
  restored(json: string | undefined): Condition;
  isPast(older: Observation, newest: Observation): boolean;
  readonly horizon: Millis;
}

export function condition<Memory>(kind: Kind<Memory>, memory = kind.begin): Condition {
  const own: Condition = {
    see(observation, previous) {
      const seen = kind.see(memory, observation, previous);
      return seen === memory ? own : condition(kind, seen);
    },
    at: (last, time) => kind.at(memory, last, time),
    next: (last, time) => kind.next?.(memory, last, time),
    stored: () => (kind.parse ? JSON.stringify(memory) : undefined),
    restored: (json) =>
      condition(kind, json === undefined ? undefined : kind.parse?.(JSON.parse(json))),
    isPast: (older, newest) => kind.isPast?.(older, newest) ?? false,
    horizon: kind.horizon,
  };
  return own;
}

/** Differences of decimal fractions as people reckon them: 20.1 − 15.1 is 5. */
export const tidy = (value: number): number => Math.round(value * 1e9) / 1e9;
