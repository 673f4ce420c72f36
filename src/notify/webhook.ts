import { createHmac } from 'node:crypto';
import type { Clock, Millis } from '../clock.ts';
import type { Channel, Outcome } from './channel.ts';

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
export function webhookChannel(url: string, secret: string, clock: Clock): Channel {
  return {
    name: 'webhook',
    async send(message, signal): Promise<Outcome> {
      const body = JSON.stringify(message);
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
        return { kind: 'retry', detail: reason(error) };
      }
    },
  };
}

function judge(response: Response, now: Millis): Outcome {
  const detail = `HTTP ${response.status}`;
  if (response.ok) return { kind: 'sent', detail };
  if (FAILED_FOR_GOOD.has(response.status)) return { kind: 'failed', detail };
  const after = retryAfter(response.headers.get('retry-after'), now);
  return after === undefined ? { kind: 'retry', detail } : { kind: 'retry', after, detail };
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3) → ms from now; at most an hour. */
function retryAfter(header: string | null, now: Millis): Millis | undefined {
  if (header === null) return undefined;
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(wait) ? Math.min(Math.max(0, wait), 3_600_000) : undefined;
}

/** The reason of a failed fetch, without the address (it may hold a key). */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error.name === 'TimeoutError' ? 'no answer in time' : error.name;
}
