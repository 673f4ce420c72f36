import type { Millis } from '../clock.ts';
import type { Delivery } from '../transport/transport.ts';

/**
 * More than the transports let wait: their bound of 64 MiB, at 1 KiB beside each payload, stops
 * them first. It holds for whoever hands over without a bound of his own.
 */
const MAX_WAITING = 70_000;
const MAX_WAITING_BYTES = 128 * 1024 * 1024;

/**
 * One transaction takes at most so many messages, and so many bytes of them, so that neither an alarm
 * nor a PUBACK waits long for it. A message of a device that was offline can hold a thousand moments.
 */
const MAX_BATCH = 4_000;
const MAX_BATCH_BYTES = 384 * 1024;

/** A message that waits for its transaction. */
export interface Waiting {
  message: Delivery;
  received: Millis;
  /** Written in a transaction of its own while others of its batch still wait. */
  isWritten: boolean;
}

/** What waits for its transaction, in the order in which it came. */
export class Backlog {
  #waiting: Waiting[] = [];
  #bytes = 0;

  get length(): number {
    return this.#waiting.length;
  }

  /** False, and nothing done, when there is no room. */
  add(message: Delivery, received: Millis): boolean {
    const bytes = this.#bytes + message.payload.length;
    if (this.#waiting.length >= MAX_WAITING || bytes > MAX_WAITING_BYTES) return false;
    this.#waiting.push({ message, received, isWritten: false });
    this.#bytes = bytes;
    return true;
  }

  /** The next ones, as many as one transaction takes; they stay until they are removed. */
  next(): Waiting[] {
    const most = Math.min(this.#waiting.length, MAX_BATCH);
    let count = 0;
    for (let bytes = 0; count < most; count++) {
      bytes += this.#waiting[count]?.message.payload.length ?? 0;
      if (bytes > MAX_BATCH_BYTES && count > 0) break;
    }
    return this.#waiting.slice(0, count);
  }

  /** Takes out the first `count`. */
  remove(count: number): Waiting[] {
    const removed = this.#waiting.splice(0, count);
    for (const { message } of removed) this.#bytes -= message.payload.length;
    return removed;
  }
}
