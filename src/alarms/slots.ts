import type { Device } from '../campus/model.ts';
import type { PlainRule, Rule, SilenceRule, ValueRule, When } from '../campus/rule.ts';
import { type Schedule, scheduleOf } from '../campus/schedule.ts';
import { isUnitRule, type UnitRule } from '../campus/unit-rule.ts';
import type { Millis } from '../clock.ts';
import type { Text } from '../errors.ts';
import type { DeviceState, SeriesState } from '../pipeline/catalogue.ts';
import { QUALITY } from '../pipeline/quality.ts';
import type { Runs } from '../storage/runs.ts';
import type { RuleRow, RuleRows } from './rule-rows.ts';
import type { Condition } from './rules/condition.ts';
import { NORMAL, type Raised, type RuleState } from './rules/phases.ts';
import { conditionOf, type Frame, recall, type Track } from './rules/tracked.ts';
import type { NewAlarm } from './store.ts';

/** One rule of one device. */
export interface Slot {
  device: DeviceState;
  rule: Rule;
  state: RuleState;
  /** The state of the transaction under way. */
  staged: RuleState | undefined;
}

/** Of a rule that judges each value by itself. */
export interface PlainSlot extends Slot {
  rule: PlainRule;
  series: SeriesState;
  tracking: undefined;
}

/** Of a rule with a memory or a schedule. */
export interface TrackedSlot extends Slot {
  rule: ValueRule | UnitRule;
  series: SeriesState;
  tracking: { frame: Frame; track: Track; staged: Track | undefined };
}

export type ValueSlot = PlainSlot | TrackedSlot;

export interface SilenceSlot extends Slot {
  rule: SilenceRule;
  heard: Millis;
  stagedHeard: Millis | undefined;
  /** Our own downtime since it was heard (ms). */
  excused: Millis;
}

/** How the rules judge that a part of the gateway brings. */
export type BroughtConditions = (rule: UnitRule, gap: Millis) => Condition;

export const isValueSlot = (slot: Slot): slot is ValueSlot => slot.rule.kind !== 'silence';

/** What a bridge says of a device, not the device of itself. */
export const AVAILABILITY = 'online';
export const SECOND_HAND = QUALITY.replayed | QUALITY.imported;

/** When a device last gave a sign of life, as its newest readings tell. */
function lastSign(device: DeviceState): Millis {
  let heard = device.added;
  for (const { metric, last } of device.series.values()) {
    if (!last || metric === AVAILABILITY) continue;
    // what did not come from the device itself tells of its own time only
    const isSecondHand = (last.quality & SECOND_HAND) !== 0;
    heard = Math.max(heard, isSecondHand ? Math.min(last.time, last.received) : last.received);
  }
  return heard;
}

/** Judged by its newest value alone, at any time. */
export const isPlain = (rule: Rule, { unit }: Device): rule is PlainRule =>
  (rule.kind === 'threshold' || rule.kind === 'state') && rule.when === 'always' && !unit?.hours;

export const isLatched = (rule: Rule): boolean => rule.kind === 'state' && rule.latched;

export function plainSlot(
  device: DeviceState,
  rule: PlainRule,
  state: RuleState,
): PlainSlot | undefined {
  const series = device.series.get(rule.metric);
  return series && { device, rule, series, state, staged: undefined, tracking: undefined };
}

/** Takes up what the rule remembered. `judged`: up to when it had judged by time alone. */
export function trackedSlot(
  device: DeviceState,
  rule: ValueRule | UnitRule,
  row: RuleRow | undefined,
  judged: Millis,
  schedule: Schedule,
  rows: RuleRows,
  brought: BroughtConditions,
): TrackedSlot | undefined {
  const series = device.series.get(rule.metric);
  if (!series) return undefined;
  const gap = device.device.profile.silence;
  const initial = initialOf(rule, gap, brought);
  const since = (series.last?.time ?? 0) - initial.horizon - gap;
  const track = recall(initial, row?.memory, rows.seen(series, since), judged);
  const tracking = { frame: { delays: rule, schedule, gap }, track, staged: undefined };
  return { device, rule, series, state: row?.state ?? NORMAL, staged: undefined, tracking };
}

const initials = new WeakMap<Rule, Condition>();

/** What a rule begins with; devices that share a rule share it. A rule belongs to one profile. */
function initialOf(rule: ValueRule | UnitRule, gap: Millis, brought: BroughtConditions): Condition {
  const known = initials.get(rule);
  if (known) return known;
  const made = isUnitRule(rule) ? brought(rule, gap) : conditionOf(rule, gap);
  initials.set(rule, made);
  return made;
}

/** `known`: when the device was heard, as far as the readings don't tell. */
export function silenceSlot(
  device: DeviceState,
  rule: SilenceRule,
  state: RuleState,
  runs: Runs,
  known = 0,
): SilenceSlot {
  const heard = Math.max(known, lastSign(device));
  const excused = runs.downSince(heard);
  return { device, rule, state, staged: undefined, heard, stagedHeard: undefined, excused };
}

/** One schedule for all rules that follow it: it is asked at every reading. */
export function schedules(): (device: Device, when: When) => Schedule {
  const known = new Map<string, Schedule>();
  return ({ campus, unit }, when) => {
    const key = `${campus.id}/${when}/${unit?.hours ? JSON.stringify(unit.hours) : ''}`;
    const schedule = known.get(key) ?? scheduleOf(when, campus, unit?.hours);
    known.set(key, schedule);
    return schedule;
  };
}

/** What the ledger is told when a slot's rule raises. */
export function newAlarm(slot: Slot, event: Raised, detail: Text | undefined): NewAlarm {
  const { rule } = slot;
  const { device } = slot.device;
  return {
    campus: device.campus.id,
    device: device.id,
    deviceName: device.name,
    zone: device.zone.path,
    rule: rule.id,
    severity: rule.severity,
    latched: isLatched(rule),
    metric: rule.kind === 'silence' ? undefined : rule.metric,
    value: event.value,
    limit: event.limit,
    unit: unitOf(slot),
    title: rule.name,
    action: rule.action,
    detail,
    since: event.since,
    raised: event.at,
  };
}

/** The unit of an alarm's value and limit. */
function unitOf({ device, rule }: Slot): string {
  if ('total' in rule) return 'min';
  if (rule.kind === 'silence' || rule.kind === 'count') return '';
  const unit = device.device.profile.metrics[rule.metric]?.unit ?? '';
  // what changed too fast is no level: 14 ℃/15 min
  return rule.kind === 'rate' ? `${unit}/${sayWindow(rule.window)}` : unit;
}

const HOUR = 3_600_000;
const sayWindow = (window: Millis): string =>
  window % HOUR === 0 ? `${window / HOUR} h` : `${window / 60_000} min`;
