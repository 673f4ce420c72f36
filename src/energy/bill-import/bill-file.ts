import { Worker } from 'node:worker_threads';
import type { Millis } from '../../clock.ts';
import { CodedError, type ErrorCode, type ErrorParams } from '../../errors.ts';
import { MAX_BYTES } from '../../spreadsheet/sheet.ts';
import { utilities } from '../utility.ts';
import type { ReadingOptions, Understood } from './understand.ts';

const THREAD = new URL('./thread.ts', import.meta.url);
const MAX_HEAP_MB = 192;
const LONGEST: Millis = 20_000;
/** Files that are read at one time. */
const MOST = 2;
const SHEETS_NAMED = 10;

export interface BillFileRequest {
  content: Uint8Array;
  options: ReadingOptions;
}

export interface BillFileAnswer {
  understood?: Understood;
  error?: { code: ErrorCode; params: ErrorParams };
}

let running = 0;

/**
 * Reads and understands a file in a thread of its own, with bounds on memory and time: what a person
 * uploads may be hostile, and must not hold up a reading. Throws BILL_FILE, BILL_HEADING, READER_BUSY.
 */
export async function readBillFile(content: Buffer, options: ReadingOptions): Promise<Understood> {
  if (content.length > MAX_BYTES) throw tooMuch();
  if (running >= MOST) throw new CodedError('READER_BUSY', { waiting: running });
  running += 1;
  try {
    const { understood, error } = await runThread({ content, options });
    if (error) throw new CodedError(error.code, error.params);
    if (!understood) throw tooMuch();
    if (understood.sheets.every(({ columns }) => !columns)) throw noHeading(understood, options);
    return understood;
  } finally {
    running -= 1;
  }
}

function runThread(request: BillFileRequest): Promise<BillFileAnswer> {
  const thread = new Worker(THREAD, {
    workerData: request,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  });
  const ending = AbortSignal.timeout(LONGEST);
  ending.addEventListener('abort', () => void thread.terminate());
  // one that ran out of memory or time has no answer
  let answer: BillFileAnswer = {};
  thread.once('message', (message: BillFileAnswer) => {
    answer = message;
  });
  thread.once('error', () => undefined);
  return new Promise((resolve) => {
    thread.once('exit', () => resolve(answer));
  });
}

const tooMuch = () =>
  new CodedError('BILL_FILE', {
    reason: `it is larger than bills ever are (${MAX_BYTES} bytes, or what they unpack to)`,
    reasonZh: `超出账单文件应有的大小（${MAX_BYTES} 字节，含解压后的内容）`,
  });

function noHeading({ sheets }: Understood, { utility }: ReadingOptions): CodedError {
  const names = sheets.slice(0, SHEETS_NAMED).map(({ name }) => name || 'CSV');
  return new CodedError('BILL_HEADING', {
    utility,
    utilityZh: utilities[utility].name,
    found: names.join(', ') || '–',
  });
}
