import type { StatementSync } from 'node:sqlite';
import type { Severity } from '../campus/rule.ts';
import { CodedError } from '../errors.ts';
import type { Database } from '../storage/database.ts';
import type { Alarm, AlarmEvent } from './alarm.ts';
import { toAlarm, toStep } from './alarm-rows.ts';

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

/** What can be asked of the alarms' ledger. */
export class AlarmQueries {
  readonly #get: StatementSync;
  readonly #history: StatementSync;
  readonly #eventsAfter: StatementSync;
  readonly #list: Record<'all' | 'open' | 'closed', StatementSync>;
  readonly #allOpen: StatementSync;

  constructor(database: Database) {
    this.#get = database.prepare('SELECT * FROM alarm WHERE id = ?');
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
    return this.#history.all(id).map(toStep);
  }

  /** Events after the event id `after`, with their alarms as they are now: for resumed streams. */
  eventsAfter(after: number, limit: number): AlarmEvent[] {
    return this.#eventsAfter
      .all(after, limit)
      .map((row) => ({ ...toStep(row), alarm: this.get(Number(row.alarm)) }));
  }
}
