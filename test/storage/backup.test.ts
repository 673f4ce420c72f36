import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { backupDatabase, DATABASE_FILE, restoreDatabase } from '../../src/storage/backup.ts';
import { Database } from '../../src/storage/database.ts';
import { readSetting, writeSetting } from '../../src/storage/settings.ts';
import { Folder } from '../harness/folder.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const code = (name: string) => expect.objectContaining({ code: name });

/** A database that knows whose it is. */
function databaseOf(file: string, school: string): void {
  const database = new Database(file);
  writeSetting(database, 'school', school);
  database.close();
}

function schoolOf(file: string): string | undefined {
  const database = new Database(file);
  const school = readSetting(database, 'school');
  database.close();
  return school;
}

describe('a backup', () => {
  test('of a busy database is one moment of it, whole', async () => {
    using folder = new Folder();
    const database = new Database(folder.file(DATABASE_FILE));
    let writes = 0;
    const write = () =>
      database.transaction(() => {
        writes += 1;
        writeSetting(database, 'one', String(writes));
        writeSetting(database, `filler ${writes}`, 'x'.repeat(5000));
        writeSetting(database, 'other', String(writes));
      });
    for (let i = 0; i < 100; i++) write();
    const target = folder.file('backups/monday.db');
    let isDone = false;
    const backup = backupDatabase(database.file, target).finally(() => {
      isDone = true;
    });
    while (!isDone) {
      write();
      await setImmediate();
    }
    const { file, bytes } = await backup;
    database.close();
    expect(file).toBe(target);
    expect(bytes).toBe(readFileSync(target).length);
    expect(readdirSync(folder.file('backups'))).toEqual(['monday.db']);

    const copy = new Database(target);
    const moment = Number(readSetting(copy, 'one'));
    expect(copy.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    expect(readSetting(copy, 'other')).toBe(String(moment));
    expect(copy.prepare('SELECT count(*) AS n FROM setting').get()?.n).toBe(moment + 2);
    expect(moment).toBeGreaterThanOrEqual(100);
    expect(moment).toBeLessThanOrEqual(writes);
    copy.close();
  });

  test('overwrites nothing', async () => {
    using folder = new Folder();
    databaseOf(folder.file(DATABASE_FILE), 'mine');
    const target = folder.write('backup.db', 'something dear');
    await expect(backupDatabase(folder.file(DATABASE_FILE), target)).rejects.toThrow(
      code('BACKUP_EXISTS'),
    );
    expect(readFileSync(target, 'utf8')).toBe('something dear');
  });

  test('of a damaged database is refused, and leaves no half file', async () => {
    using folder = new Folder();
    const source = folder.file(DATABASE_FILE);
    databaseOf(source, 'mine');
    const bytes = readFileSync(source);
    bytes.fill(0xa5, 4096 * 2);
    writeFileSync(source, bytes);
    const target = folder.file('backup.db');
    await expect(backupDatabase(source, target)).rejects.toThrow(code('DATABASE_CORRUPT'));
    expect(readdirSync(folder.path).filter((name) => name.startsWith('backup'))).toEqual([]);
  });

  test('takes the place of one that was broken off', async () => {
    using folder = new Folder();
    databaseOf(folder.file(DATABASE_FILE), 'mine');
    folder.write('backup.db.partial', 'half of a backup');
    await backupDatabase(folder.file(DATABASE_FILE), folder.file('backup.db'));
    expect(schoolOf(folder.file('backup.db'))).toBe('mine');
  });
});

describe('restoring', () => {
  test('puts the backup in place, and keeps what was there beside it', async () => {
    using folder = new Folder();
    const data = folder.file('data');
    databaseOf(`${data}/${DATABASE_FILE}`, 'old');
    databaseOf(folder.file('backup.db'), 'new');
    const { kept } = restoreDatabase(folder.file('backup.db'), data, NOW);
    expect(schoolOf(`${data}/${DATABASE_FILE}`)).toBe('new');
    expect(kept).toBe(`${data}/${DATABASE_FILE}.replaced-2026-11-23T12-00-00-000Z`);
    expect(schoolOf(kept ?? '')).toBe('old');
    expect(schoolOf(folder.file('backup.db'))).toBe('new');
  });

  test('keeps what was only in the old one’s log, too', () => {
    using folder = new Folder();
    const data = folder.file('data');
    const file = `${data}/${DATABASE_FILE}`;
    const crashed = new Database(file);
    writeSetting(crashed, 'school', 'old, not yet checkpointed');
    const log = readFileSync(`${file}-wal`);
    const main = readFileSync(file);
    crashed.close();
    writeFileSync(file, main);
    writeFileSync(`${file}-wal`, log);
    databaseOf(folder.file('backup.db'), 'new');
    const { kept } = restoreDatabase(folder.file('backup.db'), data, NOW);
    expect(schoolOf(file)).toBe('new');
    expect(schoolOf(kept ?? '')).toBe('old, not yet checkpointed');
  });

  test('works into a folder that does not exist yet', () => {
    using folder = new Folder();
    databaseOf(folder.file('backup.db'), 'new');
    const data = folder.file('fresh/data');
    expect(restoreDatabase(folder.file('backup.db'), data, NOW)).toEqual({
      ...{ kept: undefined, files: 0, missingFiles: [] },
    });
    expect(schoolOf(`${data}/${DATABASE_FILE}`)).toBe('new');
  });

  test('changes nothing when the copy cannot be written', () => {
    using folder = new Folder();
    const data = folder.file('data');
    databaseOf(`${data}/${DATABASE_FILE}`, 'old');
    databaseOf(folder.file('backup.db'), 'new');
    mkdirSync(`${data}/${DATABASE_FILE}.incoming`);
    expect(() => restoreDatabase(folder.file('backup.db'), data, NOW)).toThrow(
      code('RESTORE_FAILED'),
    );
    expect(schoolOf(`${data}/${DATABASE_FILE}`)).toBe('old');
  });

  const bad: [string, string, (file: string) => void][] = [
    ['is missing', 'CONFIG_UNREADABLE', () => undefined],
    ['is a folder', 'CONFIG_UNREADABLE', (file) => mkdirSync(file)],
    ['is no database', 'DATABASE_CORRUPT', (file) => writeFileSync(file, 'a text '.repeat(1000))],
    ['is empty', 'DATABASE_CORRUPT', (file) => writeFileSync(file, '')],
    [
      'belongs to another program',
      'DATABASE_CORRUPT',
      (file) => {
        const other = new DatabaseSync(file);
        other.exec('CREATE TABLE bookmark (url TEXT)');
        other.close();
      },
    ],
    [
      'is damaged',
      'DATABASE_CORRUPT',
      (file) => {
        databaseOf(file, 'new');
        const bytes = readFileSync(file);
        writeFileSync(file, bytes.fill(0xa5, 4096 * 3, 4096 * 5));
      },
    ],
    [
      'is of a newer gateway',
      'DATABASE_NEWER',
      (file) => {
        const newer = new DatabaseSync(file);
        newer.exec('PRAGMA user_version = 99');
        newer.close();
      },
    ],
  ];

  test.each(bad)('changes nothing when the backup %s', (_what, name, make) => {
    using folder = new Folder();
    const data = folder.file('data');
    databaseOf(`${data}/${DATABASE_FILE}`, 'old');
    const before = readFileSync(`${data}/${DATABASE_FILE}`);
    make(folder.file('backup.db'));
    expect(() => restoreDatabase(folder.file('backup.db'), data, NOW)).toThrow(code(name));
    expect(readdirSync(data)).toEqual([DATABASE_FILE]);
    expect(readFileSync(`${data}/${DATABASE_FILE}`).equals(before)).toBe(true);
    expect(existsSync(`${data}/${DATABASE_FILE}.incoming`)).toBe(false);
  });
});
