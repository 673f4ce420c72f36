import type { Clock } from '../clock.ts';

// What a message costs besides its payload: packet, topic, closures, its place in the pipeline.
const OVERHEAD = 1024;

/** What one message weighs while it waits for its commit, in bytes. */
export const weigh = (payload: Buffer): number => payload.length + OVERHEAD;

/**
 * Counts what was handed on and is not committed yet. When it is full its users read no further,
 * so that a stalled disk costs a bounded amount of memory.
 */
export class Intake {
  readonly #limit: number;
  #bytes = 0;
  #waiting: (() => void)[] = [];
  #emptied: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get full(): boolean {
    return this.#bytes >= this.#limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
  }

  remove(bytes: number): void {
    this.#bytes -= bytes;
    // At half, not at the brim: else thousands would be woken for the room of one message.
    if (this.#waiting.length > 0 && this.#bytes <= this.#limit / 2) this.#wake();
    if (this.#emptied.length > 0 && this.#bytes === 0) {
      // Not before the acknowledgement of the last one has gone out.
      for (const resolve of this.#emptied.splice(0)) setImmediate(resolve);
    }
  }

  /** Calls `resume` once there is room again. */
  whenRoom(resume: () => void): void {
    this.#waiting.push(resume);
  }

  /** Resolves when nothing is under way any more, or after `patience` ms. */
  async drained(clock: Clock, patience: number): Promise<void> {
    if (this.#bytes === 0) return;
    await new Promise<void>((resolve) => {
      const timer = clock.after(patience, resolve);
      this.#emptied.push(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  #wake(): void {
    const resumed = this.#waiting;
    this.#waiting = [];
    // Not now: the caller is in the middle of acknowledging a batch.
    setImmediate(() => {
      for (const resume of resumed) resume();
    });
  }
}
