import writeXlsxFile, { type SheetData } from 'write-excel-file/node';
import {
  type ReadingOptions,
  type Understood,
  understand,
} from '../../../src/energy/bill-import/understand.ts';
import { readSheets } from '../../../src/spreadsheet/files.ts';
import type { Cell, Sheet } from '../../../src/spreadsheet/sheet.ts';

const OPTIONS: ReadingOptions = { utility: 'electricity', file: 'bills.xlsx', today: '2026-11-23' };

export const sheet = (rows: Cell[][], name = ''): Sheet => ({ name, rows });

/** Understands tables as they come out of a file. */
export const read = (sheets: Sheet[], options: Partial<ReadingOptions> = {}): Understood =>
  understand(sheets, { ...OPTIONS, ...options });

/** Understands a text file. */
export const readText = async (
  text: string | Buffer,
  options: Partial<ReadingOptions> = {},
): Promise<Understood> =>
  read(await readSheets(Buffer.from(text)), { file: 'bills.csv', ...options });

/** `from to amount cost`, one a bill. */
export const brief = ({ bills }: Understood): string[] =>
  bills.map(({ from, to, amount, cost, account }) =>
    [account, from, to, amount, cost].filter((part) => part !== undefined && part !== '').join(' '),
  );

/** `C7: -5`, one a mistake. */
export const wrong = ({ mistakes }: Understood): string[] =>
  mistakes.map(({ cell, found }) => `${cell}: ${found}`);

/** An XLSX of sheets by name; a date is written as `day(…)`. */
export function xlsx(sheets: Record<string, SheetData>): Promise<Buffer> {
  const all = Object.entries(sheets).map(([name, data]) => ({ sheet: name, data }));
  return writeXlsxFile(all).toBuffer();
}

/** A cell that holds a date. */
export const day = (text: string) => ({
  value: new Date(`${text}T00:00:00Z`),
  type: Date,
  format: 'yyyy"年"m"月"',
});
