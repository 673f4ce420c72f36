import type { Millis } from '../../clock.ts';

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
export type RuleEvent = Raised | { event: 'cleared'; at: Millis; value: number | undefined };
export interface Raised {
  event: 'raised';
  at: Millis;
  since: Millis;
  value: number | undefined;
  limit: number | undefined;
}

export interface Step {
  state: RuleState;
  events: readonly RuleEvent[];
}

/** A value at an event time. Booleans are 0 and 1. */
export interface Observation {
  time: Millis;
  value: number;
  /** It can't be true, and is no reading: only a rule about that sees it. NaN: not even a number. */
  isRefused?: true;
}

export interface Delays {
  onDelay: Millis;
  offDelay: Millis;
}

export const NO_EVENTS: readonly RuleEvent[] = [];
/** Most judgements: shared, so that they cost nothing. */
const STILL_NORMAL: Step = { state: NORMAL, events: NO_EVENTS };

/**
 * Moves a rule on to the moment `time`. `holds`: the condition is fulfilled; `isOver`: far enough
 * from it to clear, which inside a dead band neither is. `known`: all since the state's last moment
 * is known; else a delay that was running starts anew.
 */
export function advance(
  { onDelay, offDelay }: Delays,
  state: RuleState,
  time: Millis,
  known: boolean,
  holds: boolean,
  isOver: boolean,
  value: number | undefined,
  limit: number | undefined,
): Step {
  switch (state.phase) {
    case 'normal':
    case 'pending': {
      if (!holds) return STILL_NORMAL;
      const since = state.phase === 'pending' && known ? state.since : time;
      if (time - since < onDelay) return { state: { phase: 'pending', since }, events: NO_EVENTS };
      const at = since + onDelay;
      return {
        state: { phase: 'active', since: at },
        events: [{ event: 'raised', at, since, value, limit }],
      };
    }
    case 'active':
    case 'clearing': {
      if (!isOver) {
        const active: RuleState =
          state.phase === 'active' ? state : { phase: 'active', since: time };
        return { state: active, events: NO_EVENTS };
      }
      const since = state.phase === 'clearing' && known ? state.since : time;
      if (time - since < offDelay)
        return { state: { phase: 'clearing', since }, events: NO_EVENTS };
      return { state: NORMAL, events: [{ event: 'cleared', at: since + offDelay, value }] };
    }
  }
}

/** When a running delay ends; undefined: none runs. */
export function delayEnd({ onDelay, offDelay }: Delays, state: RuleState): Millis | undefined {
  if (state.phase === 'pending') return state.since + onDelay;
  if (state.phase === 'clearing') return state.since + offDelay;
  return undefined;
}

/** The state once a running delay is given up because what lies between is unknown. */
export function withoutDelay(state: RuleState): RuleState {
  if (state.phase === 'pending') return NORMAL;
  if (state.phase === 'clearing') return { phase: 'active', since: state.since };
  return state;
}
