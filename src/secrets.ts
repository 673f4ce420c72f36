import { randomBytes } from 'node:crypto';
import { CodedError } from './errors.ts';
import type { Database } from './storage/database.ts';
import { readSetting, writeSetting } from './storage/settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The value of the variable that `what` in campus.yaml names. Throws SECRET_MISSING. */
export function secretOf(env: Environment, name: string, what: string): string {
  const value = env[name];
  if (!value) throw new CodedError('SECRET_MISSING', { name, what });
  return value;
}

/** The same where the configuration may leave the name out. Throws SECRET_MISSING. */
export const optionalSecretOf = (env: Environment, name: string | undefined, what: string) =>
  name === undefined ? undefined : secretOf(env, name, what);

/** A secret that is made once and stays with the database. */
export function keptSecret(database: Database, name: string): string {
  const kept = readSetting(database, name);
  if (kept !== undefined) return kept;
  const made = randomBytes(32).toString('base64url');
  writeSetting(database, name, made);
  return made;
}
