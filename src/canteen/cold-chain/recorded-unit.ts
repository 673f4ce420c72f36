import type { DatabaseSync } from 'node:sqlite';
import type { Configuration, DeclaredPeriod, Device } from '../../campus/model.ts';
import type { Rule } from '../../campus/rule.ts';
import type { Millis } from '../../clock.ts';
import type { UnitKind } from './kinds.ts';
import type { UnitRange } from './time-in-range.ts';
import type { ColdUnit } from './unit.ts';

/** A unit, and what its record is made by. Plain values: the reader's thread gets it with a question. */
export interface RecordedUnit extends Omit<ColdUnit, 'limits'>, UnitRange {
  id: string;
  name: string;
  /** Where it stands. */
  zone: string;
  kind: UnitKind;
  hard: number | undefined;
  /** Its row in `series`; undefined: it has not been heard of. */
  series: number | undefined;
  /** The rule that remembers its excursions, and learns from them when it defrosts. */
  excursionRule: string | undefined;
  /** The rules whose alarms say that its temperature is not known. */
  blindRules: readonly string[];
  /** When it was declared out of service in campus.yaml. */
  resting: readonly DeclaredPeriod[];
}

const BLIND: readonly Rule['kind'][] = ['silence', 'refused', 'stuck'];

/** The units of a campus, in the order of its file. */
export function recordedUnits(
  connection: Pick<DatabaseSync, 'prepare'>,
  { devices }: Configuration,
  campus: string,
): RecordedUnit[] {
  const series = connection.prepare(
    `SELECT series.id FROM series JOIN device ON device.id = series.device
     WHERE device.campus = ? AND device.name = ? AND series.metric = 'temperature'`,
  );
  return [...devices.values()].flatMap((device): RecordedUnit[] => {
    const { unit } = device;
    if (device.campus.id !== campus || !unit) return [];
    const row = series.get(campus, device.id);
    const { limits, ...rest } = unit;
    return [
      {
        ...rest,
        ...limits,
        hard: limits.hard,
        id: device.id,
        name: device.name,
        zone: device.zone.path,
        series: row && Number(row.id),
        gap: device.profile.silence,
        stuck: stuckAfter(device),
        excursionRule: device.rules.find(({ kind }) => kind === 'excursion')?.id,
        blindRules: device.rules.filter(({ kind }) => BLIND.includes(kind)).map(({ id }) => id),
        resting: device.outOfService,
      },
    ];
  });
}

function stuckAfter({ rules }: Device): Millis {
  const rule = rules.find(({ kind }) => kind === 'stuck');
  return rule?.kind === 'stuck' ? rule.after : Number.POSITIVE_INFINITY;
}
