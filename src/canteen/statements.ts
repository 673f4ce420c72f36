import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Prepares each statement once and keeps it. */
export type Statements = (sql: string) => StatementSync;

export function createStatements(connection: Pick<DatabaseSync, 'prepare'>): Statements {
  const known = new Map<string, StatementSync>();
  return (sql) => {
    let statement = known.get(sql);
    if (!statement) {
      statement = connection.prepare(sql);
      known.set(sql, statement);
    }
    return statement;
  };
}

/** What a projection works with. */
export interface Tables {
  sql: Statements;
  timezone(campus: string): string;
}

type Row = Record<string, unknown>;

/** A column that may be NULL. */
export const optionalText = (row: Row, column: string): string | undefined =>
  row[column] === null || row[column] === undefined ? undefined : String(row[column]);

/** A column that may be NULL. */
export const optionalNumber = (row: Row, column: string): number | undefined =>
  row[column] === null || row[column] === undefined ? undefined : Number(row[column]);

/** Quantities are stored as whole thousandths of the unit, so that sums are exact. */
export const toThousandths = (quantity: number): number => Math.round(quantity * 1000);
export const fromThousandths = (stored: number): number => stored / 1000;

/** The same, of a column that may be NULL. */
export function optionalQuantity(row: Row, column: string): number | undefined {
  const stored = optionalNumber(row, column);
  return stored === undefined ? undefined : fromThousandths(stored);
}
