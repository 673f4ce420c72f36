/** What a table's cell holds: numbers and dates only from XLSX, where a date is midnight in UTC. */
export type Cell = string | number | boolean | Date | null;

/** A table as a file has it. */
export interface Sheet {
  /** Empty for a text file. */
  name: string;
  rows: readonly (readonly Cell[])[];
}

/** More than any file of bills has. */
export const MAX_BYTES = 5 * 1024 * 1024;
export const MAX_ROWS = 5_000;
export const MAX_COLUMNS = 200;
export const MAX_SHEETS = 50;

/** A column as spreadsheets name it: C. Counted from 0. */
export function columnName(column: number): string {
  let letters = '';
  for (let rest = column; rest >= 0; rest = Math.floor(rest / 26) - 1) {
    letters = String.fromCharCode(65 + (rest % 26)) + letters;
  }
  return letters;
}

/** A cell as spreadsheets name it: C7. Both counted from 0. */
export const cellName = (row: number, column: number): string => `${columnName(column)}${row + 1}`;

/** Text as it is compared: full-width forms as plain ones, spaces as one, none at the ends. */
export const plain = (text: string): string => text.normalize('NFKC').replace(/\s+/g, ' ').trim();

/** What a cell says, for people and for words; empty for an empty one. */
export function textOf(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) return cell.toISOString().slice(0, 10);
  return plain(String(cell));
}
