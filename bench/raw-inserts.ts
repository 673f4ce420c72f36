import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const SERIES = 200;
const BATCH = 1_000;

/** The baseline: the same rows into the same table, as safely, and nothing else. Rows a second. */
export function insertRows(count: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'campus-bench-'));
  const database = new DatabaseSync(join(folder, 'rows.db'));
  try {
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      CREATE TABLE reading (
        series INTEGER NOT NULL, time INTEGER NOT NULL, value REAL NOT NULL,
        received INTEGER NOT NULL, quality INTEGER NOT NULL, PRIMARY KEY (series, time)
      ) STRICT, WITHOUT ROWID;
    `);
    const insert = database.prepare('INSERT INTO reading VALUES (?, ?, ?, ?, ?)');
    const start = Date.now();
    const began = performance.now();
    for (let row = 0; row < count; ) {
      database.exec('BEGIN IMMEDIATE');
      for (const end = Math.min(count, row + BATCH); row < end; row++) {
        const time = start + Math.floor(row / SERIES);
        insert.run(row % SERIES, time, -20.4, time, 0);
      }
      database.exec('COMMIT');
    }
    return count / ((performance.now() - began) / 1000);
  } finally {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
