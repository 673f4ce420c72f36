import { createReadStream, fstatSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import cliProgress from 'cli-progress';
import { unreadable } from '../read-file.ts';

/**
 * Opens a file for `work`; on a terminal a bar shows how far it has been read. Bar and file end with
 * the work, however that ends: a bar left running would keep the process alive. Throws
 * CONFIG_UNREADABLE.
 */
export async function withProgress<T>(
  file: string,
  work: (source: Readable) => Promise<T>,
): Promise<T> {
  const { fd, size } = open(file);
  const source = createReadStream(file, { fd });
  const bar = process.stderr.isTTY ? startBar(size) : undefined;
  if (bar) source.on('data', () => bar.update(source.bytesRead));
  try {
    return await work(source);
  } finally {
    bar?.stop();
    source.destroy();
  }
}

function startBar(size: number): cliProgress.SingleBar {
  const bar = new cliProgress.SingleBar({
    format: '{bar} {percentage} % · {eta_formatted}',
    stream: process.stderr,
    hideCursor: true,
  });
  bar.start(size, 0);
  return bar;
}

function open(file: string): { fd: number; size: number } {
  try {
    const fd = openSync(file, 'r');
    const stats = fstatSync(fd);
    // a folder can be opened, but not be read
    if (stats.isDirectory()) throw new Error('a folder');
    return { fd, size: stats.size };
  } catch (error) {
    throw unreadable(file, error);
  }
}
