import { backup, DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { goToBackground } from '../background.ts';
import { copyAttachments } from '../canteen/attachments.ts';
import type { BackupDone, BackupTask } from './backup.ts';

/** Copies the whole file in one step: one consistent moment, however busy the writer is. */
const ALL_PAGES = 2 ** 31 - 1;

goToBackground();

const { source, target, from, to }: BackupTask = workerData;
const connection = new DatabaseSync(source, { readOnly: true });
await backup(connection, target, { rate: ALL_PAGES });
connection.close();

const copy = new DatabaseSync(target);
copy.exec('PRAGMA journal_mode = DELETE');
const findings = copy
  .prepare('PRAGMA quick_check(5)')
  .all()
  .map((row) => String(row.quick_check));
// all that the copy names is there by now, and what is there never changes
const copied = findings[0] === 'ok' ? copyAttachments(copy, from, to) : undefined;
copy.close();
const done: BackupDone = { findings, copied };
parentPort?.postMessage(done);
