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

/** Asks the gateway that runs on the data folder; a stream is sent as CSV. Throws RemoteError. */
export async function ask<S extends TSchema>(
  running: Running,
  path: string,
  answer: S,
  body?: object,
): Promise<Static<S>> {
  const isCsv = body instanceof Readable;
  const response = await fetch(`${running.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${running.token}`,
      ...(body === undefined ? {} : { 'content-type': isCsv ? 'text/csv' : 'application/json' }),
    },
    ...(body === undefined ? {} : { body: isCsv ? Readable.toWeb(body) : JSON.stringify(body) }),
    duplex: 'half',
  });
  const found: unknown = await response.json();
  if (response.ok) return Value.Parse(answer, found);
  if (!Value.Check(ErrorBody, found)) throw new Error(`HTTP ${response.status}`);
  throw new RemoteError(found.code, found);
}
