import type { StatementSync } from 'node:sqlite';
import { type Alarm, type AlarmEvent, type AlarmEventName, isActive } from '../alarms/alarm.ts';
import type { Campus } from '../campus/model.ts';
import { SEVERITIES } from '../campus/rule.ts';
import type { Millis } from '../clock.ts';
import type { Database } from '../storage/database.ts';
import type { Outcome } from './channel.ts';
import { escalate } from './escalation.ts';

/** One message about an alarm, to one person, by one channel. */
export interface Notification {
  id: number;
  alarm: number;
  event: 'raised' | 'cleared';
  person: string | undefined;
  personName: string | undefined;
  channel: string;
  created: Millis;
  state: string;
  attempts: number;
  /** The value of the event that it tells of. */
  value: number | undefined;
  /** When its acknowledgement link was used. */
  used: Millis | undefined;
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
  readonly #openFor: StatementSync;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    this.#insert = database.prepare(
      `INSERT INTO notification (alarm, event, person, person_name, channel, created, due, urgency, value)
       VALUES (:alarm, :event, :person, :personName, :channel, :now, :due, :urgency, :value)`,
    );
    this.#told = database.prepare(
      `SELECT DISTINCT person, person_name, channel FROM notification
       WHERE alarm = ? AND event = 'raised'
         AND (state = 'sent' OR (state = 'pending' AND (attempts > 0 OR due <= ?)))`,
    );
    this.#obsoleteLater = database.prepare(
      `UPDATE notification SET state = 'obsolete'
       WHERE alarm = ? AND event = 'raised' AND state = 'pending' AND attempts = 0 AND due > ?`,
    );
    this.#obsolete = database.prepare(
      `UPDATE notification SET state = 'obsolete'
       WHERE alarm = ? AND event = 'raised' AND state = 'pending'`,
    );
    // nobody hears that an alarm is over before hearing of it
    this.#due = database.prepare(
      `SELECT * FROM notification AS this WHERE state = 'pending' AND due <= ?
         AND NOT EXISTS (SELECT 1 FROM notification AS earlier
           WHERE earlier.alarm = this.alarm AND earlier.id < this.id AND earlier.state = 'pending'
             AND earlier.channel = this.channel AND earlier.person IS this.person)
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
      `UPDATE notification SET state = :state, attempts = attempts + 1, due = :due
       WHERE id = :id AND (state = 'pending' OR :state = 'sent')`,
    );
    this.#get = database.prepare('SELECT * FROM notification WHERE id = ?');
    this.#use = database.prepare('UPDATE notification SET used = ? WHERE id = ?');
    this.#deliveries = database.prepare(
      'SELECT time, outcome, detail FROM delivery WHERE notification = ? ORDER BY id',
    );
    this.#ofAlarm = database.prepare('SELECT * FROM notification WHERE alarm = ? ORDER BY id');
    this.#openFor = database.prepare(
      `SELECT max(this.alarm) AS alarm FROM notification AS this JOIN alarm ON alarm.id = this.alarm
       WHERE this.person = :person AND this.event = 'raised' AND this.state = 'sent'
         AND this.created <= :before AND alarm.campus IN (:campus, '') AND alarm.closed IS NULL
         AND this.channel IN (SELECT value FROM json_each(:channels))`,
    );
    // steps of an escalation whose time has not come are not late
    this.#pending = database.prepare(
      `SELECT count(*) AS pending, min(created) AS oldest FROM notification
       WHERE state = 'pending' AND (attempts > 0 OR due <= ?)`,
    );
  }

  /** Writes what an alarm's event owes, in the transaction of the event. */
  plan(step: AlarmEvent, campus: Campus | undefined, now: Millis): void {
    const { event, alarm } = step;
    // an acknowledged or shelved alarm rings nobody else, a graver one is told anew; one that is
    // over escalates no further
    if (ENDS_RINGING.has(event)) this.#obsolete.run(alarm.id);
    if (event === 'cleared' && !alarm.latched) this.#obsoleteLater.run(alarm.id, now);
    if (alarm.severity === 'info' || alarm.shelvedUntil !== undefined || !campus) return;
    if (rings(step)) {
      for (const { due, channel, person } of escalate(campus, alarm.severity, now)) {
        this.#owe(alarm, 'raised', person?.id ?? null, person?.name ?? null, channel, now, due);
      }
    } else if (event === 'cleared' && step.person === undefined) {
      // whoever was told that it began is told that it is over; not that a person has put it aside
      for (const { person, person_name, channel } of this.#told.all(alarm.id, now)) {
        this.#owe(alarm, event, asText(person), asText(person_name), String(channel), now, now);
      }
    }
  }

  /** What may be sent now, the most urgent first. */
  due(now: Millis, limit: number): Notification[] {
    return this.#due.all(now, limit).map(toNotification);
  }

  nextDue(now: Millis): Millis | undefined {
    const due = this.#nextDue.get(now)?.due;
    return due === null || due === undefined ? undefined : Number(due);
  }

  /** Records how an attempt ended; `due` is when to try again. */
  record(id: number, outcome: Outcome, now: Millis, due: Millis): void {
    const { kind } = outcome;
    const state = kind === 'retry' || kind === 'limited' ? 'pending' : kind;
    this.#database.transaction(() => {
      this.#log.run(id, now, outcome.kind, outcome.detail);
      this.#update.run({ state, due, id });
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
      const deliveries = this.#deliveries.all(notification.id).map(({ time, outcome, detail }) => ({
        time: Number(time),
        outcome: String(outcome),
        detail: String(detail),
      }));
      return { ...notification, deliveries };
    });
  }

  /** The newest open alarm that a person was told of by one of these channels, before a moment. */
  newestOpenFor(
    campus: string,
    person: string,
    channels: readonly string[],
    before: Millis = Number.MAX_SAFE_INTEGER,
  ): number | undefined {
    const asked = { campus, person, channels: JSON.stringify(channels), before };
    const alarm = this.#openFor.get(asked)?.alarm;
    return typeof alarm === 'number' ? alarm : undefined;
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
    due: Millis,
  ): void {
    const urgency = SEVERITIES.indexOf(alarm.severity);
    const value = alarm.value ?? null;
    const owed = { alarm: alarm.id, event, person, personName, channel, now, due };
    this.#insert.run({ ...owed, urgency, value });
  }
}

const ENDS_RINGING: ReadonlySet<AlarmEventName> = new Set(['acknowledged', 'escalated', 'shelved']);

/** Whether people are to be told, from the first step on: it began, grew, or was put off till now. */
function rings({ event, alarm }: AlarmEvent): boolean {
  if (event === 'raised' || event === 'escalated' || event === 'expired') return true;
  return event === 'unshelved' && isActive(alarm) && alarm.acknowledged === undefined;
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
  };
}
