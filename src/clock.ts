/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Millis = number;

export interface Timer {
  cancel(): void;
}

/**
 * The only source of time in the gateway. Every delay and every timestamp comes from here, so that
 * a test or a replay can move a week in milliseconds.
 */
export interface Clock {
  now(): Millis;
  /** Milliseconds that have passed since some moment: nobody can set it, as they can the time. */
  monotonic(): Millis;
  /** Calls `run` once, `delay` ms from now. The timer never keeps the process alive. */
  after(delay: Millis, run: () => void): Timer;
}

/** The platform's timers end at once when they are set for longer than this, 24 days. */
const LONGEST_TIMER: Millis = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delay, run) {
    let timer: NodeJS.Timeout | undefined;
    const wait = (left: Millis) => {
      const part = Math.min(left, LONGEST_TIMER);
      timer = setTimeout(() => (left > part ? wait(left - part) : run()), part).unref();
    };
    wait(delay);
    return { cancel: () => clearTimeout(timer) };
  },
};

interface Pending {
  at: Millis;
  run: () => void;
}

/** A clock that stands still until it is told to move; due timers then run in order of time. */
export class VirtualClock implements Clock {
  #now: Millis;
  /** By how much somebody set it. */
  #set: Millis = 0;
  #pending: Pending[] = [];

  constructor(start: Millis) {
    this.#now = start;
  }

  now(): Millis {
    return this.#now;
  }

  monotonic(): Millis {
    return this.#now - this.#set;
  }

  /** Somebody sets the clock forward, or back: nothing passes, and no timer is due any sooner. */
  set(by: Millis): void {
    this.#now += by;
    this.#set += by;
    for (const pending of this.#pending) pending.at += by;
  }

  after(delay: Millis, run: () => void): Timer {
    const pending = { at: this.#now + Math.max(0, delay), run };
    this.#pending.push(pending);
    return {
      cancel: () => {
        this.#pending = this.#pending.filter((other) => other !== pending);
      },
    };
  }

  /** The time of the next timer, if there is one. */
  next(): Millis | undefined {
    let earliest: Millis | undefined;
    for (const { at } of this.#pending) {
      if (earliest === undefined || at < earliest) earliest = at;
    }
    return earliest;
  }

  /** Moves to `time` and runs what falls due on the way. Going backwards does nothing. */
  moveTo(time: Millis): void {
    for (let due = this.#takeDue(time); due; due = this.#takeDue(time)) {
      this.#now = Math.max(this.#now, due.at);
      due.run();
    }
    this.#now = Math.max(this.#now, time);
  }

  #takeDue(time: Millis): Pending | undefined {
    let first = -1;
    for (let i = 0; i < this.#pending.length; i++) {
      const at = this.#pending[i]?.at ?? Number.POSITIVE_INFINITY;
      if (at <= time && (first < 0 || at < (this.#pending[first]?.at ?? 0))) first = i;
    }
    return first < 0 ? undefined : this.#pending.splice(first, 1)[0];
  }
}
