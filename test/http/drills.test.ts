import { expect, test } from 'vitest';
import { openGate } from './gate.ts';

const DRILL = { zone: 'teaching', for: '30m', kind: 'fire', person: 'zhang' };

test('a drill is started, listed and ended', async () => {
  await using gate = await openGate();
  const started = await gate.post('/api/v1/drills', DRILL);
  expect(await started.json()).toEqual({
    id: 1,
    campus: 'qingcheng',
    zone: 'teaching',
    kind: 'fire',
    person: 'zhang',
    started: '2026-11-23T00:30:00.000Z',
    ends: '2026-11-23T01:00:00.000Z',
    openAlarms: 0,
  });
  await gate.report('smoke', { smoke: true });
  expect(await gate.json('/api/v1/alarms/1')).toMatchObject({ rule: 'smoke', drill: true });
  expect(await gate.json('/api/v1/drills')).toMatchObject({ drills: [{ id: 1, openAlarms: 1 }] });
  const ended = await gate.post('/api/v1/drills/1/end', { person: '张伟' });
  expect(await ended.json()).toMatchObject({ endedBy: '张伟', openAlarms: 0 });
  expect(await gate.json('/api/v1/alarms/1')).not.toHaveProperty('drill');
});

test('it lasts an hour where nothing is said', async () => {
  await using gate = await openGate();
  const { zone, person } = DRILL;
  const started = await gate.post('/api/v1/drills', { zone, person });
  expect(await started.json()).toMatchObject({ kind: 'fire', ends: '2026-11-23T01:30:00.000Z' });
});

test.each([
  ['a zone that is not there', { zone: 'roof' }, 404, 'ZONE_UNKNOWN'],
  ['a person who is not there', { person: 'nobody' }, 404, 'PERSON_UNKNOWN'],
  ['a campus that is not there', { campus: 'elsewhere' }, 404, 'CAMPUS_UNKNOWN'],
  ['more than four hours', { for: '5h' }, 400, 'REQUEST_INVALID'],
  ['no time at all', { for: '0s' }, 400, 'REQUEST_INVALID'],
  ['another kind', { kind: 'party' }, 400, 'REQUEST_INVALID'],
])('a drill with %s is refused', async (_, change, status, code) => {
  await using gate = await openGate();
  const response = await gate.post('/api/v1/drills', { ...DRILL, ...change });
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ code });
  expect(await gate.json('/api/v1/drills')).toEqual({ drills: [] });
});

test('a second one in the zone, and the end of one that is over, are refused', async () => {
  await using gate = await openGate();
  await gate.post('/api/v1/drills', DRILL);
  const second = await gate.post('/api/v1/drills', DRILL);
  expect(await second.json()).toMatchObject({ code: 'DRILL_RUNNING' });
  gate.clock.moveTo(gate.clock.now() + 1_800_000);
  const late = await gate.post('/api/v1/drills/1/end', { person: '张伟' });
  expect(await late.json()).toMatchObject({ code: 'DRILL_OVER' });
  const unknown = await gate.post('/api/v1/drills/7/end', { person: '张伟' });
  expect(await unknown.json()).toMatchObject({ code: 'DRILL_UNKNOWN' });
});

test('the page behind the link of a drill says so', async () => {
  await using gate = await openGate();
  await gate.post('/api/v1/drills', DRILL);
  const token = await gate.ring();
  expect(await (await gate.get(`/a/${token}`)).text()).toContain('【演练】【紧急】');
});
