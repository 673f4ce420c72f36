import type { StatementSync } from 'node:sqlite';
import type { Campus } from '../campus/model.ts';
import type { Millis } from '../clock.ts';
import type { Database } from '../storage/database.ts';
import { afterAttempt, type ChannelRecord, failingChannels, UNTRIED } from './channel-record.ts';
import { type Finding, keyOf, type Watchdog } from './watchdog.ts';

/** Attempts read at a time, and those of earlier runs that are read at the start. */
const PAGE = 2_000;

export interface ChannelsOptions {
  database: Database;
  campuses: () => ReadonlyMap<string, Campus>;
  /** The campus that an alarm's or a notice's campus stands for. */
  campus: (id: string) => Campus | undefined;
}

/** Channels that get nothing through, as the delivery log tells. */
export class ChannelsWatchdog implements Watchdog {
  readonly codes = ['CHANNEL_FAILING', 'NOBODY_REACHED'] as const;
  /** Five attempts take half a minute: one that fails for so short a time is no news. */
  readonly onDelay: Millis = 2 * 60_000;
  readonly offDelay: Millis = 0;
  readonly #options: ChannelsOptions;
  readonly #attempts: StatementSync;
  /** By campus, then by channel. */
  readonly #records = new Map<string, Map<string, ChannelRecord>>();
  #read: number;

  constructor(options: ChannelsOptions) {
    const { database } = options;
    this.#options = options;
    this.#attempts = database.prepare(
      `SELECT delivery.id, delivery.time, delivery.outcome, delivery.detail, channel,
         coalesce(alarm.campus, notice.campus) AS campus
       FROM delivery JOIN notification ON notification.id = delivery.notification
         LEFT JOIN alarm ON alarm.id = notification.alarm
         LEFT JOIN notice ON notice.id = notification.notice
       WHERE delivery.id > ? ORDER BY delivery.id LIMIT ${PAGE}`,
    );
    const last = database.prepare('SELECT coalesce(max(id), 0) AS id FROM delivery').get()?.id;
    this.#read = Math.max(0, Number(last) - PAGE);
  }

  look(now: Millis, isOpen: (key: string) => boolean): Finding[] {
    this.#readOn();
    return [...this.#options.campuses().values()].flatMap((campus) =>
      this.#judge(campus, now, isOpen),
    );
  }

  #readOn(): void {
    for (const { id, campus, channel, time, outcome, detail } of this.#attempts.all(this.#read)) {
      this.#read = Number(id);
      const whose = this.#options.campus(String(campus))?.id;
      if (whose === undefined) continue;
      const records = this.#records.get(whose) ?? new Map<string, ChannelRecord>();
      const name = String(channel);
      const attempt = { time: Number(time), outcome: String(outcome), detail: String(detail) };
      records.set(name, afterAttempt(records.get(name) ?? UNTRIED, attempt));
      this.#records.set(whose, records);
    }
  }

  #judge({ id, name, notify }: Campus, now: Millis, isOpen: (key: string) => boolean): Finding[] {
    const records = this.#records.get(id);
    if (!records) return [];
    for (const channel of records.keys()) {
      const isConfigured = channel in notify.channels || (channel === 'webhook' && notify.webhook);
      if (!isConfigured) records.delete(channel);
    }
    const about = (channel: string) =>
      ({ code: 'CHANNEL_FAILING', campus: id, subject: channel }) as const;
    const { failing, none } = failingChannels(records, now, (one) => isOpen(keyOf(about(one))));
    const findings = failing.map((channel): Finding => {
      const { failures = 0 } = records.get(channel) ?? {};
      return { ...about(channel), params: { channel, failures, campus: name }, severity: 'major' };
    });
    if (!none) return findings;
    const channels = [...records.keys()].join(', ');
    const params = { campus: name, channels };
    return [...findings, { code: 'NOBODY_REACHED', params, severity: 'major', campus: id }];
  }
}
