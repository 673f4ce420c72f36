import type { StatementSync } from 'node:sqlite';
import { Severity } from '../campus/rule.ts';
import type { Millis } from '../clock.ts';
import { CodedError, type Text } from '../errors.ts';
import type { Database } from '../storage/database.ts';

/** The life of one abnormal condition. Times are ms since 1970; undefined has not happened. */
export interface Alarm {
  id: number;
  campus: string;
  device: string;
  deviceName: string;
  zone: string;
  rule: string;
  severity: Severity;
  /** Stays until a person resets it. */
  latched: boolean;
  metric: string | undefined;
  value: number | undefined;
  limit: number | undefined;
  unit: string;
  title: Text;
  action: Text;
  /** Event time at which the condition began. */
  since: Millis;
  raised: Millis;
  /** How often it was raised before it was closed. */
  occurrences: number;
  acknowledged: Millis | undefined;
  acknowledgedBy: string | undefined;
  cleared: Millis | undefined;
  closed: Millis | undefined;
  closedBy: string | undefined;
  closeReason: string | undefined;
  /** The alarm that explains it: nobody is told of it. */
  suppressedBy: number | undefined;
  /** It comes and goes: nobody is told of that until it has been quiet until then. */
  unstableUntil: Millis | undefined;
  /** The drill in which it was raised. */
  drill: number | undefined;
}

export const ALARM_EVENTS = [
  'raised',
  'acknowledged',
  'cleared',
  'reset',
  'closed',
  'suppressed',
  'released',
  'unstable',
  'settled',
] as const;
export type AlarmEventName = (typeof ALARM_EVENTS)[number];

/** One step in the life of an alarm. */
export interface AlarmEvent {
  id: number;
  time: Millis;
  event: AlarmEventName;
  person: string | undefined;
  detail: string | undefined;
  alarm: Alarm;
}

/** What is needed to raise an alarm; the rest follows. */
export type NewAlarm = Pick<
  Alarm,
  | 'campus'
  | 'device'
  | 'deviceName'
  | 'zone'
  | 'rule'
  | 'severity'
  | 'latched'
  | 'metric'
  | 'value'
  | 'limit'
  | 'unit'
  | 'title'
  | 'action'
  | 'since'
  | 'raised'
>;

/** Which alarms to list; all conditions must hold. */
export interface AlarmFilter {
  campus?: string | undefined;
  device?: string | undefined;
  severity?: Severity | undefined;
  /** true: not closed yet. */
  open?: boolean | undefined;
  /** Only those with a smaller id: the next page. */
  before?: number | undefined;
  limit: number;
}

/**
 * The alarms' ledger. Every method writes in the transaction under way and tells `onEvent`, so that
 * what an event owes is written beside it.
 */
export class AlarmStore {
  readonly #onEvent: (event: AlarmEvent) => void;
  readonly #open: StatementSync;
  readonly #get: StatementSync;
  readonly #insert: StatementSync;
  readonly #again: StatementSync;
  readonly #clear: StatementSync;
  readonly #acknowledge: StatementSync;
  readonly #close: StatementSync;
  readonly #markDrill: StatementSync;
  readonly #event: StatementSync;
  readonly #history: StatementSync;
  readonly #eventsAfter: StatementSync;
  readonly #list: Record<'all' | 'open' | 'closed', StatementSync>;
  readonly #allOpen: StatementSync;

