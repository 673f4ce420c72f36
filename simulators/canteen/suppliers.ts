import { addDays } from '../../src/campus/school-days.ts';
import type { Millis } from '../../src/clock.ts';
import type { Deed } from './deeds.ts';
import { SOURCES } from './goods.ts';
import { hashOf, paper } from './paper.ts';

export const BUYER = '孙丽';

const MINUTE = 60_000;
const YEARS_5 = 5 * 365;
/** The licence of the vegetables had ended for a week: days before the beginning. */
const LAPSED = { from: 32, until: 25 };
/** The dairy's licence ends so many days after the beginning. */
const ENDS_SOON = 20;

/** One licence after the other: its last day. */
type Licences = readonly string[];

/** Everybody the canteen buys from, with a licence. `begun`: the day of the beginning. */
export function suppliers(time: Millis, begun: string): Deed[] {
  const endings: Record<string, string> = {
    vegetables: addDays(begun, -LAPSED.from),
    dairy: addDays(begun, ENDS_SOON),
  };
  return Object.keys(SOURCES).map((id, i) =>
    supplier(id, time + i * MINUTE, [endings[id] ?? addDays(begun, 300 + 120 * i)]),
  );
}

/** On one day the vegetables have a licence again. */
export function renewals(day: string, time: Millis, begun: string): Deed[] {
  if (day !== addDays(begun, -LAPSED.until)) return [];
  return [supplier('vegetables', time, [addDays(begun, -LAPSED.from), addDays(day, YEARS_5)])];
}

function supplier(id: string, time: Millis, licences: Licences): Deed {
  const { licence = '', ...who } = SOURCES[id] ?? { name: id };
  const files: Buffer[] = [];
  const body = {
    ...who,
    licences: licences.map((to, i) => {
      const number = i === 0 ? licence : `${licence}-${i}`;
      const scan = paper(['食品经营许可证（示例）', who.name, number, `有效期至 ${to}`]);
      files.push(scan);
      return { number, from: addDays(to, -YEARS_5), to, file: hashOf(scan) };
    }),
  };
  return {
    kind: 'supplier',
    id: `supplier-${id}-${licences.length}`,
    time,
    person: BUYER,
    files,
    supplier: id,
    version: licences.length === 1 ? undefined : licences.length - 1,
    body,
  };
}
