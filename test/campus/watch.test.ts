import { symlinkSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { fingerprint, watchConfiguration } from '../../src/campus/watch.ts';
import { VirtualClock } from '../../src/clock.ts';
import { Folder } from '../harness/folder.ts';

test('what an editor leaves beside the files while somebody writes is no change', async () => {
  using folder = new Folder();
  folder.write('north.yaml', 'one');
  const clock = new VirtualClock(0);
  let changes = 0;
  const stop = watchConfiguration(folder.path, fingerprint(folder.path), clock, async () => {
    changes += 1;
    return true;
  });
  symlinkSync('zhang@office.1234', folder.file('.#north.yaml'));
  folder.write('.north.yaml', 'half of it');
  clock.moveTo(5_000);
  expect(changes).toBe(0);
  folder.write('north.yaml', 'one and two');
  clock.moveTo(10_000);
  await setImmediate();
  clock.moveTo(15_000);
  expect(changes).toBe(1);
  stop();
});
