import { Temporal } from 'temporal-polyfill';
import type { Campus } from '../campus/model.ts';
import { addDays, momentOf } from '../campus/school-days.ts';
import { requestInvalid } from '../http/validator.ts';
import type { Period } from './rate.ts';

const MOST_DAYS = 400;

/** How a range of days is divided. */
export type Division = 'whole' | 'day' | 'month' | 'term';

/**
 * The periods from one day to another, both included, counted in the campus's time zone; terms are
 * the school calendar's. Throws REQUEST_INVALID for a range that is backwards or too long.
 */
export function periodsOf(
  { timezone, calendar }: Pick<Campus, 'timezone' | 'calendar'>,
  from: string,
  to: string,
  by: Division,
): Period[] {
  const days = Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to)).days;
  if (days < 0 || days > MOST_DAYS) {
    const allowed = {
      en: `not before \`from\`, and at most ${MOST_DAYS} days later`,
      zh: `不早于 from，且最多晚 ${MOST_DAYS} 天`,
    };
    throw requestInvalid('to', JSON.stringify(to), allowed);
  }
  const start = (day: string) => momentOf(day, '00:00', timezone);
  const period = (name: string, first: string, last: string): Period => ({
    name,
    from: start(first > from ? first : from),
    to: start(addDays(last < to ? last : to, 1)),
  });
  if (by === 'whole') return [period(`${from}/${to}`, from, to)];
  if (by === 'term') {
    return calendar.terms
      .filter((term) => term.to >= from && term.from <= to)
      .toSorted((a, b) => (a.from < b.from ? -1 : 1))
      .map((term) => period(term.name, term.from, term.to));
  }
  const periods: Period[] = [];
  for (let first = from; first <= to; ) {
    const last = by === 'day' ? first : endOfMonth(first);
    periods.push(period(by === 'day' ? first : first.slice(0, 7), first, last));
    first = addDays(last, 1);
  }
  return periods;
}

/** From the first moment of one day to the last of another. Throws REQUEST_INVALID. */
export function rangeOf(
  campus: Pick<Campus, 'timezone' | 'calendar'>,
  from: string,
  to: string,
): Pick<Period, 'from' | 'to'> {
  const [whole] = periodsOf(campus, from, to, 'whole');
  return { from: whole?.from ?? 0, to: whole?.to ?? 0 };
}

function endOfMonth(day: string): string {
  const date = Temporal.PlainDate.from(day);
  return date.with({ day: date.daysInMonth }).toString();
}
