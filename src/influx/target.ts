import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpError, InfluxDB } from '@influxdata/influxdb-client';
import type { Millis } from '../clock.ts';
import type { Answer, Reply } from './verdict.ts';

const ANSWER_TIMEOUT: Millis = 30_000;
/** Smaller bodies gain nothing by it. */
const GZIP_FROM = 1_000;
const MAX_BODY = 10_000;

/** Sends lines in one request. */
export type Write = (text: string) => Promise<Reply>;

export interface TargetOptions {
  /** Of the server; a path in it stays in front of /api/v2/write. */
  url: string;
  org: string;
  bucket: string;
  token?: string | undefined;
}

/**
 * The write API of InfluxDB 2, through the transport of its official client: the client's own
 * batches and retries live in memory and hide the status, so they are left aside.
 */
export function createWrite({ url, org, bucket, token }: TargetOptions): Write {
  const agentOptions = { keepAlive: true, maxSockets: 1 };
  const agent = url.startsWith('https:')
    ? new HttpsAgent(agentOptions)
    : new HttpAgent(agentOptions);
  const { transport } = new InfluxDB({
    url,
    ...(token === undefined ? {} : { token }),
    // it would leave the request as it is: the signal below ends it
    timeout: 2 * ANSWER_TIMEOUT,
    transportOptions: { agent },
  });
  const path = `/api/v2/write?${new URLSearchParams({ org, bucket, precision: 'ms' })}`;
  return (text) =>
    new Promise((resolve) => {
      let status = 0;
      let body = '';
      const options = {
        method: 'POST',
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        gzipThreshold: GZIP_FROM,
        signal: AbortSignal.timeout(ANSWER_TIMEOUT),
      };
      transport.send(path, text, options, {
        responseStarted(_headers, statusCode = 0) {
          status = statusCode;
        },
        next(data) {
          if (body.length < MAX_BODY) body += Buffer.from(data).toString('utf8');
        },
        complete: () => resolve({ status, retryAfter: undefined, body }),
        error: (error) => resolve(toReply(error)),
      });
    });
}

/** The client makes an error of every status from 300; its own reading of Retry-After is in ms. */
function toAnswer({ statusCode, body = '', headers }: HttpError): Answer {
  const header = headers?.['retry-after'];
  return {
    status: statusCode,
    retryAfter: Array.isArray(header) ? header[0] : header,
    body: body.slice(0, MAX_BODY),
  };
}

function toReply(error: Error): Reply {
  if (error instanceof HttpError) return toAnswer(error);
  // the message is left out: it holds the address, and that may hold a password
  if ('code' in error && typeof error.code === 'string') return { failure: error.code };
  return { failure: error.name === 'AbortError' ? 'no answer in time' : error.name };
}
