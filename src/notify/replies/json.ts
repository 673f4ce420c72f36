import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

/** A JSON text of the expected shape; undefined for anything else. */
export function readJson<S extends TSchema>(schema: S, text: string): Static<S> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(schema, value) ? value : undefined;
  } catch {
    return undefined;
  }
}
