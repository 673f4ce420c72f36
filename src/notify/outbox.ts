import type { StatementSync } from 'node:sqlite';
import { type AlarmEvent, type AlarmEventName, isActive } from '../alarms/alarm.ts';
import type { Drill } from '../alarms/storm/drills.ts';
import type { Campus } from '../campus/model.ts';
import { SEVERITIES, type Severity } from '../campus/rule.ts';
import type { Millis } from '../clock.ts';
import type { Database } from '../storage/database.ts';
import type { Outcome } from './channel.ts';
import { type Addressee, escalate, escalateDrill, isCall, isGroup } from './escalation.ts';
import { Grouping, type GroupKey } from './grouping.ts';
import { asText } from './notification.ts';
import { NotificationQueries } from './notification-queries.ts';
import { Succession } from './succession.ts';
import type { Successor } from './takeover.ts';

/** Who was told that an alarm began before it could be written down. */
export interface Heard extends Addressee {
  time: Millis;
  /** For the delivery log. */
  detail: string;
}

/** What is owed to people, and what became of it. */
export class NotificationOutbox extends NotificationQueries {
  readonly #insert: StatementSync;
  readonly #told: StatementSync;
  readonly #obsolete: StatementSync;
  readonly #underWay: StatementSync;
  readonly #obsoleteLater: StatementSync;
  readonly #outlived: StatementSync;
  readonly #log: StatementSync;
  readonly #update: StatementSync;
  readonly #use: StatementSync;
  readonly #setBack: StatementSync;
  readonly #database: Database;
  readonly #grouping: Grouping;
  readonly #succession: Succession;

  constructor(database: Database) {
    super(database);
    this.#database = database;
    this.#grouping = new Grouping(database);
    this.#succession = new Succession(database);
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
    this.#outlived = database.prepare(
      `UPDATE notification SET state = 'obsolete'
       WHERE alarm = :alarm AND event = 'raised' AND state IN ('pending', 'joined')
         AND id < (SELECT max(id) FROM notification WHERE alarm = :alarm AND event = 'cleared')`,
    );
    this.#underWay = database.prepare(
      `SELECT 1 FROM notification
       WHERE alarm = :alarm AND event = 'raised' AND state IN ('pending', 'joined')
         AND channel = :channel AND person IS :person LIMIT 1`,
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
    this.#use = database.prepare('UPDATE notification SET used = ? WHERE id = ?');
    this.#setBack = database.prepare(
      `UPDATE notification SET created = :now,
         due = CASE WHEN attempts > 0 THEN :now ELSE due - (created - :now) END
       WHERE state IN ('pending', 'joined') AND created > :now AND id IN (
         SELECT id FROM notification WHERE state = 'pending'
         UNION ALL SELECT member.id FROM notification AS leader INDEXED BY notification_due
           JOIN notification AS member ON member.message = leader.message
           WHERE leader.state = 'pending')`,
    );
  }

  /**
   * Writes what an alarm's event owes, in the transaction of the event. Nobody hears of it before
   * `from`, or at all if it is over by then. `group` says with which others its messages may be
   * merged, `drill` that it is none of the real ones, `also` who is told at once beside whom the
   * escalation names.
   */
  plan(
    step: AlarmEvent,
    campus: Campus | undefined,
    now: Millis,
    {
      from = now,
      group,
      drill,
      also = [],
    }: {
      from?: Millis;
      group?: GroupKey;
      drill?: Drill | undefined;
      also?: readonly string[];
    } = {},
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
        ? escalateDrill(campus, severity, drill.person, from)
        : escalate(campus, severity, from, also);
      for (const { due, channel, person } of owed) {
        const [id, personName] = [person?.id ?? null, person?.name ?? null];
        // a reminder of what could not be sent yet would only double it
        const isUnderWay =
          event === 'reminded' && this.#underWay.get({ alarm: alarm.id, channel, person: id });
        if (isUnderWay) continue;
        owe({ event: 'raised', channel, person: id, personName, due });
      }
    } else if (event === 'cleared' && step.person === undefined) {
      // whoever was told that it began is told that it is over; not that a person has put it aside
      const groups = new Set<string>();
      for (const row of this.#told.all({ alarm: alarm.id, now })) {
        const channel = String(row.channel);
        if (groups.has(channel) || isCall(campus, channel)) continue;
        if (isGroup(campus, channel)) groups.add(channel);
        const [person, personName] = [asText(row.person), asText(row.person_name)];
        owe({ event: 'cleared', channel, person, personName, due: from });
      }
    }
  }

  /** Notes who has heard already that an alarm began, in the transaction that raises it. */
  noteHeard(alarm: number, severity: Severity, heard: readonly Heard[]): void {
    for (const { channel, person, time, detail } of heard) {
      const whom = { channel, person: person?.id ?? null, personName: person?.name ?? null };
      const row = { alarm, notice: null, event: 'raised', value: null, ...whom, due: time };
      this.record(this.#owe(row, time, severity), { kind: 'sent', detail }, time, time);
    }
  }

  /** Whoever is owed word that an alarm is over needs no word any more that it began. */
  tellEndOnly(alarm: number): void {
    this.#outlived.run({ alarm });
  }

  /** Merges what has fallen due together; a message's members never change after that. */
  gather(now: Millis): void {
    this.#grouping.gather(now);
  }

  /** The clock was set back: what is owed since later than now is owed since now; what was tried is due. */
  followClock(now: Millis): void {
    this.#setBack.run({ now });
  }

  /** Writes what a notice owes, in the transaction that files it. */
  planNotice(notice: number, to: readonly Addressee[], now: Millis): void {
    const about = { alarm: null, notice, event: 'notice', value: null };
    for (const { channel, person } of to) {
      const whom = { channel, person: person?.id ?? null, personName: person?.name ?? null };
      this.#owe({ ...about, ...whom, due: now }, now, 'info');
    }
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

  /** Its link was used. */
  use(id: number, now: Millis): void {
    this.#use.run(now, id);
  }

  #takeOver(id: number, successors: readonly Successor[], now: Millis): string | undefined {
    const failed = this.get(id);
    return failed && this.#succession.takeOver(failed, successors, now);
  }

  /** What it stepped in for needs no telling; the others of that message go on. */
  #replaceEarlier(id: number): void {
    const { takesOver, alarm } = this.get(id) ?? {};
    if (takesOver === undefined || alarm === undefined) return;
    this.#succession.replaceEarlier(id);
    this.#grouping.promote(alarm);
  }

  /** Answers the notification's id. */
  #owe(row: OwedRow, now: Millis, severity: Severity, group?: GroupKey): number {
    // fire and life wait for no company
    const key = severity === 'critical' ? undefined : group;
    const due = key ? this.#grouping.departure(key, row.channel, row.person, row.due) : row.due;
    const grouping = key?.id ?? null;
    const urgency = SEVERITIES.indexOf(severity);
    return Number(this.#insert.run({ ...row, now, due, grouping, urgency }).lastInsertRowid);
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

const ENDS_RINGING: ReadonlySet<AlarmEventName> = new Set(['acknowledged', 'escalated', 'shelved']);

const RINGS: ReadonlySet<AlarmEventName> = new Set(['raised', 'escalated', 'expired', 'reminded']);

/** Whether people are to be told, from the first step on: it began, grew, or was put off till now. */
export function rings({ event, alarm }: Pick<AlarmEvent, 'event' | 'alarm'>): boolean {
  if (RINGS.has(event)) return true;
  return event === 'unshelved' && isActive(alarm) && alarm.acknowledged === undefined;
}
