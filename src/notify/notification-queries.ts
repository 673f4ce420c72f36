import type { StatementSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import type { Database } from '../storage/database.ts';
import { EARLIER } from './grouping.ts';
import { type Delivered, type Notification, toNotification } from './notification.ts';

/** What can be asked of the notifications and their delivery log. */
export class NotificationQueries {
  readonly #get: StatementSync;
  readonly #due: StatementSync;
  readonly #nextDue: StatementSync;
  readonly #members: StatementSync;
  readonly #deliveries: StatementSync;
  readonly #ofAlarm: StatementSync;
  readonly #ofNotice: StatementSync;
  readonly #pending: StatementSync;
  readonly #unheard: StatementSync;
  readonly #openFor: StatementSync;

  constructor(database: Database) {
    this.#get = database.prepare('SELECT * FROM notification WHERE id = ?');
    // nobody hears that an alarm is over before hearing of it
    this.#due = database.prepare(
      `SELECT * FROM notification AS this WHERE state = 'pending' AND due <= ?
         AND NOT EXISTS (${EARLIER})
       ORDER BY urgency, due, id LIMIT ?`,
    );
    this.#nextDue = database.prepare(
      "SELECT min(due) AS due FROM notification WHERE state = 'pending' AND due > ?",
    );
    this.#members = database.prepare('SELECT * FROM notification WHERE message = ? ORDER BY id');
    this.#deliveries = database.prepare(
      `SELECT time, outcome, detail FROM delivery
       WHERE notification = :id OR notification IN (SELECT id FROM notification WHERE message = :message)
       ORDER BY id`,
    );
    this.#ofAlarm = database.prepare('SELECT * FROM notification WHERE alarm = ? ORDER BY id');
    this.#ofNotice = database.prepare('SELECT * FROM notification WHERE notice = ? ORDER BY id');
    // steps of an escalation whose time has not come are not late
    const pending = `SELECT count(*) AS pending, min(CASE WHEN attempts = 0 THEN due ELSE (
         SELECT min(time) FROM delivery WHERE notification = this.id) END) AS oldest
       FROM notification AS this WHERE state = 'pending' AND (attempts > 0 OR due <= ?)`;
    this.#pending = database.prepare(pending);
    this.#unheard = database.prepare(
      `${pending} AND NOT EXISTS (SELECT 1 FROM notification AS told
         WHERE told.alarm IS this.alarm AND told.notice IS this.notice AND told.event = this.event
           AND told.person IS this.person AND told.state = 'sent' AND told.created >= this.created)`,
    );
    this.#openFor = database.prepare(
      `SELECT this.* FROM notification AS this JOIN alarm ON alarm.id = this.alarm
       WHERE this.person = :person AND this.event = 'raised' AND this.state = 'sent'
         AND this.created <= :before AND alarm.campus IN (:campus, '') AND alarm.closed IS NULL
         AND this.channel IN (SELECT value FROM json_each(:channels))
       ORDER BY this.alarm DESC, this.id DESC LIMIT 1`,
    );
  }

  get(id: number): Notification | undefined {
    const row = this.#get.get(id);
    return row && toNotification(row);
  }

  /** What may be sent now, the most urgent first; of a group its first. */
  due(now: Millis, limit: number): Notification[] {
    return this.#due.all(now, limit).map(toNotification);
  }

  nextDue(now: Millis): Millis | undefined {
    const due = this.#nextDue.get(now)?.due;
    return due === null || due === undefined ? undefined : Number(due);
  }

  /** Every notification that the same message tells of, itself included. */
  together(notification: Notification): Notification[] {
    if (notification.message === undefined) return [notification];
    return this.#members.all(notification.message).map(toNotification);
  }

  /** The notifications of an alarm with their delivery log. */
  ofAlarm(alarm: number): Delivered[] {
    return this.#ofAlarm.all(alarm).map(this.#withDeliveries);
  }

  /** Those of a notice. */
  ofNotice(notice: number): Delivered[] {
    return this.#ofNotice.all(notice).map(this.#withDeliveries);
  }

  /** By which a person was told of the newest open alarm, through one of these channels, before a moment. */
  newestOpenFor(
    campus: string,
    person: string,
    channels: readonly string[],
    before: Millis = Number.MAX_SAFE_INTEGER,
  ): Notification | undefined {
    const asked = { campus, person, channels: JSON.stringify(channels), before };
    const row = this.#openFor.get(asked);
    return row && toNotification(row);
  }

  /** How many wait, and since when the oldest does. */
  pending(now: Millis): Owed {
    return toOwed(this.#pending.get(now));
  }

  /** The same of those whose person has not heard of it by another channel either. */
  unheard(now: Millis): Owed {
    return toOwed(this.#unheard.get(now));
  }

  #withDeliveries = (row: Record<string, unknown>): Delivered => {
    const notification = toNotification(row);
    const { id, message = null } = notification;
    const deliveries = this.#deliveries.all({ id, message }).map((attempt) => ({
      time: Number(attempt.time),
      outcome: String(attempt.outcome),
      detail: String(attempt.detail),
    }));
    return { ...notification, deliveries };
  };
}

interface Owed {
  count: number;
  oldest: Millis | undefined;
}

function toOwed(row: Record<string, unknown> | undefined): Owed {
  const { pending, oldest } = row ?? {};
  return { count: Number(pending), oldest: typeof oldest === 'number' ? oldest : undefined };
}
