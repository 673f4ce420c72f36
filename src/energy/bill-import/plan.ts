import { type Bill, type BillStore, isOfSame } from '../bills.ts';
import type { Utility } from '../utility.ts';
import type { ReadBill, Understood } from './understand.ts';

/** A bill of a file beside those that are stored. */
export interface PlannedBill extends ReadBill {
  /** known: it is stored already, and changes nothing. */
  status: 'new' | 'known' | 'conflict';
  /** Stored bills of the same account that share a day with it and say something else. */
  conflicts: Bill[];
}

const SAME = 1e-6;

/** Compares what was read with what is stored. */
export function planBills(
  store: BillStore,
  campus: string,
  utility: Utility,
  { bills }: Understood,
): PlannedBill[] {
  return bills.map((bill) => {
    const stored = store
      .list(campus, utility, bill.from, bill.to)
      .filter((other) => isOfSame(bill, other));
    if (stored.some((other) => isSame(bill, other))) {
      return { ...bill, status: 'known', conflicts: [] };
    }
    return { ...bill, status: stored.length > 0 ? 'conflict' : 'new', conflicts: stored };
  });
}

/** A file without costs says nothing against a stored one. */
const isSame = (bill: ReadBill, stored: Bill): boolean =>
  bill.account === stored.account &&
  bill.from === stored.from &&
  bill.to === stored.to &&
  Math.abs(bill.amount - stored.amount) < SAME &&
  (bill.cost === undefined || Math.abs(bill.cost - (stored.cost ?? Number.NaN)) < SAME);

/** What stands against what, in both languages, one line a conflict. */
export const sayConflicts = (bills: readonly PlannedBill[]): string =>
  bills
    .flatMap((bill) =>
      bill.conflicts.map((stored) => {
        const [own, other] = [bill, stored].map(sayFigures);
        return `${bill.place}: ${own} ≠ 已有 stored ${other} (${stored.id}, ${stored.source})`;
      }),
    )
    .join('\n');

const sayFigures = ({ from, to, amount, cost }: ReadBill | Bill): string =>
  `${from} – ${to}: ${amount}${cost === undefined ? '' : `, ¥${cost}`}`;
