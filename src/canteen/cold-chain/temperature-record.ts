import type { DatabaseSync } from 'node:sqlite';
import { addDays, localMoment, momentOf } from '../../campus/school-days.ts';
import type { Millis } from '../../clock.ts';
import type { Text } from '../../errors.ts';
import type { TraceRules } from '../trace-rules.ts';
import type { RecordedUnit } from './recorded-unit.ts';
import { type Excursion, isOutOfRange, type Span } from './time-in-range.ts';
import { type Told, UnitAlarms } from './unit-alarms.ts';
import { sayPeriod, type UnitPeriodFacts } from './unit-facts.ts';
import { UnitReader } from './unit-reader.ts';

/** One line of 温度记录, in the columns that schools keep. What is absent is not known. */
export interface RecordRow {
  /** 日期, 时间 (`HH:MM`) */
  day: string;
  time: string;
  /** 设备, 位置 */
  unit: string;
  name: string;
  zone: string;
  /** 温度, ℃; of an excursion the farthest out of range. */
  temperature: number | undefined;
  /** 是否正常 */
  isNormal: boolean | undefined;
  /** What was wrong; undefined: an automatic row. */
  what: Text | undefined;
  since: Millis;
  /** Undefined: it lasts, or the row is of one moment. */
  until: Millis | undefined;
  /** 处理措施 */
  action: string | undefined;
  /** 记录人 */
  person: string | undefined;
  /** What nobody has written down yet of an excursion. */
  missing: ('action' | 'person')[];
  /** The alarm that tells more. */
  alarm: number | undefined;
}

export interface TemperatureRecord {
  day: string;
  units: UnitPeriodFacts[];
  rows: RecordRow[];
}

const AUTOMATIC = '自动记录 automatic';
const UNTOLD: Text = {
  zh: '超出限值（未报警：数据迟到，或属化霜、门、进货时段）',
  en: 'Out of range (no alarm: the data came late, or a defrost, door or restock explains it)',
};
/**
 * The temperature record (温度记录) of a day of the campus: of each unit a row at each configured time,
 * and one for every excursion and every time without monitoring that began that day, with what was
 * done and by whom as the alarm's history tells. Made anew from what is stored: late data changes it.
 */
export function temperatureRecord(
  connection: DatabaseSync,
  rules: TraceRules,
  day: string,
): TemperatureRecord {
  const { campus, timezone, coldChain, canteen, now } = rules;
  const reader = new UnitReader(connection, rules);
  const alarms = new UnitAlarms(connection, campus);
  const from = momentOf(day, '00:00', timezone);
  const to = momentOf(addDays(day, 1), '00:00', timezone);
  const moments = canteen.temperatureRecord
    .map((time) => momentOf(day, time, timezone))
    .filter((time) => time <= now);
  const units: UnitPeriodFacts[] = [];
  const rows: RecordRow[] = [];
  for (const unit of coldChain) {
    const { figures, excursions } = reader.during(unit, { from, to });
    units.push(sayPeriod(unit, { from, to: Math.min(to, Math.max(now, from)) }, figures));
    const told = alarms.during(unit, { from, to });
    const own = [
      ...moments.flatMap((time) => automaticRow(reader, unit, time, told)),
      ...told
        .filter(({ since }) => since >= from)
        .map((alarm) => alarmRow(unit, alarm, excursions)),
      ...excursions
        .filter((one) => one.from >= from && one.to - one.from >= unit.delay)
        .filter((one) => !told.some((alarm) => alarm.isOfTemperature && overlaps(alarm, one)))
        .map((one) => untoldRow(unit, one)),
    ];
    rows.push(...own.sort((a, b) => a.since - b.since).map((row) => withTime(row, timezone)));
  }
  return { day, units, rows };
}

type Untimed = Omit<RecordRow, 'day' | 'time'>;

function withTime(row: Untimed, timezone: string): RecordRow {
  const { day, time } = localMoment(row.since, timezone);
  return { day, time, ...row };
}

const place = ({ id, name, zone }: RecordedUnit) => ({ unit: id, name, zone });

/** None while the unit is not in use. */
function automaticRow(
  reader: UnitReader,
  unit: RecordedUnit,
  time: Millis,
  told: readonly Told[],
): Untimed[] {
  if (reader.inUse(unit, { from: time, to: time + 1 }).length === 0) return [];
  const temperature = reader.at(unit, time);
  const isNormal = temperature === undefined ? undefined : !isOutOfRange(unit, temperature);
  const isOff = temperature !== undefined && !isNormal;
  const during = told.find(
    (alarm) => alarm.isOfTemperature === isOff && overlaps(alarm, { from: time, to: time + 1 }),
  );
  const action = isNormal ? undefined : during?.done;
  return [
    {
      ...place(unit),
      ...{ temperature, isNormal, action, what: undefined, since: time, until: undefined },
      ...{ person: AUTOMATIC, missing: [], alarm: isNormal ? undefined : during?.id },
    },
  ];
}

function alarmRow(unit: RecordedUnit, told: Told, excursions: readonly Excursion[]): Untimed {
  const { id, title, since, cleared, done: action, doneBy: person } = told;
  const { metric, unit: of, value, isOfTemperature } = told;
  const farthest = excursions.find((one) => overlaps(told, one))?.farthest;
  const measured = metric === 'temperature' && of === '℃' ? value : undefined;
  return {
    ...place(unit),
    temperature: isOfTemperature ? (farthest ?? measured) : undefined,
    isNormal: isOfTemperature ? false : undefined,
    ...{ what: title, since, until: cleared, action, person, alarm: id },
    missing: missingOf(action, person),
  };
}

const untoldRow = (unit: RecordedUnit, { from, to, farthest }: Excursion): Untimed => ({
  ...place(unit),
  ...{ temperature: farthest, isNormal: false, what: UNTOLD, since: from, until: to },
  ...{ action: undefined, person: undefined, missing: ['action', 'person'], alarm: undefined },
});

function missingOf(action: string | undefined, person: string | undefined): RecordRow['missing'] {
  const missing: RecordRow['missing'] = [];
  if (action === undefined) missing.push('action');
  if (person === undefined) missing.push('person');
  return missing;
}

const overlaps = ({ since, cleared }: Told, { from, to }: Span): boolean =>
  since < to && (cleared ?? Number.POSITIVE_INFINITY) > from;
