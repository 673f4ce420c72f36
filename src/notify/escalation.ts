import type { Campus, Person } from '../campus/model.ts';
import type { Severity } from '../campus/rule.ts';
import type { Millis } from '../clock.ts';
import { parseDuration } from '../duration.ts';
import type { ChannelKind } from './channel.ts';
import { onDuty } from './roster.ts';

/** One message that will be owed at a time, unless somebody has acknowledged by then. */
export interface Owed {
  due: Millis;
  channel: string;
  person: Person | undefined;
}

/** A robot speaks to a whole group: one message tells everybody in it. */
const GROUPS: ReadonlySet<ChannelKind> = new Set(['dingtalk', 'wecom', 'feishu']);

/**
 * Who is told by which channel and when. Without steps in campus.yaml every channel tells the
 * person on duty at once; a critical alarm takes every step at once: fire waits for nobody.
 */
export function escalate(campus: Campus, severity: Severity, now: Millis): Owed[] {
  const { channels, webhook, escalation } = campus.notify;
  const all = [...(webhook ? ['webhook'] : []), ...Object.keys(channels)];
  const steps =
    escalation.length > 0 ? escalation : [{ after: '0s', channels: undefined, to: ['duty'] }];
  const owed = new Map<string, Owed>();
  for (const step of steps) {
    if ('severities' in step && step.severities && !step.severities.includes(severity)) continue;
    const due = now + (severity === 'critical' ? 0 : parseDuration(step.after));
    for (const channel of step.channels ?? all) {
      for (const person of step.to.flatMap((to) => peopleOf(campus, to, now))) {
        const kind = channels[channel]?.kind ?? 'webhook';
        const key = GROUPS.has(kind) ? channel : `${channel} ${person?.id}`;
        const earlier = owed.get(key);
        if (!earlier || due < earlier.due) owed.set(key, { due, channel, person });
      }
    }
  }
  return [...owed.values()];
}

/**
 * Who is told of a drill's alarm, at once and by every channel: who holds the drill, for it proves
 * that the alarm arrives, and who is on duty, for a real fire during a drill looks the same. Nobody
 * else is called out, and it goes no further.
 */
export function escalateDrill(campus: Campus, holder: string, now: Millis): Owed[] {
  const { channels, webhook } = campus.notify;
  const people = new Set([...peopleOf(campus, 'duty', now), ...peopleOf(campus, holder, now)]);
  return [...(webhook ? ['webhook'] : []), ...Object.keys(channels)].flatMap((channel) => {
    const told = GROUPS.has(channels[channel]?.kind ?? 'webhook')
      ? [...people].slice(0, 1)
      : [...people];
    return told.map((person) => ({ due: now, channel, person }));
  });
}

/** `duty`, `leader`, `everyone`, or a person's id. */
function peopleOf(campus: Campus, to: string, now: Millis): (Person | undefined)[] {
  if (to === 'everyone') return [...campus.people];
  // where nobody is named, the message still goes out
  if (to === 'duty') return [onDuty(campus, now)];
  const id = to === 'leader' ? campus.roster.leader : to;
  return campus.people.filter((person) => person.id === id);
}
