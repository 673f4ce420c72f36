import { addDays, momentOf } from '../../campus/school-days.ts';
import type { Period } from '../periods.ts';

/** Days kept of a time zone: more than any answer needs. */
const MAX_DAYS = 5_000;

/**
 * The days of campuses as periods, each reckoned once: zoned time is dearer than all the figures of an
 * answer.
 */
export class DayPeriods {
  readonly #zones = new Map<string, Map<string, Period>>();

  /** The days from one to another, both included. */
  between(first: string, last: string, timezone: string): Period[] {
    const known = this.#zones.get(timezone) ?? new Map<string, Period>();
    this.#zones.set(timezone, known);
    if (known.size > MAX_DAYS) known.clear();
    const periods: Period[] = [];
    for (let day = first; day <= last; ) {
      const next = addDays(day, 1);
      let period = known.get(day);
      if (!period) {
        const from = periods.at(-1)?.to ?? momentOf(day, '00:00', timezone);
        period = { from, to: momentOf(next, '00:00', timezone), label: day };
        known.set(day, period);
      }
      periods.push(period);
      day = next;
    }
    return periods;
  }
}
