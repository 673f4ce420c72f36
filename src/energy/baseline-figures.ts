import { addDays, momentOf } from '../campus/school-days.ts';
import type { Catalogue } from '../pipeline/catalogue.ts';
import { baselineDays, compareWithMeters, daysOf, missingDays } from './baseline.ts';
import { BillStore } from './bills.ts';
import { type CampusHost, campusOf } from './campus-host.ts';
import type { ConsumptionQuery, SeriesUse } from './consumption.ts';
import { checkDays } from './days.ts';
import { mainMeters, meteredDays } from './mains.ts';
import { periodsBetween } from './periods.ts';
import type { RegisterStage } from './register-stage.ts';
import { type Utility, utilities } from './utility.ts';

/** Three years. */
const MOST_DAYS = 1_100;

/** What it needs of the core. */
export interface BaselineHost extends CampusHost {
  catalogue: Catalogue;
  registers: RegisterStage;
}

export interface BaselineRequest {
  campus?: string | undefined;
  utility: Utility;
  /** Both days included. */
  from: string;
  to: string;
}

/**
 * What was used on each day of some past time, who says so, and how bills and meters agree. Throws
 * CAMPUS_UNKNOWN or REQUEST_INVALID.
 */
export async function baselineFigures(
  host: BaselineHost,
  read: (query: ConsumptionQuery) => Promise<SeriesUse[]>,
  { campus: id, utility, from, to }: BaselineRequest,
) {
  checkDays(from, to, MOST_DAYS);
  const campus = campusOf(host, id);
  const ends = [from, addDays(to, 1)].map((day) => momentOf(day, '00:00', campus.timezone));
  const [start = 0, end = 0] = ends;
  const periods = periodsBetween(start, end, 'day', campus, MOST_DAYS) ?? [];
  const uses = await read({
    series: mainMeters(host, campus.id, utility).map(({ id: series, meter }) => ({
      id: series,
      meter,
    })),
    starts: [...periods.map((period) => period.from), end],
    records: 0,
  });
  const metered = meteredDays(uses, periods);
  const [firstYear, lastYear] = [from.slice(0, 4), to.slice(0, 4)];
  const bills = new BillStore(host.database).list(
    campus.id,
    utility,
    `${firstYear}-01-01`,
    `${lastYear}-12-31`,
  );
  const days = baselineDays(bills, metered, from, to);
  const within = bills.filter((bill) => bill.from >= from && bill.to <= to);
  return {
    campus: campus.id,
    utility,
    unit: utilities[utility].unit,
    from,
    to,
    amount: days.reduce((sum, { amount }) => sum + amount, 0),
    coverage: days.reduce((sum, { coverage }) => sum + coverage, 0) / daysOf({ from, to }),
    missing: missingDays(days, from, to),
    comparison: compareWithMeters(within, metered),
    days,
  };
}
