import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { CodedError } from '../errors.ts';
import { isBusy } from './database.ts';

/** How the command line reaches the gateway that runs on a data folder. */
const Running = Type.Object({ pid: Type.Integer(), url: Type.String(), token: Type.String() });
export type Running = Static<typeof Running>;

const LOCK_FILE = 'lock.db';
const RUNNING_FILE = 'running.json';

/** A connection that nobody refers to is collected, and its lock with it. */
const held = new Set<DatabaseSync>();

/** Makes the folder if there is none, and sees to it that it may be written. Throws DATA_UNUSABLE. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unusable(folder, error);
  }
}

/** Says why, and of which file where the error itself names none. */
function unusable(folder: string, error: unknown, file?: string): CodedError {
  const message = error instanceof Error ? error.message : String(error);
  const reason = file === undefined ? message : `${file}: ${message}`;
  return new CodedError('DATA_UNUSABLE', { dir: folder, reason }, { cause: error });
}

/**
 * Holds a data folder for one process. The lock is SQLite's own on a file of its own: the operating
 * system lets go of it however the process ends. Throws DATA_IN_USE or DATA_UNUSABLE.
 */
export function lockFolder(folder: string): { release(): void } {
  makeFolder(folder);
  let connection: DatabaseSync | undefined;
  try {
    connection = new DatabaseSync(join(folder, LOCK_FILE));
    connection.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
  } catch (error) {
    connection?.close();
    if (isBusy(error)) throw new CodedError('DATA_IN_USE', { dir: folder }, { cause: error });
    throw unusable(folder, error, LOCK_FILE);
  }
  held.add(connection);
  return {
    release() {
      held.delete(connection);
      rmSync(join(folder, RUNNING_FILE), { force: true });
      if (connection.isOpen) connection.close();
    },
  };
}

/** Leaves word for the command line; only this user may read it. */
export function announce(folder: string, running: Running): void {
  const file = join(folder, RUNNING_FILE);
  writeFileSync(file, JSON.stringify(running), { mode: 0o600 });
  chmodSync(file, 0o600);
}

/** The gateway that runs on a folder, if one does. Leaves nothing in a folder where none ran. */
export function findRunning(folder: string): Running | undefined {
  const file = join(folder, RUNNING_FILE);
  if (!existsSync(file)) return undefined;
  try {
    lockFolder(folder).release();
    return undefined;
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== 'DATA_IN_USE') throw error;
  }
  try {
    return Value.Parse(Running, JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // the holder is another command, or has not said yet where it listens
    return undefined;
  }
}