  constructor(database: Database, onEvent: (event: AlarmEvent) => void) {
    this.#onEvent = onEvent;
    this.#open = database.prepare(
      'SELECT * FROM alarm WHERE campus = ? AND device = ? AND rule = ? AND closed IS NULL',
    );
    this.#get = database.prepare('SELECT * FROM alarm WHERE id = ?');
    this.#insert = database.prepare(
      `INSERT INTO alarm (campus, device, device_name, zone, rule, severity, latched, metric, value,
         alarm_limit, unit, title, action, since, raised)
       VALUES (:campus, :device, :deviceName, :zone, :rule, :severity, :latched, :metric, :value,
         :limit, :unit, :title, :action, :since, :raised)`,
    );
    this.#again = database.prepare(
      `UPDATE alarm SET severity = :severity, value = :value, alarm_limit = :limit, since = :since,
         occurrences = occurrences + 1, cleared = NULL, acknowledged = NULL, acknowledged_by = NULL
       WHERE id = :id`,
    );
    this.#clear = database.prepare('UPDATE alarm SET cleared = ? WHERE id = ?');
    this.#acknowledge = database.prepare(
      'UPDATE alarm SET acknowledged = ?, acknowledged_by = ? WHERE id = ?',
    );
    this.#close = database.prepare(
      'UPDATE alarm SET closed = ?, closed_by = ?, close_reason = ? WHERE id = ?',
    );
    this.#markDrill = database.prepare('UPDATE alarm SET drill = ? WHERE id = ?');
    this.#event = database.prepare(
      'INSERT INTO alarm_event (alarm, time, event, person, detail) VALUES (?, ?, ?, ?, ?)',
    );
    this.#history = database.prepare('SELECT * FROM alarm_event WHERE alarm = ? ORDER BY id');
    this.#eventsAfter = database.prepare(
      'SELECT * FROM alarm_event WHERE id > ? ORDER BY id LIMIT ?',
    );
    const list = (from: string, closed: string) =>
      database.prepare(
        `SELECT * FROM ${from}
         WHERE (:campus IS NULL OR campus = :campus) AND (:device IS NULL OR device = :device)
           AND (:severity IS NULL OR severity = :severity) AND (:before IS NULL OR id < :before)
           ${closed}
         ORDER BY id DESC LIMIT :limit`,
      );
    this.#list = {
      all: list('alarm', ''),
      // the many closed ones are not even looked at
      open: list('alarm INDEXED BY alarm_open', 'AND closed IS NULL'),
      closed: list('alarm', 'AND closed IS NOT NULL'),
    };
    this.#allOpen = database.prepare('SELECT * FROM alarm WHERE closed IS NULL');
  }

  /** Raises an alarm, or raises the one again that is still open for this device and rule. */
  raise(alarm: NewAlarm): void {
    const open = this.#open.get(alarm.campus, alarm.device, alarm.rule);
    const { severity, value = null, limit = null, since, raised } = alarm;
    let id: number;
    if (open) {
      id = Number(open.id);
      this.#again.run({ id, severity, value, limit, since });
    } else {
      const { campus, device, deviceName, zone, rule, unit, metric = null } = alarm;
      const inserted = this.#insert.run({
        campus,
        device,
        deviceName,
        zone,
        rule,
        severity,
        metric,
        value,
        limit,
        unit,
        since,
        raised,
        latched: Number(alarm.latched),
        title: JSON.stringify(alarm.title),
        action: JSON.stringify(alarm.action),
      });
      id = Number(inserted.lastInsertRowid);
    }
    this.#record(id, raised, 'raised');
  }

  /**
   * The condition is over. An alarm that is not latched is thereby closed if it was acknowledged, or
   * if nobody was told of it. An unstable one stays open until it has settled.
   */
  clear(campus: string, device: string, rule: string, at: Millis, detail?: string): void {
    const row = this.#open.get(campus, device, rule);
    if (!row || row.cleared !== null) return;
    const alarm = toAlarm(row);
    this.#clear.run(at, alarm.id);
    this.#record(alarm.id, at, 'cleared', undefined, detail);
    if (alarm.unstableUntil !== undefined || alarm.latched) return;
    const needsNobody = alarm.acknowledged !== undefined || alarm.suppressedBy !== undefined;
    if (needsNobody) this.#closeAs(alarm.id, at);
  }

  /** An unstable alarm has been quiet. Closed, if it is over and was acknowledged. */
  settle(id: number, now: Millis): void {
    this.#record(id, now, 'settled');
    const { cleared, acknowledged } = this.get(id);
    if (cleared !== undefined && acknowledged !== undefined) this.#closeAs(id, now);
  }

  /** Notes in an open alarm's history what storm control has decided. */
  note(id: number, time: Millis, event: 'suppressed' | 'released' | 'unstable', detail?: string) {
    this.#record(id, time, event, undefined, detail);
  }

  /** Makes it an alarm of a drill, or a real one. */
  markDrill(id: number, drill: number | undefined): void {
    this.#markDrill.run(drill ?? null, id);
  }

  /** Whether the condition of a device's rule holds. */
  isActive(campus: string, device: string, rule: string): boolean {
    return this.#open.get(campus, device, rule)?.cleared === null;
  }

  /** Throws ALARM_UNKNOWN, ALARM_CLOSED or ALARM_ACKNOWLEDGED. */
  acknowledge(id: number, person: string, now: Millis): Alarm {
    const alarm = this.#openById(id);
    if (alarm.acknowledged !== undefined) {
      throw new CodedError('ALARM_ACKNOWLEDGED', {
        person: alarm.acknowledgedBy ?? '?',
        time: new Date(alarm.acknowledged).toISOString(),
      });
    }
    this.#acknowledge.run(now, person, id);
    this.#record(id, now, 'acknowledged', person);
    const isOver = alarm.cleared !== undefined && alarm.unstableUntil === undefined;
    if (isOver && !alarm.latched) this.#closeAs(id, now);
    return this.get(id);
  }

  /**
   * A named person ends a latched alarm after looking on site. Throws ALARM_UNKNOWN, ALARM_CLOSED,
   * ALARM_NOT_LATCHED, or ALARM_STILL_ACTIVE while the condition holds.
   */
  reset(id: number, person: string, reason: string, now: Millis): Alarm {
    const alarm = this.#openById(id);
    if (!alarm.latched) throw new CodedError('ALARM_NOT_LATCHED');
    if (alarm.cleared === undefined) throw new CodedError('ALARM_STILL_ACTIVE');
    if (alarm.acknowledged === undefined) {
      this.#acknowledge.run(now, person, id);
      this.#record(id, now, 'acknowledged', person);
    }
    this.#record(id, now, 'reset', person, reason);
    this.#closeAs(id, now, person, reason);
    return this.get(id);
  }

  /** Throws ALARM_UNKNOWN. */
  get(id: number): Alarm {
    const row = this.#get.get(id);
    if (!row) throw new CodedError('ALARM_UNKNOWN', { alarm: id });
    return toAlarm(row);
  }

  /** Newest first. */
  list(filter: AlarmFilter): Alarm[] {
    const { campus = null, device = null, severity = null, open, before = null, limit } = filter;
    const which = open === undefined ? 'all' : open ? 'open' : 'closed';
    return this.#list[which].all({ campus, device, severity, before, limit }).map(toAlarm);
  }

  allOpen(): Alarm[] {
    return this.#allOpen.all().map(toAlarm);
  }

  /** Everything that happened to an alarm, oldest first. */
  history(id: number): Omit<AlarmEvent, 'alarm'>[] {
    return this.#history.all(id).map(toEvent);
  }

  /** Events after the event id `after`, with their alarms as they are now: for resumed streams. */
  eventsAfter(after: number, limit: number): AlarmEvent[] {
    return this.#eventsAfter
      .all(after, limit)
      .map((row) => ({ ...toEvent(row), alarm: this.get(Number(row.alarm)) }));
  }

  #openById(id: number): Alarm {
    const alarm = this.get(id);
    if (alarm.closed !== undefined) {
      throw new CodedError('ALARM_CLOSED', { time: new Date(alarm.closed).toISOString() });
    }
    return alarm;
  }

  #closeAs(id: number, at: Millis, person?: string, reason?: string): void {
    this.#close.run(at, person ?? null, reason ?? null, id);
    this.#record(id, at, 'closed', person, reason);
  }

  #record(id: number, time: Millis, event: AlarmEventName, person?: string, detail?: string): void {
    const inserted = this.#event.run(id, time, event, person ?? null, detail ?? null);
    const alarm = this.get(id);
    this.#onEvent({ id: Number(inserted.lastInsertRowid), time, event, person, detail, alarm });
  }
}

