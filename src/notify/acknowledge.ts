import type { Alarm, AlarmStore } from '../alarms/store.ts';
import type { Millis } from '../clock.ts';
import { CodedError } from '../errors.ts';
import { readToken } from './links.ts';
import type { Notification } from './notification.ts';
import type { NotificationOutbox } from './outbox.ts';

export interface OpenedLink {
  notification: Notification;
  alarm: Alarm;
  /** The other alarms that the same message told of. */
  others: readonly Alarm[];
}

/** What answering a message needs. */
export interface AnswerParts {
  outbox: Pick<NotificationOutbox, 'get' | 'together' | 'use'>;
  store: Pick<AlarmStore, 'get' | 'acknowledge'>;
}

/** What an acknowledgement link is about. Throws LINK_INVALID or LINK_EXPIRED. */
export function openLink(
  parts: AnswerParts & { secret: string },
  token: string,
  now: Millis,
): OpenedLink {
  const notification = parts.outbox.get(readToken(parts.secret, token, now));
  // a notice has no link: there is nothing to acknowledge
  if (notification?.alarm === undefined) throw new CodedError('LINK_INVALID');
  const [alarm, ...others] = toldOf(parts, notification);
  if (!alarm) throw new CodedError('LINK_INVALID');
  return { notification, alarm, others };
}

/**
 * Acknowledges by link, in the name of the person it was sent to; it works once. Runs in the
 * transaction under way. Throws LINK_INVALID, LINK_EXPIRED, LINK_USED, ALARM_ACKNOWLEDGED or
 * ALARM_CLOSED.
 */
export function useLink(
  parts: AnswerParts & { secret: string },
  token: string,
  now: Millis,
): Alarm {
  const { notification } = openLink(parts, token, now);
  if (notification.used !== undefined) {
    throw new CodedError('LINK_USED', { time: new Date(notification.used).toISOString() });
  }
  const who = notification.personName ?? notification.person ?? '值班';
  const [alarm] = answer(parts, notification, who, now);
  if (!alarm) throw new CodedError('LINK_INVALID');
  return alarm;
}

/**
 * Acknowledges every alarm that a message told of and nobody has acknowledged yet; answers all that
 * it told of, that of the notification first. Runs in the transaction under way. Throws
 * ALARM_ACKNOWLEDGED or ALARM_CLOSED where there is none left.
 */
export function answer(
  parts: AnswerParts,
  notification: Notification,
  person: string,
  now: Millis,
): Alarm[] {
  const { outbox, store } = parts;
  const told = toldOf(parts, notification);
  const open = told.filter(isUnanswered);
  // where there is none left, the first says who was faster
  for (const { id } of open.length > 0 ? open : told.slice(0, 1))
    store.acknowledge(id, person, now);
  outbox.use(notification.id, now);
  return toldOf(parts, notification);
}

/** The alarms of the message that a notification belongs to, its own first. */
export function toldOf({ outbox, store }: AnswerParts, notification: Notification): Alarm[] {
  const others = outbox.together(notification).filter(({ id }) => id !== notification.id);
  return [notification, ...others].flatMap(({ alarm }) =>
    alarm === undefined ? [] : [store.get(alarm)],
  );
}

export const isUnanswered = ({ acknowledged, closed }: Alarm): boolean =>
  acknowledged === undefined && closed === undefined;
