import type { Campus } from '../../campus/model.ts';
import { isDate, localMoment } from '../../campus/school-days.ts';
import type { Clock } from '../../clock.ts';
import { CodedError } from '../../errors.ts';
import { requestInvalid } from '../../http/validator.ts';
import { daysOf } from '../baseline.ts';
import type { EnergyHost } from '../energy.ts';
import { mainMeters } from '../mains.ts';
import type { Utility } from '../utility.ts';
import type { FiguresQuery, TargetBasics, TargetQuery } from './query.ts';
import type { Figure } from './reports.ts';
import type { TargetAnswer } from './shapes.ts';
import { judgeAll, type Verdict } from './verdict.ts';

/** A longer period would be compared with itself. */
const LONGEST_DAYS = 366;
const FIRST_DAY = '2000-01-01';
const LAST_DAY = '2099-12-31';

/** What works targets out: the reader's thread, or the connection itself where no gateway runs. */
export interface TargetReader {
  target(query: TargetQuery): Promise<TargetAnswer>;
  changedFigures(query: FiguresQuery): Promise<Figure[]>;
}

/** Days are YYYY-MM-DD in the campus's time, both included. */
export interface TargetRequest {
  /** Needed where there are several. */
  campus?: string | undefined;
  /** Else the first day of this year. */
  from?: string | undefined;
  /** Else yesterday. */
  to?: string | undefined;
}

/** Electricity and water side by side; the plan asks for both. */
export interface BothTargets {
  campus: string;
  from: string;
  to: string;
  verdict: Verdict;
  electricity: TargetAnswer;
  water: TargetAnswer;
}

export type Targets = ReturnType<typeof createTargets>;

/** How the campuses stand against their electricity and water targets. */
export function createTargets(host: EnergyHost, clock: Clock, reader: TargetReader) {
  const basics = (campus: Campus, utility: Utility): TargetBasics => {
    const { id, timezone, calendar, energy, targets } = campus;
    const reduction = { electricity: targets.electricityReduction, water: targets.waterReduction };
    return {
      campus: { id, timezone, calendar, energy },
      utility,
      goal: -reduction[utility],
      mains: mainMeters(host, id, utility).map(({ device, id: series, meter }) => ({
        id: series,
        name: device.name,
        meter,
      })),
    };
  };

  const temperatureOf = ({ id, energy }: Campus): number | undefined => {
    const { device, metric } = energy.temperature ?? {};
    const series = host.catalogue.devices.get(`${id}/${device}`)?.series;
    return metric === undefined ? undefined : series?.get(metric)?.id;
  };

  const todayOf = ({ timezone }: Campus): string => localMoment(clock.now(), timezone).day;

  const answer = async (utility: Utility, request: TargetRequest): Promise<TargetAnswer> => {
    const campus = findCampus(host, request.campus);
    const today = todayOf(campus);
    const yesterday = localMoment(clock.now() - 86_400_000, campus.timezone).day;
    const { to = yesterday } = request;
    const { from = `${to.slice(0, 4)}-01-01` } = request;
    for (const [where, day] of [
      ['from', from],
      ['to', to],
    ] as const) {
      if (isDate(day) && day >= FIRST_DAY && day <= LAST_DAY) continue;
      const en = `a date from ${FIRST_DAY} to ${LAST_DAY}`;
      throw invalid(where, day, en, `${FIRST_DAY} 至 ${LAST_DAY} 之间的日期`);
    }
    if (from > to || daysOf({ from, to }) > LONGEST_DAYS) {
      const en = `not after \`to\`, and at most ${LONGEST_DAYS} days with it`;
      throw invalid('from', from, en, `不晚于 to，且至多 ${LONGEST_DAYS} 天`);
    }
    return reader.target({
      ...basics(campus, utility),
      from,
      to,
      today,
      temperature: temperatureOf(campus),
    });
  };

  return {
    /** How a campus stands in a period. Throws CAMPUS_UNKNOWN, REQUEST_INVALID. */
    answer,

    /** Both targets of a campus; met where both are. */
    async both(request: TargetRequest): Promise<BothTargets> {
      const [electricity, water] = await Promise.all([
        answer('electricity', request),
        answer('water', request),
      ]);
      const { campus, from, to } = electricity;
      const verdict = judgeAll([electricity.verdict, water.verdict]);
      return { campus, from, to, verdict, electricity, water };
    },

    /** The figures of the year until a day that were not reported as they are now. */
    changedFigures: (campus: Campus, utility: Utility, through: string): Promise<Figure[]> =>
      reader.changedFigures({ ...basics(campus, utility), through }),
  };
}

function findCampus({ configuration }: EnergyHost, id: string | undefined): Campus {
  const { campuses } = configuration;
  const found =
    id === undefined && campuses.size === 1 ? [...campuses.values()][0] : campuses.get(id ?? '');
  if (!found) throw new CodedError('CAMPUS_UNKNOWN', { campus: id ?? '' });
  return found;
}

const invalid = (where: string, found: string, allowed: string, allowedZh: string) =>
  requestInvalid(where, found.slice(0, 40), { en: allowed, zh: allowedZh });
