import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpError, InfluxDB } from '@influxdata/influxdb-client';
import type { Millis } from '../clock.ts';
import type { Answer } from './verdict.ts';

const ANSWER_TIMEOUT: Millis = 30_000;
/** Smaller bodies gain nothing by it. */
const GZIP_FROM = 1_000;
const MAX_BODY = 10_000;

/** Where lines are sent to. */
export interface Target {
  /** Sends lines in one request. Rejects when there was no answer. */
  write(text: string): Promise<Answer>;
  /** Ends what is under way. */
  close(): void;
}

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
export function influxTarget({ url, org, bucket, token }: TargetOptions): Target {
  // connections of our own, so that closing ends them
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
  const stop = new AbortController();
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        let status = 0;
        let body = '';
        const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(ANSWER_TIMEOUT)]);
        const headers = { 'content-type': 'text/plain; charset=utf-8' };
        const options = { method: 'POST', headers, gzipThreshold: GZIP_FROM, signal };
        transport.send(path, text, options, {
          responseStarted(_headers, statusCode = 0) {
            status = statusCode;
          },
          next(data) {
            if (body.length < MAX_BODY) body += Buffer.from(data).toString('utf8');
          },
          complete: () => resolve({ status, retryAfter: undefined, body }),
          error(error) {
            if (error instanceof HttpError) resolve(toAnswer(error));
            else reject(error);
          },
        });
      }),
    close() {
      stop.abort();
      agent.destroy();
    },
  };
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
