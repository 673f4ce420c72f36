import type { Millis } from '../clock.ts';
import type { Text } from '../errors.ts';
import type { MessageEvent } from './channel.ts';

/** One message about an alarm or a notice, to one person, by one channel. */
export interface Notification {
  id: number;
  /** One of the two. */
  alarm: number | undefined;
  notice: number | undefined;
  event: MessageEvent;
  isCritical: boolean;
  person: string | undefined;
  personName: string | undefined;
  channel: string;
  created: Millis;
  /** pending, joined (waits with others for one message), sent, replaced, failed or obsolete. */
  state: string;
  attempts: number;
  /** The value of the event that it tells of. */
  value: number | undefined;
  /** When its acknowledgement link was used. */
  used: Millis | undefined;
  /** Names the message that tells of it and of others; undefined: it has one to itself. */
  message: number | undefined;
  /** The notification whose channel could not send, and for which this one does. */
  takesOver: number | undefined;
}

/** An attempt to send, as the delivery log keeps it. */
export interface Delivery {
  time: Millis;
  outcome: string;
  detail: string;
}

export type Delivered = Notification & { deliveries: Delivery[] };

/** The states of what is still to be sent. */
export const OWED: ReadonlySet<string> = new Set(['pending', 'joined']);

export const asText = (value: unknown): string | null => (value === null ? null : String(value));

export function toNotification(row: Record<string, unknown>): Notification {
  return {
    id: Number(row.id),
    alarm: row.alarm === null ? undefined : Number(row.alarm),
    notice: row.notice === null ? undefined : Number(row.notice),
    event: row.event === 'cleared' || row.event === 'notice' ? row.event : 'raised',
    isCritical: row.urgency === 0,
    person: asText(row.person) ?? undefined,
    personName: asText(row.person_name) ?? undefined,
    channel: String(row.channel),
    created: Number(row.created),
    state: String(row.state),
    attempts: Number(row.attempts),
    value: row.value === null ? undefined : Number(row.value),
    used: row.used === null ? undefined : Number(row.used),
    message: row.message === null ? undefined : Number(row.message),
    takesOver: row.takes_over === null ? undefined : Number(row.takes_over),
  };
}

const STATE_WORDS: Record<string, Text> = {
  sent: { zh: '已送达', en: 'delivered' },
  failed: { zh: '未送达', en: 'not delivered' },
  obsolete: { zh: '不再需要', en: 'no longer needed' },
  replaced: { zh: '已由其他渠道送达', en: 'told by another channel' },
};
const UNDER_WAY: Text = { zh: '正在发送', en: 'under way' };

/** What became of a notification, as people read it. */
export const stateWords = (state: string): Text => STATE_WORDS[state] ?? UNDER_WAY;
