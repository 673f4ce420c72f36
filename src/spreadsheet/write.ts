import { Temporal } from 'temporal-polyfill';
import writeXlsxFile, { type Cell, type Sheet as LibrarySheet } from 'write-excel-file/node';
import type { Millis } from '../clock.ts';

/** What a column holds: a day is YYYY-MM-DD, a moment ms since 1970. */
export type ColumnKind = 'text' | 'number' | 'day' | 'moment';

export interface Column {
  heading: string;
  kind: ColumnKind;
  /** In characters. */
  width: number;
}

export type Value = string | number | undefined;

/** A table to be written: each row has a value for each column. */
export interface Table {
  name: string;
  columns: readonly Column[];
  rows: readonly (readonly Value[])[];
}

const DAY_FORMAT = 'yyyy-mm-dd';
const MOMENT_FORMAT = 'yyyy-mm-dd hh:mm';
/** What a cell of a spreadsheet can hold (ECMA-376 part 1, 18.3.1.4 and Excel's own limit). */
const MAX_TEXT = 32_767;
/** Characters that XML 1.0 does not know. */
const UNWRITABLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/**
 * A workbook with one sheet for each table: numbers, days and moments as such, moments by the clock
 * of `timezone`. A text is always a text: what begins like a formula is none.
 */
export function writeWorkbook(tables: readonly Table[], timezone: string): Promise<Buffer> {
  const sheets = tables.map(
    ({ name, columns, rows }): LibrarySheet<never> => ({
      sheet: name,
      stickyRowsCount: 1,
      columns: columns.map(({ width }) => ({ width })),
      data: [
        columns.map(({ heading }) => ({ value: heading, type: String, fontWeight: 'bold' })),
        ...rows.map((row) => columns.map(({ kind }, i) => toCell(kind, row[i], timezone))),
      ],
    }),
  );
  return writeXlsxFile(sheets).toBuffer();
}

function toCell(kind: ColumnKind, value: Value, timezone: string): Cell {
  if (value === undefined || value === '') return null;
  switch (kind) {
    case 'number':
      return { value: Number(value), type: Number };
    case 'day':
      return { value: new Date(`${value}T00:00:00Z`), type: Date, format: DAY_FORMAT };
    case 'moment':
      return { value: wallClock(Number(value), timezone), type: Date, format: MOMENT_FORMAT };
    case 'text': {
      const text = String(value).replace(UNWRITABLE, '').slice(0, MAX_TEXT);
      return { value: text, type: String, wrap: true };
    }
  }
}

/** A spreadsheet knows no time zones: what the clock on the wall said, as if it were UTC. */
function wallClock(time: Millis, timezone: string): Date {
  const local = Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(timezone);
  return new Date(time + local.offsetNanoseconds / 1e6);
}
