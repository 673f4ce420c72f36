import { Temporal } from 'temporal-polyfill';
import type { Alarm } from '../alarms/store.ts';
import { type Campus, GATEWAY } from '../campus/model.ts';
import type { Millis } from '../clock.ts';
import type { Text } from '../errors.ts';
import type { Message, MessageEvent } from './channel.ts';
import type { Notice } from './notices.ts';
import type { Notification } from './notification.ts';

export const SEVERITY_WORDS = {
  critical: { zh: '紧急', en: 'CRITICAL' },
  major: { zh: '重要', en: 'MAJOR' },
  minor: { zh: '一般', en: 'MINOR' },
  info: { zh: '提示', en: 'INFO' },
} as const;

/** Its acknowledgement has expired, or nobody has acknowledged it, and it still waits for somebody. */
const AGAIN: Text = { zh: '【再次提醒】', en: '[REMINDER] ' };
const NOTHING: Text = { zh: '', en: '' };

/** Local time as people read it: `11-23 02:13`. */
export function localTime(time: Millis, timezone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(timezone);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(local.month)}-${two(local.day)} ${two(local.hour)}:${two(local.minute)}`;
}

/**
 * Where a device is and what it is called. The place is not said twice: `教学楼 / 一层` is in
 * `教学楼一层烟感`, and a fire is in a zone, of no one device.
 */
export const placeOf = ({ zone, deviceName }: Pick<Alarm, 'zone' | 'deviceName'>): string =>
  deviceName === zone || deviceName.startsWith(zone.replaceAll(' / ', ''))
    ? deviceName
    : `${zone} ${deviceName}`;

/** It comes and goes; nobody is told each time. */
const UNSTABLE: Text = { zh: '（信号不稳定）', en: ' (unstable)' };

/** The headline of a message: `【紧急】烟雾报警`. */
export function headline(alarm: Alarm, event: MessageEvent): Text {
  if (event === 'cleared') {
    return { zh: `【已恢复】${alarm.title.zh}`, en: `[OVER] ${alarm.title.en}` };
  }
  const isAgain = alarm.expired !== undefined || alarm.reminded !== undefined;
  return label(alarm, isAgain ? AGAIN : NOTHING);
}

/** An alarm in a list: `【紧急】烟雾报警`. `mark` stands before its title. */
export function label(alarm: Alarm, mark = NOTHING): Text {
  const words = SEVERITY_WORDS[alarm.severity];
  const unstable = alarm.unstableUntil === undefined ? NOTHING : UNSTABLE;
  return {
    zh: `【${words.zh}】${mark.zh}${alarm.title.zh}${unstable.zh}`,
    en: `[${words.en}] ${mark.en}${alarm.title.en}${unstable.en}`,
  };
}

/** What, where, value against limit, since when, in one sentence. */
export function sentence(
  alarm: Alarm,
  event: MessageEvent,
  value: number | undefined,
  timezone: string,
): Text {
  const where = placeOf(alarm);
  const since = localTime(alarm.since, timezone);
  if (event === 'cleared') {
    const at = alarm.cleared === undefined ? since : localTime(alarm.cleared, timezone);
    const rest = alarm.latched
      ? { zh: '，须现场检查后复位', en: '; it must be reset after a check on site' }
      : { zh: '', en: '' };
    return { zh: `${where}：${at} 恢复${rest.zh}。`, en: `${where}: over since ${at}${rest.en}.` };
  }
  const against = againstLimit(alarm, value);
  const measured = against ? { zh: `${against.zh}，`, en: `${against.en}, ` } : NOTHING;
  const { detail } = alarm;
  return {
    zh: `${where}：${measured.zh}自 ${since} 起。${detail?.zh ?? ''}`,
    en: `${where}: ${measured.en}since ${since}.${detail ? ` ${detail.en}` : ''}`,
  };
}

/** `-3 ℃，高于限值 -5 ℃`; undefined where there is nothing to compare. */
export function againstLimit(
  { limit, unit }: Pick<Alarm, 'limit' | 'unit'>,
  value: number | undefined,
): Text | undefined {
  if (value === undefined || limit === undefined || unit === '') return undefined;
  const side =
    value === limit
      ? { zh: '达到', en: 'at' }
      : value > limit
        ? { zh: '高于', en: 'above' }
        : { zh: '低于', en: 'below' };
  return {
    zh: `${value} ${unit}，${side.zh}限值 ${limit} ${unit}`,
    en: `${value} ${unit}, ${side.en} the limit of ${limit} ${unit}`,
  };
}

/** What several alarms of one building have in common, and the first of their devices. */
export function groupSentence(
  building: string,
  alarms: readonly Alarm[],
  named: readonly string[],
  event: MessageEvent,
  timezone: string,
): Text {
  const more = alarms.length > named.length;
  const count = alarms.length;
  const list = {
    zh: `${building}：${named.join('、')}${more ? '等' : ''}，共 ${count} 台`,
    en: `${building}: ${named.join(', ')}${more ? ' and others' : ''}, ${count} in all`,
  };
  if (event === 'cleared') return { zh: `${list.zh}，已恢复。`, en: `${list.en}; over.` };
  const since = localTime(Math.min(...alarms.map((alarm) => alarm.since)), timezone);
  return { zh: `${list.zh}，自 ${since} 起。`, en: `${list.en}, since ${since}.` };
}

/** A notice as a message: about the campus as a whole, with nothing to acknowledge. */
export function noticeMessage(
  { id, person, personName }: Notification,
  { kind, title, text, brief, created }: Notice,
  { id: campus, name, timezone }: Campus,
): Message {
  return {
    id: String(id),
    alarm: '0',
    event: 'notice',
    severity: 'info',
    campus: { id: campus, name },
    device: { id: GATEWAY, name },
    zone: name,
    rule: kind,
    title,
    text,
    action: { zh: '', en: '' },
    brief,
    value: null,
    limit: null,
    unit: '',
    since: new Date(created).toISOString(),
    person: person === undefined ? null : { id: person, name: personName ?? person },
    acknowledgeUrl: null,
    timezone,
  };
}
