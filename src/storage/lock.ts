import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { CodedError } from '../errors.ts';

/** How the command line reaches the gateway that runs on a data folder. */
const Running = Type.Object({ pid: Type.Integer(), url: Type.String(), token: Type.String() });
export type Running = Static<typeof Running>;

const RUNNING_FILE = 'running.json';

/** A connection that nobody refers to is collected, and its lock with it. */
const held = new Set<DatabaseSync>();

/**
 * Holds a data folder for one process. The lock is SQLite's own on a file of its own: the operating
 * system lets go of it however the process ends. Throws DATA_IN_USE.
 */
export function lockFolder(folder: string): { release(): void } {
  mkdirSync(folder, { recursive: true });
  const connection = new DatabaseSync(join(folder, 'lock.db'));
  try {
    connection.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
  } catch (error) {
    connection.close();
    throw new CodedError('DATA_IN_USE', { dir: folder }, { cause: error });
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

/** The gateway that runs on a folder, if one does. */
export function findRunning(folder: string): Running | undefined {
  try {
    lockFolder(folder).release();
    return undefined;
  } catch {
    try {
      return Value.Parse(Running, JSON.parse(readFileSync(join(folder, RUNNING_FILE), 'utf8')));
    } catch {
      // the holder is another command, or has not said yet where it listens
      return undefined;
    }
  }
}
