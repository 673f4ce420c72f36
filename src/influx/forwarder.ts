import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Clock, Millis } from '../clock.ts';
import type { ErrorCode, ErrorParams } from '../errors.ts';
import type { DeadLetter } from '../pipeline/dead-letters.ts';
import type { Courier } from './courier.ts';
import type { ExportProgress, History } from './history.ts';
import { Nap } from './nap.ts';
import type { InfluxOutbox } from './outbox.ts';
import { OwnAlarms } from './own-alarms.ts';
import { BATCH, type RefusedLine, Sender, type SenderCounters } from './sender.ts';

/** What has just come waits this long for company. */
const LINGER: Millis = 1_000;
/** Above so many new lines in a ms, what comes in goes first: it has half of the time to itself. */
const BUSY = 5;
/** The progress of an export is written so often. */
const SAVE_EVERY: Millis = 1_000;

export interface ForwarderOptions {
  outbox: InfluxOutbox;
  history: History;
  courier: Courier;
  clock: Clock;
  log: Logger;
  /** What the server is called in words for people: no password in it. */
  server: string;
  bucket: string;
  /** Tells several gateways of one bucket apart. */
  instance: string;
  /** Lines that may wait, and how long the oldest may while nothing gets through. */
  maxRows: number;
  maxAge: Millis;
  /** Runs work in a transaction of the pipeline. */
  transact: (work: () => void) => void;
  /** Adds a dead letter in the transaction under way. */
  addDeadLetter: (letter: Omit<DeadLetter, 'id'>) => void;
  raise: (code: ErrorCode, params: ErrorParams) => void;
  clear: (code: ErrorCode) => void;
  /** Between 0 and 1, for jitter. */
  random?: () => number;
}

/** What has happened since start. */
export interface ForwarderCounters extends SenderCounters {
  /** Lines that became dead letters. */
  refused: number;
  /** Lines given up because too many waited, or for too long. */
  dropped: number;
}

export interface ForwarderStatus {
  /** No alarm about it is open. */
  ok: boolean;
  /** Why nothing gets through now. */
  problem: string | undefined;
  /** Lines that wait, and for how long the oldest does. */
  waiting: number;
  oldest: Millis;
  /** From commit to confirmation, of the newest line confirmed. */
  lag: Millis;
}

/**
 * Sends what the outbox holds, and history when asked to, in order and one request at a time. It
 * may be killed at any moment: what was not confirmed is sent again, and is the same point then.
 */
export class Forwarder {
  readonly #options: ForwarderOptions;
  readonly #nap: Nap;
  readonly #alarms: OwnAlarms;
  readonly #sender: Sender;
  #running: Promise<void> | undefined;
  /** When what waits is to be sent. */
  #dueAt: Millis | undefined;
  #savedAt: Millis = 0;
  #lag: Millis = 0;
  #refused = 0;
  #dropped = 0;

