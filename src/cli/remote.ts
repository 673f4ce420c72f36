import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import { CodedError, type Text } from '../errors.ts';
import type { Running } from '../storage/lock.ts';

/** A text as the gateway answers it. */
export const Words = Type.Object({ zh: Type.String(), en: Type.String() });
const ErrorBody = Type.Object({ code: Type.String(), message: Words, remedy: Words });

/** What the running gateway answered, in its words. */
export class RemoteError extends Error {
  readonly code: string;
  readonly words: { message: Text; remedy: Text };

  constructor(code: string, words: { message: Text; remedy: Text }) {
    super(words.message.en);
    this.code = code;
    this.words = words;
  }
}

/**
 * Asks the gateway that runs on the data folder; a stream is sent as CSV, a buffer as it is. Waits
 * for the answer as long as that takes: a backup may take hours. Throws RemoteError for what the
 * gateway refuses, GATEWAY_LOST where no answer comes any more.
 */
export async function ask<S extends TSchema>(
  running: Running,
  path: string,
  answer: S,
  body?: object,
): Promise<Static<S>> {
  const { status, text } = await exchange(running, path, body);
  const found: unknown = JSON.parse(text);
  if (status >= 200 && status < 300) return Value.Parse(answer, found);
  if (!Value.Check(ErrorBody, found)) throw new Error(`HTTP ${status}`);
  throw new RemoteError(found.code, found);
}

/** `fetch` gives up after five minutes without an answer; this does not. */
async function exchange({ url, token }: Running, path: string, body?: object) {
  const sent = request(`${url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': typeOf(body) }),
    },
  });
  try {
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve).on('error', reject);
    });
    send(body, sent);
    const response = await answered;
    return { status: response.statusCode ?? 0, text: await readText(response) };
  } catch (error) {
    if (body instanceof Readable && body.errored) throw body.errored;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CodedError('GATEWAY_LOST', { reason }, { cause: error });
  } finally {
    // an answer may come before all was sent
    if (!sent.writableFinished) sent.destroy();
  }
}

function send(body: object | undefined, to: ClientRequest): void {
  // whoever opened the file closes it
  if (body instanceof Readable) body.once('error', (error) => to.destroy(error)).pipe(to);
  else if (body === undefined) to.end();
  else to.end(Buffer.isBuffer(body) ? body : JSON.stringify(body));
}

function typeOf(body: object): string {
  if (body instanceof Readable) return 'text/csv';
  return Buffer.isBuffer(body) ? 'application/octet-stream' : 'application/json';
}
