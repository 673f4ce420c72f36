import type { Database } from './database.ts';

/** Small values that outlive a run. */
export function readSetting(database: Database, name: string): string | undefined {
  const row = database.prepare('SELECT value FROM setting WHERE name = ?').get(name);
  return typeof row?.value === 'string' ? row.value : undefined;
}

export function writeSetting(database: Database, name: string, value: string): void {
  database
    .prepare(
      'INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    )
    .run(name, value);
}
