import { createHash } from 'node:crypto';
import type { Millis } from '../../clock.ts';
import type { Recipient } from '../channel.ts';

// Token buckets as the generic cell rate algorithm has them: a bucket is one number, the time at
// which it will be full again. Pure; ./limiter.ts holds the state.

/** So many messages in any window of time, counted for the channel or for each phone or person. */
export interface Quota {
  limit: number;
  window: Millis;
  scope: 'channel' | 'phone' | 'person';
}

/** When each bucket will be full; one that is absent is full. Small, and fit for JSON. */
export type LimitState = Readonly<Record<string, Millis>>;

export interface Bucket {
  /** Messages at once out of a full bucket. */
  capacity: number;
  /** Of them, those kept for what is urgent. */
  reserve: number;
  /** Until one more is free. */
  interval: Millis;
}

export type Taken = { allowed: true; state: LimitState } | { allowed: false; until: Millis };

/** In per cent: a request may be under way for seconds, and the vendor's clock is not ours. */
const MARGIN = 110;
/** What a vendor counts is not quite what we count. */
const SHARE = 0.9;
const LONGEST_BLOCK: Millis = 86_400_000;

/**
 * A bucket below a quota (channels.md): with 90 % of it as the allowance, two thirds may go at once
 * and the rest comes back over the window; a quarter is kept for fire. In any window no more than
 * `capacity + ⌊window / interval⌋ ≤ allowance` can pass. A quota of one keeps nothing back.
 */
export function bucketOf({ limit, window }: Quota): Bucket {
  const allowance = limit === 1 ? 1 : Math.min(limit - 1, Math.max(1, Math.floor(limit * SHARE)));
  const capacity = Math.ceil((allowance * 2) / 3);
  return {
    capacity,
    reserve: Math.min(capacity - 1, Math.ceil(allowance / 4)),
    interval: Math.ceil((window * MARGIN) / 100 / (allowance - capacity + 1)),
  };
}

/** Takes one message out of every bucket that counts it, or out of none. */
export function take(
  quotas: readonly Quota[],
  state: LimitState,
  to: Recipient,
  now: Millis,
  isUrgent: boolean,
): Taken {
  const next: Record<string, Millis> = { ...state };
  let until = isUrgent ? now : blockedUntil(quotas, state, to, now);
  for (const quota of quotas) {
    const key = keyOf(quota, to);
    if (key === undefined) continue;
    const { capacity, reserve, interval } = bucketOf(quota);
    const full = fullAt(state, key, now, capacity * interval);
    const usable = isUrgent ? capacity : capacity - reserve;
    until = Math.max(until, full - (usable - 1) * interval);
    next[key] = full + interval;
  }
  return until > now ? { allowed: false, until } : { allowed: true, state: next };
}

/** Puts back what was taken for a message that never reached the vendor. */
export function giveBack(
  quotas: readonly Quota[],
  state: LimitState,
  to: Recipient,
  now: Millis,
): LimitState {
  const next: Record<string, Millis> = { ...state };
  for (const quota of quotas) {
    const key = keyOf(quota, to);
    const full = key === undefined ? undefined : next[key];
    if (key !== undefined && full !== undefined) next[key] = full - bucketOf(quota).interval;
  }
  return prune(next, now);
}

/**
 * Notes that the vendor turned a message away until then: for this phone, if it counts by phone,
 * else for all. What is urgent is tried all the same: an answer is quick, and it may pass.
 */
export function block(
  quotas: readonly Quota[],
  state: LimitState,
  to: Recipient,
  until: Millis,
): LimitState {
  const key = blockKey(quotas, to);
  return { ...state, [key]: Math.max(until, state[key] ?? 0) };
}

/** Without the buckets that are full again. */
export const prune = (state: LimitState, now: Millis): LimitState =>
  Object.fromEntries(Object.entries(state).filter(([, full]) => full > now));

/**
 * When a bucket will be full. No bucket is emptier than empty: what seems so was written before
 * the clock was set back, and nobody must wait until it has caught up.
 */
function fullAt(state: LimitState, key: string, now: Millis, longest: Millis): Millis {
  const full = state[key] ?? now;
  return full > now + longest ? now : Math.max(now, full);
}

/** No vendor blocks for more than a day; as above. */
const blockedUntil = (
  quotas: readonly Quota[],
  state: LimitState,
  to: Recipient,
  now: Millis,
): Millis => fullAt(state, blockKey(quotas, to), now, LONGEST_BLOCK);

function blockKey(quotas: readonly Quota[], to: Recipient): string {
  const narrow = quotas.find(({ scope }) => scope !== 'channel');
  const who = narrow && subject(narrow.scope, to);
  return who === undefined ? 'blocked' : `blocked:${who}`;
}

function keyOf({ scope, window }: Quota, to: Recipient): string | undefined {
  if (scope === 'channel') return `${window}`;
  const who = subject(scope, to);
  return who === undefined ? undefined : `${window}:${who}`;
}

/** A phone or a person, not to be read back from the stored state. */
function subject(scope: Quota['scope'], { phone, id, name }: Recipient): string | undefined {
  const who = scope === 'phone' ? phone?.replace(/^\+?86(?=\d{11}$)/, '') : (id ?? name);
  return who === undefined
    ? undefined
    : createHash('sha256').update(`${scope} ${who}`).digest('base64url').slice(0, 12);
}
