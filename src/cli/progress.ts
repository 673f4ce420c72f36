import { createReadStream, fstatSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import cliProgress from 'cli-progress';
import { unreadable } from '../read-file.ts';

/**
 * Opens a file to read; on a terminal a bar shows how far it has been read. Throws
 * CONFIG_UNREADABLE.
 */
export function openWithProgress(file: string): { source: Readable; done: () => void } {
  const { fd, size } = open(file);
  const source = createReadStream(file, { fd });
  if (!process.stderr.isTTY) return { source, done: () => undefined };
  const bar = new cliProgress.SingleBar({
    format: '{bar} {percentage} % · {eta_formatted}',
    stream: process.stderr,
    hideCursor: true,
  });
  bar.start(size, 0);
  let read = 0;
  source.on('data', (chunk) => {
    read += chunk.length;
    bar.update(read);
  });
  return { source, done: () => bar.stop() };
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
