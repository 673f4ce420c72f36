import type { Clock, Millis, Timer } from '../clock.ts';

const PAUSE: Millis = 20;
const RETRY_AFTER: Millis = 1_000;

export interface DueOptions {
  clock: Clock;
  /** When something next falls due; undefined: nothing will. */
  next: (now: Millis) => Millis | undefined;
  /** Does some of what is due now; the rest has its turn soon. */
  run: (now: Millis) => void;
  onError: (error: unknown) => void;
}

/**
 * A timer that stands at the next moment at which something falls due. What is due is read from
 * the database each time, so that nothing is lost by a restart.
 */
export class DueTimer {
  readonly #options: DueOptions;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(options: DueOptions) {
    this.#options = options;
  }

  /** To be called when what falls due may have changed. */
  set(): void {
    const { clock, next } = this.#options;
    const now = clock.now();
    const at = next(now);
    if (at === undefined) this.#timer?.cancel();
    else this.#wakeIn(Math.max(PAUSE, at - now));
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #wakeIn(delay: Millis): void {
    this.#timer?.cancel();
    if (!this.#isStopped) this.#timer = this.#options.clock.after(delay, this.runNow);
  }

  /** Does what is due now, whatever the timer says; what fails is tried again by itself. */
  runNow = (): void => {
    if (this.#isStopped) return;
    const { clock, run, onError } = this.#options;
    try {
      run(clock.now());
      this.set();
    } catch (error) {
      onError(error);
      this.#wakeIn(RETRY_AFTER);
    }
  };
}
