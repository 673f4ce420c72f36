import type { StatementSync } from 'node:sqlite';
import { type AlarmEvent, type AlarmEventName, isActive } from '../alarms/alarm.ts';
import type { Drill } from '../alarms/storm/drills.ts';
import type { Campus } from '../campus/model.ts';
import { SEVERITIES, type Severity } from '../campus/rule.ts';
import type { Millis } from '../clock.ts';
import type { Database } from '../storage/database.ts';
import type { MessageEvent, Outcome } from './channel.ts';
import { type Addressee, escalate, escalateDrill } from './escalation.ts';
import { EARLIER, Grouping, type GroupKey } from './grouping.ts';
import type { Successor } from './takeover.ts';

/** One message about an alarm or a notice, to one person, by one channel. */
export interface Notification {
  id: number;
  /** One of the two. */
  alarm: number | undefined;
  notice: number | undefined;
  event: MessageEvent;
  isCritical: boolean;
  person: string | undefined;
  personName: string | undefined;
  channel: string;
  created: Millis;
  /** pending, joined (waits with others for one message), sent, replaced, failed or obsolete. */
  state: string;
  attempts: number;
  /** The value of the event that it tells of. */
  value: number | undefined;
  /** When its acknowledgement link was used. */
  used: Millis | undefined;
  /** Names the message that tells of it and of others; undefined: it has one to itself. */
  message: number | undefined;
  /** The notification whose channel could not send, and for which this one does. */
  takesOver: number | undefined;
}

/** An attempt to send, as the delivery log keeps it. */
export interface Delivery {
  time: Millis;
  outcome: string;
  detail: string;
}

