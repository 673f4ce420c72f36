import type { DatabaseSync } from 'node:sqlite';
import { localMoment } from '../../campus/school-days.ts';
import type { Millis } from '../../clock.ts';
import type { TraceRules } from '../trace-rules.ts';
import { defrostOf } from './excursion.ts';
import type { RecordedUnit } from './recorded-unit.ts';
import type { Excursion, Span, UnitFigures } from './time-in-range.ts';
import { UnitReader } from './unit-reader.ts';

/** How a unit was in a time. Seconds; the three add up to `whole`. Temperatures in ℃. */
export interface UnitPeriodFacts extends Span {
  unit: string;
  whole: number;
  inRange: number;
  outOfRange: number;
  unknown: number;
  /** Out of service, or outside its hours. */
  notInUse: number;
  /** % of the whole of which the temperature is known; undefined: there is no whole. */
  coverage: number | undefined;
  min: number | undefined;
  max: number | undefined;
  mean: number | undefined;
  mkt: number | undefined;
}

const seconds = (ms: Millis): number => Math.round(ms / 1000);
const hundredths = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : Math.round(value * 100) / 100;

export function sayPeriod(
  { id }: RecordedUnit,
  { from, to }: Span,
  figures: UnitFigures,
): UnitPeriodFacts {
  const whole = seconds(figures.whole);
  // rounded so that they still add up
  const inRange = Math.min(whole, seconds(figures.inRange));
  const outOfRange = Math.min(whole - inRange, seconds(figures.outOfRange));
  const known = inRange + outOfRange;
  return {
    ...{ unit: id, from, to, whole, inRange, outOfRange, unknown: whole - known },
    notInUse: seconds(to - from) - whole,
    coverage: whole === 0 ? undefined : hundredths((100 * known) / whole),
    min: figures.min,
    max: figures.max,
    mean: hundredths(figures.mean),
    mkt: hundredths(figures.mkt),
  };
}

/** A unit as it is configured, and how it was. */
export function readUnits(connection: DatabaseSync, rules: TraceRules, span: Span) {
  const reader = new UnitReader(connection, rules);
  const day = localMoment(rules.now, rules.timezone).day;
  return rules.coldChain.map((unit) => {
    const { figures } = reader.during(unit, span);
    const { id, name, zone, kind, high, low, hard, windows, hours, calibrated } = unit;
    const { calibrationDue } = unit;
    return {
      ...{ id, name, zone, kind, limits: { high, low, hard }, windows, hours },
      calibrated,
      calibrationDue,
      isCalibrationDue: calibrationDue !== undefined && calibrationDue <= day,
      temperature: reader.at(unit, rules.now),
      period: sayPeriod(unit, upToNow(span, rules.now), figures),
    };
  });
}

/** One unit: as in the list, with its excursions and the defrost that it has been seen to make. */
export function readUnit(connection: DatabaseSync, rules: TraceRules, id: string, span: Span) {
  const [facts] = readUnits(connection, { ...rules, coldChain: only(rules, id) }, span);
  const [unit] = only(rules, id);
  if (!facts || !unit) return undefined;
  const { excursions } = new UnitReader(connection, rules).during(unit, span);
  const memory = connection
    .prepare(
      `SELECT memory FROM rule_memory JOIN device ON device.id = rule_memory.device
       WHERE device.campus = ? AND device.name = ? AND rule = ?`,
    )
    .get(rules.campus, id, unit.excursionRule ?? '')?.memory;
  const defrost = typeof memory === 'string' ? defrostOf(memory) : undefined;
  return { ...facts, defrost: defrost && sayDefrost(defrost), excursions: newest(excursions) };
}

const MOST_EXCURSIONS = 1_000;

const newest = (excursions: readonly Excursion[]): Excursion[] =>
  excursions.slice(-MOST_EXCURSIONS);

const only = ({ coldChain }: TraceRules, id: string): readonly RecordedUnit[] =>
  coldChain.filter((unit) => unit.id === id);

const upToNow = ({ from, to }: Span, now: Millis): Span => ({
  from,
  to: Math.max(from, Math.min(to, now)),
});

/** In seconds. */
const sayDefrost = ({ every, lasts }: { every: Millis; lasts: Millis }) => ({
  every: seconds(every),
  lasts: seconds(lasts),
});
