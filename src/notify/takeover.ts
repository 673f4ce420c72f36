import type { Campus, Person } from '../campus/model.ts';
import type { Severity } from '../campus/rule.ts';
import type { Outcome } from './channel.ts';
import { NEEDS } from './channels/create.ts';
import { isGroup, stepsOf } from './escalation.ts';

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
  (outcome.kind === 'retry' && outcome.code === 'CHANNEL_SETUP');

/**
 * The channels that may take over from one, the next first: the others of its step, then those of
 * later steps. Only those that can reach the person are named.
 */
export function successors(
  campus: Campus,
  severity: Severity,
  channel: string,
  person: Person | undefined,
): Successor[] {
  const steps = stepsOf(campus, severity).map(({ channels }) => channels);
  const own = steps.findIndex((channels) => channels.includes(channel));
  if (own < 0) return [];
  const [its = [], ...later] = steps.slice(own);
  const at = its.indexOf(channel);
  const names = new Set([...its.slice(at + 1), ...its.slice(0, at), ...later.flat()]);
  names.delete(channel);
  return [...names]
    .filter((name) => reaches(campus, name, severity, person))
    .map((name) => ({ channel: name, isGroup: isGroup(campus, name) }));
}

function reaches(
  { notify }: Campus,
  name: string,
  severity: Severity,
  person: Person | undefined,
): boolean {
  const config = notify.channels[name];
  const need = config && NEEDS[config.kind];
  if (need !== undefined && person?.[need] === undefined) return false;
  switch (config?.kind) {
    case 'aliyun-voice':
      return severity === 'critical';
    case 'ntfy':
      return config.topic !== undefined || hasOwn(config.topics, person);
    case 'bark':
    case 'serverchan':
      return config.keyEnv !== undefined || hasOwn(config.personKeyEnv, person);
    default:
      return true;
  }
}

const hasOwn = (byPerson: Readonly<Record<string, string>>, person: Person | undefined): boolean =>
  person !== undefined && Object.hasOwn(byPerson, person.id);
