import type { Campus, Person } from '../campus/model.ts';
import type { Severity } from '../campus/rule.ts';
import type { Outcome } from './channel.ts';
import { isGroup, stepsOf } from './escalation.ts';
import { reaches } from './reach.ts';

/** A channel that may take a message over. */
export interface Successor {
  channel: string;
  /** Speaks to a whole group: one message tells everybody in it. */
  isGroup: boolean;
}

/** Whether another channel must take over: over a quota, turned away, or failed for good. */
export const handsOver = (outcome: Outcome): boolean =>
  outcome.kind === 'limited' ||
  outcome.kind === 'failed' ||
  (outcome.kind === 'retry' &&
    (outcome.code === 'CHANNEL_SETUP' || outcome.code === 'CHANNEL_UNKNOWN'));

/**
 * The channels that may take over from one, the next first: the others of its step, then those of
 * later steps; for one that campus.yaml no longer names, those of all steps. Only those that can
 * reach the person are named.
 */
export function successors(
  campus: Campus,
  severity: Severity,
  channel: string,
  person: Person | undefined,
): Successor[] {
  const steps = stepsOf(campus, severity).map(({ channels }) => channels);
  const own = steps.findIndex((channels) => channels.includes(channel));
  const [its = [], ...later] = own < 0 ? [[], ...steps] : steps.slice(own);
  const at = its.indexOf(channel);
  const names = new Set([...its.slice(at + 1), ...its.slice(0, at), ...later.flat()]);
  names.delete(channel);
  return [...names]
    .filter((name) => reaches(campus, name, severity, person))
    .map((name) => ({ channel: name, isGroup: isGroup(campus, name) }));
}
