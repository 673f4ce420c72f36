import type { StatementSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import type { Database } from '../storage/database.ts';

/** Nobody has acknowledged it, it is no secret kept by a shelf or a cause, and it waits for somebody. */
const UNANSWERED = `remind_at IS NOT NULL AND acknowledged IS NULL AND closed IS NULL
  AND (cleared IS NULL OR latched = 1)
  AND shelved_until IS NULL AND suppressed_by IS NULL AND unstable_until IS NULL`;

/** When people are reminded of alarms that nobody acknowledges. Writes in the transaction under way. */
export class Reminders {
  readonly #set: StatementSync;
  readonly #due: StatementSync;
  readonly #next: StatementSync;

  constructor(database: Database) {
    this.#set = database.prepare('UPDATE alarm SET remind_at = ? WHERE id = ?');
    this.#due = database.prepare(
      `SELECT id FROM alarm WHERE remind_at <= ? AND ${UNANSWERED} ORDER BY remind_at LIMIT ?`,
    );
    this.#next = database.prepare(`SELECT min(remind_at) AS at FROM alarm WHERE ${UNANSWERED}`);
  }

  /** People were told: again at that moment; undefined: not again. */
  set(alarm: number, at: Millis | undefined): void {
    this.#set.run(at ?? null, alarm);
  }

  /** Ids of alarms of which to remind now. */
  due(now: Millis, limit: number): number[] {
    return this.#due.all(now, limit).map(({ id }) => Number(id));
  }

  next(): Millis | undefined {
    const at = this.#next.get()?.at;
    return typeof at === 'number' ? at : undefined;
  }
}
