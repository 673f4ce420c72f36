import { readFileSync, truncateSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { Database, isStorageFailure, storageError } from '../../src/storage/database.ts';
import { migrations } from '../../src/storage/migrations.ts';
import { readSetting, writeSetting } from '../../src/storage/settings.ts';
import { Folder } from '../harness/folder.ts';

const code = (name: string) => expect.objectContaining({ code: name });

/** A database with enough in it to be damaged. */
function filled(folder: Folder): string {
  const database = new Database(folder.file('campus.db'));
  database.transaction(() => {
    for (let i = 0; i < 2000; i++) writeSetting(database, `name ${i}`, 'value '.repeat(10));
  });
  database.close();
  return database.file;
}

describe('opening', () => {
  test('makes the file and its folder, and keeps what is in it', () => {
    using folder = new Folder();
    const file = folder.file('new/data/campus.db');
    const first = new Database(file);
    writeSetting(first, 'school', '青城');
    writeSetting(first, 'school', '青城小学');
    first.close();
    const again = new Database(file);
    expect(readSetting(again, 'school')).toBe('青城小学');
    expect(readSetting(again, 'nothing')).toBeUndefined();
    again.close();
    again.close();
  });

  test('sees to it that an acknowledged reading outlives a power cut', () => {
    using folder = new Folder();
    const database = new Database(folder.file('campus.db'));
    const pragma = (name: string) =>
      Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
    expect([pragma('journal_mode'), pragma('synchronous'), pragma('foreign_keys')]).toEqual([
      'wal',
      2,
      1,
    ]);
    database.close();
  });

  test.each(migrations.map((_, version) => version))('brings version %i up to date', (version) => {
    using folder = new Folder();
    const old = new DatabaseSync(folder.file('campus.db'));
    for (const sql of migrations.slice(0, version)) old.exec(sql);
    old.exec(`PRAGMA user_version = ${version}`);
    old.close();
    const database = new Database(folder.file('campus.db'));
    expect(database.prepare('PRAGMA user_version').get()).toEqual({
      user_version: migrations.length,
    });
    database.close();
  });

  test('refuses a file of a newer gateway, and leaves it as it is', () => {
    using folder = new Folder();
    const file = filled(folder);
    const newer = new DatabaseSync(file);
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    const before = readFileSync(file);
    expect(() => new Database(file)).toThrow(
      expect.objectContaining({
        code: 'DATABASE_NEWER',
        params: { file, found: 99, known: migrations.length },
      }),
    );
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

describe('a damaged file is called so', () => {
  test('when it is no database', () => {
    using folder = new Folder();
    const file = folder.write('campus.db', 'this is a text, and not a short one. '.repeat(100));
    expect(() => new Database(file)).toThrow(code('DATABASE_CORRUPT'));
  });

  test('when pages of it are overwritten', () => {
    using folder = new Folder();
    const file = filled(folder);
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 4096);
    folder.write('campus.db', bytes);
    expect(() => new Database(file)).toThrow(code('DATABASE_CORRUPT'));
  });

  test('when a single table of it is, whichever', () => {
    using folder = new Folder();
    const file = filled(folder);
    const database = new DatabaseSync(file);
    const tables = database
      .prepare("SELECT name, rootpage FROM sqlite_schema WHERE type = 'table'")
      .all()
      .filter(({ name }) => !String(name).startsWith('sqlite_'));
    database.close();
    const whole = readFileSync(file);
    expect(tables.length).toBeGreaterThan(10);
    for (const { name, rootpage } of tables) {
      const begin = (Number(rootpage) - 1) * 4096;
      folder.write('campus.db', Buffer.from(whole).fill(0xa5, begin, begin + 4096));
      expect(() => new Database(file), String(name)).toThrow(code('DATABASE_CORRUPT'));
    }
  });

  test('when its end is missing', () => {
    using folder = new Folder();
    const file = filled(folder);
    truncateSync(file, 4096 * 3);
    expect(() => new Database(file)).toThrow(code('DATABASE_CORRUPT'));
  });
});

describe('a transaction', () => {
  const rows = (database: Database) =>
    database
      .prepare('SELECT name FROM setting ORDER BY name')
      .all()
      .map(({ name }) => name);

  test('keeps all or nothing, and answers what its work answers', () => {
    const database = new Database(':memory:');
    const answer = database.transaction(() => {
      writeSetting(database, 'a', '1');
      return 7;
    });
    expect(answer).toBe(7);
    expect(() =>
      database.transaction(() => {
        writeSetting(database, 'b', '1');
        throw new Error('changed my mind');
      }),
    ).toThrow('changed my mind');
    expect(rows(database)).toEqual(['a']);
    expect(database.connection.isTransaction).toBe(false);
  });

  test('within another is part of it', () => {
    const database = new Database(':memory:');
    expect(() =>
      database.transaction(() => {
        database.transaction(() => writeSetting(database, 'inner', '1'));
        throw new Error('changed my mind');
      }),
    ).toThrow();
    database.transaction(() => writeSetting(database, 'next', '1'));
    expect(rows(database)).toEqual(['next']);
  });

  test('that a full disk has ended leaves a connection that works', () => {
    using folder = new Folder();
    const database = new Database(folder.file('campus.db'));
    const pages = database.prepare('PRAGMA page_count').get()?.page_count;
    database.connection.exec(`PRAGMA max_page_count = ${pages}`);
    const tooMuch = () =>
      database.transaction(() => {
        for (let i = 0; i < 100; i++) writeSetting(database, `name ${i}`, 'x'.repeat(10_000));
      });
    expect(tooMuch).toThrow();
    try {
      tooMuch();
    } catch (error) {
      expect(isStorageFailure(error)).toBe(true);
      expect(storageError(error, 'f')).toEqual(code('STORAGE_FULL'));
    }
    expect(rows(database)).toEqual([]);
    database.connection.exec('PRAGMA max_page_count = 100000');
    tooMuch();
    expect(rows(database)).toHaveLength(100);
    database.close();
  });
});

describe('an error is put into the catalogue’s words', () => {
  test.each([
    [5, 'STORAGE_FAILED'],
    [8, 'STORAGE_FAILED'],
    [10, 'STORAGE_FAILED'],
    [11, 'DATABASE_CORRUPT'],
    [13, 'STORAGE_FULL'],
    [14, 'STORAGE_FAILED'],
    [26, 'DATABASE_CORRUPT'],
    [10 + (12 << 8), 'STORAGE_FAILED'],
  ])('SQLite’s %i is %s, and the storage is to blame', (errcode, name) => {
    const error = Object.assign(new Error('SQLite says so'), { errcode });
    expect(storageError(error, 'campus.db')).toEqual(code(name));
    expect(isStorageFailure(error)).toBe(true);
  });

  test('a broken constraint is not the storage’s fault', () => {
    expect(isStorageFailure(Object.assign(new Error('constraint'), { errcode: 19 }))).toBe(false);
  });

  test('what is no error of SQLite stays what it is', () => {
    for (const error of [new Error('other'), 'text', undefined]) {
      expect(storageError(error, 'campus.db')).toBe(error);
      expect(isStorageFailure(error)).toBe(false);
    }
  });
});
