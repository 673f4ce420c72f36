import { statfsSync } from 'node:fs';
import type { Severity } from '../campus/rule.ts';
import { keyOf, type Watchdog } from './watchdog.ts';

const GIB = 1024 ** 3;
/** An open alarm ends only with this much more than it takes not to raise one. */
const BACK = 1.2;

export interface DiskSpace {
  /** Bytes that the gateway may still write. */
  free: number;
  total: number;
}

/** Below 10 % or 1 GiB it is major, below 3 % critical: then nothing can be acknowledged soon. */
export function judgeDisk({ free, total }: DiskSpace, isOpen: boolean): Severity | undefined {
  const slack = isOpen ? BACK : 1;
  if (free < total * 0.03) return 'critical';
  return free < total * 0.1 * slack || free < GIB * slack ? 'major' : undefined;
}

/** The disk of the data folder fills. */
export const diskWatchdog = (measure: () => DiskSpace): Watchdog => ({
  codes: ['DISK_FILLING'],
  onDelay: 60_000,
  offDelay: 60_000,
  look(_now, isOpen) {
    const { free, total } = measure();
    const severity = judgeDisk({ free, total }, isOpen(keyOf({ code: 'DISK_FILLING' })));
    if (!severity) return [];
    const params = { free: (free / GIB).toFixed(1), percent: ((free / total) * 100).toFixed(1) };
    return [{ code: 'DISK_FILLING', params, severity }];
  },
});

/** Of the disk that holds a folder. Asked of the kernel alone: no disk is touched. */
export function spaceOf(folder: string): DiskSpace {
  const { bavail, blocks, bsize } = statfsSync(folder);
  return { free: bavail * bsize, total: blocks * bsize };
}
