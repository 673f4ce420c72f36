import { Worker } from 'node:worker_threads';
import type { LedgerRange } from '../canteen/ledger-columns.ts';
import type { LedgerName } from '../canteen/ledgers.ts';
import type { CanteenQuestion } from '../canteen/questions.ts';
import type { TraceRules } from '../canteen/trace-rules.ts';
import type { Audit } from '../canteen/verify.ts';
import type { Clock, Millis, Timer } from '../clock.ts';
import type { ConsumptionQuery, SeriesUse } from '../energy/consumption.ts';
import type { FiguresQuery, TargetQuery } from '../energy/target/query.ts';
import type { Figure } from '../energy/target/reports.ts';
import type { TargetAnswer } from '../energy/target/shapes.ts';
import { CodedError } from '../errors.ts';
import {
  type AlarmQuery,
  END,
  type ExportCursor,
  type ExportQuery,
  type ReaderAnswer,
  type ReaderRequest,
  type ReaderTask,
  type ReadingQuery,
} from './query.ts';

/** Queries that wait; each page of an export is one. */
const MAX_WAITING = 64;
const THREAD = new URL('./reader-thread.ts', import.meta.url);
const MAX_HEAP_MB = 512;
/** Longer than between two looks of a dashboard. */
const IDLE_AFTER: Millis = 10 * 60_000;
const CSV_HEADING = 'time,device,metric,value\n';

interface Waiting {
  resolve: (answer: ReaderAnswer) => void;
  reject: (error: CodedError) => void;
}

/**
 * Reads what is stored through a thread with a read-only connection of its own, so that no chart
 * and no export ever delays an alarm. The thread is started by the first query, and again after it died
 * or ended because nobody asked for a while: at night its memory is the machine's again.
 * Every method rejects with READER_BUSY when too many queries wait, READER_FAILED when the thread
 * died, or a storage error.
 */
export class Reader {
  readonly #file: string;
  readonly #clock: Clock;
  readonly #script: URL;
  readonly #checks = new Set<Reader>();
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | undefined;
  #idle: Timer | undefined;
  #lastId = 0;
  #crashes = 0;
  #stopped = false;

  /** `script` is the thread's; a test brings its own. */
  constructor(file: string, clock: Clock, script: URL = THREAD) {
    this.#file = file;
    this.#clock = clock;
    this.#script = script;
  }

