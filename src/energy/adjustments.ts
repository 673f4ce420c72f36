import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import type { Utility } from './utility.ts';

/**
 * A non-routine adjustment of the baseline (IPMVP Core Concepts: a change of static factors, such as
 * a new building): what would have been used a year before, had it been there.
 */
export interface AdjustmentFacts {
  campus: string;
  utility: Utility;
  /** First day of the time that is judged – this year's, not the baseline's – YYYY-MM-DD. */
  from: string;
  /** Last day, included. After a year the change is in the baseline itself. */
  to: string;
  /** In the utility's unit per day; above 0 raises the baseline. */
  perDay: number;
  reason: string;
  /** Who approved it. */
  approver: string;
}

export interface Adjustment extends AdjustmentFacts {
  id: number;
  /** The entry that this one takes back: the two add up to nothing. */
  counters?: number | undefined;
  recorded: Millis;
}

/** The ledger of adjustments. Entries are never changed: one that was wrong gets a counter-entry. */
export class AdjustmentStore {
  readonly #list: StatementSync;
  readonly #get: StatementSync;
  readonly #countered: StatementSync;
  readonly #put: StatementSync;

  constructor(connection: Pick<DatabaseSync, 'prepare'>) {
    this.#list = connection.prepare(
      'SELECT * FROM adjustment WHERE campus = ? AND utility = ? ORDER BY id',
    );
    this.#get = connection.prepare('SELECT * FROM adjustment WHERE id = ?');
    this.#countered = connection.prepare('SELECT id FROM adjustment WHERE counters = ?');
    this.#put = connection.prepare(
      `INSERT INTO adjustment
         (campus, utility, from_day, to_day, per_day, reason, approver, counters, recorded)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  /** All entries of a campus's utility, counter-entries too, in the order they were written. */
  list(campus: string, utility: Utility): Adjustment[] {
    return this.#list.all(campus, utility).map(toAdjustment);
  }

  get(id: number): Adjustment | undefined {
    const row = this.#get.get(id);
    return row && toAdjustment(row);
  }

  /** The entry that takes another back. */
  countered(id: number): number | undefined {
    const row = this.#countered.get(id);
    return row && Number(row.id);
  }

  /** Answers the id. Within a transaction of the caller. */
  add({ campus, utility, from, to, perDay, ...why }: Omit<Adjustment, 'id'>): number {
    const { reason, approver, counters = null, recorded } = why;
    const said = [campus, utility, from, to, perDay, reason, approver] as const;
    return Number(this.#put.run(...said, counters, recorded).lastInsertRowid);
  }
}

/** By how much the baseline of a judged day is raised: all entries of that day together. */
export const adjustmentOn = (adjustments: readonly Adjustment[], day: string): number =>
  adjustments.reduce(
    (sum, { from, to, perDay }) => (from <= day && day <= to ? sum + perDay : sum),
    0,
  );

const toAdjustment = (row: Record<string, unknown>): Adjustment => ({
  id: Number(row.id),
  campus: String(row.campus),
  utility: row.utility === 'water' ? 'water' : 'electricity',
  from: String(row.from_day),
  to: String(row.to_day),
  perDay: Number(row.per_day),
  reason: String(row.reason),
  approver: String(row.approver),
  counters: row.counters === null ? undefined : Number(row.counters),
  recorded: Number(row.recorded),
});