  constructor(options: ForwarderOptions) {
    const { clock, courier, maxAge, random = Math.random } = options;
    this.#options = options;
    this.#nap = new Nap(clock);
    this.#alarms = new OwnAlarms(options);
    this.#sender = new Sender({
      ...options,
      write: (text) => courier.write(text),
      random,
      nap: this.#nap,
      alarms: this.#alarms,
      whileWaiting: () => this.#keepBounds(clock.now() - maxAge),
    });
  }

  get counters(): ForwarderCounters {
    return { ...this.#sender.counters, refused: this.#refused, dropped: this.#dropped };
  }

  get exportProgress(): ExportProgress | undefined {
    return this.#options.history.progress;
  }

  status(): ForwarderStatus {
    const { outbox, clock } = this.#options;
    const oldest = outbox.waiting === 0 ? undefined : outbox.oldest();
    return {
      ok: !this.#alarms.hasOpen,
      problem: this.#sender.problem,
      waiting: outbox.waiting,
      oldest: oldest === undefined ? 0 : Math.max(0, clock.now() - oldest),
      lag: this.#lag,
    };
  }

  start(): void {
    const { outbox, clock } = this.#options;
    outbox.onAdded = this.#added;
    this.#dueAt = clock.now();
    this.#running ??= this.#run();
  }

  /** Sends the stored readings from `from` to before `until`, else to now, behind what is new. */
  export(from: Millis, until: Millis | undefined): ExportProgress {
    const { history, clock } = this.#options;
    const progress = history.begin(from, until, clock.now());
    this.#nap.news();
    return progress;
  }

  /** Resolves when nothing is under way: all is sent, or a timer must pass first. */
  settled(): Promise<void> {
    return this.#nap.settled();
  }

  /** Ends what is under way; what was not confirmed stays in the outbox. */
  async stop(): Promise<void> {
    const { outbox, courier, history, log } = this.#options;
    outbox.onAdded = () => undefined;
    this.#nap.end();
    await courier.stop();
    await this.#running;
    try {
      history.save();
    } catch (error) {
      log.warn({ err: error }, 'the progress of the export could not be written');
    }
  }

  /** In the hot path of ingest. */
  #added = (): void => {
    const { outbox, clock } = this.#options;
    const isFirst = this.#dueAt === undefined;
    this.#dueAt ??= clock.now() + LINGER;
    if (outbox.waiting >= this.#sender.limit) this.#nap.news();
    else if (isFirst) this.#nap.news(this.#dueAt);
  };

  async #run(): Promise<void> {
    const { outbox, clock, log } = this.#options;
    while (!this.#nap.hasEnded) {
      try {
        const [began, known] = [clock.now(), outbox.last];
        if (await this.#work()) {
          const took = clock.now() - began;
          if (took > 0 && outbox.last - known > took * BUSY)
            await this.#nap.for(Math.min(took, LINGER));
          continue;
        }
        if (outbox.waiting === 0) this.#dueAt = undefined;
        await this.#nap.untilNews(this.#dueAt);
      } catch (error) {
        if (this.#nap.hasEnded) return;
        log.error({ err: error }, 'what InfluxDB is owed could not be read or written');
        await this.#nap.for(this.#sender.backOff());
      }
    }
  }

  /** Sends one batch. False when there is nothing to send now. */
  async #work(): Promise<boolean> {
    const { outbox, history, clock } = this.#options;
    await this.#keepBounds(0);
    const { waiting } = outbox;
    if (waiting >= this.#sender.limit || (waiting > 0 && clock.now() >= (this.#dueAt ?? 0))) {
      await this.#sendWaiting();
      return true;
    }
    if (!history.isRunning) return false;
    await this.#sendHistory();
    return true;
  }

  async #sendWaiting(): Promise<void> {
    const { outbox, courier, clock, transact } = this.#options;
    const { settled } = outbox;
    this.#dueAt = undefined;
    const batch = await courier.waiting(settled, this.#sender.limit);
    if (!batch) {
      outbox.recount();
      return;
    }
    const { through, created } = batch;
    const isWanted = () => !this.#nap.hasEnded && outbox.settled === settled;
    const refused = await this.#sender.deliver(batch, batch.reply, isWanted);
    if (!refused) return;
    if (refused.length === 0) outbox.settle(through);
    else await this.#bury(refused, (work) => outbox.settleWith(through, work, transact));
    this.#lag = Math.max(0, clock.now() - created);
    if (outbox.waiting > 0) this.#dueAt ??= clock.now() + LINGER;
    if (outbox.waiting < BATCH) this.#alarms.clear('INFLUX_DROPPED');
  }

  async #sendHistory(): Promise<void> {
    const { history, courier, clock, transact } = this.#options;
    const { progress } = history;
    if (!progress) return;
    const { place, from, until } = progress;
    const page = await courier.history(place, from, until, this.#sender.limit);
    // another export may take its place meanwhile
    const isWanted = () => !this.#nap.hasEnded && history.progress === progress;
    const refused =
      page && page.lines > 0 ? await this.#sender.deliver(page, page.reply, isWanted) : [];
    if (!refused || !isWanted()) return;
    if (page && refused.length > 0) {
      await this.#bury(refused, (work) => history.advanceWith(page, work, transact));
      return;
    }
    history.advance(page);
    if (page && clock.now() - this.#savedAt < SAVE_EVERY) return;
    this.#savedAt = clock.now();
    history.save();
  }

  /** Keeps refused lines as dead letters, in one transaction with the progress. */
  async #bury(
    refused: readonly RefusedLine[],
    withProgress: (work: () => void) => void,
  ): Promise<void> {
    const { clock, log, addDeadLetter } = this.#options;
    while (!this.#nap.hasEnded) {
      try {
        withProgress(() => {
          for (const { line, reason } of refused) {
            const letter = {
              topic: '$influx',
              replayed: false,
              reason: 'INFLUX_REFUSED',
              detail: reason,
            };
            addDeadLetter({ ...letter, received: clock.now(), payload: Buffer.from(line) });
          }
        });
        this.#refused += refused.length;
        log.warn({ lines: refused.length, reason: refused[0]?.reason }, 'InfluxDB refused lines');
        return;
      } catch (error) {
        log.error({ err: error }, 'refused lines could not be kept; trying again');
        await this.#nap.for(this.#sender.backOff());
      }
    }
  }

  /** Drops the oldest of what waits beyond the bounds, counted and told. */
  async #keepBounds(before: Millis): Promise<void> {
    const { outbox, log, maxRows } = this.#options;
    let dropped = 0;
    for (let some = outbox.trim(maxRows, before); some > 0; some = outbox.trim(maxRows, before)) {
      dropped += some;
      await setImmediate();
    }
    if (dropped === 0) return;
    this.#dropped += dropped;
    log.error({ lines: dropped }, 'too much waited for InfluxDB: the oldest lines were dropped');
    this.#alarms.raise('INFLUX_DROPPED', { count: dropped });
  }
}

/** How forwarding is, as one part of the gateway's health. */
export function healthOf(forwarder: Forwarder) {
  const { ok, problem, waiting, oldest, lag } = forwarder.status();
  const { refused, dropped } = forwarder.counters;
  const figures = { waiting, oldestMs: oldest, lagMs: lag, rejected: refused, dropped };
  return { ok, problem, figures };
}
