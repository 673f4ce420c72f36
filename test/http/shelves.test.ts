import { describe, expect, test } from 'vitest';
import { type Gate, openGate } from './gate.ts';

const FREEZER = { campus: 'qingcheng', device: 'freezer', rule: 'too-warm' };
const WHY = { person: '张伟', reason: '除霜' };

const remove = (gate: Gate, path: string): Promise<Response> =>
  fetch(`${gate.url}${path}`, { method: 'DELETE' });

describe('shelves', () => {
  test('a rule is shelved, listed and lifted, with who did it', async () => {
    await using gate = await openGate();
    const made = await gate.post('/api/v1/shelves', { ...FREEZER, ...WHY, hours: 2 });
    expect(made.status).toBe(200);
    expect(await made.json()).toEqual({
      id: 1,
      ...FREEZER,
      ...WHY,
      since: '2026-11-23T00:30:00.000Z',
      until: '2026-11-23T02:30:00.000Z',
    });
    expect(await gate.json('/api/v1/shelves?open=true')).toMatchObject({ shelves: [{ id: 1 }] });
    const lifted = await remove(gate, `/api/v1/shelves/1?person=${encodeURIComponent('李娜')}`);
    expect(await lifted.json()).toMatchObject({ endedBy: '李娜' });
    expect(await gate.json('/api/v1/shelves?open=true')).toEqual({ shelves: [] });
    expect(await gate.json('/api/v1/shelves')).toMatchObject({ shelves: [{ endedBy: '李娜' }] });
  });

  test('lasts eight hours where nothing is said, and never more than a day', async () => {
    await using gate = await openGate();
    const day = await gate.post('/api/v1/shelves', { ...FREEZER, ...WHY, hours: 25 });
    expect(await day.json()).toMatchObject({ code: 'REQUEST_INVALID', where: 'body.hours' });
    const made = await gate.post('/api/v1/shelves', { ...FREEZER, ...WHY });
    expect(await made.json()).toMatchObject({ until: '2026-11-23T08:30:00.000Z' });
  });

  test('an alarm shows that it is shelved', async () => {
    await using gate = await openGate();
    await gate.report('meter', { power: 12 });
    gate.clock.moveTo(gate.clock.now() + 20 * 60_000);
    const [alarm] = gate.core.store.list({ device: 'meter', limit: 1 });
    await gate.post('/api/v1/shelves', { alarm: alarm?.id, ...WHY, hours: 1 });
    const shown = await gate.json(`/api/v1/alarms/${alarm?.id}`);
    expect(shown).toMatchObject({ shelvedUntil: '2026-11-23T01:50:00.000Z' });
    expect(shown.history).toMatchObject([
      { event: 'raised' },
      { event: 'shelved', ...{ person: '张伟', detail: '除霜' } },
    ]);
  });

  test.each([
    [{ ...FREEZER, device: 'smoke', rule: 'smoke', ...WHY }, 409, 'SHELVE_FORBIDDEN'],
    [{ ...FREEZER, rule: 'nothing', ...WHY }, 404, 'RULE_UNKNOWN'],
    [{ alarm: 7, ...WHY }, 404, 'ALARM_UNKNOWN'],
    [{ campus: 'qingcheng', ...WHY }, 400, 'REQUEST_INVALID'],
    [{ ...FREEZER, person: '张伟' }, 400, 'REQUEST_INVALID'],
    [{ ...FREEZER, reason: '除霜' }, 400, 'REQUEST_INVALID'],
  ])('what cannot be shelved is refused: %j', async (body, status, code) => {
    await using gate = await openGate();
    const response = await gate.post('/api/v1/shelves', body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
    expect(await gate.json('/api/v1/shelves')).toEqual({ shelves: [] });
  });

  test('a shelf that there is not cannot be lifted', async () => {
    await using gate = await openGate();
    const response = await remove(gate, '/api/v1/shelves/7?person=x');
    expect(await response.json()).toMatchObject({ code: 'SHELF_UNKNOWN' });
  });
});

describe('out of service', () => {
  const UNTIL = '2026-11-30T00:00:00+08:00';

  test('a device is taken out, shows it, and is put back', async () => {
    await using gate = await openGate();
    const body = { campus: 'qingcheng', device: 'freezer', ...WHY, until: UNTIL };
    const made = await gate.post('/api/v1/out-of-service', body);
    expect(await made.json()).toEqual({
      id: 1,
      campus: 'qingcheng',
      device: 'freezer',
      ...WHY,
      since: '2026-11-23T00:30:00.000Z',
      until: '2026-11-29T16:00:00.000Z',
      isolation: false,
    });
    expect(await gate.json('/api/v1/devices/qingcheng/freezer')).toMatchObject({
      outOfService: { id: 1, reason: '除霜' },
    });
    gate.clock.moveTo(gate.clock.now() + 3_600_000);
    await remove(gate, '/api/v1/out-of-service/1?person=x');
    expect((await gate.json('/api/v1/devices/qingcheng/freezer')).outOfService).toBeUndefined();
    expect(await gate.json('/api/v1/out-of-service')).toEqual({ periods: [] });
    expect(await gate.json('/api/v1/out-of-service?past=true')).toMatchObject({
      periods: [{ id: 1, until: '2026-11-23T01:30:00.000Z' }],
    });
  });

  test('of a fire detector is an isolation, and listed as one', async () => {
    await using gate = await openGate();
    const body = { campus: 'qingcheng', device: 'smoke', ...WHY, until: UNTIL };
    await gate.post('/api/v1/out-of-service', body);
    expect(await gate.json('/api/v1/out-of-service?campus=qingcheng')).toMatchObject({
      periods: [{ device: 'smoke', isolation: true }],
    });
    expect(await gate.json('/api/v1/out-of-service?campus=elsewhere')).toEqual({ periods: [] });
    await gate.ring();
    expect(gate.core.store.allOpen()).toEqual([]);
  });

  test.each([
    [{ device: 'nothing', until: UNTIL }, 'DEVICE_NOT_FOUND'],
    [{ device: 'freezer', until: '2026-11-20T00:00:00Z' }, 'REQUEST_INVALID'],
    [{ device: 'freezer', until: '2028-11-20T00:00:00Z' }, 'REQUEST_INVALID'],
    [{ device: 'freezer', until: '2026-02-31T99:00:00Z' }, 'REQUEST_INVALID'],
    [{ device: 'freezer' }, 'REQUEST_INVALID'],
  ])('what makes no sense is refused: %j', async (body, code) => {
    await using gate = await openGate();
    const response = await gate.post('/api/v1/out-of-service', {
      campus: 'qingcheng',
      ...WHY,
      ...body,
    });
    expect(await response.json()).toMatchObject({ code });
  });
});
