import type { Campus, Person } from '../campus/model.ts';
import type { Severity } from '../campus/rule.ts';
import type { Millis } from '../clock.ts';
import { parseDuration } from '../duration.ts';
import type { ChannelKind } from './channel.ts';
import { onDuty } from './roster.ts';

/** Whom a channel tells. */
export interface Addressee {
  channel: string;
  person: Person | undefined;
}

/** One message that will be owed at a time, unless somebody has acknowledged by then. */
export interface Owed extends Addressee {
  due: Millis;
}

/** A robot speaks to a whole group: one message tells everybody in it. */
const GROUPS: ReadonlySet<ChannelKind> = new Set(['dingtalk', 'wecom', 'feishu']);

/**
 * Who is told by which channel and when. Without steps in campus.yaml every channel tells the
 * person on duty at once; a critical alarm takes every step at once: fire waits for nobody.
 */
export function escalate(campus: Campus, severity: Severity, now: Millis): Owed[] {
  const { escalation } = campus.notify;
  const steps =
    escalation.length > 0 ? escalation : [{ after: '0s', channels: undefined, to: ['duty'] }];
  const owed = new Map<string, Owed>();
  for (const step of steps) {
    if ('severities' in step && step.severities && !step.severities.includes(severity)) continue;
    const due = now + (severity === 'critical' ? 0 : parseDuration(step.after));
    const channels = step.channels ?? channelsOf(campus);
    for (const [key, { channel, person }] of reach(campus, channels, step.to, now)) {
      const earlier = owed.get(key);
      if (!earlier || due < earlier.due) owed.set(key, { due, channel, person });
    }
  }
  return [...owed.values()];
}

/** Whom a notice goes to: by all channels but calls, where none are named. */
export function addressees(
  campus: Campus,
  { to, channels }: { to: readonly string[]; channels?: readonly string[] | undefined },
  now: Millis,
): Addressee[] {
  const calls = (channel: string) => campus.notify.channels[channel]?.kind === 'aliyun-voice';
  const all = channels ?? channelsOf(campus).filter((channel) => !calls(channel));
  return [...reach(campus, all, to, now).values()];
}

const channelsOf = ({ notify: { webhook, channels } }: Campus): string[] => [
  ...(webhook ? ['webhook'] : []),
  ...Object.keys(channels),
];

/** Every person once by every channel, and every group once. */
function reach(
  campus: Campus,
  channels: readonly string[],
  to: readonly string[],
  now: Millis,
): Map<string, Addressee> {
  const reached = new Map<string, Addressee>();
  for (const channel of channels) {
    const kind = campus.notify.channels[channel]?.kind ?? 'webhook';
    for (const person of to.flatMap((one) => peopleOf(campus, one, now))) {
      const key = GROUPS.has(kind) ? channel : `${channel} ${person?.id}`;
      if (!reached.has(key)) reached.set(key, { channel, person });
    }
  }
  return reached;
}

/** `duty`, `leader`, `everyone`, or a person's id. */
function peopleOf(campus: Campus, to: string, now: Millis): (Person | undefined)[] {
  if (to === 'everyone') return [...campus.people];
  // where nobody is named, the message still goes out
  if (to === 'duty') return [onDuty(campus, now)];
  const id = to === 'leader' ? campus.roster.leader : to;
  return campus.people.filter((person) => person.id === id);
}
