import type { Millis } from '../../clock.ts';
import { NO_EVENTS, NORMAL, type RuleState, type Step } from './phases.ts';

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
