import type { Millis } from '../../clock.ts';
import type { ErrorCode } from '../../errors.ts';
import type { Outcome } from '../channel.ts';

const SECOND: Millis = 1000;
const MINUTE: Millis = 60 * SECOND;

/** A wrong secret is put right by a person: no use in asking every second, but the news stays owed. */
const SETUP_WAIT: Millis = 5 * MINUTE;

/** When a vendor says "too fast" and not for how long. */
const LIMITED_WAIT: Millis = MINUTE;

/** Longer than this, a vendor's own words tell nobody anything more. */
const MAX_SAID = 160;

/** What a vendor's code means for the message. */
export type Verdict =
  /** The vendor is in trouble; the same message may pass soon. */
  | 'busy'
  /** Over its quota. */
  | 'limited'
  /** Secret, security settings, account, template: a person must put it right, then it passes. */
  | 'setup'
  /** This message will never pass. */
  | 'refused';

export const sent = (detail: string): Outcome => ({ kind: 'sent', detail: say(detail) });

export const failed = (code: ErrorCode, said: string): Outcome => ({
  kind: 'failed',
  code,
  detail: `${code}: ${say(said)}`,
});

export const retry = (code: ErrorCode, said: string, after?: Millis): Outcome => ({
  kind: 'retry',
  code,
  detail: `${code}: ${say(said)}`,
  ...(after === undefined ? {} : { after }),
});

export const limited = (said: string, after: Millis = LIMITED_WAIT): Outcome => ({
  kind: 'limited',
  code: 'CHANNEL_LIMITED',
  detail: `CHANNEL_LIMITED: ${say(said)}`,
  after: Math.max(0, after),
});

/**
 * The outcome of a vendor's answer. A wrong secret is `retry` after five minutes, not `failed`:
 * nothing that is owed is lost by a mistyped variable, and CHANNEL_SETUP tells the notifier to go
 * on to the next channel at once.
 */
export function judged(verdict: Verdict, said: string, after?: Millis): Outcome {
  switch (verdict) {
    case 'busy':
      return retry('CHANNEL_BUSY', said, after);
    case 'limited':
      return limited(said, after);
    case 'setup':
      return retry('CHANNEL_SETUP', said, after ?? SETUP_WAIT);
    case 'refused':
      return failed('CHANNEL_REFUSED', said);
  }
}

/** Until the quotas of a calendar day begin anew: vendors count in China's time, without summer. */
export function untilMidnightInChina(now: Millis): Millis {
  const day = 24 * 60 * MINUTE;
  return day - ((now + 8 * 60 * MINUTE) % day);
}

/** One line of bounded length, whatever the other side sent. */
function say(text: string): string {
  const line = text
    .toWellFormed()
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  const points = [...line];
  return points.length <= MAX_SAID ? line : `${points.slice(0, MAX_SAID).join('')}…`;
}
