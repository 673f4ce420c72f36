import { Temporal } from 'temporal-polyfill';
import type { Configuration } from '../campus/model.ts';
import type { Millis } from '../clock.ts';
import { requestInvalid } from '../http/validator.ts';

/** The time of some days, both included, in the first campus's zone. Throws REQUEST_INVALID. */
export function rangeOf(
  from: string,
  until: string | undefined,
  { campuses }: Pick<Configuration, 'campuses'>,
): { from: Millis; until: Millis | undefined } {
  const timezone = campuses.values().next().value?.timezone ?? 'UTC';
  const range = {
    from: startOf('from', from, timezone, 0),
    until: until === undefined ? undefined : startOf('until', until, timezone, 1),
  };
  if (range.until !== undefined && range.until <= range.from) throw invalid('until', until);
  return range;
}

function startOf(name: string, date: string, timezone: string, daysLater: number): Millis {
  try {
    const day = Temporal.PlainDate.from(date, { overflow: 'reject' }).add({ days: daysLater });
    return day.toZonedDateTime(timezone).epochMilliseconds;
  } catch {
    throw invalid(name, date);
  }
}

const invalid = (where: string, found = '') =>
  requestInvalid(where, found.slice(0, 40), {
    en: 'a date such as 2026-09-01, until not before from',
    zh: '日期，例如 2026-09-01，until 不早于 from',
  });
