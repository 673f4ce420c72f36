import type { Rule, StateRule, ThresholdRule } from '../campus/rule.ts';
import type { Millis } from '../clock.ts';

/** Where a rule stands with one device. `since` is the event time at which the phase began. */
export type RuleState =
  | { phase: 'normal' }
  /** The condition holds, not yet for as long as the on-delay. */
  | { phase: 'pending'; since: Millis }
  | { phase: 'active'; since: Millis }
  /** Raised, and over, not yet for as long as the off-delay. */
  | { phase: 'clearing'; since: Millis };

export const NORMAL: RuleState = { phase: 'normal' };

/** What a step of a rule did. `at` is event time; `since` is when the condition began. */
export type RuleEvent =
  | {
      event: 'raised';
      at: Millis;
      since: Millis;
      value: number | undefined;
      limit: number | undefined;
    }
  | { event: 'cleared'; at: Millis; value: number | undefined };

export interface Step {
  state: RuleState;
  events: readonly RuleEvent[];
}

/** A value at an event time. Booleans are 0 and 1. */
export interface Observation {
  time: Millis;
  value: number;
}

export type ValueRule = ThresholdRule | StateRule;

const NO_EVENTS: readonly RuleEvent[] = [];

/** The limit a value is beyond, or undefined. A state rule's limit is its alarming state. */
export function breachedLimit(rule: ValueRule, value: number): number | undefined {
  if (rule.kind === 'state') return value === Number(rule.is) ? value : undefined;
  if (rule.high !== undefined && value > rule.high) return rule.high;
  if (rule.low !== undefined && value < rule.low) return rule.low;
  return undefined;
}

/** Back far enough inside the limits, past the dead band. */
function isInside(rule: ValueRule, value: number): boolean {
  if (rule.kind === 'state') return value !== Number(rule.is);
  const { high, low, deadBand } = rule;
  return (
    (high === undefined || value <= high - deadBand) &&
    (low === undefined || value >= low + deadBand)
  );
}

/**
 * Judges the next observation of a series, in order of event time. A value is taken to hold until
 * the next observation, but no longer than `gap` ms: what lies beyond is unknown, neither in nor
 * out of range, and a delay that was running starts anew.
 */
export function step(
  rule: ValueRule,
  state: RuleState,
  observation: Observation,
  previous: Observation | undefined,
  gap: Millis,
): Step {
  const elapsed = previous
    ? due(rule, state, previous, observation.time, gap)
    : { state, events: NO_EVENTS };
  const known = previous !== undefined && observation.time - previous.time <= gap;
  const judged = judge(rule, elapsed.state, observation, known);
  if (elapsed.events.length === 0) return judged;
  return { state: judged.state, events: [...elapsed.events, ...judged.events] };
}

function judge(
  rule: ValueRule,
  state: RuleState,
  { time, value }: Observation,
  known: boolean,
): Step {
  const limit = breachedLimit(rule, value);
  switch (state.phase) {
    case 'normal':
    case 'pending': {
      if (limit === undefined) return { state: NORMAL, events: NO_EVENTS };
      const since = state.phase === 'pending' && known ? state.since : time;
      if (time - since < rule.onDelay)
        return { state: { phase: 'pending', since }, events: NO_EVENTS };
      const at = since + rule.onDelay;
      return {
        state: { phase: 'active', since: at },
        events: [{ event: 'raised', at, since, value, limit }],
      };
    }
    case 'active':
    case 'clearing': {
      if (!isInside(rule, value)) {
        const active: RuleState =
          state.phase === 'active' ? state : { phase: 'active', since: time };
        return { state: active, events: NO_EVENTS };
      }
      const since = state.phase === 'clearing' && known ? state.since : time;
      if (time - since < rule.offDelay)
        return { state: { phase: 'clearing', since }, events: NO_EVENTS };
      return { state: NORMAL, events: [{ event: 'cleared', at: since + rule.offDelay, value }] };
    }
  }
}

/** When a running delay ends, if its last observation holds that long; undefined: nothing runs. */
export function dueAt(
  rule: ValueRule,
  state: RuleState,
  last: Observation,
  gap: Millis,
): Millis | undefined {
  if (state.phase !== 'pending' && state.phase !== 'clearing') return undefined;
  const at = state.since + (state.phase === 'pending' ? rule.onDelay : rule.offDelay);
  return at <= last.time + gap ? at : undefined;
}

/** Lets time pass without an observation: ends a delay that has run out by `now`. */
export function due(
  rule: ValueRule,
  state: RuleState,
  last: Observation,
  now: Millis,
  gap: Millis,
): Step {
  const at = dueAt(rule, state, last, gap);
  if (at === undefined || at > now || state.phase === 'normal') return { state, events: NO_EVENTS };
  // its limits may have been changed since the delay began
  const { value } = last;
  const active: RuleState = { phase: 'active', since: at };
  if (state.phase === 'clearing') {
    if (!isInside(rule, value)) return { state: active, events: NO_EVENTS };
    return { state: NORMAL, events: [{ event: 'cleared', at, value }] };
  }
  const limit = breachedLimit(rule, value);
  if (limit === undefined) return { state: NORMAL, events: NO_EVENTS };
  return { state: active, events: [{ event: 'raised', at, since: state.since, value, limit }] };
}

/**
 * Judges silence. `heard` is when the device last gave a sign of life; `excused` is for how long
 * since then nobody listened (ms), which is not the device's fault.
 */
export function silence(
  state: RuleState,
  heard: Millis,
  excused: Millis,
  limit: Millis,
  now: Millis,
): Step {
  const deadline = heard + excused + limit;
  if (state.phase === 'active') {
    if (heard < state.since) return { state, events: NO_EVENTS };
    return { state: NORMAL, events: [{ event: 'cleared', at: heard, value: undefined }] };
  }
  if (now < deadline) return { state: NORMAL, events: NO_EVENTS };
  return {
    state: { phase: 'active', since: deadline },
    events: [{ event: 'raised', at: deadline, since: heard, value: undefined, limit: undefined }],
  };
}

export const isLatched = (rule: Rule): boolean => rule.kind === 'state' && rule.latched;
