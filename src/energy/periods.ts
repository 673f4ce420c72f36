import { Temporal } from 'temporal-polyfill';
import type { Campus } from '../campus/model.ts';
import type { Millis } from '../clock.ts';
import { HOUR } from '../storage/readings.ts';

export const PERIODS = ['hour', 'day', 'week', 'month'] as const;
export type PeriodKind = (typeof PERIODS)[number];

export interface Period {
  from: Millis;
  to: Millis;
  /** `2026-11-23`, `2026-11`, or the week of a term: `2026–2027 学年第一学期 第 3 周`. */
  label: string;
}

type Start = Temporal.ZonedDateTime;

const next = {
  hour: (at: Start) => at.add({ hours: 1 }),
  day: (at: Start) => at.add({ days: 1 }).startOfDay(),
  week: (at: Start) => at.add({ days: 7 }).startOfDay(),
  month: (at: Start) => at.add({ months: 1 }).startOfDay(),
};

const begin = {
  hour: (at: Start) => at,
  day: (at: Start) => at.startOfDay(),
  week: (at: Start) => at.subtract({ days: at.dayOfWeek - 1 }).startOfDay(),
  month: (at: Start) => at.with({ day: 1 }).startOfDay(),
};

/**
 * The periods between two moments in the campus's time, the first and the last cut off there. Only
 * whole hours are told apart: `from` is moved back and `to` on to one. Weeks begin on Monday. Answers
 * undefined where there would be more than `most`.
 */
export function periodsBetween(
  from: Millis,
  to: Millis,
  kind: PeriodKind,
  { timezone, calendar }: Pick<Campus, 'timezone' | 'calendar'>,
  most: number,
): Period[] | undefined {
  const first = Math.floor(from / HOUR) * HOUR;
  const end = Math.ceil(to / HOUR) * HOUR;
  const periods: Period[] = [];
  let at = begin[kind](Temporal.Instant.fromEpochMilliseconds(first).toZonedDateTimeISO(timezone));
  while (at.epochMilliseconds < end) {
    const following = next[kind](at);
    periods.push({
      from: Math.max(first, at.epochMilliseconds),
      to: Math.min(end, following.epochMilliseconds),
      label: labelOf(at, kind, calendar.terms),
    });
    if (periods.length > most) return undefined;
    at = following;
  }
  return periods;
}

function labelOf(at: Start, kind: PeriodKind, terms: Campus['calendar']['terms']): string {
  if (kind === 'hour') return at.toPlainDateTime().toString({ smallestUnit: 'minute' });
  if (kind === 'month') return at.toPlainDate().toPlainYearMonth().toString();
  if (kind === 'week') {
    const monday = at.toPlainDate();
    for (const { name, from, to } of terms) {
      // the week in which a term begins is its first
      const day = Temporal.PlainDate.from(from);
      const week = day.subtract({ days: day.dayOfWeek - 1 }).until(monday).days / 7 + 1;
      if (week >= 1 && monday.toString() <= to) return `${name} 第 ${week} 周`;
    }
  }
  return at.toPlainDate().toString();
}
