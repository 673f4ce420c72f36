import type { DatabaseSync } from 'node:sqlite';
import type { Configuration } from '../campus/model.ts';
import type { Millis } from '../clock.ts';
import { CodedError } from '../errors.ts';
import { type RecordedUnit, recordedUnits } from './cold-chain/recorded-unit.ts';
import type { CanteenConfig } from './schema.ts';

/** A cold unit, and where its temperatures are. */
export interface Unit {
  place: string;
  name: string;
  /** Its row in `series`. */
  series: number;
  /** Beyond this without a reading its temperature is unknown. */
  silence: Millis;
}

/** What a batch is judged by. Made of plain values: the reader's thread gets it with a question. */
export interface TraceRules {
  campus: string;
  timezone: string;
  canteen: CanteenConfig;
  units: readonly Unit[];
  /** What the record of each configured unit is made by. */
  coldChain: readonly RecordedUnit[];
  /** Names of the zones food can lie in, by id. */
  zones: Readonly<Record<string, string>>;
  now: Millis;
}

/** Of a unit that is no longer configured: three intervals at the slowest sampling (10 min at most). */
const UNCONFIGURED_SILENCE: Millis = 30 * 60_000;

/** Throws CAMPUS_UNKNOWN. */
export function traceRules(
  connection: Pick<DatabaseSync, 'prepare'>,
  configuration: Configuration,
  id: string,
  now: Millis,
): TraceRules {
  const { campuses, devices } = configuration;
  const campus = campuses.get(id);
  if (!campus) throw new CodedError('CAMPUS_UNKNOWN', { campus: id });
  const rows = connection
    .prepare(
      `SELECT series.id, device.name FROM series JOIN device ON device.id = series.device
       WHERE device.campus = ? AND series.metric = 'temperature'`,
    )
    .all(id);
  const units: Unit[] = [];
  for (const row of rows) {
    const place = String(row.name);
    const device = devices.get(`${id}/${place}`);
    if (device && device.profile.kind !== 'cold_storage') continue;
    // what lay in a unit that is gone lay in the cold all the same
    const silence = device?.profile.silence ?? UNCONFIGURED_SILENCE;
    units.push({ place, name: device?.name ?? place, series: Number(row.id), silence });
  }
  const zones = Object.fromEntries([...campus.zones.values()].map((zone) => [zone.id, zone.path]));
  const coldChain = recordedUnits(connection, configuration, id);
  const { timezone, canteen } = campus;
  return { campus: id, timezone, canteen, units, coldChain, zones, now };
}

/** What people call a cold unit or a zone; its id where it is neither any more. */
export const placeName = (
  { units, zones }: Pick<TraceRules, 'units' | 'zones'>,
  place: string,
): string => units.find((unit) => unit.place === place)?.name ?? zones[place] ?? place;
