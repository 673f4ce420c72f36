import type { Observation, Raised } from '../../alarms/rules/phases.ts';
import { windowEnd } from '../../campus/daily-windows.ts';
import type { Rule } from '../../campus/rule.ts';
import type { Millis } from '../../clock.ts';
import type { Text } from '../../errors.ts';
import type { DeviceState } from '../../pipeline/catalogue.ts';
import { QUALITY } from '../../pipeline/quality.ts';
import type { Database } from '../../storage/database.ts';
import { isDefrostDue } from './excursion.ts';
import { signatureOf } from './signature.ts';
import type { UnitLimits } from './unit.ts';
import { sayProbe, saySignature } from './words.ts';

/** A slow rise to a limit takes hours. */
const LOOK_BACK: Millis = 12 * 3_600_000;
/** A rise that long with a reading every half minute. */
const MOST_READINGS = 1_500;
const LATE = QUALITY.late | QUALITY.replayed | QUALITY.imported;

/** Kinds of rule that tell of a unit that is getting warm. */
const WARM: readonly Rule['kind'][] = ['excursion', 'threshold', 'door-open', 'warming'];

/**
 * What an alarm of a cold unit says beside its rule: the cause, as the stored curve tells it, and how
 * long there is until the limit; of a probe, what its value means. Read once, when it is raised.
 */
export function createExplain(
  database: Database,
): (device: DeviceState, rule: Rule, event: Raised) => Text | undefined {
  const curve = database.prepare(
    `SELECT time, value FROM reading
     WHERE series = ? AND time > ? AND time <= ? AND (quality & ${LATE}) = 0
     ORDER BY time DESC LIMIT ${MOST_READINGS}`,
  );
  const memory = database.prepare('SELECT memory FROM rule_memory WHERE device = ? AND rule = ?');

  return (state, rule, { at, value, limit }) => {
    const { unit, profile, campus, rules } = state.device;
    if (!unit) return undefined;
    if (rule.kind === 'refused') return sayProbe(value);
    const isLow = limit !== undefined && value !== undefined && value < limit;
    if (!WARM.includes(rule.kind) || isLow || unit.kind === 'hot-holding') return undefined;
    const series = 'metric' in rule ? state.series.get(rule.metric) : undefined;
    if (!series) return undefined;
    const observations = curve
      .all(series.id, at - LOOK_BACK, at)
      .map((row): Observation => ({ time: Number(row.time), value: Number(row.value) }))
      .reverse();
    const learned = rules.find(({ kind }) => kind === 'excursion');
    const known = learned && memory.get(state.id, learned.id)?.memory;
    const defrosts = unit.windows.filter(({ kind }) => kind === 'defrost');
    const isDefrost = (time: Millis) =>
      windowEnd({ timezone: campus.timezone, windows: defrosts }, time) !== undefined ||
      (typeof known === 'string' && isDefrostDue(known, time));
    const signature = signatureOf({ observations, gap: profile.silence, isDefrost });
    const temperature = observations.at(-1)?.value;
    return signature && saySignature(signature, nextLimit(unit.limits, temperature));
  };
}

/** The limit that a rising temperature reaches next. */
function nextLimit({ high, hard }: UnitLimits, at = Number.NaN): number | undefined {
  return [high, hard].find((limit) => limit !== undefined && !(at >= limit));
}
