import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Database } from '../storage/database.ts';
import { readSetting, writeSetting } from '../storage/settings.ts';

/** The topic filters that a session at an external broker may hold, over restarts. */
export interface SessionFilters {
  read(): readonly string[];
  write(filters: readonly string[]): void;
}

/** A broker tells nobody what a session of it holds, so the gateway has to know. */
export function createSessionFilters(
  database: Database,
  { url, clientId }: { url: string; clientId: string },
): SessionFilters {
  const name = () => `filters of ${clientId} at ${new URL(url).host}`;
  return {
    read: () =>
      Value.Parse(Type.Array(Type.String()), JSON.parse(readSetting(database, name()) ?? '[]')),
    write: (filters) => writeSetting(database, name(), JSON.stringify(filters)),
  };
}
