import { Temporal } from 'temporal-polyfill';
import type { Campus } from '../src/campus/model.ts';
import type { Millis } from '../src/clock.ts';
import type { Gateway } from '../src/gateway.ts';
import type { Fault, FaultName } from './faults.ts';
import { campusModel } from './physics/campus-model.ts';
import type { Shown } from './physics/register.ts';
import { DAY } from './physics/school-time.ts';

/** Whole months of history before the one in which the demonstration began. */
const MONTHS = 13;
/** An exchange of meters takes place in April, and not just before the beginning. */
const EXCHANGE = { month: 4, day: 11, hour: 15, minute: 7 };
const EXCHANGED = 'electricity-office-2';
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

/** Declares, once, that a meter was exchanged in spring: by the API, as people do. */
export async function declareExchange(
  { core, urls }: Pick<Gateway, 'core' | 'urls'>,
  story: Story,
  seed: number,
): Promise<void> {
  const { configuration, catalogue, registers } = core;
  const [campus] = configuration.campuses.values();
  const state = catalogue.devices.get(`${campus?.id}/${EXCHANGED}`);
  const series = state?.series.get('energy');
  if (!state || !series || registers.store.replacements(series.id).length > 0) return;
  const at = exchangedAt(story, state.device.campus.timezone);
  const model = campusModel(configuration, seed, () => []);
  const response = await fetch(`${urls.http}/api/v1/energy/replacements`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      device: state.device.key,
      at: new Date(at).toISOString().replace('.000', ''),
      oldFinal: model.value(state.device, 'energy', at),
      newInitial: 0.35,
      newSerial: 'DDS-0411-0117',
    }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}

function exchangedAt({ begun }: Story, timezone: string): Millis {
  const latest = Temporal.Instant.fromEpochMilliseconds(begun - 30 * DAY);
  const there = latest.toZonedDateTimeISO(timezone);
  const spring = there.startOfDay().with(EXCHANGE);
  const isPast = Temporal.ZonedDateTime.compare(spring, there) <= 0;
  return (isPast ? spring : spring.subtract({ years: 1 })).epochMilliseconds;
}
