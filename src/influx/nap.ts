import type { Clock, Millis, Timer } from '../clock.ts';

/** A worker's sleep: until a time, until news, or until it is told to end. */
export class Nap {
  readonly #clock: Clock;
  readonly #settlers: (() => void)[] = [];
  #wake: (() => void) | undefined;
  #timer: Timer | undefined;
  #isLight = false;
  #hasEnded = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Sleeps for a time that nothing but the end cuts short. */
  async for(delay: Millis): Promise<void> {
    await this.#sleep(this.#clock.now() + delay);
  }

  /** Sleeps until there is news, and until `time` at most. */
  async untilNews(time: Millis | undefined): Promise<void> {
    this.#isLight = true;
    await this.#sleep(time);
    this.#isLight = false;
  }

  /** There is news: it ends a light sleep, at `time` if that is given. */
  news(time?: Millis): void {
    if (!this.#isLight) return;
    if (time === undefined) this.#wake?.();
    else if (this.#wake) this.#wakeAt(time);
  }

  /** Ends every sleep, now and from now on. */
  end(): void {
    this.#hasEnded = true;
    this.#wake?.();
    this.#tell();
  }

  /** Resolves when the worker sleeps or has ended. */
  settled(): Promise<void> {
    if (this.#wake || this.#hasEnded) return Promise.resolve();
    return new Promise((resolve) => this.#settlers.push(resolve));
  }

  #sleep(time: Millis | undefined): Promise<void> {
    if (this.#hasEnded) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = () => {
      this.#wake = undefined;
      this.#timer?.cancel();
      resolve();
    };
    if (time !== undefined) this.#wakeAt(time);
    this.#tell();
    return promise;
  }

  #wakeAt(time: Millis): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.after(Math.max(0, time - this.#clock.now()), () => this.#wake?.());
  }

  #tell(): void {
    for (const settled of this.#settlers.splice(0)) settled();
  }
}
