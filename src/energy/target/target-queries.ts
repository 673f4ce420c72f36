import type { DatabaseSync } from 'node:sqlite';
import { addDays, momentOf } from '../../campus/school-days.ts';
import type { Millis } from '../../clock.ts';
import { HourlyFigures } from '../../storage/query-figures.ts';
import { HOUR } from '../../storage/readings.ts';
import { AdjustmentStore } from '../adjustments.ts';
import { type BaselineDay, baselineDays, type MeteredDay } from '../baseline.ts';
import { type Bill, BillStore } from '../bills.ts';
import { ConsumptionQueries, type SeriesUse } from '../consumption.ts';
import { electricityCost } from '../cost.ts';
import { dayNumber } from '../local-days.ts';
import { meteredDays } from '../mains.ts';
import type { Period } from '../periods.ts';
import { tariffSpans } from '../tariff.ts';
import { utilities } from '../utility.ts';
import { answerTarget } from './answer.ts';
import { calendarChange, type Days, yearBefore } from './calendar-change.ts';
import { Causes } from './causes.ts';
import { DayPeriods } from './day-periods.ts';
import type { Temperatures } from './degree-days.ts';
import { qualityNotes } from './quality.ts';
import type { FiguresQuery, TargetBasics, TargetQuery } from './query.ts';
import { type Figure, isChanged, ReportStore } from './reports.ts';
import type { TargetAnswer } from './shapes.ts';
import { judge, LEAST_COVERAGE } from './verdict.ts';

/** Terms begin up to two months from where they began the year before. */
const MARGIN_DAYS = 62;
/** Of each main meter. */
const MAX_RECORDS = 50;
const MAX_REPORTS = 50;
const MAX_CAUSES = 100;
/** A day's mean temperature needs so many hours. */
const LEAST_HOURS = 18;

interface Known {
  days: Period[];
  uses: SeriesUse[];
  bills: Bill[];
  official: Days;
  metered: Days;
}

/**
 * Works out targets from the daily figures: what it reads grows with the days asked for, not with the
 * readings that are stored. Runs in the reader's thread.
 */
export class TargetQueries {
  readonly #connection: DatabaseSync;
  readonly #consumption: ConsumptionQueries;
  readonly #bills: BillStore;
  readonly #adjustments: AdjustmentStore;
  readonly #reports: ReportStore;
  readonly #causes: Causes;
  readonly #temperatures: HourlyFigures;
  readonly #days = new DayPeriods();

  constructor(connection: DatabaseSync) {
    this.#connection = connection;
    this.#consumption = new ConsumptionQueries(connection);
    this.#bills = new BillStore(connection);
    this.#adjustments = new AdjustmentStore(connection);
    this.#reports = new ReportStore(connection);
    this.#causes = new Causes(connection);
    this.#temperatures = new HourlyFigures(connection);
  }