  /** How many queries wait, whether the thread runs (1) or not (0), and how often it died. */
  get status(): { waiting: number; threads: number; crashes: number } {
    const threads = this.#thread === undefined ? 0 : 1;
    return { waiting: this.#waiting.size, threads, crashes: this.#crashes };
  }

  /** Readings or their hourly or daily figures, as JSON ready to be sent. */
  async readings(query: ReadingQuery): Promise<Buffer> {
    return toBuffer(await this.#ask({ kind: 'readings', query }));
  }

  /** The figures of the alarm system, as JSON ready to be sent. */
  async alarmStatistics(query: AlarmQuery): Promise<Buffer> {
    return toBuffer(await this.#ask({ kind: 'alarms', query }));
  }

  /**
   * Readings as CSV (`time,device,metric,value`, times ISO 8601), series by series. A page is read
   * when the consumer asks for it: nothing piles up, and other queries get in between.
   */
  async *export(query: ExportQuery): AsyncGenerator<Buffer> {
    let cursor: ExportCursor | undefined = { series: 0, from: query.from };
    for (let isFirst = true; cursor; isFirst = false) {
      const answer: ReaderAnswer = await this.#ask({ kind: 'export', query, cursor }, isFirst);
      if (isFirst) yield Buffer.from(CSV_HEADING);
      const page = toBuffer(answer);
      if (page.length > 0) yield page;
      cursor = answer.next;
    }
  }

  /** How many readings a campus has of the hours between two moments, as the roll-ups know them. */
  async countReadings(campus: string, from: Millis, to: Millis): Promise<number> {
    return (await this.#ask({ kind: 'count', campus, from, to })).count ?? 0;
  }

  /** What is known about the canteen's food, as JSON ready to be sent. Rejects with RECORD_UNKNOWN too. */
  async canteen(rules: TraceRules, question: CanteenQuestion): Promise<Buffer> {
    return toBuffer(await this.#ask({ kind: 'canteen', rules, question }));
  }

  /** A ledger as XLSX. Takes its time for a long one: it has a thread to itself. */
  async ledger(rules: TraceRules, ledger: LedgerName, range: LedgerRange): Promise<Buffer> {
    return toBuffer(await this.#askApart({ kind: 'ledger', rules, ledger, range }));
  }

  /** What happened to food as an EPCIS document in JSON; the same holds. */
  async epcis(rules: TraceRules, range: LedgerRange): Promise<Buffer> {
    return toBuffer(await this.#askApart({ kind: 'epcis', rules, range }));
  }

  /** Proves the ledgers and their attachments. Reads all of them: it has a thread to itself. */
  async audit(): Promise<Audit> {
    const { audit } = await this.#askApart({ kind: 'audit' });
    if (!audit) throw new CodedError('READER_FAILED', { reason: 'no answer' });
    return audit;
  }

  /** What meters have used, by period; see energy/consumption.ts. */
  async consumption(query: ConsumptionQuery): Promise<SeriesUse[]> {
    return (await this.#ask({ kind: 'consumption', query })).consumption ?? [];
  }

  /** How a campus stands against a target; see energy/target/. */
  async target(query: TargetQuery): Promise<TargetAnswer> {
    const { target } = await this.#ask({ kind: 'target', query });
    if (!target) throw new CodedError('READER_FAILED', { reason: 'no answer' });
    return target;
  }

  /**
   * Which figures of targets are no longer as they were reported. Asked once an hour, it has a thread
   * to itself, whose memory goes with it.
   */
  async changedFigures(query: FiguresQuery): Promise<Figure[]> {
    return (await this.#askApart({ kind: 'figures', query })).figures ?? [];
  }

  /**
   * Looks for damage in the file; empty when there is none. Takes minutes for a large one, so it
   * has a thread to itself.
   */
  async integrityCheck(): Promise<string[]> {
    try {
      return (await this.#askApart({ kind: 'check' })).problems ?? [];
    } catch (error) {
      // damage so bad that the check itself could not go on
      if (error instanceof CodedError && error.code === 'DATABASE_CORRUPT') return [error.message];
      throw error;
    }
  }

  /** Ends the thread; what waits is rejected, and so is what is asked later. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#rejectAll('the gateway is stopping');
    await Promise.all([this.#end(), ...[...this.#checks].map((check) => check.stop())]);
  }

  /** Lets an idle thread end by itself: one that is cut off ends in the middle of whatever it does. */
  #dismiss(): void {
    const thread = this.#thread;
    this.#thread = undefined;
    thread?.postMessage(END);
  }

  async #end(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    this.#idle?.cancel();
    await thread?.terminate();
  }

  /** In a thread of its own, which ends with the answer. */
  async #askApart(task: ReaderTask): Promise<ReaderAnswer> {
    const own = new Reader(this.#file, this.#clock, this.#script);
    this.#checks.add(own);
    try {
      return await own.#ask(task);
    } finally {
      this.#checks.delete(own);
      await own.stop();
    }
  }

  #ask(task: ReaderTask, isBounded = true): Promise<ReaderAnswer> {
    if (this.#stopped) {
      return Promise.reject(new CodedError('READER_FAILED', { reason: 'the gateway is stopping' }));
    }
    // an export under way has one page here at most, and was let in already
    if (isBounded && this.#waiting.size >= MAX_WAITING) {
      return Promise.reject(new CodedError('READER_BUSY', { waiting: this.#waiting.size }));
    }
    this.#idle?.cancel();
    this.#thread ??= this.#start();
    this.#lastId += 1;
    const request: ReaderRequest = { id: this.#lastId, ...task };
    this.#thread.postMessage(request);
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject });
    });
  }

  #start(): Worker {
    const thread = new Worker(this.#script, {
      name: 'reader',
      workerData: this.#file,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    thread.on('message', (answer: ReaderAnswer) => this.#answered(answer));
    let reason = 'the reader thread ended';
    thread.on('error', (error) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    thread.on('exit', () => {
      if (this.#thread !== thread) return;
      this.#thread = undefined;
      this.#crashes += 1;
      this.#rejectAll(reason);
    });
    return thread;
  }

  #answered(answer: ReaderAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) {
      this.#idle = this.#clock.after(IDLE_AFTER, () => this.#dismiss());
    }
    if (answer.error) {
      waiting?.reject(new CodedError(answer.error.code, answer.error.params));
    } else {
      waiting?.resolve(answer);
    }
  }

  #rejectAll(reason: string): void {
    const error = new CodedError('READER_FAILED', { reason });
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** The answer's bytes; the memory is the same. */
function toBuffer({ bytes }: ReaderAnswer): Buffer {
  return bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : Buffer.alloc(0);
}
