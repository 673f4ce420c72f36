import type { Millis } from '../../clock.ts';
import type { Observation } from './phases.ts';

/** What a condition says of a moment. */
export interface Verdict {
  holds: boolean;
  /** Far enough from holding to clear; inside a dead band it neither holds nor is over. */
  isOver: boolean;
  value: number | undefined;
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

/** `memory` defaults to remembering nothing. */
export const condition = <Memory>(kind: Kind<Memory>, memory = kind.begin): Condition =>
  new Remembering(kind, memory);

/** A new one for each reading that is remembered: so it holds two fields, and no functions. */
class Remembering<Memory> implements Condition {
  readonly #kind: Kind<Memory>;
  readonly #memory: Memory;

  constructor(kind: Kind<Memory>, memory: Memory) {
    this.#kind = kind;
    this.#memory = memory;
  }

  get horizon(): Millis {
    return this.#kind.horizon;
  }

  see(observation: Observation, previous: Observation | undefined): Condition {
    const seen = this.#kind.see(this.#memory, observation, previous);
    return seen === this.#memory ? this : new Remembering(this.#kind, seen);
  }

  at(last: Observation, time: Millis): Verdict {
    return this.#kind.at(this.#memory, last, time);
  }

  next(last: Observation, time: Millis): Millis | undefined {
    return this.#kind.next?.(this.#memory, last, time);
  }

  stored(): string | undefined {
    return this.#kind.parse ? JSON.stringify(this.#memory) : undefined;
  }

  restored(json: string | undefined): Condition {
    const memory = json === undefined ? undefined : this.#kind.parse?.(JSON.parse(json));
    return condition(this.#kind, memory);
  }

  isPast(older: Observation, newest: Observation): boolean {
    return this.#kind.isPast?.(older, newest) ?? false;
  }
}

/** Differences of decimal fractions as people reckon them: 20.1 − 15.1 is 5. */
export const tidy = (value: number): number => Math.round(value * 1e9) / 1e9;
