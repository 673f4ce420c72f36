import { type Adjustment, adjustmentOn } from '../adjustments.ts';
import { daysBetween } from '../baseline.ts';
import type { Bill } from '../bills.ts';
import { gridCarbon, standardCoal, waterCost } from '../cost.ts';
import { valueOn } from '../dated.ts';
import type { Dated } from '../schema.ts';
import { utilities } from '../utility.ts';
import { type Aligned, align } from './aligned.ts';
import { calendarChange, type Days, yearBefore } from './calendar-change.ts';
import type { Cause } from './causes.ts';
import { cusum } from './cusum.ts';
import {
  adjustForWeather,
  COOLING_BASE,
  HEATING_BASE,
  type Temperatures,
  type WeatherAdjusted,
} from './degree-days.ts';
import { forecast, type Pace, paceOf } from './pace.ts';
import type { TargetQuery } from './query.ts';
import { type Figure, isChanged, type Report } from './reports.ts';
import type { ComparisonAnswer, TargetAnswer } from './shapes.ts';
import { type Comparison, changeOf, judge, type Verdict } from './verdict.ts';
import {
  FORECAST_METHOD,
  sayBasis,
  sayChangeOfSlope,
  sayDisagreement,
  sayRevision,
} from './words.ts';

/** Everything that is known for an answer. */
export interface TargetFacts {
  query: TargetQuery;
  /** The last day that counts. */
  through: string;
  /** By bills where there are any, else by the meters. */
  official: Days;
  /** By the meters alone, days that were measured. */
  metered: Days;
  bills: readonly Bill[];
  adjustments: readonly Adjustment[];
  temperatures: Temperatures | undefined;
  /** Of electricity. */
  cost: TargetAnswer['cost'];
  reports: readonly Report[];
  causes: readonly Cause[];
  quality: TargetAnswer['quality'];
}

/** How a campus stands against its target in a period, with all that explains it. Pure. */
export function answerTarget(facts: TargetFacts): TargetAnswer {
  const { query, through, official, metered, temperatures } = facts;
  const { campus, utility, goal, from, to } = query;
  const calendar = campus.calendar;
  const period = daysBetween(from, through);
  const known = period.flatMap((day) => official.get(day) ?? []);
  const used = known.reduce((sum, { amount }) => sum + amount, 0);
  const change = calendarChange(official, from, through);
  const compared = period.filter((day) => official.has(day) && official.has(yearBefore(day) ?? ''));
  const aligned = align(metered, calendar, from, through);
  const weather = temperatures && adjustForWeather(metered, temperatures, calendar, from, through);
  const adjusted = adjust(facts, change, compared);
  const verdict = judge(change, goal);
  return {
    target: utility,
    campus: campus.id,
    unit: utilities[utility].unit,
    from,
    to,
    through,
    ...sayComparison(change, goal),
    goal,
    basis: sayBasis({
      ...{ from, to, through, change, official },
      bills: facts.bills,
      hasAdjustments: adjusted !== null,
    }),
    used,
    adjusted,
    aligned: aligned ? sayAligned(aligned, goal) : null,
    degreeDays: weather ? sayWeather(weather, goal) : null,
    disagreement: disagreement(verdict, change.change, { adjusted, aligned, weather }, goal),
    perPupil: perUnit(official, compared, campus.energy.pupils),
    perArea: perUnit(official, compared, campus.energy.area),
    ...courses(facts),
    cusum: cusumOf(facts, period, aligned),
    cost: utility === 'water' ? costOfWater(facts, known, used) : facts.cost,
    coal: standardCoal(campus.energy, utility, used),
    co2: utility === 'electricity' ? gridCarbon(campus.energy, known) : null,
    trace: trace(facts, { ...change, from, to, goal, verdict }),
    quality: facts.quality,
  };
}

const sayComparison = (comparison: Comparison, goal: number): ComparisonAnswer => ({
  actual: comparison.actual,
  baseline: comparison.baseline,
  change: comparison.change ?? null,
  coverage: comparison.coverage,
  verdict: judge(comparison, goal),
});

function sayAligned({ expected: _, ...aligned }: Aligned, goal: number) {
  const { days, byWeek, byTerm } = aligned;
  return { ...sayComparison(aligned, goal), days, byWeek, byTerm };
}

const sayWeather = ({ days, heating, cooling, ...rest }: WeatherAdjusted, goal: number) => ({
  ...sayComparison(rest, goal),
  days,
  heatingBase: HEATING_BASE,
  coolingBase: COOLING_BASE,
  heating,
  cooling,
  perHeating: rest.perHeating,
  perCooling: rest.perCooling,
  explained: rest.explained,
});

/** Savings = baseline − actual ± adjustments (IPMVP), on the days that were compared. */
function adjust(
  { query, adjustments, through }: TargetFacts,
  change: Comparison,
  compared: readonly string[],
): TargetAnswer['adjusted'] {
  const entries = adjustments.filter(({ from, to }) => from <= through && to >= query.from);
  if (entries.length === 0) return null;
  const effect = compared.reduce((total, day) => total + adjustmentOn(entries, day), 0);
  const baseline = change.baseline + effect;
  const { actual, coverage } = change;
  const percent = compared.length > 0 ? changeOf(actual, baseline) : undefined;
  return {
    ...sayComparison({ actual, baseline, change: percent, coverage }, query.goal),
    effect,
    savings: baseline - actual,
    entries: entries.map(({ id, from, to, perDay, reason, approver }) => ({
      ...{ id, from, to, perDay, reason, approver },
    })),
  };
}

