import type { DatabaseSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import type { Column, Value } from '../spreadsheet/write.ts';
import type { TraceRules } from './trace-rules.ts';

/** What a ledger is read from and for which time. */
export interface LedgerRange {
  from: Millis;
  /** Excluded. */
  to: Millis;
}

/** A ledger that can be had as a table. */
export interface Ledger {
  name: string;
  columns: readonly Column[];
  rows(connection: DatabaseSync, rules: TraceRules, range: LedgerRange): Iterable<Value[]>;
}

export const text = (heading: string, width = 14): Column => ({ heading, kind: 'text', width });
export const number = (heading: string): Column => ({ heading, kind: 'number', width: 9 });
export const day = (heading: string): Column => ({ heading, kind: 'day', width: 12 });
export const moment = (heading: string): Column => ({ heading, kind: 'moment', width: 17 });
