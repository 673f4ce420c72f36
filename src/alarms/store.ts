import type { StatementSync } from 'node:sqlite';
import { isGraver } from '../campus/rule.ts';
import type { Millis } from '../clock.ts';
import { CodedError, type Text } from '../errors.ts';
import type { Database } from '../storage/database.ts';
import {
  type Alarm,
  type AlarmEvent,
  type AlarmStep,
  type Disposition,
  isActive,
  type NewAlarm,
} from './alarm.ts';
import { AlarmQueries } from './alarm-queries.ts';
import {
  CHANGING,
  changingValues,
  LASTING,
  lastingValues,
  STEP,
  stepValues,
  toAlarm,
  wordsOf,
} from './alarm-rows.ts';
import { after, unborn } from './lifecycle.ts';
import { Reminders } from './reminders.ts';
import { type NewShelf, type Shelf, Shelves } from './shelves.ts';

export type { Alarm, AlarmEvent, AlarmEventName, NewAlarm } from './alarm.ts';

/** Comments and assignments of one alarm: whoever has a link may write, but not without end. */
const MAX_REMARKS = 200;
/** What ends by itself ends in portions, so that no reading waits for all of it. */
const MAX_ENDINGS = 500;

/**
 * The alarms' ledger. Every method writes in the transaction under way and tells `onEvent`, so that
 * what an event owes is written beside it. An alarm's row is its history, folded.
 */
export class AlarmStore extends AlarmQueries {
  readonly shelves: Shelves;
  readonly reminders: Reminders;
  readonly #onEvent: (event: AlarmEvent) => void;
  readonly #acknowledgementLasts: (alarm: Alarm) => Millis | undefined;
  readonly #drillOf: (alarm: NewAlarm) => number | undefined;
  readonly #open: StatementSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #event: StatementSync;
  readonly #words: StatementSync;
  readonly #remarks: StatementSync;
  readonly #nextExpiry: StatementSync;
  readonly #expired: StatementSync;

