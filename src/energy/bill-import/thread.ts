import { parentPort, workerData } from 'node:worker_threads';
import { goToBackground } from '../../background.ts';
import { CodedError } from '../../errors.ts';
import { readSheets } from '../../spreadsheet/files.ts';
import type { BillFileAnswer, BillFileRequest } from './bill-file.ts';
import { understand } from './understand.ts';

// The thread in which a file of bills is read: see bill-file.ts.

goToBackground();

const { content, options }: BillFileRequest = workerData;

async function read(): Promise<BillFileAnswer> {
  try {
    const sheets = await readSheets(Buffer.from(content));
    return { understood: understand(sheets, options) };
  } catch (error) {
    if (error instanceof CodedError) return { error: { code: error.code, params: error.params } };
    throw error;
  }
}

parentPort?.postMessage(await read());
