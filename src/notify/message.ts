import type { Alarm } from '../alarms/store.ts';
import type { Campus } from '../campus/model.ts';
import type { Message } from './channel.ts';
import { groupSentence, headline, sentence } from './compose.ts';
import type { Notification } from './notification.ts';

/** A notification and the alarm that it tells of. */
export interface Told {
  notification: Notification;
  alarm: Alarm;
}

/** A group's message names this many devices; the page behind its link shows all. */
const NAMED = 10;

/** The message of a notification and of those that were merged with it, ready for any channel. */
export function composeMessage(
  { notification, alarm }: Told,
  others: readonly Told[],
  campus: Campus,
  acknowledgeUrl: string,
): Message {
  const { id, message, event, value, person, personName, created } = notification;
  const isGroup = others.length > 0;
  const isPlain = isGroup || alarm.unit === '';
  const all = [alarm, ...others.map((other) => other.alarm)];
  const group = { count: all.length, devices: all.slice(0, NAMED).map((one) => one.deviceName) };
  // `食堂 / 冷库间` is part of the building 食堂
  const zone = isGroup ? (alarm.zone.split(' / ')[0] ?? alarm.zone) : alarm.zone;
  return {
    id: String(message ?? id),
    alarm: String(alarm.id),
    event,
    severity: alarm.severity,
    campus: { id: campus.id, name: campus.name },
    device: {
      id: alarm.device,
      name: isGroup ? `${alarm.deviceName}等 ${all.length} 台` : alarm.deviceName,
    },
    zone,
    rule: alarm.rule,
    title: headline(alarm, event),
    text: isGroup
      ? groupSentence(zone, all, group.devices, event, campus.timezone)
      : // it may have begun again since: that it was over was owed when it was
        sentence({ ...alarm, cleared: alarm.cleared ?? created }, event, value, campus.timezone),
    action: alarm.action,
    // a smoke detector's 1 against 1 tells nobody anything
    value: isPlain ? null : (value ?? null),
    limit: isPlain ? null : (alarm.limit ?? null),
    unit: isGroup ? '' : alarm.unit,
    since: new Date(Math.min(...all.map(({ since }) => since))).toISOString(),
    person: person === undefined ? null : { id: person, name: personName ?? person },
    acknowledgeUrl: event === 'raised' ? acknowledgeUrl : null,
    timezone: campus.timezone,
    ...(isGroup ? { group } : {}),
    ...(alarm.drill === undefined ? {} : { drill: true }),
  };
}
