import type { PlainRule } from '../../campus/rule.ts';
import type { Millis } from '../../clock.ts';
import {
  advance,
  delayEnd,
  NO_EVENTS,
  NORMAL,
  type Observation,
  type RuleState,
  type Step,
} from './phases.ts';

/** The limit a value is beyond, or undefined. A state rule's limit is its alarming state. */
export function breachedLimit(rule: PlainRule, value: number): number | undefined {
  if (rule.kind === 'state') return value === Number(rule.is) ? value : undefined;
  if (rule.high !== undefined && value > rule.high) return rule.high;
  if (rule.low !== undefined && value < rule.low) return rule.low;
  return undefined;
}

/** Back far enough inside the limits, past the dead band. */
export function isInside(rule: PlainRule, value: number): boolean {
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
  rule: PlainRule,
  state: RuleState,
  { time, value }: Observation,
  previous: Observation | undefined,
  gap: Millis,
): Step {
  const isRunning = state.phase === 'pending' || state.phase === 'clearing';
  const elapsed = isRunning && previous ? due(rule, state, previous, time, gap) : undefined;
  const known = previous !== undefined && time - previous.time <= gap;
  const limit = breachedLimit(rule, value);
  const judged = advance(
    rule,
    elapsed?.state ?? state,
    time,
    known,
    limit !== undefined,
    isInside(rule, value),
    value,
    limit,
  );
  if (!elapsed || elapsed.events.length === 0) return judged;
  return { state: judged.state, events: [...elapsed.events, ...judged.events] };
}

/** When a running delay ends, if its last observation holds that long; undefined: nothing runs. */
export function dueAt(
  rule: PlainRule,
  state: RuleState,
  last: Observation,
  gap: Millis,
): Millis | undefined {
  const at = delayEnd(rule, state);
  return at !== undefined && at <= last.time + gap ? at : undefined;
}

/** Lets time pass without an observation: ends a delay that has run out by `now`. */
export function due(
  rule: PlainRule,
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
