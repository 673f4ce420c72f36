import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Clock, Millis } from '../../clock.ts';
import type { ErrorCode } from '../../errors.ts';
import type { Channel, Recipient } from '../channel.ts';
import { isUrgent } from './letter.ts';
import { block, giveBack, type LimitState, prune, type Quota, type Taken, take } from './limits.ts';
import { limited } from './outcome.ts';

const Saved = Type.Record(Type.String(), Type.Record(Type.String(), Type.Integer({ minimum: 0 })));

/** Endings by which no vendor has counted the message. */
const NEVER_COUNTED: ReadonlySet<ErrorCode | undefined> = new Set<ErrorCode>([
  'CHANNEL_UNREACHABLE',
  'CHANNEL_SETUP',
  'CHANNEL_REFUSED',
  'CHANNEL_CRITICAL_ONLY',
  'RECIPIENT_UNREACHABLE',
  'PHONE_INVALID',
]);

/** What has been used of every channel's quotas. It survives a restart as a short text. */
export class Limiter {
  readonly #states = new Map<string, LimitState>();

  /** @param saved what `export` gave; anything else begins with full buckets */
  constructor(saved?: string) {
    const states = parse(saved);
    if (!Value.Check(Saved, states)) return;
    for (const [channel, state] of Object.entries(states)) this.#states.set(channel, state);
  }

  /** Takes one message of a channel's quotas, or says until when there is none. */
  take(
    channel: string,
    quotas: readonly Quota[],
    to: Recipient,
    now: Millis,
    isUrgent: boolean,
  ): Taken {
    const taken = take(quotas, this.#state(channel), to, now, isUrgent);
    if (taken.allowed) this.#states.set(channel, taken.state);
    return taken;
  }

  giveBack(channel: string, quotas: readonly Quota[], to: Recipient, now: Millis): void {
    this.#states.set(channel, giveBack(quotas, this.#state(channel), to, now));
  }

  /** The vendor itself said "too many". */
  block(channel: string, quotas: readonly Quota[], to: Recipient, until: Millis): void {
    this.#states.set(channel, block(quotas, this.#state(channel), to, until));
  }

  /** The whole state as JSON, without what has recovered; phones and persons as hashes. */
  export(now: Millis): string {
    for (const [channel, state] of this.#states) {
      const used = prune(state, now);
      if (Object.keys(used).length === 0) this.#states.delete(channel);
      else this.#states.set(channel, used);
    }
    return JSON.stringify(Object.fromEntries(this.#states));
  }

  #state(channel: string): LimitState {
    return this.#states.get(channel) ?? {};
  }
}

/**
 * A channel that keeps below its vendor's quotas: what is beyond them is `limited`, without asking
 * the vendor. `key` names the channel in the limiter's state, unlike that of any other.
 */
export function withinLimits(
  channel: Channel,
  { key, quotas, limiter, clock }: WithinLimits,
): Channel {
  return {
    name: channel.name,
    kind: channel.kind,
    async send(message, to, signal) {
      const now = clock.now();
      const taken = limiter.take(key, quotas, to, now, isUrgent(message));
      if (!taken.allowed) return limited("the gateway's own limit", taken.until - now);
      const outcome = await channel.send(message, to, signal);
      if (outcome.kind === 'limited') {
        limiter.block(key, quotas, to, clock.now() + (outcome.after ?? 60_000));
      } else if (outcome.kind !== 'sent') {
        limiter.giveBack(key, notCounted(quotas, outcome.code), to, clock.now());
      }
      return outcome;
    },
  };
}

/**
 * The quotas in which a message that was not sent is not counted. Those by phone count what was
 * accepted; those of a robot may count every request, also one it was too busy for.
 */
function notCounted(quotas: readonly Quota[], code: ErrorCode | undefined): readonly Quota[] {
  if (NEVER_COUNTED.has(code)) return quotas;
  return code === 'CHANNEL_BUSY' ? quotas.filter(({ scope }) => scope !== 'channel') : [];
}

export interface WithinLimits {
  key: string;
  quotas: readonly Quota[];
  limiter: Limiter;
  clock: Clock;
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '{}');
  } catch {
    return {};
  }
}
