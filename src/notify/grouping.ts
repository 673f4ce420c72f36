import type { StatementSync } from 'node:sqlite';
import type { Alarm, AlarmEventName } from '../alarms/store.ts';
import type { Device } from '../campus/model.ts';
import type { Millis } from '../clock.ts';
import type { Database } from '../storage/database.ts';

/** With which others a message may be merged. */
export interface GroupKey {
  id: string;
  /** For how long after one message the next ones of its kind are gathered. */
  window: Millis;
  /** The first waits too: what failed together is known together. */
  firstWaits: boolean;
}

const WINDOW: Millis = 5_000;
/** Devices come back over a reporting interval, and that they are back is not urgent. */
const BACK_AGAIN: Millis = 60_000;

/**
 * Alarms of one building with one cause: all silence is one cause, whatever fell silent, and else
 * the rule. The first message of a cause goes out at once, and what follows within a few seconds is
 * gathered; silence, which has taken minutes to be noticed, is gathered from the first on.
 */
export function groupKey(
  { campus, rule, zone, drill }: Alarm,
  event: AlarmEventName,
  device: Device | undefined,
): GroupKey {
  const isSilence = device?.rules.find(({ id }) => id === rule)?.kind === 'silence';
  const where = device?.zone.building ?? zone;
  return {
    id: JSON.stringify([campus, where, isSilence ? 'silence' : `rule ${rule}`, event, drill]),
    window: isSilence && event === 'cleared' ? BACK_AGAIN : WINDOW,
    firstWaits: isSilence,
  };
}

/** A message of the same alarm that `this` must not overtake: nobody hears of an end first. */
export const EARLIER = `SELECT 1 FROM notification AS earlier
  WHERE earlier.alarm = this.alarm AND earlier.id < this.id
    AND earlier.state IN ('pending', 'joined')
    AND earlier.channel = this.channel AND earlier.person IS this.person`;

const UNGROUPED = `state = 'pending' AND grouping IS NOT NULL AND message IS NULL AND due <= ?
  AND NOT EXISTS (${EARLIER})`;

/**
 * Merges notifications into messages. Who is in a message is written down before it is sent, so
 * that a repeat after a crash is the same message under the same id.
 */
export class Grouping {
  readonly #nearest: StatementSync;
  readonly #any: StatementSync;
  readonly #gather: StatementSync;
  readonly #promote: StatementSync;

  constructor(database: Database) {
    this.#nearest = database.prepare(
      `SELECT max(due) AS due FROM notification
       WHERE grouping = :id AND channel = :channel AND person IS :person
         AND due > :from AND due <= :to`,
    );
    this.#any = database.prepare(
      `SELECT 1 FROM notification AS this INDEXED BY notification_ungrouped
       WHERE ${UNGROUPED} LIMIT 1`,
    );
    this.#gather = database.prepare(
      `UPDATE notification SET message = found.leader,
         state = CASE WHEN notification.id = found.leader THEN 'pending' ELSE 'joined' END
       FROM (SELECT id, first_value(id) OVER
               (PARTITION BY grouping, channel, person ORDER BY urgency, id) AS leader
             FROM notification AS this INDEXED BY notification_ungrouped WHERE ${UNGROUPED}) AS found
       WHERE notification.id = found.id`,
    );
    this.#promote = database.prepare(
      `UPDATE notification SET state = 'pending'
       WHERE id IN (SELECT min(id) FROM notification AS this
         WHERE state = 'joined'
           AND message IN (SELECT message FROM notification WHERE alarm = ?)
           AND NOT EXISTS (SELECT 1 FROM notification AS leader
             WHERE leader.message = this.message AND leader.state = 'pending')
         GROUP BY message)`,
    );
  }

  /** When a message that is owed from `due` on is sent: with the others that are on their way. */
  departure(
    { id, window, firstWaits }: GroupKey,
    channel: string,
    person: string | null,
    due: Millis,
  ): Millis {
    const range = { from: due - window, to: due + window };
    const nearest = this.#nearest.get({ id, channel, person, ...range })?.due;
    if (nearest === null || nearest === undefined) return firstWaits ? due + window : due;
    return Number(nearest) >= due ? Number(nearest) : Number(nearest) + window;
  }

  gather(now: Millis): void {
    if (this.#any.get(now)) this.#gather.run(now);
  }

  /** Lets the next one lead the messages whose leader has become obsolete with its alarm. */
  promote(alarm: number): void {
    this.#promote.run(alarm);
  }
}