type Row = Record<string, unknown>;

const optional = (value: unknown): number | undefined =>
  value === null || value === undefined ? undefined : Number(value);
const optionalText = (value: unknown): string | undefined =>
  value === null || value === undefined ? undefined : String(value);

function parseText(json: unknown): Text {
  const parsed: unknown = JSON.parse(String(json));
  if (typeof parsed === 'object' && parsed !== null && 'zh' in parsed && 'en' in parsed) {
    return { zh: String(parsed.zh), en: String(parsed.en) };
  }
  throw new Error('not a text of two languages');
}

function toSeverity(value: unknown): Severity {
  const severity = Severity.enum.find((known) => known === value);
  if (!severity) throw new Error(`unknown severity ${String(value)}`);
  return severity;
}

function toAlarm(row: Row): Alarm {
  return {
    id: Number(row.id),
    campus: String(row.campus),
    device: String(row.device),
    deviceName: String(row.device_name),
    zone: String(row.zone),
    rule: String(row.rule),
    severity: toSeverity(row.severity),
    latched: row.latched === 1,
    metric: optionalText(row.metric),
    value: optional(row.value),
    limit: optional(row.alarm_limit),
    unit: String(row.unit),
    title: parseText(row.title),
    action: parseText(row.action),
    since: Number(row.since),
    raised: Number(row.raised),
    occurrences: Number(row.occurrences),
    acknowledged: optional(row.acknowledged),
    acknowledgedBy: optionalText(row.acknowledged_by),
    cleared: optional(row.cleared),
    closed: optional(row.closed),
    closedBy: optionalText(row.closed_by),
    closeReason: optionalText(row.close_reason),
    suppressedBy: optional(row.suppressed_by),
    unstableUntil: optional(row.unstable_until),
    drill: optional(row.drill),
  };
}

function toEvent(row: Row): Omit<AlarmEvent, 'alarm'> {
  const event = ALARM_EVENTS.find((name) => name === row.event);
  if (!event) throw new Error(`unknown alarm event ${String(row.event)}`);
  return {
    id: Number(row.id),
    time: Number(row.time),
    event,
    person: optionalText(row.person),
    detail: optionalText(row.detail),
  };
}
