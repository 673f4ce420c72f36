import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import type { Utility } from './utility.ts';

/** What a bill says of one period, in whole days of the campus's time. */
export interface BillFacts {
  campus: string;
  utility: Utility;
  /** The customer number (户号); empty where the school has one connection only. */
  account: string;
  /** First day, YYYY-MM-DD. */
  from: string;
  /** Last day, included. */
  to: string;
  /** In the utility's unit; never below 0. */
  amount: number;
  /** In yuan. */
  cost?: number | undefined;
}

export interface Bill extends BillFacts {
  id: string;
  /** The file, sheet and row it came from. */
  source: string;
  person: string;
  imported: Millis;
}

/** Why and by whom a bill was withdrawn. */
export interface Withdrawal {
  reason: string;
  person: string;
  recorded: Millis;
}

/** A bill of the ledger: it stays there when it is withdrawn. */
export interface LedgerBill extends Bill {
  withdrawn?: Withdrawal | undefined;
}

/** A bill without an account is about the whole school, and stands beside no other. */
export const isOfSame = (a: { account: string }, b: { account: string }): boolean =>
  a.account === b.account || a.account === '' || b.account === '';

/** Bills in the database, with one connection's statements. Writes go into a transaction of the caller. */
export class BillStore {
  readonly #list: StatementSync;
  readonly #get: StatementSync;
  readonly #ledger: StatementSync;
  readonly #put: StatementSync;
  readonly #withdraw: StatementSync;

  constructor(connection: Pick<DatabaseSync, 'prepare'>) {
    this.#list = connection.prepare(
      `SELECT * FROM bill WHERE campus = ? AND utility = ? AND to_day >= ? AND from_day <= ?
         AND id NOT IN (SELECT bill FROM bill_withdrawal)
       ORDER BY from_day, account`,
    );
    const ledger = `SELECT bill.*, withdrawal.reason, withdrawal.person AS withdrawn_by, withdrawal.recorded
       FROM bill LEFT JOIN bill_withdrawal AS withdrawal ON withdrawal.bill = bill.id`;
    this.#get = connection.prepare(`${ledger} WHERE bill.id = ?`);
    this.#ledger = connection.prepare(
      `${ledger} WHERE campus = ? AND utility = ? AND to_day >= ? AND from_day <= ?
       ORDER BY from_day, account, imported`,
    );
    this.#put = connection.prepare('INSERT INTO bill VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#withdraw = connection.prepare('INSERT INTO bill_withdrawal VALUES (?, ?, ?, ?)');
  }

  /** The bills that touch the days from one to another (included), by first day; none withdrawn. */
  list(campus: string, utility: Utility, fromDay: string, toDay: string): Bill[] {
    return this.#list.all(campus, utility, fromDay, toDay).map((row) => toBill(row));
  }

  /** The same with those that were withdrawn. */
  ledger(campus: string, utility: Utility, fromDay: string, toDay: string): LedgerBill[] {
    return this.#ledger.all(campus, utility, fromDay, toDay).map((row) => toLedgerBill(row));
  }

  get(id: string): LedgerBill | undefined {
    const row = this.#get.get(id);
    return row && toLedgerBill(row);
  }

  add({ id, campus, utility, account, from, to, amount, cost, ...origin }: Bill): void {
    const { source, person, imported } = origin;
    const facts = [campus, utility, account, from, to, amount, cost ?? null] as const;
    this.#put.run(id, ...facts, source, person, imported);
  }

  withdraw(id: string, { reason, person, recorded }: Withdrawal): void {
    this.#withdraw.run(id, reason, person, recorded);
  }
}

const toBill = (row: Record<string, unknown>): Bill => ({
  id: String(row.id),
  campus: String(row.campus),
  utility: row.utility === 'water' ? 'water' : 'electricity',
  account: String(row.account),
  from: String(row.from_day),
  to: String(row.to_day),
  amount: Number(row.amount),
  cost: row.cost === null ? undefined : Number(row.cost),
  source: String(row.source),
  person: String(row.person),
  imported: Number(row.imported),
});

const toLedgerBill = (row: Record<string, unknown>): LedgerBill => ({
  ...toBill(row),
  withdrawn:
    row.recorded === null
      ? undefined
      : {
          reason: String(row.reason),
          person: String(row.withdrawn_by),
          recorded: Number(row.recorded),
        },
});
