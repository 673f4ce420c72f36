import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { attachmentsOf, type CopiedFiles, copyAttachments } from '../canteen/attachments.ts';
import type { Millis } from '../clock.ts';
import { CodedError } from '../errors.ts';
import { unreadable } from '../read-file.ts';
import { Database, storageError } from './database.ts';

export const DATABASE_FILE = 'campus.db';

/** What the thread does: the attachments go from one folder to the other. */
export interface BackupTask {
  source: string;
  target: string;
  from: string;
  to: string;
}

export interface BackupDone {
  /** Of SQLite's check: ok, or what is wrong. */
  findings: string[];
  copied: CopiedFiles | undefined;
}

export interface Backup extends CopiedFiles {
  file: string;
  /** Of the database. */
  bytes: number;
}

/**
 * Writes a checked copy of the database while the gateway runs, and of the attachments that it names
 * into the folder `attachments` beside it, which the backups there share. The target appears only when
 * it is whole. Throws BACKUP_EXISTS, DATABASE_CORRUPT or BACKUP_FAILED.
 */
export async function backupDatabase(source: string, target: string): Promise<Backup> {
  if (existsSync(target)) throw new CodedError('BACKUP_EXISTS', { file: target });
  const partial = `${target}.partial`;
  try {
    mkdirSync(dirname(target), { recursive: true });
    removeDatabase(partial);
    const [from, to] = [attachmentsOf(source), attachmentsOf(target)];
    const { findings, copied } = await runThread({ source, target: partial, from, to });
    if (!copied) {
      throw new CodedError('DATABASE_CORRUPT', { file: source, reason: findings.join('; ') });
    }
    renameSync(partial, target);
    return { file: target, bytes: statSync(target).size, ...copied };
  } catch (error) {
    removeRest(partial);
    throw copyError('BACKUP_FAILED', target, error, source);
  }
}

function removeDatabase(file: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
}

/** As well as that is possible: why the copy failed matters more. */
function removeRest(file: string): void {
  try {
    removeDatabase(file);
  } catch {
    // it can be where no file can be, or on a disk that is gone
  }
}

/** These say that no reading is acknowledged, which is true of the gateway's own database only. */
const OF_STORAGE: ReadonlySet<string> = new Set(['STORAGE_FULL', 'STORAGE_FAILED']);

/**
 * What is wrong with the database that was copied is said as that. All else befell the copy.
 */
function copyError(
  code: 'BACKUP_FAILED' | 'RESTORE_FAILED',
  file: string,
  error: unknown,
  source: string,
): CodedError {
  const known = storageError(error, source);
  if (known instanceof CodedError && !OF_STORAGE.has(known.code)) return known;
  const reason = error instanceof Error ? error.message : String(error);
  return new CodedError(code, { file, reason }, { cause: error });
}

function runThread(task: BackupTask): Promise<BackupDone> {
  const thread = new Worker(new URL('./backup-thread.ts', import.meta.url), { workerData: task });
  let outcome: BackupDone | Error = new Error('the backup ended early');
  thread.once('message', (done: BackupDone) => {
    outcome = done;
  });
  thread.once('error', (error) => {
    outcome = error;
  });
  // not before it has let go of its files
  return new Promise((resolve, reject) => {
    thread.once('exit', () => (outcome instanceof Error ? reject(outcome) : resolve(outcome)));
  });
}

/**
 * Puts a backup in the place of a data folder's database; the one that was there is kept beside it.
 * The attachments beside the backup are added to the folder's. The gateway must not run. Throws
 * CONFIG_UNREADABLE, DATABASE_CORRUPT, DATABASE_NEWER or RESTORE_FAILED.
 */
export function restoreDatabase(
  backup: string,
  folder: string,
  now: Millis,
): CopiedFiles & { kept: string | undefined } {
  checkIsFile(backup);
  mkdirSync(folder, { recursive: true });
  const target = join(folder, DATABASE_FILE);
  const incoming = `${target}.incoming`;
  let copied: CopiedFiles;
  try {
    copyFileSync(backup, incoming);
    checkWhole(incoming);
    const database = new Database(incoming);
    copied = copyAttachments(database.connection, attachmentsOf(backup), attachmentsOf(target));
    database.close();
  } catch (error) {
    removeRest(incoming);
    throw copyError('RESTORE_FAILED', backup, error, backup);
  }
  let kept: string | undefined;
  if (existsSync(target)) {
    kept = `${target}.replaced-${new Date(now).toISOString().replace(/[:.]/g, '-')}`;
    for (const end of ['', '-wal', '-shm']) {
      if (existsSync(`${target}${end}`)) renameSync(`${target}${end}`, `${kept}${end}`);
    }
  }
  renameSync(incoming, target);
  return { kept, ...copied };
}

function checkIsFile(file: string): void {
  try {
    if (!statSync(file).isFile()) throw new Error('not a file');
  } catch (error) {
    throw unreadable(file, error);
  }
}

function checkWhole(file: string): void {
  const connection = new DatabaseSync(file, { readOnly: true });
  try {
    const findings = connection.prepare('PRAGMA quick_check(5)').all();
    const [first] = findings;
    if (first?.quick_check !== 'ok') {
      const reason = findings.map((row) => String(row.quick_check)).join('; ');
      throw new CodedError('DATABASE_CORRUPT', { file, reason });
    }
    // an empty file is whole, too
    if (connection.prepare('PRAGMA user_version').get()?.user_version === 0) {
      throw new CodedError('DATABASE_CORRUPT', { file, reason: 'it is no gateway’s database' });
    }
  } finally {
    connection.close();
  }
}