  /**
   * `acknowledgementLasts`: for how long (ms) an acknowledgement counts; undefined: for good.
   * `drillOf`: the drill that is held where an alarm is raised.
   */
  constructor(
    database: Database,
    onEvent: (event: AlarmEvent) => void,
    acknowledgementLasts: (alarm: Alarm) => Millis | undefined = () => undefined,
    drillOf: (alarm: NewAlarm) => number | undefined = () => undefined,
  ) {
    super(database);
    this.shelves = new Shelves(database);
    this.reminders = new Reminders(database);
    this.#onEvent = onEvent;
    this.#acknowledgementLasts = acknowledgementLasts;
    this.#drillOf = drillOf;
    this.#open = database.prepare(
      'SELECT * FROM alarm WHERE campus = ? AND device = ? AND rule = ? AND closed IS NULL',
    );
    const insert = (table: string, columns: readonly string[]) =>
      database.prepare(
        `INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map((name) => `:${name}`).join()})`,
      );
    this.#insert = insert('alarm', [...LASTING, ...CHANGING]);
    this.#event = insert('alarm_event', STEP);
    const changes = CHANGING.map((name) => `${name} = :${name}`).join();
    this.#update = database.prepare(`UPDATE alarm SET ${changes} WHERE id = :id`);
    this.#words = database.prepare(
      'UPDATE alarm SET title = :title, action = :action, detail = :detail WHERE id = :id',
    );
    this.#remarks = database.prepare(
      "SELECT count(*) AS count FROM alarm_event WHERE alarm = ? AND event IN ('commented', 'assigned')",
    );
    const running = 'FROM alarm WHERE acknowledged_until IS NOT NULL';
    this.#nextExpiry = database.prepare(`SELECT min(acknowledged_until) AS time ${running}`);
    this.#expired = database.prepare(`SELECT * ${running} AND acknowledged_until <= ? LIMIT ?`);
  }

  /**
   * Raises an alarm, or raises the one again that is still open for this device and rule. While its
   * condition holds, a graver severity escalates it: then whoever had acknowledged is asked again.
   */
  raise(alarm: NewAlarm): void {
    const { severity, value, limit, since, raised } = alarm;
    const row = this.#open.get(alarm.campus, alarm.device, alarm.rule);
    const open = row && this.#reword(toAlarm(row), alarm);
    const isEscalation = open && isActive(open) && isGraver(severity, open.severity);
    const step: AlarmStep = isEscalation
      ? { time: raised, event: 'escalated', severity, value, limit }
      : {
          time: raised,
          event: 'raised',
          severity,
          value,
          limit,
          since,
          drill: this.#drillOf(alarm),
        };
    // a shelf never holds back what must not be shelved
    const before = open && !isShelvable(alarm) ? this.#unshelve(open, raised) : open;
    const risen = this.#take(before ?? unborn(alarm), step);
    const shelf = !open && isShelvable(alarm) ? this.shelves.open(alarm) : undefined;
    if (shelf) this.#shelve(risen, shelf, raised);
  }

  /** Its words may have changed since it was raised first: what is raised again says it anew. */
  #reword(open: Alarm, { title, action, detail }: Parameters<typeof wordsOf>[0]): Alarm {
    const reworded = { ...open, title, action, detail };
    const [words, before] = [wordsOf(reworded), wordsOf(open)];
    if (JSON.stringify(words) === JSON.stringify(before)) return open;
    this.#words.run({ id: open.id, ...words });
    return reworded;
  }

  /** What more is known by now of an alarm whose condition holds. */
  describe(
    { campus, device, rule }: Pick<Alarm, 'campus' | 'device' | 'rule'>,
    detail: Text,
  ): void {
    const row = this.#open.get(campus, device, rule);
    const open = row && toAlarm(row);
    if (open && isActive(open)) this.#reword(open, { ...open, detail });
  }

  /**
   * The condition is over, or a person says that it no longer matters. An alarm that is not latched
   * is thereby closed if it was acknowledged, or if nobody was told of it. An unstable one stays open
   * until it has settled.
   */
  clear(
    campus: string,
    device: string,
    rule: string,
    at: Millis,
    detail?: string,
    person?: string,
  ): void {
    const row = this.#open.get(campus, device, rule);
    if (!row || row.cleared !== null) return;
    const alarm = this.#take(toAlarm(row), { time: at, event: 'cleared', person, detail });
    if (alarm.unstableUntil !== undefined || alarm.latched) return;
    const needsNobody = alarm.acknowledged !== undefined || alarm.suppressedBy !== undefined;
    if (needsNobody) this.#take(alarm, { time: at, event: 'closed' });
  }

  /** Notes in an open alarm's history what storm control has decided. */
  note(id: number, step: AlarmStep & { event: 'suppressed' | 'released' | 'unstable' }): void {
    this.#take(this.get(id), step);
  }

  /** An unstable alarm has been quiet. Closed, if it is over and was acknowledged. */
  settle(id: number, now: Millis): void {
    const alarm = this.#take(this.get(id), { time: now, event: 'settled' });
    if (alarm.cleared !== undefined && alarm.acknowledged !== undefined) {
      this.#take(alarm, { time: now, event: 'closed' });
    }
  }

  /** Whether the condition of a device's rule holds. */
  isActive(campus: string, device: string, rule: string): boolean {
    return this.#open.get(campus, device, rule)?.cleared === null;
  }

  /** Throws ALARM_UNKNOWN, ALARM_CLOSED or ALARM_ACKNOWLEDGED. */
  acknowledge(id: number, person: string, now: Millis): Alarm {
    const open = this.#openById(id);
    if (open.acknowledged !== undefined) {
      throw new CodedError('ALARM_ACKNOWLEDGED', {
        person: open.acknowledgedBy ?? '?',
        time: new Date(open.acknowledged).toISOString(),
      });
    }
    const lasts = isActive(open) ? this.#acknowledgementLasts(open) : undefined;
    const until = lasts === undefined ? undefined : now + lasts;
    const alarm = this.#take(open, { time: now, event: 'acknowledged', person, until });
    const isOver = alarm.cleared !== undefined && alarm.unstableUntil === undefined;
    if (!isOver || alarm.latched) return alarm;
    return this.#take(alarm, { time: now, event: 'closed' });
  }

  /**
   * Makes it `assignee`'s business; it still rings until it is acknowledged. Throws ALARM_UNKNOWN,
   * ALARM_CLOSED or ALARM_REMARKS_FULL.
   */
  assign(id: number, assignee: string, person: string, now: Millis): Alarm {
    const alarm = this.#openById(id);
    this.#checkRemarks(id);
    return this.#take(alarm, { time: now, event: 'assigned', person, assignee });
  }

  /**
   * Adds what somebody has to say, also after it was closed; with a disposition, what it was.
   * Throws ALARM_UNKNOWN or ALARM_REMARKS_FULL.
   */
  comment(id: number, person: string, text: string, now: Millis, disposition?: Disposition): Alarm {
    const alarm = this.get(id);
    this.#checkRemarks(id);
    return this.#take(alarm, { time: now, event: 'commented', person, detail: text, disposition });
  }

  /**
   * A named person ends a latched alarm after looking on site, and says what it was. Throws
   * ALARM_UNKNOWN, ALARM_CLOSED, ALARM_NOT_LATCHED, or ALARM_STILL_ACTIVE while the condition holds.
   */
  reset(
    id: number,
    { person, disposition, reason }: { person: string; disposition: Disposition; reason: string },
    now: Millis,
  ): Alarm {
    let alarm = this.#openById(id);
    if (!alarm.latched) throw new CodedError('ALARM_NOT_LATCHED');
    if (alarm.cleared === undefined) throw new CodedError('ALARM_STILL_ACTIVE');
    const by = { time: now, person };
    if (alarm.acknowledged === undefined) {
      alarm = this.#take(alarm, { ...by, event: 'acknowledged' });
    }
    alarm = this.#take(alarm, { ...by, event: 'reset', detail: reason, disposition });
    return this.#take(alarm, { ...by, event: 'closed', detail: reason });
  }

  /**
   * Lays a rule of a device on the shelf, with the alarm that is open. Throws SHELVE_FORBIDDEN where
   * that alarm is critical or latched (fire must not be shelved), or SHELVED_ALREADY.
   */
  shelve(shelf: NewShelf): Shelf {
    const row = this.#open.get(shelf.campus, shelf.device, shelf.rule);
    const alarm = row && toAlarm(row);
    if (alarm && !isShelvable(alarm)) throw new CodedError('SHELVE_FORBIDDEN');
    const added = this.shelves.add(shelf);
    if (alarm) this.#shelve(alarm, added, shelf.since);
    return added;
  }

  /** Lifts a shelf before its time. Throws SHELF_UNKNOWN or SHELF_ENDED. */
  liftShelf(id: number, person: string, now: Millis): Shelf {
    const shelf = this.shelves.get(id);
    if (shelf.ended !== undefined) {
      throw new CodedError('SHELF_ENDED', { time: new Date(shelf.ended).toISOString() });
    }
    this.#endShelf(shelf, now, person);
    return this.shelves.get(id);
  }

  /** When an acknowledgement, a shelf or people's patience next ends by itself. */
  nextEnding(): Millis | undefined {
    const expiry = this.#nextExpiry.get()?.time;
    const times = [expiry, this.shelves.next(), this.reminders.next()];
    const known = times.filter((time) => typeof time === 'number');
    return known.length === 0 ? undefined : Math.min(...known);
  }

  /** Ends some of the acknowledgements and shelves whose time has come, and reminds of the unanswered. */
  endDue(now: Millis): void {
    for (const shelf of this.shelves.due(now, MAX_ENDINGS)) this.#endShelf(shelf, now, undefined);
    for (const row of this.#expired.all(now, MAX_ENDINGS)) {
      this.#take(toAlarm(row), { time: now, event: 'expired' });
    }
    for (const id of this.reminders.due(now, MAX_ENDINGS)) {
      // whoever is told of it says when again
      this.reminders.set(id, undefined);
      this.#take(this.get(id), { time: now, event: 'reminded' });
    }
  }

  #shelve(alarm: Alarm, { person, reason, until }: Shelf, time: Millis): void {
    this.#take(alarm, { time, event: 'shelved', person, detail: reason, until });
  }

  #unshelve(alarm: Alarm, now: Millis): Alarm {
    const shelf = alarm.shelvedUntil === undefined ? undefined : this.shelves.open(alarm);
    return (shelf && this.#endShelf(shelf, now, undefined)) ?? alarm;
  }

  #endShelf(shelf: Shelf, now: Millis, person: string | undefined): Alarm | undefined {
    this.shelves.end(shelf.id, now, person);
    const row = this.#open.get(shelf.campus, shelf.device, shelf.rule);
    if (!row || row.shelved_until === null) return undefined;
    return this.#take(toAlarm(row), { time: now, event: 'unshelved', person });
  }

  #openById(id: number): Alarm {
    const alarm = this.get(id);
    if (alarm.closed !== undefined) {
      throw new CodedError('ALARM_CLOSED', { time: new Date(alarm.closed).toISOString() });
    }
    return alarm;
  }

  #checkRemarks(id: number): void {
    if (Number(this.#remarks.get(id)?.count) >= MAX_REMARKS) {
      throw new CodedError('ALARM_REMARKS_FULL', { limit: MAX_REMARKS });
    }
  }

  /** Records a step and what it makes of the alarm; answers what has become of it since. */
  #take(before: Alarm, step: AlarmStep): Alarm {
    const next = after(before, step);
    const alarm = { ...next, id: before.id || this.#add(next) };
    if (before.id) this.#update.run({ id: before.id, ...changingValues(alarm) });
    const { lastInsertRowid } = this.#event.run(stepValues(alarm.id, step));
    this.#onEvent({ ...step, id: Number(lastInsertRowid), alarm });
    if (step.event === 'closed' && before.shelvedUntil !== undefined)
      this.#forgetShelf(alarm, step);
    // whoever was told may have taken further steps
    return this.get(alarm.id);
  }

  /** A shelf for one alarm has nothing left to do when that is closed. */
  #forgetShelf(alarm: Alarm, { time, person }: AlarmStep): void {
    const shelf = this.shelves.open(alarm);
    if (shelf?.alarm === alarm.id) this.shelves.end(shelf.id, time, person);
  }

  #add(alarm: Alarm): number {
    const values = { ...lastingValues(alarm), ...changingValues(alarm) };
    return Number(this.#insert.run(values).lastInsertRowid);
  }
}

/** Fire and whatever else is critical is never kept from people. */
export const isShelvable = ({ severity, latched }: Pick<Alarm, 'severity' | 'latched'>): boolean =>
  severity !== 'critical' && !latched;
