import type { StatementSync } from 'node:sqlite';
import type { Millis } from '../../clock.ts';
import type { Database } from '../../storage/database.ts';
import type { Alarm } from '../store.ts';

/** Chattering as ISA-18.2 has it: raised three times or more within a minute. */
const CHATTER = { times: 3, within: 60_000 };

/**
 * An alarm that comes and goes is one unstable alarm: from the third time within a minute on, what
 * it does is recorded and told to nobody until it has been quiet. A latched or critical alarm is
 * never muted: each time somebody may be in danger.
 */
export class Flapping {
  readonly #recent: StatementSync;
  readonly #due: StatementSync;
  readonly #nextDue: StatementSync;

  constructor(database: Database) {
    this.#recent = database.prepare(
      `SELECT count(*) AS raised FROM alarm INDEXED BY alarm_recent
         JOIN alarm_event ON alarm_event.alarm = alarm.id
       WHERE campus = :campus AND device = :device AND rule = :rule
         AND coalesce(closed, 9223372036854775807) > :from
         AND event = 'raised' AND time > :from AND time <= :to`,
    );
    this.#due = database.prepare('SELECT id FROM alarm WHERE unstable_until <= ? ORDER BY id');
    this.#nextDue = database.prepare(
      'SELECT min(unstable_until) AS at FROM alarm WHERE unstable_until IS NOT NULL',
    );
  }

  /** Whether the alarm that has just been raised at `time` chatters. */
  chatters({ campus, device, rule, latched, severity }: Alarm, time: Millis): boolean {
    if (latched || severity === 'critical') return false;
    const range = { from: time - CHATTER.within, to: time };
    return Number(this.#recent.get({ campus, device, rule, ...range })?.raised) >= CHATTER.times;
  }

  due(now: Millis): number[] {
    return this.#due.all(now).map(({ id }) => Number(id));
  }

  nextDue(): Millis | undefined {
    const at = this.#nextDue.get()?.at;
    return at === null || at === undefined ? undefined : Number(at);
  }
}
