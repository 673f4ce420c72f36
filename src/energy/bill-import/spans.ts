import { addDays } from '../../campus/school-days.ts';
import { daysBetween, daysOf } from '../baseline.ts';
import { isOfSame } from '../bills.ts';
import type { BillPeriod } from './periods.ts';
import type { ReadBill, Understood } from './understand.ts';

const OLDEST = '2000-01-01';
const MOST_DAYS = 366;

const OVER = { en: 'a period since 2000 that is over', zh: '2000 年以来已结束的时段' };
const LENGTH = { en: 'a period of a year at most', zh: '不超过一年的时段' };

const byFirstDay = <T extends BillPeriod>(bills: readonly T[]): T[] =>
  bills.toSorted((a, b) => (a.from < b.from ? -1 : 1));

/** Where each bill begins on the day the one before ends, that day is the next one's. */
export function endBeforeNext({ bills, notes }: Understood): void {
  let [shared, apart] = [0, 0];
  for (const list of Map.groupBy(bills, ({ account }) => account).values()) {
    byFirstDay(list).forEach((bill, i, sorted) => {
      const before = sorted[i - 1];
      if (!before) return;
      if (before.to === bill.from && before.from < bill.from) shared += 1;
      else apart += 1;
    });
  }
  if (shared === 0 || apart > 0) return;
  for (const bill of bills) if (bill.to > bill.from) bill.to = addDays(bill.to, -1);
  notes.push({
    zh: '每期的截止日即下一期的起始日（抄表日），已按不含截止日计算',
    en: 'Each period ends on the day the next one begins (the day of reading): that day was counted to the next',
  });
}

/** Periods must be past, and no day may be in two bills of one account. */
export function checkPeriods({ bills, mistakes }: Understood, today: string): void {
  const taken = new Map<string, ReadBill[]>();
  for (const bill of bills) {
    const { from, to, cells, place } = bill;
    const found = `${from} – ${to}`;
    const isOver = from >= OLDEST && to <= today;
    if (!isOver || daysOf(bill) > MOST_DAYS) {
      mistakes.push({ cell: cells[0] ?? place, found, allowed: isOver ? LENGTH : OVER });
      continue;
    }
    let other: ReadBill | undefined;
    for (const day of daysBetween(from, to)) {
      const known = taken.get(day) ?? [];
      other ??= known.find((one) => isOfSame(one, bill));
      taken.set(day, [...known, bill]);
    }
    if (!other) continue;
    const theirs = `${other.from} – ${other.to}`;
    const allowed = {
      zh: `与第 ${other.place} 行（${theirs}）不重叠的时段`,
      en: `a period apart from that of row ${other.place} (${theirs})`,
    };
    mistakes.push({ cell: cells[0] ?? place, found, allowed });
  }
}

/** Days between the first and the last bill of an account that no bill is about. */
export function gapsOf(
  bills: readonly (BillPeriod & { account: string })[],
): (BillPeriod & { account: string })[] {
  return [...Map.groupBy(bills, (bill) => bill.account)].flatMap(([account, list]) =>
    byFirstDay(list).flatMap(({ from }, i, sorted) => {
      const before = sorted[i - 1];
      if (!before) return [];
      const gap = { account, from: addDays(before.to, 1), to: addDays(from, -1) };
      return gap.from <= gap.to ? [gap] : [];
    }),
  );
}
