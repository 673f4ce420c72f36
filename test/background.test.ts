import { once } from 'node:events';
import { constants, getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

const MODULE = new URL('../src/background.ts', import.meta.url).href;

test.runIf(process.platform === 'linux')(
  'a thread goes to the background, the rest of the process stays in front',
  async () => {
    const before = getPriority();
    const thread = new Worker(
      `import { readlinkSync } from 'node:fs';
       import { getPriority } from 'node:os';
       import { parentPort } from 'node:worker_threads';
       import { goToBackground } from '${MODULE}';
       goToBackground();
       const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
       parentPort.postMessage(getPriority(thread));`,
      { eval: true, execArgv: ['--input-type=module'] },
    );
    const [priority] = await once(thread, 'message');
    await thread.terminate();
    expect(priority).toBe(constants.priority.PRIORITY_LOW);
    expect(getPriority()).toBe(before);
  },
);
