import { statSync } from 'node:fs';
import type { Clock, Millis } from '../clock.ts';
import { configurationFiles } from './files.ts';

const EVERY: Millis = 1_000;

/**
 * Calls `onChange` when the configuration's files have changed and then kept still for a second, so
 * that no half-written file is read. Looks instead of listening: that works on every file system
 * and with every editor.
 */
export function watchConfiguration(path: string, clock: Clock, onChange: () => void): () => void {
  let taken = fingerprint(path);
  let seen = taken;
  let stopped = false;
  const look = () => {
    if (stopped) return;
    const now = fingerprint(path);
    if (now !== taken && now === seen) {
      taken = now;
      onChange();
    }
    seen = now;
    clock.after(EVERY, look);
  };
  clock.after(EVERY, look);
  return () => {
    stopped = true;
  };
}

function fingerprint(path: string): string {
  try {
    return configurationFiles(path)
      .list.map((file) => `${file}=${stamp(file)}`)
      .join(';');
  } catch {
    return 'missing';
  }
}

function stamp(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats ? `${stats.mtimeMs}/${stats.size}/${stats.ino}` : 'missing';
}
