import type { Campus, Configuration, Person } from '../campus/model.ts';
import type { Millis } from '../clock.ts';
import { type AnswerParts, answer, isUnanswered, toldOf } from './acknowledge.ts';
import { mobileNumber } from './channels/phone.ts';
import type { Notification } from './notification.ts';
import type { NotificationOutbox } from './outbox.ts';
import type { ReplyStore } from './replies/store.ts';
import { isAcknowledgement } from './replies/words.ts';

/** A short message that somebody sent back. */
export interface SmsReply {
  phone: string;
  text: string;
  /** By which its vendor knows it. */
  id: string | undefined;
  /** When it was sent, where the vendor says so beyond doubt. */
  sent: Millis | undefined;
}

export interface SmsReplyOptions extends AnswerParts {
  replies: Pick<ReplyStore, 'take'>;
  configuration: () => Configuration;
  outbox: AnswerParts['outbox'] & Pick<NotificationOutbox, 'newestOpenFor'>;
  now: () => Millis;
  /** Runs a piece of work as a transaction of the pipeline. */
  transact: <T>(work: () => T) => T;
}

const SMS: ReadonlySet<string | undefined> = new Set(['aliyun-sms', 'tencent-sms']);

/**
 * Takes replies to the short messages about alarms: "1" acknowledges what the newest of them that
 * is still open told that phone of. A vendor that delivers a reply twice thereby changes nothing the
 * second time.
 */
export class SmsReplies {
  /** unknown: from a number of nobody here; other: no yes; late: nothing left to acknowledge. */
  readonly counts = { acknowledged: 0, late: 0, other: 0, unknown: 0 };
  readonly #options: SmsReplyOptions;

  constructor(options: SmsReplyOptions) {
    this.#options = options;
  }

  /** Throws a storage error; the vendor then sends it again. */
  take(reply: SmsReply): void {
    this.counts[this.#judge(reply)] += 1;
  }

  #judge({ phone, text, id, sent }: SmsReply): keyof SmsReplies['counts'] {
    const number = mobileNumber(phone);
    const { campuses } = this.#options.configuration();
    const known = [...campuses.values()].flatMap((campus) =>
      campus.people
        .filter((person) => number !== undefined && mobileNumber(person.phone) === number)
        .map((person) => ({ campus, person })),
    );
    if (known.length === 0) return 'unknown';
    if (!isAcknowledgement(text)) return 'other';
    const { now, replies, transact } = this.#options;
    return transact(() => {
      // it was for an alarm that is over by now, not for the newest of those that are left
      if (id !== undefined && !replies.take(id, now())) return 'late';
      return this.#acknowledge(known, sent);
    });
  }

  #acknowledge(
    known: readonly { campus: Campus; person: Person }[],
    sent: Millis | undefined,
  ): 'acknowledged' | 'late' {
    const [newest] = known
      .flatMap(({ campus, person }) => {
        const told = this.#newest(campus, person, sent);
        return told ? [{ person, told }] : [];
      })
      .toSorted((a, b) => b.told.id - a.told.id);
    // a message is answered once, as its link is: rung again, the alarm waits for its next message
    if (newest?.told.used !== undefined) return 'late';
    if (!newest || !toldOf(this.#options, newest.told).some(isUnanswered)) return 'late';
    answer(this.#options, newest.told, newest.person.name, this.#options.now());
    return 'acknowledged';
  }

  #newest(
    { id, notify }: Campus,
    person: Person,
    sent: Millis | undefined,
  ): Notification | undefined {
    const channels = Object.entries(notify.channels)
      .filter(([, { kind }]) => SMS.has(kind))
      .map(([name]) => name);
    return this.#options.outbox.newestOpenFor(id, person.id, channels, sent);
  }
}
