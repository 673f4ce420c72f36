import type { Text } from '../../errors.ts';
import { daysBetween, daysOf } from '../baseline.ts';
import type { Bill } from '../bills.ts';
import type { CalendarChange } from './calendar-change.ts';
import { type Days, yearBefore } from './calendar-change.ts';
import type { Figure } from './reports.ts';
import type { Verdict } from './verdict.ts';

export const VERDICT_WORDS: Record<Verdict, Text> = {
  met: { zh: '达标', en: 'met' },
  missed: { zh: '未达标', en: 'missed' },
  insufficient: { zh: '数据不足', en: 'insufficient data' },
};

export const round = (value: number, digits = 1): string => {
  const factor = 10 ** digits;
  return String(Math.round(value * factor) / factor);
};

export function percent(change: number | null | undefined): string {
  if (change === null || change === undefined) return '–';
  const said = round(change, 2);
  return `${Number(said) > 0 ? '+' : ''}${said} %`;
}

const join = (parts: readonly (Text | undefined)[]): Text => {
  const said = parts.filter((part) => part !== undefined);
  return {
    zh: `${said.map(({ zh }) => zh).join('；')}。`,
    en: `${said.map(({ en }) => en).join('; ')}.`,
  };
};

export interface BasisFacts {
  from: string;
  to: string;
  through: string;
  change: CalendarChange;
  official: Days;
  /** Those that touch either side. */
  bills: readonly Bill[];
  hasAdjustments: boolean;
}

/** How the official figure was calculated. */
export function sayBasis(facts: BasisFacts): Text {
  const { from, to, through, change, hasAdjustments } = facts;
  const { days, compared, leapDays } = change;
  const end = through < from ? from : through;
  return join([
    {
      zh: `日历同比：${from} 至 ${end} 与上年同日期逐日对照，两侧都有数据的 ${compared}/${days} 天计入`,
      en: `Calendar comparison: ${from} to ${end} day by day with the same dates of the year before; ${compared} of ${days} days are known on both sides and count`,
    },
    through < to
      ? {
          zh: `时段到 ${to} 尚未结束，只算到 ${through}，去年也只取同样的日子`,
          en: `the period goes on until ${to}: only the days to ${through} count, and the same days of last year`,
        }
      : undefined,
    leapDays.length > 0
      ? {
          zh: `${leapDays.join('、')} 无对应日期，两侧都不计`,
          en: `${leapDays.join(', ')} has no counterpart and is left out on both sides`,
        }
      : undefined,
    saySource('本年', 'this year', facts.official, daysBetween(from, through)),
    saySource('去年', 'last year', facts.official, counterparts(from, through)),
    ...facts.bills.map((bill) => sayCut(bill, facts)),
    hasAdjustments
      ? {
          zh: '结论用未调整的官方口径，调整后的数见 adjusted',
          en: 'the verdict is that of the unadjusted, official figure; `adjusted` has the other',
        }
      : undefined,
  ]);
}

const counterparts = (from: string, to: string): string[] =>
  daysBetween(from, to).flatMap((day) => yearBefore(day) ?? []);

/** How many days come from bills and from meters. */
function saySource(zh: string, en: string, uses: Days, days: readonly string[]): Text | undefined {
  const known = days.flatMap((day) => uses.get(day) ?? []);
  const bills = known.filter(({ source }) => source === 'bill').length;
  const meters = known.length - bills;
  const parts = [
    bills > 0
      ? { zh: `账单 ${bills} 天（按天均摊）`, en: `bills (${bills} days, spread evenly)` }
      : undefined,
    meters > 0 ? { zh: `表计 ${meters} 天`, en: `meters (${meters} days)` } : undefined,
  ].filter((part) => part !== undefined);
  if (parts.length === 0) return { zh: `${zh}没有数据`, en: `nothing is known of ${en}` };
  return {
    zh: `${zh}数据：${parts.map((part) => part.zh).join('、')}`,
    en: `${en}: ${parts.map((part) => part.en).join(', ')}`,
  };
}

/** A bill that begins before a side of the comparison or ends after it counts in part. */
function sayCut(bill: Bill, { from, through }: BasisFacts): Text | undefined {
  const sides = [
    { from, to: through },
    { from: yearBefore(from) ?? from, to: yearBefore(through) ?? through },
  ];
  for (const side of sides) {
    const first = bill.from > side.from ? bill.from : side.from;
    const last = bill.to < side.to ? bill.to : side.to;
    if (first > last || (first === bill.from && last === bill.to)) continue;
    const part = `${daysOf({ from: first, to: last })}/${daysOf(bill)}`;
    return {
      zh: `${bill.from} 至 ${bill.to} 的账单跨越边界，按天数计入 ${part}`,
      en: `the bill of ${bill.from} to ${bill.to} crosses the boundary and counts with ${part} of its days`,
    };
  }
  return undefined;
}

export const FORECAST_METHOD: Text = {
  zh: '未知的日子按去年同日用量乘以至今与去年同期之比；范围按至今最好和最差的整月之比推算',
  en: 'Days to come as last year’s, times this year’s use to last year’s until now; the range is as if they were all like the best, or the worst, whole month so far',
};

/** Where the methods come to different verdicts. */
export function sayDisagreement(
  verdicts: readonly { name: Text; verdict: Verdict; change: number | undefined }[],
): Text | undefined {
  const told = verdicts.filter(({ verdict }) => verdict !== 'insufficient');
  if (new Set(told.map(({ verdict }) => verdict)).size < 2) return undefined;
  const say = (language: keyof Text) =>
    told.map(
      ({ name, verdict, change }) =>
        `${name[language]} ${percent(change)} ${VERDICT_WORDS[verdict][language]}`,
    );
  return {
    zh: `口径不同，结论不一致：${say('zh').join('；')}。官方结论以日历同比为准`,
    en: `The methods disagree: ${say('en').join('; ')}. The official verdict is the calendar comparison’s`,
  };
}

export function sayChangeOfSlope(
  { day, before, since }: { day: string; before: number; since: number },
  unit: string,
): Text {
  const say = (value: number) => `${value > 0 ? '+' : ''}${round(value)} ${unit}`;
  return {
    zh: `自 ${day} 起，每日比预期的差额由 ${say(before)} 变为 ${say(since)}，请查当日前后发生了什么`,
    en: `Since ${day} each day differs from what was expected by ${say(since)}, before that by ${say(before)}: look for what happened around that day`,
  };
}

/** A figure that is no longer what was reported last. */
export function sayRevision(reported: Figure, now: Figure, unit: string): Text {
  const say = ({ actual, baseline, change, coverage, verdict }: Figure, language: keyof Text) => {
    const shares = [coverage.actual, coverage.baseline].map((share) => `${round(100 * share)} %`);
    const known = language === 'zh' ? '覆盖' : 'known:';
    return `${round(actual)} / ${round(baseline)} ${unit} (${percent(change)}, ${known} ${shares.join(' / ')}, ${VERDICT_WORDS[verdict][language]})`;
  };
  return {
    zh: `最近报告为 ${say(reported, 'zh')}，现为 ${say(now, 'zh')}`,
    en: `It was reported as ${say(reported, 'en')}, and is ${say(now, 'en')} now`,
  };
}
