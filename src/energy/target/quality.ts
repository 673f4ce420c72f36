import type { Millis } from '../../clock.ts';
import { HOUR } from '../../storage/readings.ts';
import type { SeriesUse } from '../consumption.ts';
import { LEAST_KNOWN } from '../mains.ts';
import type { Period } from '../periods.ts';
import { utilities } from '../utility.ts';
import { describeRecord } from '../words.ts';
import type { Days } from './calendar-change.ts';
import type { TargetBasics } from './query.ts';
import type { TargetAnswer } from './shapes.ts';

type Notes = TargetAnswer['quality'];

export interface QualityFacts {
  basics: TargetBasics;
  /** Of each main meter, by day. */
  uses: readonly SeriesUse[];
  days: readonly Period[];
  official: Days;
  /** First and last day of each side of the comparison. */
  sides: readonly (readonly [first: string, last: string])[];
}

/** What a person may ask about a target's figure. */
export function qualityNotes({ basics, uses, days, official, sides }: QualityFacts): Notes {
  const { mains, campus, utility } = basics;
  const stretches = sides.map(([first, last]) =>
    days.filter(({ label }) => first <= label && label <= last),
  );
  const isInside = new Set(stretches.flat());
  const touches = (from: Millis, to: Millis) =>
    stretches.some((side) => to > (side[0]?.from ?? to) && from < (side.at(-1)?.to ?? from));
  const notes = mains.flatMap(({ name }, i): Notes => {
    const { periods = [], records = [] } = uses[i] ?? {};
    const missing = days.filter((day, d) => {
      const hours = periods[d]?.hours ?? 0;
      const isGap = hours * HOUR < LEAST_KNOWN * (day.to - day.from);
      return isGap && isInside.has(day) && !official.has(day.label);
    }).length;
    const said = records
      .filter(({ from, to }) => touches(from, to))
      .map((record) => ({
        kind: record.kind,
        meter: name,
        from: iso(record.from),
        to: iso(record.to),
        text: describeRecord(record, utilities[utility].unit),
      }));
    return [...gap(name, missing), ...said];
  });
  return [...noMeters(mains), ...poorCalendar(campus), ...notes];
}

function gap(name: string, missing: number): Notes {
  if (missing === 0) return [];
  const zh = `${name}：本年和去年时段中有 ${missing} 天数据不全`;
  const en = `${name}: on ${missing} days of both years’ periods too little is known`;
  return [{ kind: 'gap', meter: name, text: { zh, en } }];
}

function noMeters(mains: TargetBasics['mains']): Notes {
  if (mains.length > 0) return [];
  const zh = '没有计量表：只有账单，没有校历对齐、气温修正和费用';
  const en =
    'No meters: only bills are known, so nothing can be aligned, weather-adjusted or priced';
  return [{ kind: 'no-meters', text: { zh, en } }];
}

/** What the calendar lacks for the aligned figure. */
function poorCalendar({ calendar }: TargetBasics['campus']): Notes {
  if (calendar.terms.length === 0) {
    const zh =
      '校历没有学期，无法按教学周对照；请在 campus.yaml 的 calendar.terms 填写本年和去年的学期';
    const en =
      'The calendar has no term, so school weeks can’t be compared; enter this year’s and last year’s in calendar.terms of campus.yaml';
    return [{ kind: 'calendar', text: { zh, en } }];
  }
  const bare = calendar.terms.filter(
    (term) => !calendar.offDays.some(({ from }) => from >= term.from && from <= term.to),
  );
  return bare.map(({ name }) => ({
    kind: 'calendar' as const,
    text: {
      zh: `${name} 没有填写放假日，节假日会当作上课日对照`,
      en: `${name} has no off days: its public holidays are taken for school days`,
    },
  }));
}

const iso = (time: Millis): string => new Date(time).toISOString();
