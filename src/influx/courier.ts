import { Worker } from 'node:worker_threads';
import type { Millis } from '../clock.ts';
import type { HistoryPage, HistoryPlace, WaitingBatch } from './feed.ts';
import type { TargetOptions } from './target.ts';
import type { Reply } from './verdict.ts';

const THREAD = new URL('./courier-thread.ts', import.meta.url);
const MAX_HEAP_MB = 512;

export interface CourierOptions extends TargetOptions {
  /** The database. */
  file: string;
}

/** What was read, and what became of it. The text is left out where it was simply taken. */
export type Sent<T> = T & {
  /** undefined: more lines than the limit, so they were not sent. */
  reply: Reply | undefined;
};

/** What the courier asks its thread. */
export type CourierTask =
  | { kind: 'waiting'; after: number; limit: number }
  | { kind: 'history'; place: HistoryPlace; from: Millis; until: Millis; limit: number }
  | { kind: 'write'; text: string };

/** What the thread answers: what was asked for, if there is any, or the error. */
export interface CourierAnswer {
  batch?: Sent<WaitingBatch> | undefined;
  page?: Sent<HistoryPage> | undefined;
  reply?: Reply;
  error?: string;
}

/**
 * Reads what InfluxDB is to get and sends it, in a thread with a read-only connection of its own: it
 * sees what is committed, and however much there is to catch up, no reading waits for it. A thread
 * that dies is started again by the next errand. One errand at a time.
 */
export class Courier {
  readonly #options: CourierOptions;
  readonly #script: URL;
  #thread: Worker | undefined;
  #asked: PromiseWithResolvers<CourierAnswer> | undefined;
  #stopped = false;

  /** `script` is the thread's; a test brings its own. */
  constructor(options: CourierOptions, script: URL = THREAD) {
    this.#options = options;
    this.#script = script;
  }

  /** Sends the oldest lines of the outbox after the line `after`: at most `limit`, or one row. */
  async waiting(after: number, limit: number): Promise<Sent<WaitingBatch> | undefined> {
    return (await this.#ask({ kind: 'waiting', after, limit })).batch;
  }

  /** Sends the next stored readings after a place. undefined: there are none. */
  async history(
    place: HistoryPlace,
    from: Millis,
    until: Millis,
    limit: number,
  ): Promise<Sent<HistoryPage> | undefined> {
    return (await this.#ask({ kind: 'history', place, from, until, limit })).page;
  }

  /** Sends these lines. */
  async write(text: string): Promise<Reply> {
    return (await this.#ask({ kind: 'write', text })).reply ?? { failure: 'no answer' };
  }

  /** Ends what is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const thread = this.#thread;
    this.#thread = undefined;
    this.#fail(new Error('stopping'));
    await thread?.terminate();
  }

  #ask(task: CourierTask): Promise<CourierAnswer> {
    if (this.#stopped) return Promise.reject(new Error('stopping'));
    this.#thread ??= this.#start();
    this.#asked = Promise.withResolvers();
    this.#thread.postMessage(task);
    return this.#asked.promise;
  }

  #start(): Worker {
    const thread = new Worker(this.#script, {
      name: 'influx',
      workerData: this.#options,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    thread.on('message', (answer: CourierAnswer) => {
      if (answer.error === undefined) this.#take()?.resolve(answer);
      else this.#fail(new Error(answer.error));
    });
    let reason = new Error('the thread that writes to InfluxDB ended');
    thread.on('error', (error) => {
      if (error instanceof Error) reason = error;
    });
    thread.on('exit', () => {
      if (this.#thread !== thread) return;
      this.#thread = undefined;
      this.#fail(reason);
    });
    return thread;
  }

  #take(): PromiseWithResolvers<CourierAnswer> | undefined {
    const asked = this.#asked;
    this.#asked = undefined;
    return asked;
  }

  #fail(error: Error): void {
    this.#take()?.reject(error);
  }
}
