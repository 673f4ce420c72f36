import { Readable } from 'node:stream';
import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Text } from '../errors.ts';
import type { Running } from '../storage/lock.ts';

const Words = Type.Object({ zh: Type.String(), en: Type.String() });
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
 * Asks the gateway that runs on the data folder; a stream is sent as CSV, a buffer as it is. Throws
 * RemoteError.
 */
export async function ask<S extends TSchema>(
  running: Running,
  path: string,
  answer: S,
  body?: object,
): Promise<Static<S>> {
  const response = await fetch(`${running.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${running.token}`,
      ...(body === undefined ? {} : { 'content-type': typeOf(body) }),
    },
    ...(body === undefined ? {} : { body: contentOf(body) }),
    duplex: 'half',
  });
  const found: unknown = await response.json();
  if (response.ok) return Value.Parse(answer, found);
  if (!Value.Check(ErrorBody, found)) throw new Error(`HTTP ${response.status}`);
  throw new RemoteError(found.code, found);
}

function typeOf(body: object): string {
  if (body instanceof Readable) return 'text/csv';
  return Buffer.isBuffer(body) ? 'application/octet-stream' : 'application/json';
}

function contentOf(body: object) {
  if (body instanceof Readable) return Readable.toWeb(body);
  return Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body);
}
