import { statSync } from 'node:fs';
import type { Clock, Millis } from '../clock.ts';
import { configurationFiles } from './files.ts';

const EVERY: Millis = 1_000;
/** Loading a county's files takes seconds: what can't be taken now is not tried each second. */
const TRY_AGAIN: Millis = 15_000;

/**
 * Calls `onChange` when the configuration's files are no longer as in `taken` and have then kept
 * still for a second, so that no half-written file is read. It answers whether that is dealt with;
 * else it is called again. One call at a time: what changes meanwhile is seen after it. Looks
 * instead of listening: that works on every file system and with every editor.
 */
export function watchConfiguration(
  path: string,
  taken: string,
  clock: Clock,
  onChange: () => Promise<boolean>,
): () => void {
  let seen = taken;
  let stopped = false;
  const look = async () => {
    if (stopped) return;
    const now = fingerprint(path);
    const isDue = now !== taken && now === seen;
    seen = now;
    const isDone = !isDue || (await onChange());
    if (isDue && isDone) taken = now;
    clock.after(isDone ? EVERY : TRY_AGAIN, () => void look());
  };
  clock.after(EVERY, () => void look());
  return () => {
    stopped = true;
  };
}

/** How the files of a configuration are now. To be asked before they are read. */
export function fingerprint(path: string): string {
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
