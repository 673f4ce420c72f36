import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/**
 * Lets every thread of normal priority go before the calling one: on a small machine a chart must
 * not take the processor from an alarm. Linux gives each thread a priority of its own; elsewhere
 * nothing changes, as it would be the whole process's.
 */
export function goToBackground(): void {
  if (process.platform !== 'linux') return;
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(thread, constants.priority.PRIORITY_LOW);
  } catch {
    // a container may forbid it: slower under load, and right all the same
  }
}
