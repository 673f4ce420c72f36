import type { Millis } from '../clock.ts';

/** How a channel has done lately. */
export interface ChannelRecord {
  /** Failures since its last success, and when the first of them was. */
  failures: number;
  failingSince: Millis;
  lastSuccess: Millis;
}

export const UNTRIED: ChannelRecord = { failures: 0, failingSince: 0, lastSuccess: -1 };

const MANY_FAILURES = 5;
const LONG: Millis = 10 * 60_000;

/** What is wrong with the person, the message or the quota is not the channel's fault. */
const NOT_ITS_FAULT =
  /^(RECIPIENT_UNREACHABLE|PHONE_INVALID|CHANNEL_CRITICAL_ONLY|CHANNEL_LIMITED|CHANNEL_REFUSED)\b/;

/** The record after an attempt, as the delivery log tells of it. */
export function afterAttempt(
  record: ChannelRecord,
  { time, outcome, detail }: { time: Millis; outcome: string; detail: string },
): ChannelRecord {
  if (outcome === 'sent') return { failures: 0, failingSince: 0, lastSuccess: time };
  if (outcome === 'limited' || NOT_ITS_FAULT.test(detail)) return record;
  const { failures, failingSince } = record;
  return { ...record, failures: failures + 1, failingSince: failures === 0 ? time : failingSince };
}

/**
 * Which channels of a campus fail: after five failures in a row, or after ten minutes of them while
 * another works. One whose alarm is open (`isOpen`) fails until its next success. Where no other
 * has got anything through meanwhile, it is not this channel but all: `none` work.
 */
export function failingChannels(
  records: ReadonlyMap<string, ChannelRecord>,
  now: Millis,
  isOpen: (channel: string) => boolean,
): { failing: string[]; none: boolean } {
  const failing: string[] = [];
  let none = false;
  for (const [channel, { failures, failingSince }] of records) {
    if (failures === 0) continue;
    const othersWork = [...records.values()].some(
      (other) => other.failures === 0 && other.lastSuccess >= failingSince,
    );
    const fails = failures >= MANY_FAILURES || (othersWork && now - failingSince > LONG);
    if (isOpen(channel) || (fails && othersWork)) failing.push(channel);
    else if (fails) none = true;
  }
  return { failing, none };
}
