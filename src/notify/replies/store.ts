import type { StatementSync } from 'node:sqlite';
import type { Millis } from '../../clock.ts';
import type { Database } from '../../storage/database.ts';

/** Longer than any vendor sends an unconfirmed reply again (Feishu: about six hours). */
const KEEP: Millis = 24 * 3_600_000;

/** Whose alarms a channel told, and whom. */
export interface Told {
  /** As alarms name it; empty for the gateway's own. */
  campuses: readonly [string, string];
  channel: string;
  /** undefined: everybody in the group. */
  person: string | undefined;
  /** Not after. */
  before: Millis;
}

/** What was replied, and to which message. Everything runs in the transaction under way. */
export class ReplyStore {
  readonly #take: StatementSync;
  readonly #forget: StatementSync;
  readonly #newest: StatementSync;

  constructor(database: Database) {
    this.#take = database.prepare('INSERT OR IGNORE INTO reply (id, time) VALUES (?, ?)');
    this.#forget = database.prepare('DELETE FROM reply WHERE time < ?');
    // only if the last that the person heard of the alarm by this channel has arrived
    this.#newest = database.prepare(
      `SELECT told.id FROM alarm JOIN notification AS told ON told.alarm = alarm.id
       WHERE alarm.closed IS NULL AND alarm.acknowledged IS NULL
         AND alarm.campus IN (:campus, :own) AND told.channel = :channel
         AND told.event = 'raised' AND told.state = 'sent' AND told.created <= :before
         AND (:person IS NULL OR told.person = :person)
         AND NOT EXISTS (SELECT 1 FROM notification AS newer
           WHERE newer.alarm = told.alarm AND newer.id > told.id AND newer.event = 'raised'
             AND newer.channel = told.channel AND newer.person IS told.person
           AND newer.due <= :before)
       ORDER BY told.id DESC LIMIT 1`,
    );
  }

  /** Notes a reply by the vendor's id; false if it came before. */
  take(id: string, now: Millis): boolean {
    this.#forget.run(now - KEEP);
    return this.#take.run(id, now).changes === 1;
  }

  /** The id of the newest notification whose alarm nobody has acknowledged. */
  newest(told: Told): number | undefined {
    const [campus, own] = told.campuses;
    const { channel, before, person = null } = told;
    const row = this.#newest.get({ campus, own, channel, before, person });
    return row && Number(row.id);
  }
}
