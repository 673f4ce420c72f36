import type { Campus } from '../../campus/model.ts';
import type { Millis } from '../../clock.ts';
import type { Text } from '../../errors.ts';

/** What was used between two moments, in the metric's unit, and how much of the time is known (ms). */
export interface Use {
  amount: number;
  measured: Millis;
}

/** What is known of a meter at the moment of a judgement. */
export interface Facts {
  campus: Pick<Campus, 'calendar' | 'timezone'>;
  /** Whether its alarm is raised. */
  isActive: boolean;
  /** Its newest readings, as far back as a flow is kept, in multiples of the kind's step. */
  recent(from: Millis, to: Millis): Use;
  /** Its hourly figures, as far back as they go; whole hours. */
  kept(from: Millis, to: Millis): Use;
  /** Whether another metric of the device was being reported at a moment. */
  reports(metric: string, at: Millis): boolean;
  /** The meters that it feeds. */
  children: readonly { name: string; kept(from: Millis, to: Millis): Use }[];
}

/** What is lost: at least, in the metric's unit per hour; less than 0 where it can't be told. */
export interface Loss {
  rate: number;
  since: Millis;
}

/** The condition holds. */
export interface Found {
  holds: true;
  value: number;
  limit: number | undefined;
  /** Of value and limit; the metric's own where it is absent. */
  unit?: string;
  loss: Loss;
  /** What else helps to find the cause. */
  about?: Text;
}

/** `undefined`: too little is known, or it neither holds nor is over. */
export type Finding = Found | { holds: false } | undefined;

export interface Judged<Memory> {
  memory: Memory;
  finding: Finding;
}

/** How a kind of rule judges what a meter has used. All functions are pure. */
export interface Kind<Memory> {
  /** Remembering nothing. */
  begin: Memory;
  /** What was stored; undefined: not ours. */
  parse(stored: unknown): Memory | undefined;
  /** What of it must be stored, as the readings of `lookBack` don't tell it. */
  stored(memory: Memory): unknown;
  /** How far back readings tell what need not be stored (ms). */
  lookBack: Millis;
  /** Steps of flow that it needs (ms); undefined: none. */
  step: Millis | undefined;
  /** How much later than its moments it judges, since other meters' figures are needed too (ms). */
  wait: Millis;
  /** The next moment after another at which it judges. */
  next(after: Millis, campus: Facts['campus']): Millis;
  judge(memory: Memory, at: Millis, facts: Facts): Judged<Memory>;
}

/** A kind together with what it remembers. */
export interface Judge {
  readonly step: Millis | undefined;
  readonly lookBack: Millis;
  readonly wait: Millis;
  next(after: Millis, campus: Facts['campus']): Millis;
  judge(at: Millis, facts: Facts): { judge: Judge; finding: Finding };
  stored(): unknown;
  /** With what was stored; else remembering nothing. */
  restored(stored: unknown): Judge;
}

/** `memory` defaults to remembering nothing. */
export const judgeOf = <Memory>(kind: Kind<Memory>, memory = kind.begin): Judge =>
  new Remembering(kind, memory);

class Remembering<Memory> implements Judge {
  readonly #kind: Kind<Memory>;
  readonly #memory: Memory;

  constructor(kind: Kind<Memory>, memory: Memory) {
    this.#kind = kind;
    this.#memory = memory;
  }

  get step(): Millis | undefined {
    return this.#kind.step;
  }

  get lookBack(): Millis {
    return this.#kind.lookBack;
  }

  get wait(): Millis {
    return this.#kind.wait;
  }

  next(after: Millis, campus: Facts['campus']): Millis {
    return this.#kind.next(after, campus);
  }

  judge(at: Millis, facts: Facts): { judge: Judge; finding: Finding } {
    const { memory, finding } = this.#kind.judge(this.#memory, at, facts);
    return { judge: memory === this.#memory ? this : judgeOf(this.#kind, memory), finding };
  }

  stored(): unknown {
    return this.#kind.stored(this.#memory);
  }

  restored(stored: unknown): Judge {
    return judgeOf(this.#kind, this.#kind.parse(stored));
  }
}

/** The longest `wait` of a kind. */
export const LONGEST_WAIT: Millis = 1_800_000;

/** For a kind that is told everything by the figures. */
export const WITHOUT_MEMORY = {
  begin: null,
  parse: () => null,
  stored: () => null,
  lookBack: 0,
} as const;

export const MINUTE: Millis = 60_000;
export const HOUR: Millis = 3_600_000;

/** The part of a stretch that must be known for it to be judged. */
const ENOUGH = 0.8;

/** The use per hour of a stretch; undefined where too little of it is known. */
export function rateOf({ amount, measured }: Use, length: Millis): number | undefined {
  return measured >= ENOUGH * length ? (amount * HOUR) / measured : undefined;
}

/** The part of the values below which the first `share` lies, between neighbours in proportion. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)];
  const high = sorted[Math.ceil(at)];
  if (low === undefined || high === undefined) return undefined;
  return low + (high - low) * (at - Math.floor(at));
}

export const median = (values: readonly number[]): number | undefined => percentile(values, 0.5);

/** The next moment after another that is a multiple of `step`. */
export const nextMultiple = (after: Millis, step: Millis): Millis =>
  (Math.floor(after / step) + 1) * step;
