import { createHmac } from 'node:crypto';
import type { Clock, Millis } from '../../clock.ts';
import type { Channel, Outcome } from '../channel.ts';
import { retryAfter, unanswered } from './http.ts';
import { headline } from './letter.ts';
import { failed, retry, sent } from './outcome.ts';
import { guarded } from './redact.ts';

/** What can never succeed by trying again; 401 and 403 can, once the secret is corrected. */
const FAILED_FOR_GOOD = new Set([400, 404, 405, 410, 413, 415, 422]);

/**
 * Signs a body for the receiver: `v1=` and the hex HMAC-SHA256 of `<timestamp>.<body>`.
 * The timestamp (ms since 1970) is signed too, so that an old request can't be played again.
 */
export function signature(secret: string, timestamp: Millis, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

/** Sends each message as a signed POST. */
export function webhookChannel(
  url: string,
  secret: string,
  clock: Clock,
  name = 'webhook',
): Channel {
  const channel: Channel = {
    name,
    kind: 'webhook',
    async send(message, _to, signal): Promise<Outcome> {
      const title = { zh: headline(message, 'zh'), en: headline(message, 'en') };
      const body = JSON.stringify({ ...message, title });
      const timestamp = clock.now();
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'idempotency-key': message.id,
            'x-campus-timestamp': String(timestamp),
            'x-campus-signature': signature(secret, timestamp, body),
          },
          body,
          redirect: 'error',
          signal,
        });
        // the body is not needed, but an unread one keeps the connection
        await response.body?.cancel();
        return judge(response, clock.now());
      } catch (error) {
        return unanswered(error).outcome;
      }
    },
  };
  return guarded(channel, [secret]);
}

function judge(response: Response, now: Millis): Outcome {
  const detail = `HTTP ${response.status}`;
  if (response.ok) return sent(detail);
  if (FAILED_FOR_GOOD.has(response.status)) return failed('CHANNEL_REFUSED', detail);
  const isSetup = response.status === 401 || response.status === 403;
  const after = retryAfter(response.headers.get('retry-after'), now);
  return retry(isSetup ? 'CHANNEL_SETUP' : 'CHANNEL_BUSY', detail, after);
}
