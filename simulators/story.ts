import { Temporal } from 'temporal-polyfill';
import type { Campus } from '../src/campus/model.ts';
import type { Millis } from '../src/clock.ts';
import type { Fault, FaultName } from './faults.ts';
import type { Shown } from './physics/register.ts';
import { DAY } from './physics/school-time.ts';

/** Whole months of history before the one in which the demonstration began. */
const MONTHS = 13;
/** An exchange of meters takes place in April, and not just before the beginning. */
const EXCHANGE = { month: 4, day: 11, hour: 15, minute: 7 };
export const EXCHANGED = 'electricity-office-2';
/** An old meter of five digits that went over to 0. */
const ROLLED_OVER = 'electricity-sports-ground';
const ROLLED_OVER_BEFORE = 95.4 * DAY;

/** What had happened at the school before the demonstration began. */
export interface Story {
  /** The first moment that is told of. */
  from: Millis;
  begun: Millis;
  faults: readonly Fault[];
  /** What registers showed at a moment of the past, by full name of the device. */
  shown: ReadonlyMap<string, Shown>;
}

/** Leaks as they happen; × 0.12 m³/h, days before the beginning. */
const LEAKS: readonly { device: string; rate: number; from: number; until?: number }[] = [
  // a buried pipe between the main meter and the houses, repaired after five weeks
  { device: 'water-main', rate: 2.3, from: 77.3, until: 42.6 },
  // a cistern in the dormitory that nobody hears: 50 L/h, and nobody has found it yet
  { device: 'water-dormitory-3', rate: 0.42, from: 10.1 },
];

/** The story of the example school; the same for the same beginning. */
export function storyOf(campus: Campus, begun: Millis): Story {
  const local = Temporal.Instant.fromEpochMilliseconds(begun).toZonedDateTimeISO(campus.timezone);
  const from = local.subtract({ months: MONTHS }).with({ day: 1 }).startOfDay().epochMilliseconds;
  const fault: FaultName = 'water_leak';
  return {
    from,
    begun,
    faults: LEAKS.map(({ device, rate, from: since, until }, i) => ({
      id: String(i + 1),
      fault,
      devices: [`${campus.id}/${device}`],
      rate,
      from: begun - since * DAY,
      until: until === undefined ? Number.POSITIVE_INFINITY : begun - until * DAY,
    })),
    shown: new Map([[`${campus.id}/${ROLLED_OVER}`, { at: begun - ROLLED_OVER_BEFORE, value: 0 }]]),
  };
}

/** When the meter was exchanged. */
export function exchangedAt({ begun }: Story, timezone: string): Millis {
  const latest = Temporal.Instant.fromEpochMilliseconds(begun - 30 * DAY);
  const there = latest.toZonedDateTimeISO(timezone);
  const spring = there.startOfDay().with(EXCHANGE);
  const isPast = Temporal.ZonedDateTime.compare(spring, there) <= 0;
  return (isPast ? spring : spring.subtract({ years: 1 })).epochMilliseconds;
}
