import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { Core } from '../../src/core.ts';
import { configure } from '../harness/configuration.ts';
import { Folder } from '../harness/folder.ts';
import { errorLog } from '../harness/life.ts';
import { rule } from '../harness/profiles.ts';
import { withProbe } from '../harness/scenes.ts';

const SCHOOL = configure(withProbe(rule('warm', 'high: 8')));

test('what follows a commit does not undo it: a listener that fails is only logged', async () => {
  using folder = new Folder();
  const complaints: string[] = [];
  const clock = new VirtualClock(Date.parse('2026-11-23T20:00:00+08:00'));
  const fails = () => {
    throw new Error('a listener that fails');
  };
  const core = new Core({
    file: folder.file('campus.db'),
    clock,
    log: errorLog(complaints),
    configuration: SCHOOL,
    onReadings: fails,
    onAlarmEvents: fails,
    onStorage: fails,
  });
  const send = (temperature: number) =>
    new Promise((resolve) => {
      const payload = Buffer.from(JSON.stringify({ values: { temperature } }));
      const message = { topic: 'campus/qingcheng/probe/up', payload, replayed: false };
      core.pipeline.receive({ ...message, settle: (error) => resolve(error ?? 'acknowledged') });
    });

  expect(await send(9)).toBe('acknowledged');
  core.database.connection.exec('PRAGMA query_only = ON');
  const waiting = send(10);
  await new Promise(setImmediate);
  core.database.connection.exec('PRAGMA query_only = OFF');
  clock.moveTo(clock.now() + 1000);
  expect(await waiting).toBe('acknowledged');
  expect(complaints).toHaveLength(5);
  expect(new Set(complaints)).toEqual(new Set(['a listener failed']));
  expect(core.database.prepare('SELECT count(*) AS n FROM reading').get()?.n).toBe(2);
  expect(core.store.allOpen()).toHaveLength(1);
  core.close();
});
