import type { Severity } from '../campus/rule.ts';
import type { Millis } from '../clock.ts';
import type { Text } from '../errors.ts';

/** What a message says, ready for any channel. */
export interface Message {
  /** Of the notification: a repeat carries the same. */
  id: string;
  alarm: string;
  event: 'raised' | 'cleared';
  severity: Severity;
  campus: { id: string; name: string };
  device: { id: string; name: string };
  zone: string;
  rule: string;
  title: Text;
  /** One sentence: what, where, value against limit, since when. */
  text: Text;
  action: Text;
  value: number | null;
  limit: number | null;
  unit: string;
  /** ISO 8601. */
  since: string;
  person: { id: string; name: string } | null;
  acknowledgeUrl: string | null;
}

/** How an attempt to send ended. */
export type Outcome =
  | { kind: 'sent'; detail: string }
  /** It may work later; `after` ms from now at the earliest, if the other side said so. */
  | { kind: 'retry'; after?: Millis; detail: string }
  /** It will never work. */
  | { kind: 'failed'; detail: string };

/** A way to reach people. It never throws, and never logs a secret. */
export interface Channel {
  name: string;
  send(message: Message, signal: AbortSignal): Promise<Outcome>;
}
