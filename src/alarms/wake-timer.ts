import type { Clock, Millis, Timer } from '../clock.ts';

const PAUSE: Millis = 20;

/** Wakes at the earliest moment it was asked for, and forgets the others. */
export class WakeTimer {
  readonly #clock: Clock;
  readonly #wake: () => void;
  #timer: Timer | undefined;
  #at = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  /** No later than at `time`, if no sooner than in 20 ms. */
  at(time: Millis): void {
    if (time >= this.#at) return;
    this.#timer?.cancel();
    this.#at = time;
    this.#timer = this.#clock.after(Math.max(PAUSE, time - this.#clock.now()), () => {
      this.#at = Number.POSITIVE_INFINITY;
      this.#wake();
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#at = Number.POSITIVE_INFINITY;
  }
}
