import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { makeFolder } from '../src/storage/lock.ts';

/**
 * What is made once and kept beside the demonstration's data, so that a restart goes on. Throws
 * DATA_UNUSABLE.
 */
export function kept<S extends TSchema>(
  data: string,
  name: string,
  schema: S,
  make: () => Static<S>,
): Static<S> {
  const file = join(data, name);
  try {
    return Value.Parse(schema, JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    makeFolder(data);
    const made = make();
    writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
    return made;
  }
}