  /** How a period stands, all of one moment. */
  answer(query: TargetQuery): TargetAnswer {
    return this.#atOnce(() => {
      const { campus, utility, from, to, today } = query;
      const yesterday = addDays(today, -1);
      const through = to < yesterday ? to : yesterday;
      const year = (to < today ? to : today).slice(0, 4);
      const first = [`${year}-01-01`, from].toSorted()[0] ?? from;
      const known = this.#read(query, addDays(before(first), -MARGIN_DAYS), through);
      const reports = this.#reports.list(campus.id, utility, from, to, MAX_REPORTS);
      return answerTarget({
        query,
        through,
        ...known,
        bills: known.bills.toSorted((a, b) => (a.from < b.from ? -1 : 1)),
        adjustments: this.#adjustments.list(campus.id, utility),
        temperatures: this.#temperaturesOf(query, known.days),
        cost: utility === 'electricity' ? this.#costOf(query, known.days, through) : null,
        reports,
        causes: reports[0] ? this.#causesOf(query, through, reports[0].reported) : [],
        quality: qualityNotes({
          basics: query,
          ...known,
          sides: [
            [from, through],
            [before(from), before(through)],
          ],
        }),
      });
    });
  }

  /**
   * The figures of a year until a day – each day, each month, the year – that were not reported yet, or
   * say something else now.
   */
  changedFigures(query: FiguresQuery): Figure[] {
    return this.#atOnce(() => {
      const { campus, utility, goal, through } = query;
      const first = `${through.slice(0, 4)}-01-01`;
      const { days, official } = this.#read(query, before(first), through);
      if (official.size === 0) return [];
      const reported = new Map(
        this.#reports
          .newest(campus.id, utility, first, through)
          .map((report) => [`${report.from} ${report.to}`, report]),
      );
      const own = days.map(({ label }) => label).filter((day) => day >= first);
      const months = Map.groupBy(own, (day) => day.slice(0, 7));
      const periods = new Map(
        [
          ...own.map((day) => [day, day] as const),
          ...[...months.values()].map((list) => [list[0] ?? first, list.at(-1) ?? first] as const),
          [first, through] as const,
        ].map(([from, to]) => [`${from} ${to}`, { from, to }]),
      );
      return [...periods].flatMap(([key, { from, to }]) => {
        const change = calendarChange(official, from, to);
        const figure = { from, to, goal, ...change, verdict: judge(change, goal) };
        const known = reported.get(key);
        return known && !isChanged(figure, known) ? [] : [figure];
      });
    });
  }

  #atOnce<T>(work: () => T): T {
    this.#connection.exec('BEGIN');
    try {
      return work();
    } finally {
      this.#connection.exec('COMMIT');
    }
  }

  /** What is known of the days from one to another, both included. */
  #read({ campus, utility, mains }: TargetBasics, first: string, last: string): Known {
    const days = this.#days.between(first, last, campus.timezone);
    const uses = this.#consumption.usesOf({
      series: mains,
      starts: [...days.map(({ from }) => from), days.at(-1)?.to ?? 0],
      records: MAX_RECORDS,
      firstDay: dayNumber(first),
    });
    const metered: MeteredDay[] = meteredDays(uses, days);
    const bills = this.#bills.list(
      campus.id,
      utility,
      `${first.slice(0, 4)}-01-01`,
      `${last.slice(0, 4)}-12-31`,
    );
    return {
      days,
      uses,
      bills,
      official: byDay(baselineDays(bills, metered, first, last)),
      // a day that is spread over a gap has no shape of its own
      metered: byDay(
        baselineDays([], metered, first, last).filter(({ coverage }) => coverage >= LEAST_COVERAGE),
      ),
    };
  }

  /** The mean outdoor temperature of each day. */
  #temperaturesOf({ temperature }: TargetQuery, days: readonly Period[]): Temperatures | undefined {
    const [first, last] = [days[0], days.at(-1)];
    if (temperature === undefined || !first || !last) return undefined;
    const means = new Map<string, number>();
    const hours = [...this.#temperatures.between(temperature, first.from, last.to)];
    let next = 0;
    for (const { from, to, label } of days) {
      let [sum, count] = [0, 0];
      for (let hour = hours[next]; hour && hour.time < to; hour = hours[++next]) {
        if (hour.time < from) continue;
        sum += hour.mean;
        count += 1;
      }
      if (count >= LEAST_HOURS) means.set(label, sum / count);
    }
    return means;
  }

  /** What the period's electricity has cost by the tariff of each hour. */
  #costOf(query: TargetQuery, days: readonly Period[], through: string): TargetAnswer['cost'] {
    const { mains, campus, from } = query;
    const { electricityPrice } = campus.energy;
    if (electricityPrice === undefined || mains.length === 0 || through < from) return null;
    const ofDay = new Map(days.map((day) => [day.label, day]));
    const spans = tariffSpans(electricityPrice, from, through);
    const stretches = spans.map((span) => ({
      from: ofDay.get(span.from)?.from ?? 0,
      to: ofDay.get(span.to)?.to ?? 0,
    }));
    const uses = mains.map((main) => this.#consumption.hoursOfDay(main, stretches));
    const use = spans.map((span, i) => {
      // told apart by the time of its first day: a change to summer time within a span is not followed
      const midnight = Math.ceil((stretches[i]?.from ?? 0) / HOUR) % 24;
      const amounts = Array.from({ length: 24 }, (_, hour) =>
        uses.reduce((sum, main) => sum + (main[i]?.[(hour + midnight) % 24] ?? 0), 0),
      );
      return { span, amounts };
    });
    const amount = use.flatMap(({ amounts }) => amounts).reduce((sum, one) => sum + one, 0);
    return { amount, ...electricityCost(use) };
  }

  #causesOf(query: TargetQuery, through: string, since: Millis) {
    const { campus, utility, mains, from } = query;
    const stretch = (first: string, last: string) => ({
      from: first,
      to: last,
      start: startOf(first, campus.timezone),
      end: startOf(addDays(last, 1), campus.timezone),
    });
    return this.#causes.list({
      campus: campus.id,
      utility,
      unit: utilities[utility].unit,
      mains,
      since,
      stretches: [stretch(from, through), stretch(before(from), before(through))],
      limit: MAX_CAUSES,
    });
  }
}

const byDay = (days: readonly BaselineDay[]): Days => new Map(days.map((one) => [one.day, one]));

/** The same date of the year before, a 29 February's is the 28th. */
const before = (day: string): string => yearBefore(day) ?? yearBefore(addDays(day, -1)) ?? day;

const startOf = (day: string, timezone: string): Millis => momentOf(day, '00:00', timezone);
