import type { StatementSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import type { Database } from '../storage/database.ts';
import { type Notification, OWED } from './notification.ts';
import type { Successor } from './takeover.ts';

/** Writes which notification steps in for one whose channel could not send it. */
export class Succession {
  readonly #sibling: StatementSync;
  readonly #bringForward: StatementSync;
  readonly #stepIn: StatementSync;
  readonly #replace: StatementSync;

  constructor(database: Database) {
    // rows of an earlier occurrence of the alarm do not count
    this.#sibling = database.prepare(
      `SELECT id, state, attempts, due FROM notification
       WHERE alarm = :alarm AND event = 'raised' AND channel = :channel AND created >= :created
         AND (:isGroup = 1 OR person IS :person)
       ORDER BY due, id LIMIT 1`,
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

  /** The channel that tells the same person instead of this one, if there is one. */
  takeOver(
    failed: Notification,
    successors: readonly Successor[],
    now: Millis,
  ): string | undefined {
    if (!OWED.has(failed.state)) return undefined;
    const { id: from, alarm = null, created, person = null } = failed;
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

  /** One was sent: what it stepped in for needs no telling. */
  replaceEarlier(id: number): void {
    this.#replace.run(id);
  }
}
