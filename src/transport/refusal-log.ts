import type { Logger } from 'pino';
import type { Clock, Millis } from '../clock.ts';
import type { CodedError } from '../errors.ts';

const EVERY: Millis = 60_000;
/** So many are told apart at a time; a hostile client must fill neither the memory nor the log. */
const MAX_KNOWN = 100;

interface Known {
  /** By the clock that nobody can set. */
  said: Millis;
  count: number;
}

/**
 * Names in the log who is refused, and why: each code of each user name, or of each address that
 * gave none, at most once a minute, with how often it has happened so far.
 */
export class RefusalLog {
  /** Those said last come last. */
  readonly #known = new Map<string, Known>();
  readonly #clock: Clock;
  readonly #log: Logger;
  #others: Known = { said: Number.NEGATIVE_INFINITY, count: 0 };
  #count = 0;

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
  }

  /** All refusals since the start. */
  get count(): number {
    return this.#count;
  }

  take({ code, params, message }: CodedError): void {
    this.#count += 1;
    const now = this.#clock.monotonic();
    const { username = '?', address = '' } = params;
    const key = JSON.stringify([code, username === '?' ? address : username]);
    const known = this.#known.get(key) ?? this.#meet(now);
    if (!known) {
      this.#takeOther(now);
      return;
    }
    known.count += 1;
    if (now - known.said < EVERY) return;
    known.said = now;
    this.#known.delete(key);
    this.#known.set(key, known);
    this.#log.warn({ code, ...params, count: known.count }, message);
  }

  /** Somebody new, if there is room, or if one can be forgotten who was not named for a minute. */
  #meet(now: Millis): Known | undefined {
    const [longest] = this.#known;
    if (longest && this.#known.size >= MAX_KNOWN) {
      const [key, { said }] = longest;
      if (now - said < EVERY) return undefined;
      this.#known.delete(key);
    }
    return { said: Number.NEGATIVE_INFINITY, count: 0 };
  }

  #takeOther(now: Millis): void {
    this.#others.count += 1;
    if (now - this.#others.said < EVERY) return;
    this.#others.said = now;
    const { count } = this.#others;
    this.#log.warn({ count }, 'more are refused than can be named');
  }
}
