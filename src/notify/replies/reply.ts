import type { Millis } from '../../clock.ts';
import type { Text } from '../../errors.ts';

// Most schools have no public address: what people answer comes over connections that the gateway
// itself opens.

/** Which alarm a person means. */
export type AlarmReference =
  /** The one-time token of a message: it is bound to an alarm and a person. */
  | { token: string }
  /**
   * "1": the newest open alarm of which the channel had told the sender when it was written.
   * `reply` is the vendor's id of the reply: vendors send one again that was not confirmed in time.
   */
  | { newestAt: Millis; reply: string };

/** Who wrote, by the field of campus.yaml that knows the vendor's id. */
export interface Sender {
  field: 'dingtalkId' | 'feishuId';
  /** undefined: the vendor did not say. */
  id: string | undefined;
}

/**
 * Acknowledges, and gives what to answer; undefined for a reply that was answered before. Throws
 * only if nothing can be written: then the reply must not be confirmed to the vendor.
 */
export type OnAcknowledge = (alarm: AlarmReference, sender?: Sender) => Text | undefined;

/** How a connection is. */
export interface ReplyStatus {
  /** Whose: `campus/channel`. */
  name: string;
  connected: boolean;
  /** Since when it has not been connected. */
  downSince: Millis | undefined;
  /** Why, for people. */
  problem: string | undefined;
  /** How often it was lost. */
  losses: number;
}

/** A connection on which people acknowledge. It never throws, and comes back by itself. */
export interface Replies {
  start(): void;
  stop(): Promise<void>;
  status(): ReplyStatus;
}
