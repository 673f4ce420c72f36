import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { CodedError } from '../errors.ts';
import { migrations } from './migrations.ts';

/** Result codes of SQLite (https://www.sqlite.org/rescode.html). */
const SQLITE_BUSY = 5;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;
/** SQLite's word for: a commit need not wait until it is on the disk. */
const NORMAL = 1;
/** The disk or the file is to blame, not the data: BUSY, LOCKED, NOMEM, READONLY, CANTOPEN too. */
const STORAGE_CODES = new Set([
  SQLITE_BUSY,
  6,
  7,
  8,
  SQLITE_IOERR,
  SQLITE_CORRUPT,
  SQLITE_FULL,
  14,
  SQLITE_NOTADB,
]);

/** The one writing connection. All of it is synchronous: nothing runs between two statements. */
export class Database {
  readonly file: string;
  readonly connection: DatabaseSync;
  readonly #synchronous: StatementSync;
  #inTransaction = false;

  /** Opens or creates the file. Throws DATABASE_CORRUPT, DATABASE_NEWER or STORAGE_FULL. */
  constructor(file: string) {
    this.file = file;
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
    try {
      this.connection = new DatabaseSync(file);
      this.connection.exec(`
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA foreign_keys = ON;
        PRAGMA busy_timeout = 5000;
        PRAGMA cache_size = -8000;
        PRAGMA wal_autocheckpoint = 4000;
        PRAGMA temp_store = MEMORY;
        PRAGMA journal_size_limit = 67108864;
      `);
      this.#migrate();
      this.#probe();
      this.#synchronous = this.connection.prepare('PRAGMA synchronous');
    } catch (error) {
      throw storageError(error, file);
    }
  }

  prepare(sql: string): StatementSync {
    return this.connection.prepare(sql);
  }

  /** Runs `work` in one transaction; a throw rolls everything back. Nested calls join the outer one. */
  transaction<T>(work: () => T): T {
    if (this.#inTransaction) return work();
    this.connection.exec('BEGIN IMMEDIATE');
    this.#inTransaction = true;
    try {
      const result = work();
      this.connection.exec('COMMIT');
      return result;
    } catch (error) {
      // a full disk may already have rolled back
      if (this.connection.isTransaction) this.connection.exec('ROLLBACK');
      throw error;
    } finally {
      this.#inTransaction = false;
    }
  }

  /**
   * Runs transactions that do not wait for the disk: should the power fail, the newest of them may be
   * gone. For what can be done again.
   */
  unhurried<T>(work: () => T): T {
    const before = Number(this.#synchronous.get()?.synchronous);
    this.connection.exec(`PRAGMA synchronous = ${Math.min(before, NORMAL)}`);
    try {
      return work();
    } finally {
      this.connection.exec(`PRAGMA synchronous = ${before}`);
    }
  }

  close(): void {
    if (this.connection.isOpen) this.connection.close();
  }

  #migrate(): void {
    const found = Number(this.connection.prepare('PRAGMA user_version').get()?.user_version);
    if (found > migrations.length) {
      throw new CodedError('DATABASE_NEWER', { file: this.file, found, known: migrations.length });
    }
    for (const [i, sql] of migrations.entries()) {
      if (i < found) continue;
      this.transaction(() => {
        this.connection.exec(sql);
        this.connection.exec(`PRAGMA user_version = ${i + 1}`);
      });
    }
  }

  /** Touches the root and one leaf of every table: cheap at any size. The whole is checked later. */
  #probe(): void {
    const tables = this.connection
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all();
    for (const { name } of tables) this.connection.prepare(`SELECT * FROM "${name}" LIMIT 1`).get();
  }
}

/** SQLite's result code of an error of node:sqlite, if it is one. */
function resultCode(error: unknown): number | undefined {
  if (error instanceof Error && 'errcode' in error && typeof error.errcode === 'number') {
    return error.errcode & 0xff;
  }
  return undefined;
}

/** True when another connection has locked the file. */
export const isBusy = (error: unknown): boolean => resultCode(error) === SQLITE_BUSY;

/** True when the storage, not the data, is to blame: trying again later may work. */
export function isStorageFailure(error: unknown): boolean {
  return STORAGE_CODES.has(resultCode(error) ?? -1);
}

/** An error of node:sqlite as one of the catalogue's; others pass unchanged. */
export function storageError(error: unknown, file: string): unknown {
  const code = resultCode(error);
  if (code === undefined || !(error instanceof Error)) return error;
  if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) {
    return new CodedError('DATABASE_CORRUPT', { file, reason: error.message }, { cause: error });
  }
  if (code === SQLITE_FULL || (code === SQLITE_IOERR && /full|space/i.test(error.message))) {
    return new CodedError('STORAGE_FULL', {}, { cause: error });
  }
  return new CodedError('STORAGE_FAILED', { reason: error.message }, { cause: error });
}
