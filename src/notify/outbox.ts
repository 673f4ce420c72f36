import type { StatementSync } from 'node:sqlite';
import type { Alarm, AlarmEvent } from '../alarms/store.ts';
import type { Drill } from '../alarms/storm/drills.ts';
import type { Campus } from '../campus/model.ts';
import { SEVERITIES } from '../campus/rule.ts';
import type { Millis } from '../clock.ts';
import type { Database } from '../storage/database.ts';
import type { Outcome } from './channel.ts';
import { escalate, escalateDrill } from './escalation.ts';
import { EARLIER, Grouping, type GroupKey } from './grouping.ts';

/** One message about an alarm, to one person, by one channel. */
export interface Notification {
  id: number;
  alarm: number;
  event: 'raised' | 'cleared';
  person: string | undefined;
  personName: string | undefined;
  channel: string;
  created: Millis;
  /** pending, joined (waits with others for one message), sent, failed or obsolete. */
  state: string;
  attempts: number;
  /** The value of the event that it tells of. */
  value: number | undefined;
  /** When its acknowledgement link was used. */
  used: Millis | undefined;
  /** Names the message that tells of it and of others; undefined: it has one to itself. */
  message: number | undefined;
}

/** An attempt to send, as the delivery log keeps it. */
export interface Delivery {
  time: Millis;
  outcome: string;
  detail: string;
}

/** What is owed to people, and what became of it. */
export class NotificationOutbox {
  readonly #insert: StatementSync;
  readonly #told: StatementSync;
  readonly #obsolete: StatementSync;
  readonly #obsoleteLater: StatementSync;
  readonly #due: StatementSync;
  readonly #nextDue: StatementSync;
  readonly #log: StatementSync;
  readonly #update: StatementSync;
  readonly #get: StatementSync;
  readonly #use: StatementSync;
  readonly #deliveries: StatementSync;
  readonly #ofAlarm: StatementSync;
  readonly #pending: StatementSync;
  readonly #database: Database;
  readonly #grouping: Grouping;

