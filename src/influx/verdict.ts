import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Millis } from '../clock.ts';

/** What the server answered, or why there was no answer. */
export type Reply = Answer | { failure: string };

export interface Answer {
  status: number;
  /** The header Retry-After. */
  retryAfter: string | undefined;
  body: string;
}

/** Why nothing is taken: the token, the bucket, or the way it is asked. */
export type ClosedCode = 'INFLUX_CREDENTIALS' | 'INFLUX_BUCKET' | 'INFLUX_REQUEST';

/** What an answer means for the lines that were sent. */
export type Verdict =
  /** They are there; `expired` of them are older than the bucket keeps, and so are not. */
  | { kind: 'written'; expired: number }
  /** Too many bytes at once. */
  | { kind: 'tooLarge'; reason: string }
  /** One of them or more can't be taken. */
  | { kind: 'refused'; reason: string }
  /** Nothing will be taken until a person has done something. */
  | { kind: 'closed'; code: ClosedCode; reason: string }
  /** Not now; `after` is how long the server asks to be left alone. */
  | { kind: 'later'; after: Millis | undefined; reason: string };

const LONGEST_WAIT: Millis = 3_600_000;
const MAX_REASON = 500;

/** The servers' words for points that the bucket would delete at once; all others are written. */
const EXPIRED = /points beyond retention policy dropped=(\d+)/;

/** InfluxDB 2 says so with 500 where the field is new in this very request. */
const MISTYPED = /field type conflict/;

export function judge(answer: Reply, now: Millis): Verdict {
  if ('failure' in answer) return { kind: 'later', after: undefined, reason: answer.failure };
  const { status } = answer;
  const reason = `HTTP ${status}: ${sayReason(answer.body)}`.replace(/: $/, '');
  switch (status) {
    // how InfluxDB 3 says that it has taken some of them
    case 201:
      return answer.body.trim() === '' ? WRITTEN : { kind: 'refused', reason };
    case 200:
    case 204:
      return WRITTEN;
    case 400:
    case 422: {
      const expired = EXPIRED.exec(answer.body)?.[1];
      return expired === undefined
        ? { kind: 'refused', reason }
        : { kind: 'written', expired: Number(expired) };
    }
    case 401:
    case 403:
      return { kind: 'closed', code: 'INFLUX_CREDENTIALS', reason };
    case 404:
      return { kind: 'closed', code: 'INFLUX_BUCKET', reason };
    case 413:
      return { kind: 'tooLarge', reason };
    default:
      if (MISTYPED.test(answer.body)) return { kind: 'refused', reason };
      return { kind: 'later', after: readRetryAfter(answer.retryAfter, now), reason };
  }
}

const WRITTEN: Verdict = { kind: 'written', expired: 0 };

/** Seconds or an HTTP date (RFC 9110, 10.2.3) → ms from now; at most an hour. */
function readRetryAfter(header = '', now: Millis): Millis | undefined {
  let wait = Number.NaN;
  if (/^\s*\d+\s*$/.test(header)) wait = Number(header) * 1000;
  else if (/^[A-Z][a-z]+,? /.test(header)) wait = Date.parse(header) - now;
  return Number.isFinite(wait) ? Math.min(Math.max(0, wait), LONGEST_WAIT) : undefined;
}

/** What the versions of InfluxDB say in their bodies. */
const ErrorBody = Type.Object({
  message: Type.Optional(Type.String()),
  error: Type.Optional(Type.String()),
  data: Type.Optional(
    Type.Array(Type.Object({ error_message: Type.Optional(Type.String()) }), { minItems: 1 }),
  ),
});

function sayReason(body: string): string {
  let said = body;
  try {
    const json: unknown = JSON.parse(body);
    if (Value.Check(ErrorBody, json)) {
      const { message, error, data } = json;
      said = [message ?? error, data?.[0]?.error_message].filter(Boolean).join(': ') || body;
    }
  } catch {
    // plain text speaks for itself
  }
  return said.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_REASON);
}
