import { addDays, localMoment, momentOf } from '../campus/school-days.ts';
import type { Millis } from '../clock.ts';

const FROM = '07:00';
const UNTIL = '22:00';

/**
 * When people are awake: now, or at seven in the morning. What is minor and about the gateway
 * itself is not worth anybody's sleep.
 */
export function nextWaking(now: Millis, timezone: string): Millis {
  const { day, time } = localMoment(now, timezone);
  if (time >= FROM && time < UNTIL) return now;
  return momentOf(time < FROM ? day : addDays(day, 1), FROM, timezone);
}
