import { Worker } from 'node:worker_threads';
import type { Millis } from '../clock.ts';
import { CodedError, type ErrorParams } from '../errors.ts';
import { type Sheet, textOf } from '../spreadsheet/sheet.ts';

/** What the thread answers. */
export interface WorkbookAnswer {
  sheets?: Sheet[];
  /** Why it is no workbook, in both languages. */
  refused?: ErrorParams;
}

const THREAD = new URL('./delivery-thread.ts', import.meta.url);
const MAX_HEAP_MB = 192;
const LONGEST: Millis = 20_000;
/** Files that are read at one time. */
const MOST = 2;

/** Whether a file is a workbook: its content says so, not its name. */
export const isWorkbook = (content: Buffer): boolean =>
  content.length > 4 && (content.readUInt32BE(0) === 0x504b0304 || isOld(content));

const isOld = (content: Buffer): boolean => content.readUInt32BE(0) === 0xd0cf11e0;

let running = 0;

/**
 * The lines of a workbook's first sheet as texts: days as YYYY-MM-DD, numbers as they are. A formula
 * counts with its last result. In a thread of bounded memory and time, as what people upload may be
 * hostile. Throws DELIVERY_FILE or READER_BUSY.
 */
export async function readWorkbook(content: Buffer): Promise<{ line: number; cells: string[] }[]> {
  if (running >= MOST) throw new CodedError('READER_BUSY', { waiting: running });
  running += 1;
  try {
    const { sheets, refused = TOO_MUCH } = await runThread(content);
    const [first] = sheets ?? [];
    if (!first) throw new CodedError('DELIVERY_FILE', refused);
    const lines = first.rows.map((row, i) => ({
      line: i + 1,
      cells: row.map((cell) => textOf(cell)),
    }));
    return lines.filter(({ cells }) => cells.some((cell) => cell !== ''));
  } finally {
    running -= 1;
  }
}

function runThread(content: Buffer): Promise<WorkbookAnswer> {
  const thread = new Worker(THREAD, {
    name: 'deliveries',
    workerData: new Uint8Array(content),
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  });
  const ending = AbortSignal.timeout(LONGEST);
  ending.addEventListener('abort', () => void thread.terminate());
  // one that ran out of memory or time has no answer
  let answer: WorkbookAnswer = {};
  thread.once('message', (message: WorkbookAnswer) => {
    answer = message;
  });
  thread.once('error', () => undefined);
  return new Promise((resolve) => {
    thread.once('exit', () => resolve(answer));
  });
}

const TOO_MUCH: ErrorParams = {
  reason: 'it has no sheet, or is larger than deliveries ever are',
  reasonZh: '没有工作表，或内容过大',
};
