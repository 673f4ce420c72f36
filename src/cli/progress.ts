import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import cliProgress from 'cli-progress';
import { CodedError } from '../errors.ts';

/** Opens a file to read; on a terminal a bar shows how far it has been read. */
export function openWithProgress(file: string): { source: Readable; done: () => void } {
  let size: number;
  try {
    size = statSync(file).size;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CodedError('CONFIG_UNREADABLE', { file, reason });
  }
  const source = createReadStream(file);
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
