import type { Text } from '../../errors.ts';
import type { Utility } from '../utility.ts';
import { findHeadings, type Headings, utilityIn } from './headings.ts';
import { type BillPeriod, type YearOf, yearIn } from './periods.ts';
import { periodColumns, readTable } from './rows.ts';
import { type Cell, type Sheet, textOf } from './sheet.ts';
import { checkPeriods, endBeforeNext } from './spans.ts';

/** What a person says about a file beside its content. */
export interface ReadingOptions {
  utility: Utility;
  /** As it was called. */
  file: string;
  /** The only sheet to be read; else all that are understood. */
  sheet?: string | undefined;
  /** Of months that come without one, where the table does not say. */
  year?: number | undefined;
  /** No bill is about a day after it. */
  today: string;
}

/** A bill as a row of the file says it. */
export interface ReadBill extends BillPeriod {
  account: string;
  amount: number;
  cost?: number | undefined;
  /** The sheet, if it has a name, and the row. */
  place: string;
  /** Where period, amount and cost stand: A5, B5, C5. */
  cells: string[];
}

/** A cell that can't be what it has to be. */
export interface CellMistake {
  cell: string;
  found: string;
  allowed: Text;
}

/** How a sheet was understood: for what its columns were taken, by their headings. */
export interface ReadSheet {
  name: string;
  /** Absent where the sheet has no bills of the utility. */
  columns?: { period: string[]; amount: string[]; cost: string[]; account?: string | undefined };
}

export interface Understood {
  sheets: ReadSheet[];
  bills: ReadBill[];
  ignored: { place: string; text: string; reason: Text }[];
  mistakes: CellMistake[];
  notes: Text[];
}

/** A sheet with its headings at the top, turned round where they stand at the left. */
export interface Table {
  sheet: Sheet;
  headings: Headings;
  isTurned: boolean;
  /** The year that the sheet, its title or the file names. */
  yearOf: YearOf;
}

/**
 * Understands the tables of a file. Pure. What is not understood is a mistake; what is left out is
 * said, and why.
 */
export function understand(sheets: readonly Sheet[], options: ReadingOptions): Understood {
  const result: Understood = { sheets: [], bills: [], ignored: [], mistakes: [], notes: [] };
  for (const sheet of sheets) {
    if (options.sheet !== undefined && sheet.name !== options.sheet) continue;
    const table = findTable(sheet, options);
    result.sheets.push({ name: sheet.name, ...(table ? { columns: sayColumns(table) } : {}) });
    if (table) readTable(table, result);
  }
  endBeforeNext(result);
  checkPeriods(result, options.today);
  return result;
}

function findTable(sheet: Sheet, { utility, file, year }: ReadingOptions): Table | undefined {
  for (const isTurned of [false, true]) {
    const rows = isTurned ? turned(sheet.rows) : sheet.rows;
    const headings = findHeadings(rows, utility, utilityIn(sheet.name) ?? utilityIn(file));
    if (!headings) continue;
    const title = rows.slice(0, headings.firstRow).flat().map(textOf).join(' ');
    const said = year === undefined ? undefined : () => year;
    const named = [title, sheet.name, file].map(yearIn).find((one) => one !== undefined);
    const yearOf = said ?? named ?? (() => undefined);
    return { sheet: { ...sheet, rows }, headings, isTurned, yearOf };
  }
  return undefined;
}

function turned(rows: Sheet['rows']): Cell[][] {
  const width = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: width }, (_, column) => rows.map((row) => row[column] ?? null));
}

function sayColumns({ headings }: Table): ReadSheet['columns'] {
  const { labels, bills, account } = headings;
  const say = (columns: readonly number[]) => columns.map((column) => labels[column] ?? '');
  return {
    period: say(periodColumns(headings)),
    amount: say(bills.flatMap(({ amounts }) => amounts.map(({ column }) => column))),
    cost: say(bills.flatMap(({ cost }) => cost?.column ?? [])),
    account: account === undefined ? undefined : labels[account],
  };
}
