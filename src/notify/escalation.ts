import type { Campus, Person } from '../campus/model.ts';
import type { Severity } from '../campus/rule.ts';
import type { Millis } from '../clock.ts';
import { parseDuration } from '../duration.ts';
import type { ChannelKind } from './channel.ts';
import { dutyAt, onDuty } from './roster.ts';

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

/** Whether a channel speaks to a group. */
export const isGroup = ({ notify }: Campus, channel: string): boolean =>
  GROUPS.has(notify.channels[channel]?.kind ?? 'webhook');

/** Whether a channel calls people up, which only what is critical is worth. */
export const isCall = ({ notify }: Campus, channel: string): boolean =>
  notify.channels[channel]?.kind === 'aliyun-voice';

/** A step of the escalation, with what it leaves out filled in. */
interface Step {
  /** After the alarm, in ms. */
  after: Millis;
  channels: readonly string[];
  to: readonly string[];
}

/**
 * The steps of a severity. Without steps in campus.yaml every channel tells the person on duty at
 * once; a critical alarm takes every step at once: fire waits for nobody.
 */
export function stepsOf(campus: Campus, severity: Severity): Step[] {
  const { escalation } = campus.notify;
  const steps = escalation.length > 0 ? escalation : [{ after: '0s', to: ['duty'] }];
  return steps
    .filter(({ severities }) => severities?.includes(severity) ?? true)
    .map((step) => ({
      after: severity === 'critical' ? 0 : parseDuration(step.after),
      channels: channelsFor(campus, severity, step.channels),
      to: step.to,
    }));
}

/**
 * Who is told by which channel and when; `also` are told at once, by all channels. Who is on duty is
 * asked of the moment at which the step is due: the shift may change meanwhile. A group is told once
 * at a time, and again when a later step calls somebody else in it.
 */
export function escalate(
  campus: Campus,
  severity: Severity,
  now: Millis,
  also: readonly string[] = [],
): Owed[] {
  const owed = new Map<string, Owed>();
  const first =
    also.length > 0 ? [{ after: 0, channels: channelsFor(campus, severity), to: also }] : [];
  for (const { after, channels, to } of [...first, ...stepsOf(campus, severity)]) {
    const due = now + after;
    for (const { channel, person } of reach(campus, channels, to, due)) {
      const key = `${channel} ${person?.id}`;
      const earlier = owed.get(key);
      if (!earlier || due < earlier.due) owed.set(key, { due, channel, person });
    }
  }
  const all = [...owed.values()];
  return all.filter(({ channel, due }, i) => {
    const isFirst = all.findIndex((one) => one.channel === channel && one.due === due) === i;
    return isFirst || !isGroup(campus, channel);
  });
}

/**
 * Who is told of a drill's alarm, at once and by every channel: who holds the drill, for it proves
 * that the alarm arrives, and who is on duty, for a real fire during a drill looks the same. Nobody
 * else is called out, and it goes no further.
 */
export function escalateDrill(
  campus: Campus,
  severity: Severity,
  holder: string,
  now: Millis,
): Owed[] {
  const told = reach(campus, channelsFor(campus, severity), ['duty', holder], now);
  return told.map((addressee) => ({ due: now, ...addressee }));
}

/** Whom a notice goes to: by all channels but calls, where none are named. */
export function addressees(
  campus: Campus,
  { to, channels }: { to: readonly string[]; channels?: readonly string[] | undefined },
  now: Millis,
): Addressee[] {
  const all = channels ?? channelsOf(campus).filter((channel) => !isCall(campus, channel));
  return reach(campus, all, to, now);
}

const channelsOf = ({ notify: { webhook, channels } }: Campus): string[] => [
  ...(webhook ? ['webhook'] : []),
  ...Object.keys(channels),
];

/** Of these channels, or of all, those that an alarm of this severity goes by. */
const channelsFor = (
  campus: Campus,
  severity: Severity,
  names: readonly string[] = channelsOf(campus),
): readonly string[] => names.filter((name) => severity === 'critical' || !isCall(campus, name));

/** Every person once by every channel, and every group once. */
function reach(
  campus: Campus,
  channels: readonly string[],
  to: readonly string[],
  now: Millis,
): Addressee[] {
  const reached = new Map<string, Addressee>();
  for (const channel of channels) {
    for (const person of to.flatMap((one) => peopleOf(campus, one, now))) {
      const key = isGroup(campus, channel) ? channel : `${channel} ${person?.id}`;
      if (!reached.has(key)) reached.set(key, { channel, person });
    }
  }
  return [...reached.values()];
}

/** For how long (ms) an acknowledgement counts while the condition holds; undefined: for good. */
export function acknowledgementLasts(
  campus: Campus | undefined,
  severity: Severity,
): Millis | undefined {
  const lasts = severity === 'info' ? 'never' : campus?.notify.acknowledgement[severity];
  return lasts === undefined || lasts === 'never' ? undefined : parseDuration(lasts);
}

/**
 * How long (ms) after people were told they are reminded of an alarm that nobody acknowledges: the
 * wait begins when the last step was due. Undefined: never.
 */
export function remindsAfter(campus: Campus, severity: Severity): Millis | undefined {
  const wait = severity === 'info' ? 'never' : campus.notify.reminder[severity];
  if (wait === 'never') return undefined;
  return Math.max(...stepsOf(campus, severity).map(({ after }) => after), 0) + parseDuration(wait);
}

/** `duty`, `leader`, `everyone`, or a person's id. */
function peopleOf(campus: Campus, to: string, now: Millis): (Person | undefined)[] {
  if (to === 'everyone') return [...campus.people];
  // where nobody is named, the message still goes out
  if (to === 'duty') return [onDuty(campus, now)];
  if (to === 'leader') return [dutyAt(campus, now).leader].filter((person) => person !== undefined);
  return campus.people.filter((person) => person.id === to);
}
