import type { AlarmActions } from '../alarms/actions.ts';
import type { AlarmQueries } from '../alarms/alarm-queries.ts';
import type { Campus, Configuration, Person } from '../campus/model.ts';
import type { Millis } from '../clock.ts';
import { mobileNumber } from './channels/phone.ts';
import type { NotificationOutbox } from './outbox.ts';

/** A short message that somebody sent back. */
export interface SmsReply {
  phone: string;
  text: string;
  /** When it was sent, where the vendor says so beyond doubt. */
  sent: Millis | undefined;
}

export interface SmsReplyOptions {
  configuration: () => Configuration;
  store: Pick<AlarmQueries, 'get'>;
  outbox: Pick<NotificationOutbox, 'newestOpenFor'>;
  actions: Pick<AlarmActions, 'acknowledge'>;
}

const SMS: ReadonlySet<string | undefined> = new Set(['aliyun-sms', 'tencent-sms']);
const YES = /^\s*[1１]\s*$/;

/**
 * Takes replies to the short messages about alarms: "1" acknowledges the newest open alarm that was
 * sent to that phone. A vendor that delivers a reply twice thereby changes nothing the second time.
 */
export class SmsReplies {
  /** unknown: from a number of nobody here; other: not "1"; late: nothing left to acknowledge. */
  readonly counts = { acknowledged: 0, late: 0, other: 0, unknown: 0 };
  readonly #options: SmsReplyOptions;

  constructor(options: SmsReplyOptions) {
    this.#options = options;
  }

  /** Throws a storage error; the vendor then sends it again. */
  take(reply: SmsReply): void {
    this.counts[this.#judge(reply)] += 1;
  }

  #judge({ phone, text, sent }: SmsReply): keyof SmsReplies['counts'] {
    const number = mobileNumber(phone);
    const { campuses } = this.#options.configuration();
    const known = [...campuses.values()].flatMap((campus) =>
      campus.people
        .filter((person) => number !== undefined && mobileNumber(person.phone) === number)
        .map((person) => ({ campus, person })),
    );
    if (known.length === 0) return 'unknown';
    if (!YES.test(text)) return 'other';
    const newest = known
      .map(({ campus, person }) => ({ person, alarm: this.#newest(campus, person, sent) }))
      .reduce((a, b) => (b.alarm > a.alarm ? b : a));
    const { store, actions } = this.#options;
    if (newest.alarm === 0 || store.get(newest.alarm).acknowledged !== undefined) return 'late';
    actions.acknowledge(newest.alarm, newest.person.name);
    return 'acknowledged';
  }

  /** The newest alarm that a person was sent; 0 where there is none. */
  #newest({ id, notify }: Campus, person: Person, sent: Millis | undefined): number {
    const channels = Object.entries(notify.channels)
      .filter(([, { kind }]) => SMS.has(kind))
      .map(([name]) => name);
    return this.#options.outbox.newestOpenFor(id, person.id, channels, sent) ?? 0;
  }
}
