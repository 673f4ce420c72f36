import { Temporal } from 'temporal-polyfill';
import type { ElectricityPrice, Tariff } from './schema.ts';

/** A part of an hour of the day that has one price. */
export interface PricePart {
  /** 峰, 平, 谷 … as the tariff names it. */
  name: string;
  /** Yuan per kWh. */
  price: number;
  /** The part of the hour, 0–1. */
  share: number;
}

/** Days in a row that have one tariff. */
export interface TariffSpan {
  /** First and last day, both included. */
  from: string;
  to: string;
  /** By the hour of the day in which the use falls; undefined: no price is known. */
  hours: readonly (readonly PricePart[])[] | undefined;
}

export const DAY_MINUTES = 1440;
const FLAT = '全天';

/** The tariff that holds on a day: the newest; of those that begin together, the month's own. */
function tariffOn(price: ElectricityPrice | undefined, day: string): Tariff | undefined {
  if (price === undefined) return undefined;
  if (typeof price === 'number') return { price };
  const newest = price.findLast(({ from }) => from === undefined || from <= day);
  const together = price.filter(({ from }) => newest !== undefined && from === newest.from);
  const month = Number(day.slice(5, 7));
  return (
    together.find(({ months }) => months?.includes(month)) ??
    together.find(({ months }) => months === undefined)
  );
}

/** The 24 hours of a day, each with its prices; the periods were checked to cover the day once. */
function hoursOf({ price = 0, periods }: Tariff): PricePart[][] {
  if (!periods) return Array.from({ length: 24 }, () => [{ name: FLAT, price, share: 1 }]);
  const hours: PricePart[][] = Array.from({ length: 24 }, () => []);
  for (const { name, from, to, price: here } of periods) {
    const counts = Map.groupBy(minutesOf(from, to), (minute) => Math.floor(minute / 60));
    for (const [hour, { length }] of counts) {
      hours[hour]?.push({ name, price: here, share: length / 60 });
    }
  }
  return hours;
}

/** Cuts a time, both days included, where the tariff changes. */
export function tariffSpans(
  price: ElectricityPrice | undefined,
  from: string,
  to: string,
): TariffSpan[] {
  const spans: (TariffSpan & { tariff: Tariff | undefined })[] = [];
  // it can change only on the first of a month, and where a new one begins
  const starts = typeof price === 'object' ? price.flatMap((tariff) => tariff.from ?? []) : [];
  const cuts = new Set([from, ...starts.filter((day) => day > from && day <= to)]);
  const first = Temporal.PlainDate.from(from).with({ day: 1 });
  for (let month = first.add({ months: 1 }); ; month = month.add({ months: 1 })) {
    if (month.toString() > to) break;
    cuts.add(month.toString());
  }
  for (const day of [...cuts].sort()) {
    const tariff = tariffOn(price, day);
    const before = spans.at(-1);
    // a flat price is a new object each time
    if (before && (before.tariff === tariff || typeof price === 'number')) continue;
    if (before) before.to = Temporal.PlainDate.from(day).subtract({ days: 1 }).toString();
    spans.push({ from: day, to, hours: tariff && hoursOf(tariff), tariff });
  }
  return spans.map(({ from: start, to: end, hours }) => ({ from: start, to: end, hours }));
}

/** The minutes of the day from one time to another; the same or an earlier one is the next day's. */
export function minutesOf(from: string, to: string): number[] {
  const start = minuteOf(from);
  const length = (minuteOf(to) - start + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  return Array.from({ length }, (_, i) => (start + i) % DAY_MINUTES);
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
