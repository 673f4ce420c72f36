import type { LedgerRange } from '../canteen/ledger-columns.ts';
import type { LedgerName } from '../canteen/ledgers.ts';
import type { CanteenQuestion } from '../canteen/questions.ts';
import type { TraceRules } from '../canteen/trace-rules.ts';
import type { Audit } from '../canteen/verify.ts';
import type { Millis } from '../clock.ts';
import type { ConsumptionQuery, SeriesUse } from '../energy/consumption.ts';
import type { FiguresQuery, TargetQuery } from '../energy/target/query.ts';
import type { Figure } from '../energy/target/reports.ts';
import type { TargetAnswer } from '../energy/target/shapes.ts';
import type { ErrorCode, ErrorParams } from '../errors.ts';

/** One series to read: its row in the database, and how its values are to be said. */
export interface SeriesRef {
  id: number;
  metric: string;
  type: 'number' | 'boolean';
  unit?: string | undefined;
}

export type Resolution = 'raw' | 'hour' | 'day';

/** Readings for a chart. */
export interface ReadingQuery {
  series: readonly SeriesRef[];
  /** Included. Hours and days are answered whole: then it is moved back to where one begins. */
  from: Millis;
  /** Excluded; for hours and days moved on to where one ends. */
  to: Millis;
  /** 'auto' is the finest of the three that needs no more than about 2 000 points. */
  resolution: Resolution | 'auto';
  /** IANA; days are counted in it. */
  timezone: string;
  /** Points in all; the series share them evenly. At most 100 000. */
  limit: number;
}

/** Readings for a file. */
export interface ExportQuery {
  series: readonly (SeriesRef & { device: string })[];
  from: Millis;
  to: Millis;
}

/** The figures of the alarms of a time; of one campus, or of all. */
export interface AlarmQuery {
  from: Millis;
  to: Millis;
  campus: string | undefined;
}

/** Where the next page of an export begins. */
export interface ExportCursor {
  /** Place in the query's list. */
  series: number;
  from: Millis;
}

/** Instead of a request: nobody asks any more. */
export const END = 'end';

/** What the reader asks its thread. */
export type ReaderRequest = { id: number } & ReaderTask;
export type ReaderTask =
  | { kind: 'readings'; query: ReadingQuery }
  | { kind: 'export'; query: ExportQuery; cursor: ExportCursor }
  | { kind: 'alarms'; query: AlarmQuery }
  | { kind: 'count'; campus: string; from: Millis; to: Millis }
  | { kind: 'canteen'; rules: TraceRules; question: CanteenQuestion }
  | { kind: 'ledger'; rules: TraceRules; ledger: LedgerName; range: LedgerRange }
  | { kind: 'epcis'; rules: TraceRules; range: LedgerRange }
  | { kind: 'audit' }
  | { kind: 'consumption'; query: ConsumptionQuery }
  | { kind: 'target'; query: TargetQuery }
  | { kind: 'figures'; query: FiguresQuery }
  | { kind: 'check' };

/** What the thread answers: one of these, or the error. */
export interface ReaderAnswer {
  id: number;
  bytes?: Uint8Array<ArrayBuffer>;
  next?: ExportCursor | undefined;
  count?: number;
  consumption?: SeriesUse[];
  target?: TargetAnswer;
  figures?: Figure[];
  problems?: string[];
  audit?: Audit;
  error?: { code: ErrorCode; params: ErrorParams };
}
