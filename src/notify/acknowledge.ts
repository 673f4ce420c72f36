import type { Alarm, AlarmStore } from '../alarms/store.ts';
import type { Millis } from '../clock.ts';
import { CodedError } from '../errors.ts';
import { readToken } from './links.ts';
import type { Notification, NotificationOutbox } from './outbox.ts';

export interface OpenedLink {
  notification: Notification;
  alarm: Alarm;
  /** The other alarms that the same message told of. */
  others: readonly Alarm[];
}

/** What an acknowledgement link is about. Throws LINK_INVALID or LINK_EXPIRED. */
export function openLink(
  { outbox, store, secret }: { outbox: NotificationOutbox; store: AlarmStore; secret: string },
  token: string,
  now: Millis,
): OpenedLink {
  const notification = outbox.get(readToken(secret, token, now));
  // a notice has no link: there is nothing to acknowledge
  if (notification?.alarm === undefined) throw new CodedError('LINK_INVALID');
  const others = outbox
    .together(notification)
    .flatMap(({ id, alarm }) =>
      id === notification.id || alarm === undefined ? [] : [store.get(alarm)],
    );
  return { notification, alarm: store.get(notification.alarm), others };
}

/**
 * Acknowledges by link every alarm that its message told of and nobody has acknowledged yet, in the name of the person it was sent to; it works once. Runs in the
 * transaction under way. Throws LINK_INVALID, LINK_EXPIRED, LINK_USED, ALARM_ACKNOWLEDGED or
 * ALARM_CLOSED.
 */
export function useLink(
  parts: { outbox: NotificationOutbox; store: AlarmStore; secret: string },
  token: string,
  now: Millis,
): Alarm {
  const { notification, alarm: first, others } = openLink(parts, token, now);
  if (notification.used !== undefined) {
    throw new CodedError('LINK_USED', { time: new Date(notification.used).toISOString() });
  }
  const who = notification.personName ?? notification.person ?? '值班';
  const open = [first, ...others].filter(isUnanswered);
  // where there is none left, the first says who was faster
  for (const { id } of open.length > 0 ? open : [first]) parts.store.acknowledge(id, who, now);
  parts.outbox.use(notification.id, now);
  return parts.store.get(first.id);
}

const isUnanswered = ({ acknowledged, closed }: Alarm): boolean =>
  acknowledged === undefined && closed === undefined;
