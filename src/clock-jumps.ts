import type { Clock, Millis } from './clock.ts';

/** Less than this is a correction. */
const MAX_CORRECTION: Millis = 60_000;

export interface ClockJump {
  /** How far the time went beyond what has passed; negative where it was set back. */
  by: Millis;
  /** The last look, as the clock is now: the jump came after it. */
  since: Millis;
}

/** Finds out that the time was set, or that the machine slept: it went on otherwise than the clock. */
export class ClockJumps {
  readonly #clock: Clock;
  #time: Millis;
  #monotonic: Millis;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#time = clock.now();
    this.#monotonic = clock.monotonic();
  }

  /** What has happened since the last look. Cheap. */
  look(): ClockJump | undefined {
    const [time, monotonic] = [this.#clock.now(), this.#clock.monotonic()];
    const passed = monotonic - this.#monotonic;
    const by = time - this.#time - passed;
    this.#time = time;
    this.#monotonic = monotonic;
    return Math.abs(by) > MAX_CORRECTION ? { by, since: time - passed } : undefined;
  }
}
