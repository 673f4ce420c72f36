import type { Clock, Millis } from '../../clock.ts';
import type { Outcome } from '../channel.ts';
import { failed, judged, limited, retry } from './outcome.ts';

/** No vendor's answer is longer; what is, is not the vendor's. */
const MAX_ANSWER = 64 * 1024;
const LONGEST_WAIT: Millis = 3_600_000;

/** The reasons of a failed request by which it surely never arrived. */
const NEVER_ARRIVED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_.*|ERR_TLS_.*|.*_CERT.*|.*_SIGNATURE)$/;

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

/** What came back, whatever it was. */
export interface Reply {
  status: number;
  /** What the answer says it is: `text/html`. */
  type: string;
  /** Parsed as JSON; undefined if it is none. */
  body: unknown;
  /** Asked for by Retry-After. */
  after: Millis | undefined;
}

/** No reply came. `mayHaveArrived`: the other side may have got the request all the same. */
export class Unanswered extends Error {
  readonly mayHaveArrived: boolean;

  constructor(reason: string, mayHaveArrived: boolean) {
    super(reason);
    this.name = 'Unanswered';
    this.mayHaveArrived = mayHaveArrived;
  }

  get outcome(): Outcome {
    return retry(this.mayHaveArrived ? 'CHANNEL_NO_ANSWER' : 'CHANNEL_UNREACHABLE', this.message);
  }
}

export interface Post {
  url: string;
  headers?: Record<string, string>;
  /** A text is sent as it is, nothing as nothing, anything else as JSON. */
  body?: unknown;
}

/** POSTs and reads the answer. Throws Unanswered, whose message never holds the address. */
export async function post(
  { url, headers, body }: Post,
  signal: AbortSignal,
  clock: Clock,
): Promise<Reply> {
  if (signal.aborted) throw new Unanswered('stopped before it was sent', false);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...(body === undefined ? {} : JSON_TYPE), ...headers },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      // a network's login page answers with a redirect: that is not the vendor
      redirect: 'manual',
      signal,
    });
    return {
      status: response.status,
      type: /^[\w/+.-]{1,50}/.exec(response.headers.get('content-type') ?? '')?.[0] ?? 'untyped',
      body: parse(await readBounded(response)),
      after: retryAfter(response.headers.get('retry-after'), clock.now()),
    };
  } catch (error) {
    throw unanswered(error);
  }
}

/** What a failed fetch tells, without the address. */
export function unanswered(error: unknown): Unanswered {
  const reason = failureReason(error);
  return new Unanswered(reason, !NEVER_ARRIVED.test(reason));
}

/**
 * An answer that is not in the vendor's form: HTML from a proxy, a login or a maintenance page,
 * broken JSON. HTTP 200 is not success (channels.md): all of it is tried again.
 */
export function unexpected({ status, type, body, after }: Reply): Outcome {
  const found = `HTTP ${status} ${body === undefined ? `with ${type}` : 'with unknown JSON'}`;
  if (status === 429) return limited(found, after);
  if (status >= 500) return judged('busy', found, after);
  return retry('CHANNEL_ANSWER', found, after);
}

/**
 * A connection of its own: one that is used again may be closed by the other side at that very
 * moment, and then nobody knows whether the request arrived.
 */
export const OWN_CONNECTION = { connection: 'close' };

/**
 * For what must not be sent twice (SMS are not idempotent, channels.md): where it may have
 * arrived without an answer it has failed for good, and the next channel takes over.
 */
export async function atMostOnce(
  reply: Promise<Reply>,
  judge: (reply: Reply) => Outcome,
): Promise<Outcome> {
  try {
    const answer = await reply;
    if (answer.body === undefined && answer.status >= 500) {
      return failed('CHANNEL_UNCERTAIN', `unknown whether it was sent, HTTP ${answer.status}`);
    }
    return judge(answer);
  } catch (error) {
    if (!(error instanceof Unanswered) || !error.mayHaveArrived) throw error;
    return failed('CHANNEL_UNCERTAIN', `unknown whether it was sent, ${error.message}`);
  }
}

/** An address below a base that may have a path of its own. */
export const below = (base: string, path: string): string => `${base.replace(/\/+$/, '')}${path}`;

/** Seconds or an HTTP date (RFC 9110, 10.2.3) → ms from now; at most an hour. */
export function retryAfter(header: string | null, now: Millis): Millis | undefined {
  if (header === null) return undefined;
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(wait) ? Math.min(Math.max(0, wait), LONGEST_WAIT) : undefined;
}

/** The reason of a failed fetch, without the address (it may hold a key). */
export function failureReason(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error.name === 'TimeoutError' ? 'no answer in time' : error.name;
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    // leaving the loop cancels the rest
    if (size > MAX_ANSWER) return '';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
