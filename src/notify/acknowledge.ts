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

/** The same by link. */
export interface LinkParts extends AnswerParts {
  store: Pick<AlarmStore, 'get' | 'acknowledge' | 'comment'>;
  secret: string;
}

/** What an acknowledgement link is about. Throws LINK_INVALID or LINK_EXPIRED. */
export function openLink(parts: LinkParts, token: string, now: Millis): OpenedLink {
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
export function useLink(parts: LinkParts, token: string, now: Millis): Alarm {
  const { notification } = openLink(parts, token, now);
  checkUnused(notification);
  const [alarm] = answer(parts, notification, holderOf(notification), now);
  if (!alarm) throw new CodedError('LINK_INVALID');
  return alarm;
}

/**
 * Says by link that it was nothing: noted of every alarm that the message told of and nobody has
 * acknowledged yet, and acknowledged where that is enough. A fire is only noted: it goes on ringing,
 * and what it was is said on site, at the reset. Where an answer is no longer needed, the note alone
 * is taken, also from a used link. Runs in the transaction under way. Throws LINK_INVALID,
 * LINK_EXPIRED, LINK_USED or ALARM_REMARKS_FULL.
 */
export function useLinkForFalseAlarm(parts: LinkParts, token: string, now: Millis): void {
  const { outbox, store } = parts;
  const { notification, alarm, others } = openLink(parts, token, now);
  if (isUnanswered(alarm)) checkUnused(notification);
  const isUsed = notification.used !== undefined;
  const open = isUsed ? [] : [alarm, ...others].filter(isUnanswered);
  const who = holderOf(notification);
  for (const { id } of open.length > 0 ? open : [alarm]) {
    store.comment(id, who, '误报 false alarm', now, 'false-alarm');
  }
  const answered = open.filter(({ latched }) => !latched);
  for (const { id } of answered) store.acknowledge(id, who, now);
  if (answered.length > 0) outbox.use(notification.id, now);
}

/** In whose name a link is used. */
export const holderOf = ({ personName, person }: Notification): string =>
  personName ?? person ?? '值班';

function checkUnused({ used }: Notification): void {
  if (used !== undefined) throw new CodedError('LINK_USED', { time: new Date(used).toISOString() });
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