  constructor(database: Database) {
    this.#database = database;
    this.#grouping = new Grouping(database);
    this.#insert = database.prepare(
      `INSERT INTO notification (alarm, event, person, person_name, channel, created, due, urgency,
         value, grouping)
       VALUES (:alarm, :event, :person, :personName, :channel, :now, :due, :urgency, :value, :grouping)`,
    );
    this.#told = database.prepare(
      `SELECT DISTINCT person, person_name, channel FROM notification
       WHERE alarm = ? AND event = 'raised'
         AND (state = 'sent' OR (state IN ('pending', 'joined') AND (attempts > 0 OR due <= ?)))`,
    );
    this.#obsoleteLater = database.prepare(
      `UPDATE notification SET state = 'obsolete'
       WHERE alarm = ? AND event = 'raised' AND state = 'pending' AND attempts = 0 AND due > ?`,
    );
    this.#obsolete = database.prepare(
      `UPDATE notification SET state = 'obsolete'
       WHERE alarm = ? AND event = 'raised' AND state IN ('pending', 'joined')`,
    );
    // nobody hears that an alarm is over before hearing of it
    this.#due = database.prepare(
      `SELECT * FROM notification AS this WHERE state = 'pending' AND due <= ?
         AND NOT EXISTS (${EARLIER})
       ORDER BY urgency, due, id LIMIT ?`,
    );
    this.#nextDue = database.prepare(
      "SELECT min(due) AS due FROM notification WHERE state = 'pending' AND due > ?",
    );
    this.#log = database.prepare(
      'INSERT INTO delivery (notification, time, outcome, detail) VALUES (?, ?, ?, ?)',
    );
    // what arrived has arrived, even if it became obsolete under way
    this.#update = database.prepare(
      `UPDATE notification SET attempts = attempts + 1, due = :due,
         state = CASE WHEN :state = 'pending' THEN state ELSE :state END
       WHERE id = :id AND (state IN ('pending', 'joined') OR :state = 'sent')`,
    );
    this.#get = database.prepare('SELECT * FROM notification WHERE id = ?');
    this.#use = database.prepare('UPDATE notification SET used = ? WHERE id = ?');
    this.#deliveries = database.prepare(
      `SELECT time, outcome, detail FROM delivery
       WHERE notification = :id OR notification IN (SELECT id FROM notification WHERE message = :message)
       ORDER BY id`,
    );
    this.#ofAlarm = database.prepare('SELECT * FROM notification WHERE alarm = ? ORDER BY id');
    // steps of an escalation whose time has not come are not late
    this.#pending = database.prepare(
      `SELECT count(*) AS pending, min(created) AS oldest FROM notification
       WHERE state = 'pending' AND (attempts > 0 OR due <= ?)`,
    );
  }

  /**
   * Writes what an alarm's event owes, in the transaction of the event. `group` says with which
   * others its messages may be merged, `drill` that it is none of the real ones.
   */
  plan(
    { event, alarm }: AlarmEvent,
    campus: Campus | undefined,
    now: Millis,
    { group, drill }: { group?: GroupKey; drill?: Drill | undefined } = {},
  ): void {
    // an acknowledged alarm rings nobody else; one that is over escalates no further
    if (event === 'acknowledged') {
      this.#obsolete.run(alarm.id);
      this.#grouping.promote(alarm.id);
    }
    if (event === 'cleared' && !alarm.latched) this.#obsoleteLater.run(alarm.id, now);
    if (alarm.severity === 'info' || !campus) return;
    if (event === 'raised') {
      const owed = drill
        ? escalateDrill(campus, drill.person, now)
        : escalate(campus, alarm.severity, now);
      for (const { due, channel, person } of owed) {
        const name = person?.name ?? null;
        this.#owe(alarm, event, person?.id ?? null, name, channel, now, due, group);
      }
    } else if (event === 'cleared') {
      // whoever was told that it began is told that it is over
      for (const { person, person_name, channel } of this.#told.all(alarm.id, now)) {
        const [id, name] = [asText(person), asText(person_name)];
        this.#owe(alarm, event, id, name, String(channel), now, now, group);
      }
    }
  }

  /** Merges what has fallen due together; a message's members never change after that. */
  gather(now: Millis): void {
    this.#grouping.gather(now);
  }

  /** Every notification that the same message tells of, itself included. */
  together(notification: Notification): Notification[] {
    if (notification.message === undefined) return [notification];
    return this.#grouping.members(notification.message).map(toNotification);
  }

  /** What may be sent now, the most urgent first; of a group its first. */
  due(now: Millis, limit: number): Notification[] {
    return this.#due.all(now, limit).map(toNotification);
  }

  nextDue(now: Millis): Millis | undefined {
    const due = this.#nextDue.get(now)?.due;
    return due === null || due === undefined ? undefined : Number(due);
  }

  /** Records how an attempt ended, for all that it told of; `due` is when to try again. */
  record(
    id: number,
    outcome: Outcome,
    now: Millis,
    due: Millis,
    members: readonly number[] = [id],
  ): void {
    const { kind } = outcome;
    const state = kind === 'retry' || kind === 'limited' ? 'pending' : kind;
    this.#database.transaction(() => {
      this.#log.run(id, now, outcome.kind, outcome.detail);
      for (const member of members) this.#update.run({ state, due, id: member });
    });
  }

  get(id: number): Notification | undefined {
    const row = this.#get.get(id);
    return row && toNotification(row);
  }

  /** Its link was used. */
  use(id: number, now: Millis): void {
    this.#use.run(now, id);
  }

  /** The notifications of an alarm with their delivery log. */
  ofAlarm(alarm: number): (Notification & { deliveries: Delivery[] })[] {
    return this.#ofAlarm.all(alarm).map((row) => {
      const notification = toNotification(row);
      const { id, message = null } = notification;
      const deliveries = this.#deliveries.all({ id, message }).map((attempt) => ({
        time: Number(attempt.time),
        outcome: String(attempt.outcome),
        detail: String(attempt.detail),
      }));
      return { ...notification, deliveries };
    });
  }

  /** How many wait, and since when the oldest does. */
  pending(now: Millis): { count: number; oldest: Millis | undefined } {
    const row = this.#pending.get(now);
    const oldest = row?.oldest;
    return {
      count: Number(row?.pending),
      oldest: oldest === null || oldest === undefined ? undefined : Number(oldest),
    };
  }

  #owe(
    alarm: Alarm,
    event: string,
    person: string | null,
    personName: string | null,
    channel: string,
    now: Millis,
    earliest: Millis,
    group: GroupKey | undefined,
  ): void {
    const urgency = SEVERITIES.indexOf(alarm.severity);
    const value = alarm.value ?? null;
    // fire and life wait for no company
    const key = alarm.severity === 'critical' ? undefined : group;
    const due = key ? this.#grouping.departure(key, channel, person, earliest) : earliest;
    const grouping = key?.id ?? null;
    const owed = { alarm: alarm.id, event, person, personName, channel, now, due, grouping };
    this.#insert.run({ ...owed, urgency, value });
  }
}

const asText = (value: unknown): string | null => (value === null ? null : String(value));

function toNotification(row: Record<string, unknown>): Notification {
  return {
    id: Number(row.id),
    alarm: Number(row.alarm),
    event: row.event === 'cleared' ? 'cleared' : 'raised',
    person: asText(row.person) ?? undefined,
    personName: asText(row.person_name) ?? undefined,
    channel: String(row.channel),
    created: Number(row.created),
    state: String(row.state),
    attempts: Number(row.attempts),
    value: row.value === null ? undefined : Number(row.value),
    used: row.used === null ? undefined : Number(row.used),
    message: row.message === null ? undefined : Number(row.message),
  };
}
