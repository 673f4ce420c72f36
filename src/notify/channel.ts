import type { Severity } from '../campus/rule.ts';
import type { Millis } from '../clock.ts';
import type { ErrorCode, Text } from '../errors.ts';

/** Something began, or is over; a notice is about no alarm. */
export type MessageEvent = 'raised' | 'cleared' | 'notice';

/** What a message says, ready for any channel. */
export interface Message {
  /** Of the notification: a repeat carries the same. */
  id: string;
  /** `0` where it is about none. */
  alarm: string;
  event: MessageEvent;
  severity: Severity;
  campus: { id: string; name: string };
  device: { id: string; name: string };
  zone: string;
  rule: string;
  title: Text;
  /** One sentence: what, where, value against limit, since when. */
  text: Text;
  action: Text;
  /** Of a notice: what fits into the value of an SMS template. */
  brief?: Text;
  value: number | null;
  limit: number | null;
  unit: string;
  /** ISO 8601. */
  since: string;
  person: { id: string; name: string } | null;
  acknowledgeUrl: string | null;
  /** It tells of several alarms: how many, and the first of their devices. */
  group?: { count: number; devices: string[] };
  /** The campus's time zone, for channels that say a time of their own. */
  timezone?: string;
  /** Sent by `notify test`: every channel says 【测试】. */
  test?: boolean;
  /** Of a drill: every channel says 【演练】. */
  drill?: boolean;
}

/** A person as channels need to know them. A channel says so if what it needs is missing. */
export interface Recipient {
  /** The person's id in campus.yaml. */
  id?: string | undefined;
  name?: string | undefined;
  phone?: string | undefined;
  email?: string | undefined;
  /** The open_id by which a Feishu robot mentions the person. */
  feishuId?: string | undefined;
}

/**
 * How an attempt to send ended. `detail` is for the delivery log and never holds a secret; `code`
 * is the catalogue's word for what went wrong, and the detail begins with it.
 */
export type Outcome =
  | { kind: 'sent'; detail: string }
  /** It may work later; `after` ms from now at the earliest, if the other side said so. */
  | { kind: 'retry'; after?: Millis; detail: string; code?: ErrorCode }
  /** Over the vendor's quota, or the share of it that is free for this message; as above. */
  | { kind: 'limited'; after?: Millis; detail: string; code?: ErrorCode }
  /** It will never work by this channel. */
  | { kind: 'failed'; detail: string; code?: ErrorCode };

export const CHANNEL_KINDS = [
  'dingtalk',
  'wecom',
  'feishu',
  'aliyun-sms',
  'aliyun-voice',
  'tencent-sms',
  'ntfy',
  'bark',
  'serverchan',
  'email',
  'webhook',
] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** A way to reach people. It never throws, and never logs a secret. */
export interface Channel {
  /** Its id in campus.yaml; `webhook` for notify.webhook. */
  readonly name: string;
  readonly kind: ChannelKind;
  send(message: Message, to: Recipient, signal: AbortSignal): Promise<Outcome>;
}
