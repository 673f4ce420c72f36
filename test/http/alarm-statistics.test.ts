import { expect, test } from 'vitest';
import { openGate } from './gate.ts';

const DAY = 86_400_000;

test('the figures of ISA-18.2 are told', async () => {
  await using gate = await openGate();
  await gate.ring();
  gate.clock.moveTo(gate.clock.now() + 60_000);
  await gate.post('/api/v1/alarms/1/acknowledge', { person: '李娜' });
  gate.clock.moveTo(gate.clock.now() + 2 * DAY);
  const figures = await gate.json('/api/v1/alarms/statistics');
  expect(figures).toMatchObject({
    to: new Date(gate.clock.now()).toISOString(),
    floodPercent: 0,
    chattering: [],
    acknowledgement: { count: 1, median: 60_000, p95: 60_000 },
  });
  expect(figures.topTen).toContainEqual({ source: 'qingcheng/smoke smoke', count: 1 });
  expect(figures.stale).toContain(1);
});

test('of a time and of a campus', async () => {
  await using gate = await openGate();
  await gate.ring();
  const before = '2026-11-22T00:00:00Z';
  const now = new Date(gate.clock.now()).toISOString();
  const earlier = await gate.json(`/api/v1/alarms/statistics?from=${before}&to=${now}`);
  expect(earlier).toMatchObject({ alarms: 0, from: '2026-11-22T00:00:00.000Z', to: now });
  gate.clock.moveTo(gate.clock.now() + 1);
  expect(await gate.json('/api/v1/alarms/statistics')).toMatchObject({ alarms: 1 });
  expect(await gate.json('/api/v1/alarms/statistics?campus=elsewhere')).toMatchObject({
    alarms: 0,
  });
});

test('a drill is none of them', async () => {
  await using gate = await openGate();
  await gate.post('/api/v1/drills', { zone: 'teaching', person: 'zhang' });
  await gate.ring();
  gate.clock.moveTo(gate.clock.now() + 1);
  expect(await gate.json('/api/v1/alarms/statistics')).toMatchObject({ alarms: 0 });
});
