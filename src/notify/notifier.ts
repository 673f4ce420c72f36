import type { Logger } from 'pino';
import type { Alarm } from '../alarms/store.ts';
import type { Campus } from '../campus/model.ts';
import type { Clock, Millis, Timer } from '../clock.ts';
import { parseDuration } from '../duration.ts';
import { backoff } from './backoff.ts';
import type { Channel, Message, Outcome } from './channel.ts';
import { retry } from './channels/outcome.ts';
import { noticeMessage } from './compose.ts';
import { createToken } from './links.ts';
import { composeMessage, type Told } from './message.ts';
import type { Notice } from './notices.ts';
import { type Notification, OWED } from './notification.ts';
import type { NotificationOutbox } from './outbox.ts';
import { handsOver, type Successor, successors } from './takeover.ts';

const MAX_IN_FLIGHT = 16;
/** Beside them: providers that stall over lesser news must not hold up a fire. */
const KEPT_FOR_CRITICAL = 16;
const ANSWER_TIMEOUT: Millis = 10_000;
const FIRST_RETRY: Millis = 1_000;
/** What a clock that is only corrected now and then is off by. */
const SET_BACK: Millis = 1_000;
/** After a day the news is old: it counts as failed, and the log says so. */
const GIVE_UP_AFTER: Millis = 24 * 3_600_000;

export interface NotifierOptions {
  outbox: NotificationOutbox;
  clock: Clock;
  log: Logger;
  linkSecret: string;
  /** Where phones reach this gateway, without a slash at the end. */
  baseUrl: () => string;
  alarm: (id: number) => Alarm;
  notice: (id: number) => Notice;
  campus: (id: string) => Campus | undefined;
  channel: (campus: Campus, name: string) => Channel | undefined;
  /** Told of every attempt about an alarm that was recorded. */
  onAttempt?: (notification: Notification, alarm: Alarm, outcome: Outcome) => void;
}

/** An attempt that has ended; `due` is when to make the next one. */
interface Ended {
  notification: Notification;
  /** All that it told of. */
  members: readonly number[];
  outcome: Outcome;
  time: Millis;
  due: Millis;
  /** Whether another channel must take over. */
  handsOver: boolean;
}

/**
 * Sends what the outbox owes. It may be killed at any time: what was not recorded as sent is sent
 * again under the same idempotency key.
 */
