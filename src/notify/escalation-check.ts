import { SEVERITIES } from '../campus/rule.ts';
import type { SchoolFile } from '../campus/schema.ts';
import type { Text } from '../errors.ts';
import type { Path } from '../validation.ts';
import { reaches } from './reach.ts';

type Report = (path: Path, allowed: Text, found?: Text | string) => void;

/** Everybody and every channel that the escalation, report and heartbeat name must be there. */
export function checkEscalation(
  { notify, people, roster }: Pick<SchoolFile, 'notify' | 'people' | 'roster'>,
  report: Report,
): void {
  const channels = [...(notify.webhook ? ['webhook'] : []), ...Object.keys(notify.channels)];
  const known = [
    'duty',
    'everyone',
    ...(roster.leader ? ['leader'] : []),
    ...people.map(({ id }) => id),
  ];
  const among = (names: readonly string[]) => ({
    en: `one of ${names.join(', ') || '(none defined)'}`,
    zh: `其中之一：${names.join('、') || '（尚未定义）'}`,
  });
  const { heartbeatMessage } = notify;
  const steps: [Path, { to: readonly string[]; channels?: readonly string[] | undefined }][] = [
    ...notify.escalation.map((step, i): [Path, typeof step] => [['notify', 'escalation', i], step]),
    [['notify', 'dailyReport'], notify.dailyReport],
    ...(heartbeatMessage
      ? [[['notify', 'heartbeatMessage'], heartbeatMessage] satisfies [Path, object]]
      : []),
  ];
  for (const [path, step] of steps) {
    step.channels?.forEach((name, j) => {
      if (!channels.includes(name)) report([...path, 'channels', j], among(channels), `"${name}"`);
    });
    step.to.forEach((to, j) => {
      if (!known.includes(to)) report([...path, 'to', j], among(known), `"${to}"`);
    });
  }
}

/**
 * Every step of the escalation must be able to reach somebody, and a critical alarm must have a
 * step: what is wrong here would be noticed in the night in which it matters.
 */
export function checkReach(
  { notify, people, roster }: Pick<SchoolFile, 'notify' | 'people' | 'roster'>,
  report: Report,
): void {
  const every = [...(notify.webhook ? ['webhook'] : []), ...Object.keys(notify.channels)];
  const { escalation } = notify;
  escalation.forEach(({ channels = every, to, severities = SEVERITIES }, i) => {
    // whoever can be on duty; a group or a webhook is told even where nobody is named
    const whom = to.flatMap((one) => {
      if (one === 'duty' || one === 'everyone') return [...people, undefined];
      const leaders = [roster.leader, ...roster.shifts.map(({ leader }) => leader)];
      return people.filter(({ id }) => (one === 'leader' ? leaders.includes(id) : id === one));
    });
    const reached = severities.some((severity) =>
      channels.some((name) => whom.some((person) => reaches({ notify }, name, severity, person))),
    );
    // of those who are not there at all the check above has told
    if (whom.length > 0 && !reached)
      report(['notify', 'escalation', i], REACH.step, channels.join(', '));
  });
  const isForCritical = ({ severities }: (typeof escalation)[number]) =>
    severities?.includes('critical') ?? true;
  if (escalation.length > 0 && !escalation.some(isForCritical)) {
    report(['notify', 'escalation'], REACH.critical, NO_STEP);
  }
}

const NO_STEP = { en: 'none', zh: '没有这样的步骤' };

const REACH = {
  step: {
    en: 'channels that reach at least one of these people: a phone for SMS and calls, an email for e-mail, a key or topic for push; calls are for critical alarms',
    zh: '至少能联系到其中一人的渠道：短信和语音需 phone，邮件需 email，推送需 key 或主题；语音仅用于紧急报警',
  },
  critical: { en: 'a step for critical alarms', zh: '至少一个适用于紧急报警（critical）的步骤' },
} as const;
