import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { announce, findRunning, lockFolder } from '../../src/storage/lock.ts';
import { Folder } from '../harness/folder.ts';

const RUNNING = { pid: 1, url: 'http://127.0.0.1:8080', token: 'secret' };
const inUse = expect.objectContaining({ code: 'DATA_IN_USE' });

/** Another process that holds the lock of a folder. */
async function otherHolder(folder: string): Promise<ChildProcess> {
  const file = join(import.meta.dirname, 'fixtures/holds-lock.ts');
  const child = spawn(process.execPath, ['--no-warnings', '--expose-gc', file, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await once(child.stdout ?? child, 'data');
  return child;
}

describe('a data folder belongs to one gateway', () => {
  test('a second one in the same process is refused until the first lets go', () => {
    using folder = new Folder();
    const first = lockFolder(folder.path);
    expect(() => lockFolder(folder.path)).toThrow(inUse);
    first.release();
    lockFolder(folder.path).release();
  });

  test('so is one in another process, and a killed one lets go', async () => {
    using folder = new Folder();
    const other = await otherHolder(folder.path);
    expect(() => lockFolder(folder.path)).toThrow(inUse);
    other.kill('SIGKILL');
    await once(other, 'exit');
    lockFolder(folder.path).release();
  });

  test('another folder is another matter', () => {
    using one = new Folder();
    using two = new Folder();
    const first = lockFolder(one.path);
    const second = lockFolder(two.path);
    first.release();
    second.release();
  });

  test('the folder is made when there is none; releasing twice does no harm', () => {
    using folder = new Folder();
    const lock = lockFolder(folder.file('new/data'));
    lock.release();
    lock.release();
  });
});

describe('the command line finds the gateway that runs on a folder', () => {
  test('by the word it left, which only its user may read', () => {
    using folder = new Folder();
    const lock = lockFolder(folder.path);
    expect(findRunning(folder.path)).toBeUndefined();
    announce(folder.path, RUNNING);
    expect(findRunning(folder.path)).toEqual(RUNNING);
    expect(statSync(folder.file('running.json')).mode & 0o777).toBe(0o600);
    lock.release();
    expect(findRunning(folder.path)).toBeUndefined();
    expect(existsSync(folder.file('running.json'))).toBe(false);
  });

  test('but not by the word of one that was killed', async () => {
    using folder = new Folder();
    const other = await otherHolder(folder.path);
    announce(folder.path, RUNNING);
    expect(findRunning(folder.path)).toEqual(RUNNING);
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(findRunning(folder.path)).toBeUndefined();
  });

  test('nor by one that can not be read', () => {
    using folder = new Folder();
    const lock = lockFolder(folder.path);
    folder.write('running.json', '{"pid":');
    expect(findRunning(folder.path)).toBeUndefined();
    folder.write('running.json', '{"pid":"1"}');
    expect(findRunning(folder.path)).toBeUndefined();
    lock.release();
  });
});
