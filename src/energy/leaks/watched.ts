import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { RuleRow } from '../../alarms/rule-rows.ts';
import { NORMAL, type RuleState } from '../../alarms/rules/phases.ts';
import { isMeterRule, type MeterRule } from '../../campus/meter-rule.ts';
import type { Millis } from '../../clock.ts';
import type { Text } from '../../errors.ts';
import type { DeviceState, SeriesState } from '../../pipeline/catalogue.ts';
import type { Flow } from './flow.ts';
import type { Judge, Loss } from './kind.ts';
import { judgeFor } from './kinds.ts';

/** What an alarm's text says, kept as long as it is raised. */
export interface Said extends Loss {
  about?: Text | undefined;
}

/** One rule of one meter. */
export interface MeterSlot {
  device: DeviceState;
  rule: MeterRule;
  state: RuleState;
  staged: RuleState | undefined;
  judge: Judge;
  said: Said | undefined;
  /** As it was stored last. */
  stored: string | undefined;
  /** All moments up to here are judged. */
  judged: Millis;
  /** The first moment that is not. */
  next: Millis;
  /** Up to here it only remembers: what it found was told before a restart. */
  told: Millis;
  /** When it raised or cleared last. */
  changed: Millis | undefined;
  /** The hour in which its alarm was described last. */
  described: number;
}

/** A register with rules about its consumption. */
export interface Watched {
  series: SeriesState;
  slots: MeterSlot[];
  /** Steps of flow that its rules need (ms); undefined: none. */
  step: Millis | undefined;
  flow: Flow | undefined;
}

const Stored = Type.Object({
  memory: Type.Unknown(),
  changed: Type.Optional(Type.Number()),
  said: Type.Optional(
    Type.Object({
      rate: Type.Number(),
      since: Type.Number(),
      about: Type.Optional(Type.Object({ zh: Type.String(), en: Type.String() })),
    }),
  ),
});

/** What must be stored of a slot. */
export const sayStored = ({
  judge,
  said,
  changed,
}: Pick<MeterSlot, 'judge' | 'said' | 'changed'>): string =>
  JSON.stringify({ memory: judge.stored(), said, changed });

/**
 * The meters of a device that have such rules, with what is stored of these. `told`: all that was due
 * then is surely judged.
 */
export function watchedOf(
  device: DeviceState,
  rows: ReadonlyMap<string, RuleRow>,
  told: Millis,
): Watched[] {
  const bySeries = new Map<SeriesState, Watched>();
  for (const rule of device.device.rules) {
    const series = isMeterRule(rule) ? device.series.get(rule.metric) : undefined;
    if (!series || !isMeterRule(rule)) continue;
    const watched = bySeries.get(series) ?? { series, slots: [], step: undefined, flow: undefined };
    const slot = slotOf(device, rule, rows.get(`${device.id}/${rule.id}`), told);
    const { step } = slot.judge;
    watched.slots.push(slot);
    if (step !== undefined) watched.step = Math.min(watched.step ?? step, step);
    bySeries.set(series, watched);
  }
  return [...bySeries.values()];
}

function slotOf(
  device: DeviceState,
  rule: MeterRule,
  row: RuleRow | undefined,
  told: Millis,
): MeterSlot {
  const initial = judgeFor(rule, device.device.profile.interval);
  const json: unknown = row?.memory === undefined ? undefined : JSON.parse(row.memory);
  const stored = Value.Check(Stored, json) ? json : undefined;
  return {
    device,
    rule,
    state: row?.state ?? NORMAL,
    staged: undefined,
    judge: stored ? initial.restored(stored.memory) : initial,
    said: stored?.said,
    stored: row?.memory,
    judged: Number.NEGATIVE_INFINITY,
    next: Number.NEGATIVE_INFINITY,
    told: Math.max(told, stored?.changed ?? told),
    changed: stored?.changed,
    described: 0,
  };
}
