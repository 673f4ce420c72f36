import { symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { watchConfiguration } from '../../src/campus/watch.ts';
import { VirtualClock } from '../../src/clock.ts';
import { Folder } from '../harness/folder.ts';

test('what an editor leaves beside the files while somebody writes is no change', () => {
  using folder = new Folder();
  folder.write('north.yaml', 'one');
  const clock = new VirtualClock(0);
  let changes = 0;
  const stop = watchConfiguration(folder.path, clock, () => {
    changes += 1;
  });
  symlinkSync('zhang@office.1234', folder.file('.#north.yaml'));
  folder.write('.north.yaml', 'half of it');
  clock.moveTo(5_000);
  expect(changes).toBe(0);
  folder.write('north.yaml', 'one and two');
  clock.moveTo(10_000);
  expect(changes).toBe(1);
  stop();
});
