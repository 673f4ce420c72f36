import { Temporal } from 'temporal-polyfill';
import { isDate } from '../campus/school-days.ts';
import { requestInvalid } from '../http/validator.ts';
import { daysOf } from './baseline.ts';

/** Days from one to another, as people write them. Throws REQUEST_INVALID where they can't be. */
export function checkDays(from: string, to: string, most = 36_600): void {
  for (const [where, day] of Object.entries({ from, to })) {
    if (isDate(day)) continue;
    throw invalid(where, day, 'a date that exists', '存在的日期');
  }
  if (to < from) throw invalid('to', to, 'not before `from`', '不早于 from');
  if (daysOf({ from, to }) > most) {
    throw invalid('from', from, `${most} days at most before \`to\``, `距 to 不超过 ${most} 天`);
  }
}

const invalid = (where: string, found: string, allowed: string, allowedZh: string) =>
  requestInvalid(where, found.slice(0, 40), { en: allowed, zh: allowedZh });

/** The same day a year later; of 29 February the 28th. */
export const yearAfter = (day: string): string =>
  Temporal.PlainDate.from(day).add({ years: 1 }).toString();
