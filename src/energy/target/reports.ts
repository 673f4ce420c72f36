import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Millis } from '../../clock.ts';
import type { Utility } from '../utility.ts';
import { type Comparison, VERDICTS, type Verdict } from './verdict.ts';

/** The figure of a period; its days are included. */
export interface Figure extends Comparison {
  from: string;
  to: string;
  /** The change to be reached in %. */
  goal: number;
  verdict: Verdict;
}

/** A figure as it was reported. */
export interface Report extends Figure {
  reported: Millis;
}

/** What was reported; append-only. */
export class ReportStore {
  readonly #put: StatementSync;
  readonly #list: StatementSync;
  readonly #newest: StatementSync;

  constructor(connection: Pick<DatabaseSync, 'prepare'>) {
    this.#put = connection.prepare(
      'INSERT INTO target_report VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#list = connection.prepare(
      `SELECT * FROM target_report
       WHERE campus = ? AND target = ? AND from_day = ? AND to_day = ?
       ORDER BY reported DESC LIMIT ?`,
    );
    // SQLite takes the other columns from the row that has the maximum
    this.#newest = connection.prepare(
      `SELECT *, max(reported) FROM target_report
       WHERE campus = ? AND target = ? AND from_day >= ? AND to_day <= ? GROUP BY from_day, to_day`,
    );
  }

  add(campus: string, target: Utility, { from, to, ...figure }: Report): void {
    const { reported, actual, baseline, change = null, goal, coverage, verdict } = figure;
    const said = [actual, baseline, change, goal, coverage.actual, coverage.baseline] as const;
    this.#put.run(campus, target, from, to, reported, ...said, verdict);
  }

  /** Of one period, the newest `limit`, in order of time. */
  list(campus: string, target: Utility, from: string, to: string, limit: number): Report[] {
    return this.#list.all(campus, target, from, to, limit).map(toReport).reverse();
  }

  /** The newest of each period between two days. */
  newest(campus: string, target: Utility, from: string, to: string): Report[] {
    return this.#newest.all(campus, target, from, to).map(toReport);
  }
}

const toReport = (row: Record<string, unknown>): Report => ({
  from: String(row.from_day),
  to: String(row.to_day),
  reported: Number(row.reported),
  actual: Number(row.actual),
  baseline: Number(row.baseline),
  change: row.change === null ? undefined : Number(row.change),
  goal: Number(row.goal),
  coverage: { actual: Number(row.coverage_actual), baseline: Number(row.coverage_baseline) },
  verdict: VERDICTS.find((verdict) => verdict === row.verdict) ?? 'insufficient',
});

/** Less than this part of a figure is the rounding of sums. */
const SAME = 1e-9;

/** Whether a figure says something else than the one reported. */
export function isChanged(figure: Figure, reported: Figure): boolean {
  const differs = (a: number, b: number) => Math.abs(a - b) > SAME * Math.max(1, Math.abs(b));
  return (
    differs(figure.actual, reported.actual) ||
    differs(figure.baseline, reported.baseline) ||
    differs(figure.coverage.actual, reported.coverage.actual) ||
    differs(figure.coverage.baseline, reported.coverage.baseline) ||
    figure.verdict !== reported.verdict
  );
}
