import { setTimeout as pause } from 'node:timers/promises';

const PATIENCE = 60_000;

/** Waits for a condition; answers what it found. Gives up late, as the machine may be busy. */
export async function until<T>(
  what: string,
  find: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await pause(20);
  }
}
