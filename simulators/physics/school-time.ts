import { Temporal } from 'temporal-polyfill';
import type { Campus } from '../../src/campus/model.ts';
import type { Millis } from '../../src/clock.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** Nothing is simulated before 2025-01-01: registers are counted from there. */
export const EPOCH = Date.UTC(2025, 0, 1);
export const EPOCH_DAY = EPOCH / DAY;

export type DayKind = 'school' | 'weekend' | 'vacation';

/** A moment as the school's clocks show it. */
export interface LocalTime {
  /** Days since 1970-01-01. */
  day: number;
  /** 0 ≤ hour < 24, with its fraction. */
  hour: number;
}

/** The school's clock and calendar. */
export interface SchoolTime {
  local(time: Millis): LocalTime;
  kindOf(day: number): DayKind;
}

const dayOf = (date: string): number => Date.parse(date) / DAY;

interface Days {
  from: number;
  to: number;
}

const contains = (list: readonly Days[], day: number): boolean =>
  list.some(({ from, to }) => from <= day && day <= to);

/**
 * Daylight saving is left out: a register may not run through the same hour twice. So a campus
 * keeps the offset its zone has on 1 January.
 */
export function schoolTime(campus: Pick<Campus, 'timezone' | 'calendar'>): SchoolTime {
  const january = Temporal.Instant.fromEpochMilliseconds(EPOCH);
  const offset = january.toZonedDateTimeISO(campus.timezone).offsetNanoseconds / 1e6;
  const { terms, offDays, makeUpDays } = campus.calendar;
  const termDays = terms.map(({ from, to }) => ({ from: dayOf(from), to: dayOf(to) }));
  const off = offDays.map(({ from, to }) => ({ from: dayOf(from), to: dayOf(to ?? from) }));
  const makeUp = new Set(makeUpDays.map(dayOf));
  const first = Math.min(...termDays.map(({ from }) => from));
  const last = Math.max(...termDays.map(({ to }) => to));

  return {
    local(time) {
      const shifted = time + offset;
      const day = Math.floor(shifted / DAY);
      return { day, hour: (shifted - day * DAY) / HOUR };
    },
    kindOf(day) {
      if (makeUp.has(day)) return 'school';
      const known = first <= day && day <= last;
      if (known ? !contains(termDays, day) : usualVacation(day)) return 'vacation';
      if (contains(off, day)) return 'vacation';
      // day 0, 1970-01-01, was a Thursday
      const weekday = (day + 4) % 7;
      return weekday === 0 || weekday === 6 ? 'weekend' : 'school';
    },
  };
}

/** Years the school calendar says nothing about: mid-January to mid-February, July and August. */
function usualVacation(day: number): boolean {
  const date = new Date(day * DAY);
  const month = date.getUTCMonth();
  const dayOfMonth = date.getUTCDate();
  return (
    month === 6 ||
    month === 7 ||
    (month === 0 && dayOfMonth > 18) ||
    (month === 1 && dayOfMonth < 20)
  );
}
