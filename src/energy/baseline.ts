import { Temporal } from 'temporal-polyfill';
import type { BillFacts } from './bills.ts';

const DAY = 86_400_000;

/** Figures are compared where meters covered this part of the time. */
const WHOLE = 0.9;

/** What the meters of a utility have counted on one day. */
export interface MeteredDay {
  /** YYYY-MM-DD in the campus's time. */
  day: string;
  amount: number;
  /** The part of it that is spread over a long gap. */
  estimated: number;
  /** The part of the day that was measured, 0–1; the least of the meters. */
  coverage: number;
}

/** What was used on one day, and who says so. */
export interface BaselineDay {
  day: string;
  amount: number;
  /** Of a bill: its amount spread evenly over its days. Of the meters: in part spread over a gap. */
  estimated: boolean;
  source: 'bill' | 'meter';
  /** 0–1; 1 for a bill. */
  coverage: number;
}

/**
 * What was used on each day from one to another (both included), in order; a day of which nothing is
 * known is absent. Bills are official: a day that a bill of the whole school covers, or bills of
 * every account that has any in that calendar year, counts as billed, spread evenly over the days of
 * the bill, and the meters do not. `bills` are those of whole calendar years (`BillStore.list`), none
 * of an account overlapping.
 */
export function baselineDays(
  bills: readonly BillFacts[],
  metered: readonly MeteredDay[],
  from: string,
  to: string,
): BaselineDay[] {
  const byDay = new Map(metered.map((one) => [one.day, one]));
  const billed = new Map<string, { amount: number; accounts: Set<string> }>();
  const accounts = new Map<string, Set<string>>();
  for (const bill of bills) {
    const perDay = bill.amount / daysOf(bill);
    for (let year = Number(bill.from.slice(0, 4)); year <= Number(bill.to.slice(0, 4)); year++) {
      const known = entryOf(accounts, String(year), () => new Set<string>());
      if (bill.account !== '') known.add(bill.account);
    }
    const last = bill.to < to ? bill.to : to;
    for (const day of daysBetween(bill.from > from ? bill.from : from, last)) {
      const known = entryOf(billed, day, () => ({ amount: 0, accounts: new Set<string>() }));
      known.amount += perDay;
      known.accounts.add(bill.account);
    }
  }
  return daysBetween(from, to).flatMap((day): BaselineDay[] => {
    const bill = billed.get(day);
    const isWhole =
      bill?.accounts.has('') || bill?.accounts.size === accounts.get(day.slice(0, 4))?.size;
    if (bill && isWhole) {
      return [{ day, amount: bill.amount, estimated: true, source: 'bill', coverage: 1 }];
    }
    const own = byDay.get(day);
    if (!own) return [];
    const { amount, estimated, coverage } = own;
    return [{ day, amount, estimated: estimated > 0, source: 'meter', coverage }];
  });
}

/** A bill beside what the meters counted in its time. */
export interface BillComparison {
  id: string;
  from: string;
  to: string;
  billed: number;
  metered: number;
  /** (metered − billed) / billed; absent for a bill of 0. */
  difference?: number | undefined;
}

/** Bills against meters, where these covered the days of a bill whole, by 90 % at least. */
export function compareWithMeters(
  bills: readonly (BillFacts & { id: string })[],
  metered: readonly MeteredDay[],
): BillComparison[] {
  const byDay = new Map(metered.map((one) => [one.day, one]));
  // the meters count for all accounts together
  const byPeriod = Map.groupBy(bills, ({ from, to }) => `${from} ${to}`);
  return [...byPeriod.values()].flatMap((list): BillComparison[] => {
    const [bill] = list;
    if (!bill) return [];
    const { id, from, to } = bill;
    let [amount, coverage] = [0, 0];
    for (const day of daysBetween(from, to)) {
      amount += byDay.get(day)?.amount ?? 0;
      coverage += byDay.get(day)?.coverage ?? 0;
    }
    if (coverage < WHOLE * daysOf(bill)) return [];
    const billed = list.reduce((sum, one) => sum + one.amount, 0);
    const difference = billed > 0 ? (amount - billed) / billed : undefined;
    return [{ id, from, to, billed, metered: amount, difference }];
  });
}

/** The days of which nothing is known, as periods. */
export function missingDays(
  days: readonly BaselineDay[],
  from: string,
  to: string,
): { from: string; to: string }[] {
  const known = new Set(days.map(({ day }) => day));
  const missing: { from: string; to: string }[] = [];
  let isOpen = false;
  for (const day of daysBetween(from, to)) {
    const last = missing.at(-1);
    if (known.has(day)) isOpen = false;
    else if (isOpen && last) last.to = day;
    else {
      missing.push({ from: day, to: day });
      isOpen = true;
    }
  }
  return missing;
}

/** The days from one to another, both included; none where the second is earlier. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let time = Date.parse(from), last = Date.parse(to); time <= last; time += DAY) {
    days.push(new Date(time).toISOString().slice(0, 10));
  }
  return days;
}

/** How many days a period has, its last one included. */
export const daysOf = ({ from, to }: { from: string; to: string }): number =>
  Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to)).days + 1;

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key) ?? make();
  map.set(key, known);
  return known;
}
