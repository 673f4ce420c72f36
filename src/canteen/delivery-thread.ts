import { parentPort, workerData } from 'node:worker_threads';
import { goToBackground } from '../background.ts';
import { CodedError } from '../errors.ts';
import { readSheets } from '../spreadsheet/files.ts';
import type { WorkbookAnswer } from './delivery-workbook.ts';

// The thread in which a workbook of deliveries is read: see delivery-workbook.ts.

goToBackground();

async function read(): Promise<WorkbookAnswer> {
  try {
    const content: Uint8Array = workerData;
    return { sheets: await readSheets(Buffer.from(content)) };
  } catch (error) {
    if (error instanceof CodedError) return { refused: error.params };
    throw error;
  }
}

parentPort?.postMessage(await read());