export class Notifier {
  readonly #options: NotifierOptions;
  /** By message: another may lead it by the time the answer comes. */
  readonly #inFlight = new Map<number, Promise<void>>();
  /** How attempts ended that could not be written down yet: they must not be made again. */
  readonly #unwritten = new Map<number, Ended>();
  readonly #abort = new AbortController();
  #timer: Timer | undefined;
  /** By how much the clock is ahead of the time that has passed; before the first look nobody knows. */
  #ahead = Number.POSITIVE_INFINITY;
  #stopped = false;

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  /** Looks for what is due. Cheap when nothing is. */
  kick = (): void => {
    if (this.#stopped) return;
    const { outbox, clock, log } = this.#options;
    const now = clock.now();
    let next: Millis | undefined = now + FIRST_RETRY;
    try {
      const isWritten = this.#writeDown();
      this.#followClock(now);
      this.#startDue(now);
      if (isWritten) next = outbox.nextDue(now);
    } catch (error) {
      log.error({ err: error }, 'the outbox could not be read; trying again');
    }
    this.#timer?.cancel();
    if (next !== undefined) this.#timer = clock.after(next - now, this.kick);
  };

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight.values());
  }

  /** Ends what is under way; what was not answered stays owed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#abort.abort();
    await this.settled();
  }

  /** Where the clock was set back, what is owed would wait until it has caught up. */
  #followClock(now: Millis): void {
    const { outbox, clock } = this.#options;
    const ahead = now - clock.monotonic();
    if (this.#ahead - ahead > SET_BACK) outbox.followClock(now);
    this.#ahead = ahead;
  }

  #startDue(now: Millis): void {
    const room = MAX_IN_FLIGHT + KEPT_FOR_CRITICAL - this.#inFlight.size;
    if (room <= 0) return;
    const { outbox } = this.#options;
    outbox.gather(now);
    // those under way, and those not written down yet, are still pending in the table
    const known = this.#inFlight.size + this.#unwritten.size;
    outbox
      .due(now, known + room)
      .filter((owed) => !this.#inFlight.has(keyOf(owed)) && !this.#unwritten.has(keyOf(owed)))
      .slice(0, room)
      .forEach((notification) => {
        if (!notification.isCritical && this.#inFlight.size >= MAX_IN_FLIGHT) return;
        const key = keyOf(notification);
        const sending = this.#send(notification)
          .catch((error) => this.#options.log.error({ err: error }, 'a listener failed'))
          .finally(() => {
            this.#inFlight.delete(key);
            this.kick();
          });
        this.#inFlight.set(key, sending);
      });
  }

  async #send(notification: Notification): Promise<void> {
    const { clock, log, outbox } = this.#options;
    // whoever has acknowledged before a repeat is not told again
    const members = outbox.together(notification).filter(({ state }) => OWED.has(state));
    const outcome = await this.#attempt(notification, members);
    if (this.#stopped && outcome.kind !== 'sent') return;
    const { id, channel, created, attempts } = notification;
    const now = clock.now();
    const isOld = isOwed(outcome) && now - created > GIVE_UP_AFTER;
    const final: Outcome = isOld
      ? { kind: 'failed', detail: `given up after a day: ${outcome.detail}` }
      : outcome;
    const due = now + retryDelay(final, attempts);
    const ids = members.map((member) => member.id);
    const ended = { notification, members: ids, outcome: final, time: now, due };
    const key = keyOf(notification);
    this.#unwritten.set(key, { ...ended, handsOver: !isOld && handsOver(outcome) });
    this.#writeDown();
    if (final.kind !== 'sent') {
      const { kind, detail } = final;
      log.warn({ notification: id, channel, outcome: kind, detail }, 'notification not delivered');
    }
  }

  async #attempt(notification: Notification, members: readonly Notification[]): Promise<Outcome> {
    try {
      const about = this.#about(notification);
      const campus = this.#options.campus(about.campus);
      const channel = campus && this.#options.channel(campus, notification.channel);
      if (!campus || !channel) {
        return retry('CHANNEL_UNKNOWN', `${notification.channel} is not configured any more`);
      }
      return await channel.send(
        'kind' in about
          ? noticeMessage(notification, about, campus)
          : this.#compose({ notification, alarm: about }, members, campus),
        campus.people.find(({ id }) => id === notification.person) ?? {},
        AbortSignal.any([this.#abort.signal, AbortSignal.timeout(ANSWER_TIMEOUT)]),
      );
    } catch (error) {
      this.#options.log.error({ err: error }, 'a notification could not be handled');
      return { kind: 'retry', detail: 'internal error' };
    }
  }

  /** Writes down how attempts ended; false when that is not possible now. */
  #writeDown(): boolean {
    const { outbox, log, alarm, onAttempt } = this.#options;
    for (const [key, ended] of this.#unwritten) {
      const { notification, members, outcome, time, due } = ended;
      try {
        const next = ended.handsOver ? this.#successors(notification) : [];
        outbox.record(notification.id, outcome, time, due, { members, successors: next });
      } catch (error) {
        log.error({ err: error }, 'an outcome could not be written; trying again');
        return false;
      }
      this.#unwritten.delete(key);
      if (notification.alarm === undefined) continue;
      onAttempt?.(notification, alarm(notification.alarm), outcome);
    }
    return true;
  }

  #about({ alarm, notice }: Notification): Alarm | Notice {
    if (alarm !== undefined) return this.#options.alarm(alarm);
    if (notice !== undefined) return this.#options.notice(notice);
    throw new Error('a notification about nothing');
  }

  /** Whoever was told that it began also hears that it is over: only news is taken over. */
  #successors({ event, alarm: id, channel, person }: Notification): Successor[] {
    if (id === undefined || event !== 'raised') return [];
    const alarm = this.#options.alarm(id);
    const campus = this.#options.campus(alarm.campus);
    if (!campus) return [];
    const known = campus.people.find((one) => one.id === person);
    return successors(campus, alarm.severity, channel, known);
  }

  #compose(told: Told, members: readonly Notification[], campus: Campus): Message {
    const others = members.flatMap((notification) => {
      const { id, alarm } = notification;
      const isOther = id !== told.notification.id && alarm !== undefined;
      return isOther ? [{ notification, alarm: this.#options.alarm(alarm) }] : [];
    });
    const { linkSecret, baseUrl, clock } = this.#options;
    // from now on: what was owed in the evening may arrive in the morning
    const expires = clock.now() + parseDuration(campus.notify.linkLifetime);
    const url = `${baseUrl()}/a/${createToken(linkSecret, told.notification.id, expires)}`;
    return composeMessage(told, others, campus, url);
  }
}

/** What stays the same when another notification comes to lead the message. */
const keyOf = ({ id, message }: Notification): number => message ?? id;

/** Whether the message stays owed: a quota that is used up comes back. */
const isOwed = (outcome: Outcome): outcome is Extract<Outcome, { kind: 'retry' | 'limited' }> =>
  outcome.kind === 'retry' || outcome.kind === 'limited';

function retryDelay(outcome: Outcome, attempts: number): Millis {
  if (!isOwed(outcome)) return 0;
  return Math.max(outcome.after ?? 0, backoff(attempts));
}
