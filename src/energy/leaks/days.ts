import type { Campus } from '../../campus/model.ts';
import { addDays, localMoment, momentOf } from '../../campus/school-days.ts';
import type { Millis } from '../../clock.ts';

type Place = Pick<Campus, 'timezone'>;

/** The next local midnight after a moment. */
export function nextMidnight(after: Millis, { timezone }: Place): Millis {
  const { day } = localMoment(after, timezone);
  return momentOf(addDays(day, 1), '00:00', timezone);
}

/** The local day that ends at a moment or lies around it, and when it began. */
export function dayBefore(at: Millis, { timezone }: Place): { day: string; from: Millis } {
  const { day } = localMoment(at - 1, timezone);
  return { day, from: momentOf(day, '00:00', timezone) };
}

/** The days before a day, the newest first, each with its two midnights. */
export function* daysBefore(day: string, { timezone }: Place, most: number) {
  let to = momentOf(day, '00:00', timezone);
  for (let i = 1; i <= most; i++) {
    const before = addDays(day, -i);
    const from = momentOf(before, '00:00', timezone);
    yield { day: before, from, to };
    to = from;
  }
}
