import type { Alarm, AlarmStore } from '../alarms/store.ts';
import type { Millis } from '../clock.ts';
import { CodedError } from '../errors.ts';
import { readToken } from './links.ts';
import type { Notification, NotificationOutbox } from './outbox.ts';

/** What an acknowledgement link is about. Throws LINK_INVALID or LINK_EXPIRED. */
export function openLink(
  { outbox, store, secret }: { outbox: NotificationOutbox; store: AlarmStore; secret: string },
  token: string,
  now: Millis,
): { notification: Notification; alarm: Alarm } {
  const notification = outbox.get(readToken(secret, token, now));
  // a notice has no link: there is nothing to acknowledge
  if (notification?.alarm === undefined) throw new CodedError('LINK_INVALID');
  return { notification, alarm: store.get(notification.alarm) };
}

/**
 * Acknowledges by link, in the name of the person it was sent to; it works once. Runs in the
 * transaction under way. Throws LINK_INVALID, LINK_EXPIRED, LINK_USED, ALARM_ACKNOWLEDGED or
 * ALARM_CLOSED.
 */
export function useLink(
  parts: { outbox: NotificationOutbox; store: AlarmStore; secret: string },
  token: string,
  now: Millis,
): Alarm {
  const { notification, alarm } = openLink(parts, token, now);
  if (notification.used !== undefined) {
    throw new CodedError('LINK_USED', { time: new Date(notification.used).toISOString() });
  }
  const who = notification.personName ?? notification.person ?? '值班';
  const acknowledged = parts.store.acknowledge(alarm.id, who, now);
  parts.outbox.use(notification.id, now);
  return acknowledged;
}
