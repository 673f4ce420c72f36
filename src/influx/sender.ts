import type { Logger } from 'pino';
import type { Clock, Millis } from '../clock.ts';
import { toLine } from './lines.ts';
import type { Nap } from './nap.ts';
import type { OwnAlarms } from './own-alarms.ts';
import { halve, type Part, split } from './part.ts';
import type { Write } from './target.ts';
import { judge, type Reply, type Verdict } from './verdict.ts';

/** Lines in one request. */
export const BATCH = 5_000;
/** A server's limit in bytes is never so small that fewer lines would not fit. */
const SMALLEST_BATCH = 100;
const FIRST_RETRY: Millis = 1_000;
const LONGEST_RETRY: Millis = 60_000;
/** Without a success for this long, somebody should know. */
const TELL_AFTER: Millis = 15 * 60_000;
/** During a long wait, bounds are kept and people told so often. */
const LOOK_EVERY: Millis = 5_000;

export interface SenderOptions {
  write: Write;
  clock: Clock;
  log: Logger;
  nap: Nap;
  alarms: OwnAlarms;
  /** What the server is called in words for people: no password in it. */
  server: string;
  bucket: string;
  /** Tells several gateways of one bucket apart. */
  instance: string;
  /** Done every few seconds of a wait. */
  whileWaiting: () => Promise<void>;
  /** Between 0 and 1, for jitter. */
  random: () => number;
}

/** What has happened since start. */
export interface SenderCounters {
  /** Lines confirmed. */
  written: number;
  /** Lines older than the bucket keeps. */
  expired: number;
  requests: number;
  /** Requests that had to be made again. */
  failures: number;
}

/** A line that the server will never take. */
export interface RefusedLine {
  line: string;
  reason: string;
}

/** Gets lines to the server, whatever it answers. */
export class Sender {
  readonly counters: SenderCounters = { written: 0, expired: 0, requests: 0, failures: 0 };
  readonly #options: SenderOptions;
  #limit = BATCH;
  #attempts = 0;
  #failingSince: Millis | undefined;
  #problem: string | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Lines in one request as the server wants it. */
  get limit(): number {
    return this.#limit;
  }

  /** Why nothing gets through now. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /**
   * Sends lines until each of them is there or refused for good; answers the refused ones. `reply`
   * is what came of it if they were sent already. undefined: they were given up while they waited,
   * as `isWanted` says.
   */
  async deliver(
    whole: Part,
    reply: Reply | undefined,
    isWanted: () => boolean,
  ): Promise<RefusedLine[] | undefined> {
    const refused: RefusedLine[] = [];
    const parts = reply ? [whole] : split(whole, this.#limit).reverse();
    let known = reply && this.#judge(reply);
    let isProbed = false;
    for (let part = parts.pop(); part; part = parts.pop()) {
      let verdict = known ?? (await this.#send(part.text));
      known = undefined;
      const isRefused = isRefusal(verdict) && (verdict.kind === 'refused' || part.lines === 1);
      if (isRefused && !isProbed) {
        verdict = await this.#probe(verdict);
        isProbed = isRefusal(verdict);
      }
      switch (verdict.kind) {
        case 'written':
          this.#succeeded();
          this.counters.written += part.lines - verdict.expired;
          this.counters.expired += verdict.expired;
          break;
        case 'refused':
        case 'tooLarge':
          if (part.lines === 1) refused.push({ line: part.text, reason: verdict.reason });
          else parts.push(...halve(part).reverse());
          if (verdict.kind === 'tooLarge') {
            this.#limit = Math.max(SMALLEST_BATCH, Math.ceil(part.lines / 2));
          }
          break;
        default:
          await this.#waitAfter(verdict);
          if (!isWanted()) return undefined;
          parts.push(part);
          isProbed = false;
      }
    }
    return refused;
  }

  /** Doubling from a second to a minute, with jitter so that a crowd does not return at once. */
  backOff(): Millis {
    const delay = Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** Math.min(this.#attempts, 10));
    this.#attempts += 1;
    return this.#jitter(delay);
  }

  async #send(text: string): Promise<Verdict> {
    return this.#judge(await this.#options.write(text));
  }

  #judge(reply: Reply): Verdict {
    this.counters.requests += 1;
    return judge(reply, this.#options.clock.now());
  }

  /**
   * Finds out whether the server refuses these lines or whatever it is sent: a wrong organisation
   * is a 400 too, and must not make dead letters of everything.
   */
  async #probe(refusal: Verdict): Promise<Verdict> {
    const { instance, clock } = this.#options;
    const point = { measurement: 'gateway', tags: { instance }, fields: { probe: true } };
    const verdict = await this.#send(toLine({ ...point, time: clock.now() }) ?? '');
    if (isRefusal(verdict)) {
      return { kind: 'closed', code: 'INFLUX_REQUEST', reason: verdict.reason };
    }
    if (verdict.kind !== 'written') return verdict;
    this.#succeeded();
    return refusal;
  }

  async #waitAfter(verdict: Verdict & { kind: 'closed' | 'later' }): Promise<void> {
    const { log, clock, nap, alarms, server, bucket, whileWaiting } = this.#options;
    if (nap.hasEnded) return;
    const { kind, reason } = verdict;
    this.counters.failures += 1;
    if (this.#problem !== reason) log.warn({ reason }, 'InfluxDB takes nothing; trying again');
    this.#problem = reason;
    this.#failingSince ??= clock.now();
    const since = this.#failingSince;
    if (kind === 'closed') alarms.raise(verdict.code, { server, bucket, reason });
    const delay =
      kind === 'closed' ? this.#jitter(LONGEST_RETRY) : (verdict.after ?? this.backOff());
    const until = clock.now() + delay;
    while (!nap.hasEnded && clock.now() < until) {
      await nap.for(Math.min(until - clock.now(), LOOK_EVERY));
      await whileWaiting();
      const silent = clock.now() - since;
      if (silent >= TELL_AFTER) {
        const minutes = Math.floor(silent / 60_000);
        alarms.raise('INFLUX_UNREACHABLE', { server, minutes, reason });
      }
    }
  }

  #succeeded(): void {
    const { log, alarms } = this.#options;
    if (this.#problem !== undefined) log.info('InfluxDB takes lines again');
    this.#attempts = 0;
    this.#failingSince = undefined;
    this.#problem = undefined;
    alarms.clearBlocked();
  }

  #jitter(delay: Millis): Millis {
    return Math.round(delay * (0.75 + this.#options.random() / 2));
  }
}

const isRefusal = (verdict: Verdict) => verdict.kind === 'refused' || verdict.kind === 'tooLarge';