function disagreement(
  verdict: Verdict,
  change: number | undefined,
  others: {
    adjusted: TargetAnswer['adjusted'];
    aligned: Aligned | undefined;
    weather: WeatherAdjusted | undefined;
  },
  goal: number,
): TargetAnswer['disagreement'] {
  const { adjusted, aligned, weather } = others;
  const of = (zh: string, en: string, one: Comparison | undefined) =>
    one ? [{ name: { zh, en }, verdict: judge(one, goal), change: one.change }] : [];
  return (
    sayDisagreement([
      { name: { zh: '日历同比', en: 'calendar' }, verdict, change },
      ...of(
        '调整后',
        'adjusted',
        adjusted ? { ...adjusted, change: adjusted.change ?? undefined } : undefined,
      ),
      ...of('校历对齐', 'aligned', aligned),
      ...of('气温修正', 'weather-adjusted', weather),
    ]) ?? null
  );
}

/** What was used per pupil or m²: each day's use by what held on that day. */
function perUnit(
  uses: Days,
  compared: readonly string[],
  dated: Dated | undefined,
): TargetAnswer['perPupil'] {
  let [actual, baseline] = [0, 0];
  for (const day of compared) {
    const before = yearBefore(day) ?? '';
    const [now, then] = [valueOn(dated, day), valueOn(dated, before)];
    if (now === undefined || then === undefined) return null;
    actual += (uses.get(day)?.amount ?? 0) / now;
    baseline += (uses.get(before)?.amount ?? 0) / then;
  }
  if (compared.length === 0 || dated === undefined) return null;
  return { actual, baseline, change: changeOf(actual, baseline) ?? null };
}

/** The asked period, the month and the year that are under way at its end. */
function courses({
  query,
  through,
  official,
}: TargetFacts): Pick<TargetAnswer, 'pace' | 'forecast'> {
  const { from, to, today, goal } = query;
  const current = to < today ? to : today;
  const year = current.slice(0, 4);
  const wholeYear = { from: `${year}-01-01`, to: `${year}-12-31`, through };
  const month = { ...monthOf(current), through };
  const ends = forecast(official, wholeYear);
  const say = (pace: Pace | undefined) => (pace ? { ...pace, perDay: pace.perDay ?? null } : null);
  return {
    pace: {
      period: say(paceOf(official, { from, to, through }, goal)),
      month: say(paceOf(official, month, goal)),
      year: say(paceOf(official, wholeYear, goal)),
    },
    forecast: ends
      ? {
          ...ends,
          year: Number(year),
          low: ends.low ?? null,
          high: ends.high ?? null,
          change: ends.change ?? null,
          changeLow: ends.changeLow ?? null,
          changeHigh: ends.changeHigh ?? null,
          method: FORECAST_METHOD,
        }
      : null,
  };
}

function monthOf(day: string): { from: string; to: string } {
  const days = new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)), 0)).getUTCDate();
  return { from: `${day.slice(0, 7)}-01`, to: `${day.slice(0, 7)}-${days}` };
}

/**
 * Where most days have a counterpart in the school year that is what was expected, else the date's. A
 * bill that is spread evenly knows no day, so nothing is dated by it.
 */
function cusumOf(
  { query, official, metered }: TargetFacts,
  period: readonly string[],
  aligned: Aligned | undefined,
): TargetAnswer['cusum'] {
  const isAligned = aligned !== undefined && aligned.byWeek + aligned.byTerm >= 0.9 * period.length;
  const days = period.flatMap((day) => {
    const own = (isAligned ? metered : official).get(day);
    const before = official.get(yearBefore(day) ?? '');
    const expected = isAligned ? aligned.expected.get(day) : before?.amount;
    const isBilled = own?.source === 'bill' || (!isAligned && before?.source === 'bill');
    return own === undefined || expected === undefined
      ? []
      : [{ day, actual: own.amount, expected, isBilled }];
  });
  if (days.length === 0) return null;
  const found = cusum(days);
  const isDaily = days.every(({ isBilled }) => !isBilled);
  const changed = isDaily ? found.changed : undefined;
  const text = changed && sayChangeOfSlope(changed, utilities[query.utility].unit);
  return {
    expected: isAligned ? 'aligned' : 'calendar',
    points: found.points,
    changed: changed && text ? { ...changed, text } : null,
  };
}

function costOfWater(
  { query }: TargetFacts,
  known: readonly { day: string; amount: number }[],
  amount: number,
): TargetAnswer['cost'] {
  const { waterPrice } = query.campus.energy;
  if (waterPrice === undefined) return null;
  return { amount, ...waterCost(waterPrice, known), periods: [] };
}

function trace({ query, reports, causes }: TargetFacts, figure: Figure): TargetAnswer['trace'] {
  const last = reports.at(-1);
  const iso = (time: number) => new Date(time).toISOString();
  const isOther = last !== undefined && isChanged(figure, last);
  return {
    reports: reports.map(({ reported, ...report }) => ({
      reported: iso(reported),
      ...sayComparison(report, report.goal),
    })),
    isChanged: isOther,
    text: isOther ? sayRevision(last, figure, utilities[query.utility].unit) : null,
    causes: causes.map(({ kind, recorded, text }) => ({ kind, recorded: iso(recorded), text })),
  };
}
