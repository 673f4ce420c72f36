import { expect, test } from 'vitest';
import { startJanitor } from '../../src/storage/janitor.ts';
import { Retention } from '../../src/storage/retention.ts';
import { RollUps } from '../../src/storage/rollups.ts';
import { configure } from '../harness/configuration.ts';
import { withProbe } from '../harness/scenes.ts';
import { type School, school } from '../harness/school.ts';

const SCHOOL = configure(withProbe());
const HOURS = 3_600_000;

function employ(night: School, onError: (error: unknown) => void = () => undefined): () => void {
  const { database, pipeline, runs } = night.core;
  return startJanitor({
    clock: night.clock.virtual,
    rollUps: new RollUps(database, pipeline.writer),
    retention: new Retention(database),
    deadLetters: pipeline.deadLetters,
    runs,
    keepReadings: () => 2 * HOURS,
    keepDeadLetters: () => 2 * HOURS,
    onError,
  });
}

const count = (night: School, table: string): number =>
  Number(night.core.database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);

test('the house work is done by itself: figures, old readings, old dead letters', async () => {
  await using night = await school(SCHOOL);
  const probe = night.campus.thermometer('probe');
  await probe.measures(4);
  await probe.reports({ pressure: 1 });
  const stop = employ(night);
  await night.clock.forward('1h');
  expect(count(night, 'hourly')).toBe(1);
  expect(count(night, 'reading')).toBe(1);
  expect(night.core.pipeline.deadLetters.kept).toBe(1);
  await night.clock.forward('2h');
  await night.clock.forward('1m');
  expect([count(night, 'hourly'), count(night, 'reading')]).toEqual([1, 0]);
  expect(night.core.pipeline.deadLetters.kept).toBe(0);
  stop();
});

test('it notes that the gateway lives', async () => {
  await using night = await school(SCHOOL);
  const stop = employ(night);
  await night.clock.forward('1m');
  const row = night.core.database.prepare('SELECT alive FROM run').get();
  expect(row?.alive).toBe(night.clock.now);
  stop();
});

test('it goes on after a failure, and ends when it is told to', async () => {
  await using night = await school(SCHOOL);
  const errors: unknown[] = [];
  const stop = employ(night, (error) => errors.push(error));
  night.diskFails();
  await night.clock.forward('10s');
  night.diskWorks();
  expect(errors).toHaveLength(5);
  await night.campus.thermometer('probe').measures(4);
  await night.clock.forward('2h');
  expect(errors).toHaveLength(5);
  expect(count(night, 'hourly')).toBe(1);
  stop();
  await night.clock.forward('10s');
  expect(night.clock.virtual.next()).toBeUndefined();
});
