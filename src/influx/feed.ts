import { Worker } from 'node:worker_threads';
import type {
  FeedAnswer,
  FeedTask,
  HistoryPage,
  HistoryPlace,
  WaitingBatch,
} from './feed-query.ts';

const THREAD = new URL('./feed-thread.ts', import.meta.url);
const MAX_HEAP_MB = 512;

/**
 * Reads what InfluxDB is to get and makes lines of it, in a thread with a read-only connection of
 * its own: it sees what is committed, and no catching up ever delays a reading. A thread that dies
 * is started again by the next question. One question at a time.
 */
export class Feed {
  readonly #file: string;
  readonly #script: URL;
  #thread: Worker | undefined;
  #asked: PromiseWithResolvers<FeedAnswer> | undefined;
  #stopped = false;

  /** `script` is the thread's; a test brings its own. */
  constructor(file: string, script: URL = THREAD) {
    this.#file = file;
    this.#script = script;
  }

  /** The oldest lines of the outbox after the line `after`: at most `limit`, or one row. */
  async waiting(after: number, limit: number): Promise<WaitingBatch | undefined> {
    return (await this.#ask({ kind: 'waiting', after, limit })).batch;
  }

  /** The next stored readings after a place, series by series. */
  async history(
    place: HistoryPlace,
    from: number,
    until: number,
    limit: number,
  ): Promise<HistoryPage | undefined> {
    return (await this.#ask({ kind: 'history', place, from, until, limit })).page;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const thread = this.#thread;
    this.#thread = undefined;
    this.#fail(new Error('stopping'));
    await thread?.terminate();
  }

  #ask(task: FeedTask): Promise<FeedAnswer> {
    if (this.#stopped) return Promise.reject(new Error('stopping'));
    this.#thread ??= this.#start();
    this.#asked = Promise.withResolvers();
    this.#thread.postMessage(task);
    return this.#asked.promise;
  }

  #start(): Worker {
    const thread = new Worker(this.#script, {
      name: 'influx-feed',
      workerData: this.#file,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    thread.on('message', (answer: FeedAnswer) => {
      if (answer.error !== undefined) this.#fail(new Error(answer.error));
      else this.#take()?.resolve(answer);
    });
    let reason = new Error('the thread that reads for InfluxDB ended');
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

  #take(): PromiseWithResolvers<FeedAnswer> | undefined {
    const asked = this.#asked;
    this.#asked = undefined;
    return asked;
  }

  #fail(error: Error): void {
    this.#take()?.reject(error);
  }
}
