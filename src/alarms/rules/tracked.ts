import type { PlainRule, ValueRule } from '../../campus/rule.ts';
import type { Schedule } from '../../campus/schedule.ts';
import type { Millis } from '../../clock.ts';
import { type Condition, condition } from './condition.ts';
import { count } from './count.ts';
import { cumulative } from './cumulative.ts';
import {
  advance,
  type Delays,
  delayEnd,
  NO_EVENTS,
  type Observation,
  type RuleEvent,
  type RuleState,
  type Step,
  withoutDelay,
} from './phases.ts';
import { breachedLimit, isInside } from './plain.ts';
import { rate } from './rate.ts';
import { refused } from './refused.ts';
import { stuck } from './stuck.ts';

/** How far a rule with a memory or a schedule has judged. */
export interface Track {
  condition: Condition;
  /** The last observation it saw. */
  last: Observation | undefined;
  /** All that changes by time alone is judged up to here. */
  judged: Millis;
}

/** What does not change from one observation to the next. */
export interface Frame {
  delays: Delays;
  schedule: Schedule;
  /** How long an observation is taken to hold (ms). */
  gap: Millis;
}

/** A step, and with it how far the rule has judged by now: one object, as each reading makes one. */
export interface TrackedStep extends Step, Track {}

export function conditionOf(rule: ValueRule, gap: Millis): Condition {
  switch (rule.kind) {
    case 'threshold':
    case 'state':
      return plain(rule);
    case 'rate':
      return condition(rate(rule));
    case 'stuck':
      return condition(stuck(rule, gap));
    case 'count':
      return condition(count(rule));
    case 'cumulative':
      return condition(cumulative(rule, gap));
    case 'refused':
      return condition(refused);
  }
}

const plain = (rule: PlainRule): Condition =>
  condition({
    begin: undefined,
    horizon: 0,
    see: () => undefined,
    at(_memory, { value }) {
      const limit = breachedLimit(rule, value);
      return { holds: limit !== undefined, isOver: isInside(rule, value), value, limit };
    },
  });

/**
 * Judges the next observation in order of event time, and before it what changed by time alone.
 * Outside its schedule a condition is known not to hold, whatever is known of the value.
 */
export function see(
  frame: Frame,
  track: Track,
  state: RuleState,
  observation: Observation,
): TrackedStep {
  const { time } = observation;
  const passed = pass(frame, track, state, time);
  const condition = track.condition.see(observation, track.last);
  const isScheduled = frame.schedule(time).holds;
  const known = !isScheduled || time <= knownUntil(frame, track);
  const from = passed?.state ?? state;
  const judged = judge(frame, from, time, known, isScheduled, condition, observation);
  return {
    state: judged.state,
    events: passed ? [...passed.events, ...judged.events] : judged.events,
    condition,
    last: observation,
    judged: time,
  };
}

/** Lets time pass without an observation, through every moment at which something changes. */
export function lapse(frame: Frame, track: Track, state: RuleState, until: Millis): TrackedStep {
  const { condition, last, judged } = track;
  const passed = pass(frame, track, state, until);
  return {
    state: passed?.state ?? state,
    events: passed?.events ?? NO_EVENTS,
    condition,
    last,
    judged: Math.max(judged, until),
  };
}

/** What has changed by time alone; undefined: nothing, as for nearly every reading. */
function pass(frame: Frame, track: Track, state: RuleState, until: Millis): Step | undefined {
  let at = nextMoment(frame, track, state);
  if (at === undefined || at > until) return undefined;
  const events: RuleEvent[] = [];
  const end = knownUntil(frame, track);
  let now = state;
  let from = track.judged;
  while (at !== undefined && at <= until) {
    const isScheduled = frame.schedule(at).holds;
    if (isScheduled && at > end) now = withoutDelay(now);
    else {
      const known = at <= end || !frame.schedule(from).holds;
      const step = judge(frame, now, at, known, isScheduled, track.condition, track.last);
      now = step.state;
      events.push(...step.events);
    }
    from = at;
    at = nextMoment(frame, track, now, from);
  }
  return { state: now, events };
}

/** When something changes next by time alone; undefined: nothing will. */
export function nextMoment(
  frame: Frame,
  track: Track,
  state: RuleState,
  judged = track.judged,
): Millis | undefined {
  const { condition, last } = track;
  const end = knownUntil(frame, track);
  // without a known value nothing can begin
  if (state.phase === 'normal' && judged >= end) return undefined;
  const here = frame.schedule(judged);
  let next = here.until;
  const delay = delayEnd(frame.delays, state);
  // its delays may have been made shorter since it began
  if (delay !== undefined && (!here.holds || delay <= end))
    next = Math.min(next, Math.max(delay, judged));
  if (here.holds && last && judged < end) {
    const change = condition.next(last, judged);
    if (change !== undefined && change <= end) next = Math.min(next, change);
  }
  return next === Number.POSITIVE_INFINITY ? undefined : next;
}

function judge(
  { delays }: Frame,
  state: RuleState,
  time: Millis,
  known: boolean,
  isScheduled: boolean,
  condition: Condition,
  last: Observation | undefined,
): Step {
  if (!isScheduled || !last) {
    return advance(delays, state, time, known, false, true, last?.value, undefined);
  }
  const { holds, isOver, value, limit } = condition.at(last, time);
  return advance(delays, state, time, known, holds, isOver, value, limit);
}

const knownUntil = ({ gap }: Frame, { last }: Track): Millis =>
  last ? last.time + gap : Number.NEGATIVE_INFINITY;

/**
 * The track of a rule after a restart: from what was stored of it, and from the readings that it saw,
 * newest first, of which it takes as many as matter.
 */
export function recall(
  initial: Condition,
  stored: string | undefined,
  newestFirst: Iterable<Observation>,
  judged: Millis,
): Track {
  const seen: Observation[] = [];
  for (const observation of newestFirst) {
    if (seen[0] && initial.isPast(observation, seen[0])) break;
    seen.push(observation);
  }
  const [last] = seen;
  const track = { last, judged: Math.max(judged, last?.time ?? judged) };
  if (initial.stored() !== undefined) return { ...track, condition: initial.restored(stored) };
  const condition = seen.reduceRight(
    (before, observation, i) => before.see(observation, seen[i + 1]),
    initial,
  );
  return { ...track, condition };
}