export type Delivered = Notification & { deliveries: Delivery[] };

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
  readonly #ofNotice: StatementSync;
  readonly #pending: StatementSync;
  readonly #sibling: StatementSync;
  readonly #bringForward: StatementSync;
  readonly #stepIn: StatementSync;
  readonly #replace: StatementSync;
  readonly #openFor: StatementSync;
  readonly #database: Database;
  readonly #grouping: Grouping;

  constructor(database: Database) {
    this.#database = database;
    this.#grouping = new Grouping(database);
    this.#insert = database.prepare(
      `INSERT INTO notification
         (alarm, notice, event, person, person_name, channel, created, due, urgency, value, grouping)
       VALUES
         (:alarm, :notice, :event, :person, :personName, :channel, :now, :due, :urgency, :value, :grouping)`,
    );
    this.#told = database.prepare(
      `SELECT DISTINCT person, person_name, channel FROM notification
       WHERE alarm = :alarm AND event = 'raised'
         AND id > (SELECT coalesce(max(id), 0) FROM notification
           WHERE alarm = :alarm AND event = 'cleared')
         AND (state = 'sent'
           OR (state IN ('pending', 'joined') AND (attempts > 0 OR due <= :now)))`,
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
    this.#ofNotice = database.prepare('SELECT * FROM notification WHERE notice = ? ORDER BY id');
    this.#openFor = database.prepare(
      `SELECT max(this.alarm) AS alarm FROM notification AS this JOIN alarm ON alarm.id = this.alarm
       WHERE this.person = :person AND this.event = 'raised' AND this.state = 'sent'
         AND this.created <= :before AND alarm.campus IN (:campus, '') AND alarm.closed IS NULL
         AND this.channel IN (SELECT value FROM json_each(:channels))`,
    );
    // steps of an escalation whose time has not come are not late
    this.#pending = database.prepare(
      `SELECT count(*) AS pending, min(CASE WHEN attempts = 0 THEN due ELSE (
         SELECT min(time) FROM delivery WHERE notification = this.id) END) AS oldest
       FROM notification AS this WHERE state = 'pending' AND (attempts > 0 OR due <= ?)`,
    );
    // rows of an earlier occurrence of the alarm do not count
    this.#sibling = database.prepare(
      `SELECT id, state, attempts, due FROM notification
       WHERE alarm = :alarm AND event = 'raised' AND channel = :channel AND created >= :created
         AND (:isGroup = 1 OR person IS :person)
       ORDER BY id DESC LIMIT 1`,
    );
    this.#bringForward = database.prepare(
      'UPDATE notification SET due = :now, takes_over = :from WHERE id = :id',
    );
    this.#stepIn = database.prepare(
      `INSERT INTO notification
         (alarm, event, person, person_name, channel, created, due, urgency, value, grouping,
          takes_over)
       SELECT alarm, event, person, person_name, :channel, :now, :now, urgency, value, grouping, id
       FROM notification WHERE id = :from`,
    );
    // nobody is told twice, except of what is critical: that goes by every channel
    this.#replace = database.prepare(
      `WITH RECURSIVE earlier (id) AS (
         SELECT takes_over FROM notification WHERE id = ?
         UNION SELECT takes_over FROM notification JOIN earlier USING (id))
       UPDATE notification SET state = 'replaced'
       WHERE state IN ('pending', 'joined') AND urgency > 0 AND id IN (SELECT id FROM earlier)`,
    );
  }

  /**
   * Writes what an alarm's event owes, in the transaction of the event. Nobody hears of it before
   * `from`, or at all if it is over by then. `group` says with which others its messages may be
   * merged, `drill` that it is none of the real ones.
   */
  plan(
    step: AlarmEvent,
    campus: Campus | undefined,
    now: Millis,
    {
      from = now,
      group,
      drill,
    }: { from?: Millis; group?: GroupKey; drill?: Drill | undefined } = {},
  ): void {
    const { event, alarm } = step;
    const { severity } = alarm;
    // an acknowledged or shelved alarm rings nobody else, a graver one is told anew; one that is
    // over escalates no further
    if (ENDS_RINGING.has(event)) {
      this.#obsolete.run(alarm.id);
      this.#grouping.promote(alarm.id);
    }
    if (event === 'cleared' && !alarm.latched) this.#obsoleteLater.run(alarm.id, now);
    if (severity === 'info' || alarm.shelvedUntil !== undefined || !campus) return;
    const about = { alarm: alarm.id, notice: null, value: alarm.value ?? null };
    const owe = (whom: Pick<OwedRow, 'event' | 'channel' | 'person' | 'personName' | 'due'>) =>
      this.#owe({ ...about, ...whom }, now, severity, group);
    if (rings(step)) {
      const owed = drill
        ? escalateDrill(campus, drill.person, from)
        : escalate(campus, severity, from);
      for (const { due, channel, person } of owed) {
        const [id, personName] = [person?.id ?? null, person?.name ?? null];
        owe({ event: 'raised', channel, person: id, personName, due });
      }
    } else if (event === 'cleared' && step.person === undefined) {
      // whoever was told that it began is told that it is over; not that a person has put it aside
      for (const row of this.#told.all({ alarm: alarm.id, now })) {
        const [person, personName] = [asText(row.person), asText(row.person_name)];
        owe({ event: 'cleared', channel: String(row.channel), person, personName, due: from });
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

  /** Writes what a notice owes, in the transaction that files it. */
  planNotice(notice: number, to: readonly Addressee[], now: Millis): void {
    const about = { alarm: null, notice, event: 'notice', value: null };
    for (const { channel, person } of to) {
      const whom = { channel, person: person?.id ?? null, personName: person?.name ?? null };
      this.#owe({ ...about, ...whom, due: now }, now, 'info');
    }
  }

  /** What may be sent now, the most urgent first; of a group its first. */
  due(now: Millis, limit: number): Notification[] {
    return this.#due.all(now, limit).map(toNotification);
  }

  nextDue(now: Millis): Millis | undefined {
    const due = this.#nextDue.get(now)?.due;
    return due === null || due === undefined ? undefined : Number(due);
  }

  /**
   * Records how an attempt ended, for all `members` that it told of; `due` is when to try again.
   * Where `successors` are named, the first that has not failed yet takes over each of them at once,
   * merged anew, and the delivery log says which took over the first.
   */
  record(
    id: number,
    outcome: Outcome,
    now: Millis,
    due: Millis,
    {
      members = [id],
      successors = [],
    }: { members?: readonly number[]; successors?: readonly Successor[] } = {},
  ): void {
    const { kind, detail } = outcome;
    const state = kind === 'retry' || kind === 'limited' ? 'pending' : kind;
    this.#database.transaction(() => {
      const taken = new Map(members.map((one) => [one, this.#takeOver(one, successors, now)]));
      const next = taken.get(id);
      const told = next === undefined ? 'no other channel is left' : `${next} takes over`;
      this.#log.run(id, now, kind, successors.length > 0 ? `${detail}; ${told}` : detail);
      for (const member of members) {
        this.#update.run({ state, due, id: member });
        if (kind === 'sent') this.#replaceEarlier(member);
      }
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
  ofAlarm(alarm: number): Delivered[] {
    return this.#ofAlarm.all(alarm).map(this.#withDeliveries);
  }

  /** Those of a notice. */
  ofNotice(notice: number): Delivered[] {
    return this.#ofNotice.all(notice).map(this.#withDeliveries);
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

  /** The channel that tells the same person instead, if there is one. */
  #takeOver(from: number, successors: readonly Successor[], now: Millis): string | undefined {
    const failed = this.get(from);
    if (failed === undefined || !OWED.has(failed.state)) return undefined;
    const { alarm = null, created, person = null } = failed;
    for (const { channel, isGroup } of successors) {
      const same = { alarm, channel, created, person, isGroup: Number(isGroup) };
      const sibling = this.#sibling.get(same);
      if (!sibling) {
        this.#stepIn.run({ channel, now, from });
        return channel;
      }
      // one that waits for its step comes at once; one that has sent, or is about to, is enough
      const isUntried = OWED.has(String(sibling.state)) && sibling.attempts === 0;
      if (isUntried && Number(sibling.due) > now) {
        this.#bringForward.run({ now, from, id: Number(sibling.id) });
      }
      if (isUntried || sibling.state === 'sent') return channel;
    }
    return undefined;
  }

  /** What it told for needs no telling; the others of that message go on. */
  #replaceEarlier(id: number): void {
    const { takesOver, alarm } = this.get(id) ?? {};
    if (takesOver === undefined || alarm === undefined) return;
    this.#replace.run(id);
    this.#grouping.promote(alarm);
  }

  #owe(row: OwedRow, now: Millis, severity: Severity, group?: GroupKey): void {
    // fire and life wait for no company
    const key = severity === 'critical' ? undefined : group;
    const due = key ? this.#grouping.departure(key, row.channel, row.person, row.due) : row.due;
    const grouping = key?.id ?? null;
    this.#insert.run({ ...row, now, due, grouping, urgency: SEVERITIES.indexOf(severity) });
  }
}

interface OwedRow extends Record<string, string | number | null> {
  alarm: number | null;
  notice: number | null;
  event: string;
  person: string | null;
  personName: string | null;
  channel: string;
  due: Millis;
  value: number | null;
}

/** The states of what is still to be sent. */
export const OWED: ReadonlySet<string> = new Set(['pending', 'joined']);

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
    alarm: row.alarm === null ? undefined : Number(row.alarm),
    notice: row.notice === null ? undefined : Number(row.notice),
    event: row.event === 'cleared' || row.event === 'notice' ? row.event : 'raised',
    isCritical: row.urgency === 0,
    person: asText(row.person) ?? undefined,
    personName: asText(row.person_name) ?? undefined,
    channel: String(row.channel),
    created: Number(row.created),
    state: String(row.state),
    attempts: Number(row.attempts),
    value: row.value === null ? undefined : Number(row.value),
    used: row.used === null ? undefined : Number(row.used),
    message: row.message === null ? undefined : Number(row.message),
    takesOver: row.takes_over === null ? undefined : Number(row.takes_over),
  };
}
