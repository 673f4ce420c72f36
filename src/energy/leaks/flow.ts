import type { Millis } from '../../clock.ts';
import type { Meter } from '../meter.ts';
import { advance, emptyState, type Sink, tentative } from '../registers.ts';
import type { Anchor, RegisterState } from '../way.ts';
import type { Use } from './kind.ts';

/** How far back a flow is known: a day, and the hour in which it is judged. */
export const KEPT: Millis = 25 * 3_600_000;

interface OpenUse {
  from: Millis;
  to: Millis;
  amount: number;
}

/**
 * What one meter has used lately, in steps of some minutes, from its readings by event time: through
 * the same arithmetic as its figures, so that resets, replacements and bad samples are no flow. A
 * stretch without readings that is longer than `gap` is unknown, unless the register stood still.
 */
export class Flow implements Sink {
  /** The newest reading taken. */
  newest: Millis = Number.NEGATIVE_INFINITY;
  readonly meter: Meter;
  readonly step: Millis;
  readonly #gap: Millis;
  readonly #state: RegisterState = emptyState();
  /** By step, as a ring; milliseconds of it that are known. */
  readonly #amounts: Float64Array;
  readonly #measured: Float64Array;
  /** The newest step that the ring has room for. */
  #head = Number.NEGATIVE_INFINITY;
  /** What is not settled yet, as it looks; undefined: to be found out. */
  #open: OpenUse[] | undefined;

  /** Begins with a settled point, if there is one. */
  constructor(meter: Meter, step: Millis, gap: Millis, mark?: Anchor) {
    this.meter = meter;
    this.step = step;
    this.#gap = gap;
    if (mark) {
      const { time, value, level, epoch } = mark;
      this.#state.anchor = { time, value, level, epoch };
      this.newest = time;
    }
    const length = Math.ceil(KEPT / step) + 1;
    this.#amounts = new Float64Array(length);
    this.#measured = new Float64Array(length);
  }

  /** Takes a reading newer than all before it. */
  take(time: Millis, value: number): void {
    this.newest = time;
    this.#open = undefined;
    advance(this.#state, time, value, this.meter, this);
  }

  /** What was used between two moments, both multiples of the step. */
  between(from: Millis, to: Millis): Use {
    let amount = 0;
    let measured = 0;
    const oldest = this.#head - this.#amounts.length + 1;
    const last = Math.min(this.#head, to / this.step - 1);
    for (let i = Math.max(oldest, from / this.step); i <= last; i++) {
      amount += this.#amounts[i % this.#amounts.length] ?? 0;
      measured += this.#measured[i % this.#amounts.length] ?? 0;
    }
    for (const open of this.#unsettled()) {
      const part = Math.min(to, open.to) - Math.max(from, open.from);
      if (part <= 0) continue;
      amount += (open.amount * part) / (open.to - open.from);
      measured += part;
    }
    return { amount, measured };
  }

  use(from: Millis, to: Millis, amount: number): void {
    if (!this.#isKnown(from, to, amount)) return;
    this.#makeRoom(to);
    const oldest = this.#head - this.#amounts.length + 1;
    for (let start = Math.max(from, oldest * this.step); start < to; ) {
      const index = Math.floor(start / this.step);
      const end = Math.min(to, (index + 1) * this.step);
      const at = index % this.#amounts.length;
      this.#amounts[at] = (this.#amounts[at] ?? 0) + (amount * (end - start)) / (to - from);
      this.#measured[at] = (this.#measured[at] ?? 0) + end - start;
      start = end;
    }
  }

  note(): void {
    // what is wrong with its figures is written down where they are made
  }

  #isKnown(from: Millis, to: Millis, amount: number): boolean {
    return to > from && (amount === 0 || to - from <= this.#gap);
  }

  #unsettled(): OpenUse[] {
    if (this.#open) return this.#open;
    const open: OpenUse[] = [];
    tentative(this.#state, this.meter, {
      use: (from, to, amount) => {
        if (this.#isKnown(from, to, amount)) open.push({ from, to, amount });
      },
      note: () => undefined,
    });
    this.#open = open;
    return open;
  }

  #makeRoom(until: Millis): void {
    const head = Math.ceil(until / this.step) - 1;
    if (head <= this.#head) return;
    const { length } = this.#amounts;
    for (let i = Math.max(this.#head + 1, head - length + 1); i <= head; i++) {
      this.#amounts[i % length] = 0;
      this.#measured[i % length] = 0;
    }
    this.#head = head;
  }
}
