import { expect, test } from 'vitest';
import { configure } from '../harness/configuration.ts';
import { rule } from '../harness/profiles.ts';
import { withDetector, withProbe } from '../harness/scenes.ts';
import { type School, school } from '../harness/school.ts';

const SCHOOL = configure(withProbe(rule('warm', 'high: 8'), rule('silent', 'kind: silence')));

const stored = (night: School) =>
  night.core.database.prepare('SELECT time, value, quality FROM reading ORDER BY time').all();
const tables = (night: School) =>
  ['reading', 'alarm', 'alarm_event', 'notification', 'dead_letter', 'open_hour', 'rule_state'].map(
    (table) => night.core.database.prepare(`SELECT * FROM ${table}`).all(),
  );

test('a report that comes twice changes nothing', async () => {
  await using night = await school(SCHOOL);
  const probe = night.campus.thermometer('probe');
  await probe.measures(9);
  const before = tables(night);
  await night.clock.forward('1m');
  await probe.repeatsItself();
  expect(tables(night)).toEqual(before);
  expect(night.core.pipeline.counters).toMatchObject({ readings: 1, duplicates: 1, refused: 0 });
  expect(night.readings).toHaveLength(1);
});

test('nor does one that comes again later, after others and after a restart', async () => {
  await using night = await school(SCHOOL);
  const probe = night.campus.thermometer('probe');
  const first = night.clock.now;
  await probe.holds(9);
  await night.clock.forward('10m');
  await probe.holds(4);
  const before = tables(night);
  await night.restart();
  await probe.measures(9, { at: first });
  expect(tables(night)).toEqual(before);
});

test('a report that comes twice in one batch is kept once', async () => {
  await using night = await school(SCHOOL);
  const probe = night.campus.thermometer('probe');
  await Promise.all([probe.measures(4), probe.measures(4), probe.measures(4)]);
  expect(stored(night)).toHaveLength(1);
  expect(night.core.pipeline.counters).toMatchObject({ messages: 3, readings: 1, duplicates: 2 });
});

test('another value of the same moment is set aside; the first one stays', async () => {
  await using night = await school(SCHOOL);
  const probe = night.campus.thermometer('probe');
  await probe.measures(4);
  await probe.measures(9);
  expect(stored(night)).toMatchObject([{ value: 4 }]);
  expect(night.core.pipeline.deadLetters.list({ limit: 10 })).toMatchObject([
    {
      reason: 'VALUE_CONFLICT',
      detail: expect.stringContaining('2026-11-23T12:00:00.000Z is already kept as 4; 9'),
    },
  ]);
  night.phone.expectNothingNew();
});

test('so is another value of a moment long past', async () => {
  await using night = await school(SCHOOL);
  const probe = night.campus.thermometer('probe');
  const first = night.clock.now;
  await probe.holds(4);
  await night.clock.forward('1h');
  await probe.measures(30, { at: first });
  expect(night.core.pipeline.deadLetters.list({ limit: 10 })).toMatchObject([
    { reason: 'VALUE_CONFLICT' },
  ]);
});

test('reports without a time of their own are all kept, in the order in which they came', async () => {
  await using night = await school(SCHOOL);
  const probe = night.campus.thermometer('probe');
  const { now } = night.clock;
  for (const temperature of [4, 4, 5]) await probe.measures(temperature, { at: 'none' });
  expect(stored(night)).toEqual([
    { time: now, value: 4, quality: 1 },
    { time: now + 1, value: 4, quality: 1 },
    { time: now + 2, value: 5, quality: 1 },
  ]);
  expect(night.readings.map(({ timeliness }) => timeliness)).toEqual(['live', 'live', 'live']);
});

test('a time that can not be true gives way to the moment of arrival, and the reading says so', async () => {
  await using night = await school(SCHOOL);
  const probe = night.campus.thermometer('probe');
  const times = [
    '2026-11-23T20:00:00',
    'noon',
    '2001-01-01T00:00:00Z',
    '2026-11-23T20:05:01+08:00',
  ];
  for (const at of times) await probe.measures(4, { at });
  expect(stored(night).map(({ quality }) => quality)).toEqual([2, 2, 4, 4]);
});

test('a state that is reported once more is a reading of its own', async () => {
  await using night = await school(withDetector(rule('smoke', 'latched: true')));
  const detector = night.campus.detector('smoke');
  await detector.says(true);
  await night.clock.forward('1m');
  await detector.says(true);
  expect(night.core.pipeline.counters.readings).toBe(2);
  night.phone.expect('smoke');
  night.phone.expectNothingNew();
});
