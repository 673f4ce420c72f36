import type { Duplex } from 'node:stream';
import { Acks } from './acks.ts';
import type { Intake } from './intake.ts';

/** The broker's way to hear that it may go on with a connection, or why that ends. */
export type Done = (error?: Error | null) => void;

/** One connection, from its first byte. */
export class Session {
  readonly stream: Duplex;
  readonly address: string;
  /** Known once the password was right. */
  username: string | undefined;
  readonly filters = new Set<string>();
  readonly acks: Acks;
  readonly #intake: Intake;
  /** Bytes received and not committed. */
  pending = 0;
  /** It is being closed and the reason is known; what the broker reports from here on follows. */
  ended = false;
  waits = false;
  #held: Done | undefined;

  constructor(stream: Duplex, address: string, intake: Intake) {
    this.stream = stream;
    this.address = address;
    this.#intake = intake;
    this.acks = new Acks(stream);
  }

  /** A message is under way; `bytes` is its weight. */
  begin(bytes: number): void {
    this.pending += bytes;
    this.#intake.add(bytes);
  }

  /** A message is settled. */
  end(bytes: number, error: Error | undefined): void {
    this.pending -= bytes;
    this.#intake.remove(bytes);
    if (error) this.ended = true;
    if (error || this.pending === 0) this.#release(error);
  }

  /**
   * Keeps the broker from reading on until all is settled. One message is enough for that, the
   * newest: the broker may forget those before it, which would live on for nothing.
   */
  hold(done: Done): void {
    const previous = this.#held;
    this.#held = done;
    previous?.();
  }

  #release(error: Error | undefined): void {
    const done = this.#held;
    this.#held = undefined;
    done?.(error);
  }
}
