import { randomBytes } from 'node:crypto';
import { localMoment } from '../campus/school-days.ts';
import type { Clock } from '../clock.ts';
import { CodedError, describe } from '../errors.ts';
import { readBillFile } from './bill-import/bill-file.ts';
import { type PlannedBill, planBills, sayConflicts } from './bill-import/plan.ts';
import { gapsOf } from './bill-import/spans.ts';
import type { CellMistake, Understood } from './bill-import/understand.ts';
import { BillStore, type LedgerBill } from './bills.ts';
import { type CampusHost, campusOf } from './campus-host.ts';
import { type Utility, utilities } from './utility.ts';

const MISTAKES_NAMED = 20;

/** A file of bills, and what a person says about it. */
export interface BillImport {
  campus?: string | undefined;
  utility: Utility;
  /** Its name. */
  file: string;
  content: Buffer;
  sheet?: string | undefined;
  year?: number | undefined;
  person: string;
  /** Only tells how the file is understood. */
  preview?: boolean | undefined;
  /** Withdraws stored bills that say something else. */
  replace?: boolean | undefined;
}

export interface BillRequest {
  campus?: string | undefined;
  utility: Utility;
  from: string;
  to: string;
  /** Those that were withdrawn, too. */
  withdrawn?: boolean | undefined;
}

export type BillBook = ReturnType<typeof createBillBook>;

/** Imports and keeps the bills of schools. */
export function createBillBook(host: CampusHost, clock: Clock) {
  const store = new BillStore(host.database);

  return {
    /**
     * Takes a file of bills: all of it or nothing. A file that was taken before changes nothing.
     * Throws BILL_FILE, BILL_HEADING, BILLS_NOT_UNDERSTOOD, BILLS_CONFLICT, CAMPUS_UNKNOWN and
     * READER_BUSY; a preview shows mistakes and conflicts instead.
     */
    async import({ content, preview = false, replace = false, ...request }: BillImport) {
      const { utility, file, person } = request;
      const campus = campusOf(host, request.campus);
      const today = localMoment(clock.now(), campus.timezone).day;
      const options = { ...request, today };
      const understood = await readBillFile(content, options);
      // from here on in one go: nobody else writes between the comparison and the writing
      const planned = planBills(store, campus.id, utility, understood);
      const conflicts = planned.filter(({ status }) => status === 'conflict');
      const written = { imported: 0, withdrawn: 0 };
      if (!preview) {
        refuse(understood, replace ? [] : conflicts);
        host.transact(() => {
          for (const bill of planned) {
            if (bill.status === 'known') continue;
            const id = newId(utility, bill.from);
            written.withdrawn += withdrawAll(bill, id, file, person);
            const { account, from, to, amount, cost, place } = bill;
            const facts = { campus: campus.id, utility, account, from, to, amount, cost };
            const source = `${file} ${place}`;
            store.add({ ...facts, id, source, person, imported: clock.now() });
            written.imported += 1;
          }
        });
      }
      return {
        campus: campus.id,
        utility,
        unit: utilities[utility].unit,
        file,
        preview,
        ...written,
        known: planned.filter(({ status }) => status === 'known').length,
        sheets: understood.sheets,
        bills: planned.map((bill) => ({ ...bill, conflicts: bill.conflicts.map(({ id }) => id) })),
        ignored: understood.ignored,
        mistakes: understood.mistakes.map(sayMistake),
        notes: understood.notes,
        gaps: gapsOf(understood.bills),
      };
    },

    /** The bills that touch some days (both included), with withdrawn ones if asked. Throws CAMPUS_UNKNOWN. */
    list({ campus, utility, from, to, withdrawn }: BillRequest): LedgerBill[] {
      const { id } = campusOf(host, campus);
      return withdrawn ? store.ledger(id, utility, from, to) : store.list(id, utility, from, to);
    },

    /** Takes a bill out of the figures; it stays on record. Throws BILL_UNKNOWN or BILL_WITHDRAWN. */
    withdraw(id: string, { reason, person }: { reason: string; person: string }): LedgerBill {
      const bill = store.get(id);
      if (!bill) throw new CodedError('BILL_UNKNOWN', { bill: id });
      if (bill.withdrawn) {
        throw new CodedError('BILL_WITHDRAWN', { bill: id, reason: bill.withdrawn.reason });
      }
      const withdrawn = { reason, person, recorded: clock.now() };
      host.transact(() => store.withdraw(id, withdrawn));
      return { ...bill, withdrawn };
    },
  };

  function withdrawAll({ conflicts }: PlannedBill, by: string, file: string, person: string) {
    const reason = `由 ${by} 取代 replaced by ${by} (${file})`;
    let count = 0;
    for (const { id } of conflicts) {
      // two bills of the file may stand against one that is stored
      if (store.get(id)?.withdrawn) continue;
      store.withdraw(id, { reason, person, recorded: clock.now() });
      count += 1;
    }
    return count;
  }
}

/** A name that people can say: E202501-3f9a1c. */
const newId = (utility: Utility, from: string): string =>
  `${utility === 'water' ? 'W' : 'E'}${from.slice(0, 7).replace('-', '')}-${randomBytes(3).toString('hex')}`;

function refuse({ mistakes }: Understood, conflicts: readonly PlannedBill[]): void {
  if (mistakes.length > 0) {
    const texts = mistakes.slice(0, MISTAKES_NAMED).map((mistake) => sayMistake(mistake).message);
    const list = texts.map(({ zh, en }) => `${zh}\n  ${en}`).join('\n');
    throw new CodedError('BILLS_NOT_UNDERSTOOD', { count: mistakes.length, list });
  }
  if (conflicts.length === 0) return;
  const list = sayConflicts(conflicts.slice(0, MISTAKES_NAMED));
  throw new CodedError('BILLS_CONFLICT', { count: conflicts.length, list });
}

function sayMistake({ cell, found, allowed }: CellMistake) {
  const { message } = describe('BILL_CELL', {
    cell,
    found: JSON.stringify(found),
    allowed: allowed.en,
    allowedZh: allowed.zh,
  });
  return { cell, message };
}
