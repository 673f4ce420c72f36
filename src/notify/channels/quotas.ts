import type { Millis } from '../../clock.ts';
import type { ChannelKind } from '../channel.ts';
import type { Quota } from './limits.ts';

const SECOND: Millis = 1000;
const MINUTE: Millis = 60 * SECOND;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;

const perChannel = (limit: number, window: Millis): Quota => ({ limit, window, scope: 'channel' });
const perPhone = (limit: number, window: Millis): Quota => ({ limit, window, scope: 'phone' });
const perPerson = (limit: number, window: Millis): Quota => ({ limit, window, scope: 'person' });

/** The vendors' quotas (channels.md); the gateway stays below them. */
const QUOTAS: Record<ChannelKind, readonly Quota[]> = {
  dingtalk: [perChannel(20, MINUTE)],
  wecom: [perChannel(20, MINUTE)],
  feishu: [perChannel(100, MINUTE), perChannel(5, SECOND)],
  // per number, signature and template, in a natural day: what holds for any 24 hours holds for it
  'aliyun-sms': [perPhone(50, DAY)],
  'aliyun-voice': [perPhone(1, MINUTE), perPhone(5, HOUR), perPhone(20, DAY)],
  // what a Tencent account begins with; its console changes it
  'tencent-sms': [perPhone(1, 30 * SECOND), perPhone(5, HOUR), perPhone(10, DAY)],
  // a visitor's requests at ntfy.sh
  ntfy: [perChannel(60, 5 * MINUTE)],
  bark: [],
  serverchan: [perPerson(5, DAY)],
  // a mail server's patience, not a published figure
  email: [perChannel(100, HOUR)],
  webhook: [],
};

/** What campus.yaml may say of an account with other quotas. */
export interface QuotaChange {
  perMinute?: number | undefined;
  perHour?: number | undefined;
  perDay?: number | undefined;
}

/** A channel's quotas: the account's where they are given, else the vendor's. */
export function quotasOf(kind: ChannelKind, change: QuotaChange = {}): readonly Quota[] {
  const scope = QUOTAS[kind][0]?.scope ?? 'channel';
  const given: (readonly [number | undefined, Millis])[] = [
    [change.perMinute, MINUTE],
    [change.perHour, HOUR],
    [change.perDay, DAY],
  ];
  const own = given.flatMap(([limit, window]) =>
    limit === undefined ? [] : [{ limit, window, scope }],
  );
  return own.length > 0 ? own : QUOTAS[kind];
}
