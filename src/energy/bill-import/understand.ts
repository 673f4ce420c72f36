import type { Text } from '../../errors.ts';
import {
  type Cell,
  cellName,
  columnName,
  MAX_COLUMNS,
  type Sheet,
  textOf,
} from '../../spreadsheet/sheet.ts';
import type { Utility } from '../utility.ts';
import { findHeadings, type Headings, utilityIn } from './headings.ts';
import { type BillPeriod, type YearOf, yearIn } from './periods.ts';
import { periodColumns, readTable } from './rows.ts';
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
  name: string;
  rows: Sheet['rows'];
  headings: Headings;
  /** The name of a cell as the file has it, and of a row, which may be a column there. */
  cellAt(row: number, column: number): string;
  lineAt(row: number): string;
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

function findTable(sheet: Sheet, options: ReadingOptions): Table | undefined {
  const { name, rows } = sheet;
  const context = utilityIn(name) ?? utilityIn(options.file);
  const find = (some: Sheet['rows']) => findHeadings(some, options.utility, context);
  const headings = find(rows);
  if (headings) {
    const yearOf = yearFrom(rows.slice(0, headings.firstRow), sheet, options);
    const lineAt = (row: number) => String(row + 1);
    return { name, rows, headings, cellAt: cellName, lineAt, yearOf };
  }
  // titles stand above the table and not beside it
  const titles = rows.findIndex((row) => row.filter((cell) => textOf(cell) !== '').length > 1);
  if (titles < 0 || rows.length - titles > MAX_COLUMNS) return undefined;
  const turned = turn(rows.slice(titles));
  const found = find(turned);
  if (!found) return undefined;
  return {
    name,
    rows: turned,
    headings: found,
    cellAt: (row, column) => cellName(column + titles, row),
    lineAt: columnName,
    yearOf: yearFrom(rows.slice(0, titles), sheet, options),
  };
}

function yearFrom(title: Sheet['rows'], { name }: Sheet, { file, year }: ReadingOptions): YearOf {
  const texts = [title.flat().map(textOf).join(' '), name, file];
  const named = texts.map(yearIn).find((one) => one !== undefined);
  return year === undefined ? (named ?? (() => undefined)) : () => year;
}

function turn(rows: Sheet['rows']): Cell[][] {
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
