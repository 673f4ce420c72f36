import type { Logger } from 'pino';
import type { Alarm } from '../alarms/store.ts';
import type { Campus } from '../campus/model.ts';
import type { Clock, Millis, Timer } from '../clock.ts';
import { parseDuration } from '../duration.ts';
import type { Channel, Message, Outcome } from './channel.ts';
import { headline, sentence } from './compose.ts';
import { createToken } from './links.ts';
import type { Notification, NotificationOutbox } from './outbox.ts';

const MAX_IN_FLIGHT = 16;
const ANSWER_TIMEOUT: Millis = 10_000;
const FIRST_RETRY: Millis = 1_000;
const LONGEST_RETRY: Millis = 60_000;
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
  campus: (id: string) => Campus | undefined;
  channel: (campus: Campus, name: string) => Channel | undefined;
  /** Told of every attempt that was recorded. */
  onAttempt?: (notification: Notification, alarm: Alarm, outcome: Outcome) => void;
}

/**
 * Sends what the outbox owes. It may be killed at any time: what was not recorded as sent is sent
 * again under the same idempotency key.
 */
export class Notifier {
  readonly #options: NotifierOptions;
  readonly #inFlight = new Map<number, Promise<void>>();
  readonly #abort = new AbortController();
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  /** Looks for what is due. Cheap when nothing is. */
  kick = (): void => {
    if (this.#stopped) return;
    const { outbox, clock } = this.#options;
    const now = clock.now();
    const room = MAX_IN_FLIGHT - this.#inFlight.size;
    if (room > 0) {
      // those under way are still pending in the table
      const due = outbox.due(now, MAX_IN_FLIGHT + room).filter(({ id }) => !this.#inFlight.has(id));
      for (const notification of due.slice(0, room)) this.#start(notification);
    }
    const next = outbox.nextDue(now);
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

  #start(notification: Notification): void {
    const sending = this.#send(notification)
      .catch((error) =>
        this.#options.log.error({ err: error }, 'a notification could not be handled'),
      )
      .finally(() => {
        this.#inFlight.delete(notification.id);
        this.kick();
      });
    this.#inFlight.set(notification.id, sending);
  }

  async #send(notification: Notification): Promise<void> {
    const { clock, outbox, log } = this.#options;
    const alarm = this.#options.alarm(notification.alarm);
    const campus = this.#options.campus(alarm.campus);
    const channel = campus && this.#options.channel(campus, notification.channel);
    const outcome: Outcome =
      campus && channel
        ? await channel.send(
            this.#compose(notification, alarm, campus),
            AbortSignal.any([this.#abort.signal, AbortSignal.timeout(ANSWER_TIMEOUT)]),
          )
        : { kind: 'retry', detail: `the channel ${notification.channel} is not configured` };
    if (this.#stopped && outcome.kind !== 'sent') return;
    const now = clock.now();
    const final: Outcome =
      outcome.kind === 'retry' && now - notification.created > GIVE_UP_AFTER
        ? { kind: 'failed', detail: `given up after a day: ${outcome.detail}` }
        : outcome;
    outbox.record(notification.id, final, now, now + retryDelay(final, notification.attempts));
    if (final.kind !== 'sent') {
      const { id, channel: name } = notification;
      log.warn(
        { notification: id, channel: name, outcome: final.kind, detail: final.detail },
        'notification not delivered',
      );
    }
    this.#options.onAttempt?.(notification, alarm, final);
  }

  #compose(notification: Notification, alarm: Alarm, campus: Campus): Message {
    const { event, value, person, personName } = notification;
    const { linkSecret, baseUrl } = this.#options;
    const expires = notification.created + parseDuration(campus.notify.linkLifetime);
    const token = createToken(linkSecret, notification.id, expires);
    return {
      id: String(notification.id),
      alarm: String(alarm.id),
      event,
      severity: alarm.severity,
      campus: { id: campus.id, name: campus.name },
      device: { id: alarm.device, name: alarm.deviceName },
      zone: alarm.zone,
      rule: alarm.rule,
      title: headline(alarm, event),
      text: sentence(alarm, event, value, campus.timezone),
      action: alarm.action,
      // a smoke detector's 1 against 1 tells nobody anything
      value: alarm.unit === '' ? null : (value ?? null),
      limit: alarm.unit === '' ? null : (alarm.limit ?? null),
      unit: alarm.unit,
      since: new Date(alarm.since).toISOString(),
      person: person === undefined ? null : { id: person, name: personName ?? person },
      acknowledgeUrl: event === 'raised' ? `${baseUrl()}/a/${token}` : null,
    };
  }
}

/** Doubling from a second to a minute, with jitter so that a crowd does not return at once. */
function retryDelay(outcome: Outcome, attempts: number): Millis {
  if (outcome.kind !== 'retry') return 0;
  const backoff = Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** Math.min(attempts, 10));
  return Math.max(outcome.after ?? 0, Math.round(backoff * (0.75 + Math.random() / 2)));
}
