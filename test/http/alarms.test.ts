import { expect, test } from 'vitest';
import { type Gate, openGate } from './gate.ts';

/** The smoke detector rings, and the meter and the freezer fall silent. */
async function threeAlarms(gate: Gate): Promise<void> {
  await gate.report('freezer', { temperature: -18 });
  await gate.report('meter', { power: 12 });
  await gate.ring();
  gate.clock.moveTo(gate.clock.now() + 20 * 60_000);
}

test('alarms are listed, newest first', async () => {
  await using gate = await openGate();
  await threeAlarms(gate);
  const { alarms, next } = await gate.json('/api/v1/alarms');
  expect(alarms).toMatchObject([{ id: 3 }, { id: 2 }, { id: 1, rule: 'smoke' }]);
  expect(next).toBeUndefined();
});

test('alarms come page by page, each once', async () => {
  await using gate = await openGate();
  await threeAlarms(gate);
  const first = await gate.json('/api/v1/alarms?limit=2');
  expect(first).toMatchObject({ alarms: [{ id: 3 }, { id: 2 }], next: '2' });
  const second = await gate.json(`/api/v1/alarms?limit=2&cursor=${first.next}`);
  expect(second.alarms).toMatchObject([{ id: 1 }]);
  expect(second.next).toBeUndefined();
});

test.each([
  ['severity=critical', 1],
  ['device=meter', 1],
  ['campus=qingcheng&severity=minor', 2],
  ['open=true', 3],
  ['open=false', 0],
  ['campus=elsewhere', 0],
])('alarms are found by %s', async (query, count) => {
  await using gate = await openGate();
  await threeAlarms(gate);
  const { alarms } = await gate.json(`/api/v1/alarms?${query}`);
  expect(alarms).toHaveLength(count);
});

test('one alarm is told with its history and who was told', async () => {
  await using gate = await openGate();
  await gate.ring();
  gate.core.outbox.record(1, { kind: 'sent', detail: 'HTTP 200' }, gate.clock.now(), 0);
  await gate.post('/api/v1/alarms/1/acknowledge', { person: '李娜' });
  expect(await gate.json('/api/v1/alarms/1')).toMatchObject({
    id: 1,
    latched: true,
    acknowledgedBy: '李娜',
    history: [{ event: 'raised' }, { event: 'acknowledged', person: '李娜' }],
    notifications: [
      {
        person: 'zhang',
        personName: '张伟',
        channel: 'webhook',
        state: 'sent',
        deliveries: [{ time: '2026-11-23T00:30:00.000Z', outcome: 'sent', detail: 'HTTP 200' }],
      },
    ],
  });
});

test('an alarm that does not exist is not found', async () => {
  await using gate = await openGate();
  const response = await gate.get('/api/v1/alarms/7');
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ code: 'ALARM_UNKNOWN' });
});

test('an alarm is acknowledged once', async () => {
  await using gate = await openGate();
  await gate.ring();
  const first = await gate.post('/api/v1/alarms/1/acknowledge', { person: '李娜' });
  expect(await first.json()).toMatchObject({ acknowledgedBy: '李娜' });
  const second = await gate.post('/api/v1/alarms/1/acknowledge', { person: '张伟' });
  expect(second.status).toBe(409);
  expect(await second.json()).toMatchObject({ code: 'ALARM_ACKNOWLEDGED' });
});

test('nobody acknowledges without a name', async () => {
  await using gate = await openGate();
  await gate.ring();
  for (const body of [{}, { person: '' }, { person: 7 }]) {
    const response = await gate.post('/api/v1/alarms/1/acknowledge', body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ where: 'body.person' });
  }
});

test('a fire alarm is reset by a named person once the smoke is gone', async () => {
  await using gate = await openGate();
  await gate.ring();
  const reset = { person: '张伟', disposition: 'false-alarm', reason: '厨房油烟' };
  const tooEarly = await gate.post('/api/v1/alarms/1/reset', reset);
  expect(await tooEarly.json()).toMatchObject({ code: 'ALARM_STILL_ACTIVE' });
  await gate.report('smoke', { smoke: false }, gate.clock.now() + 1000);
  const response = await gate.post('/api/v1/alarms/1/reset', reset);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    closedBy: '张伟',
    closeReason: '厨房油烟',
    disposition: 'false-alarm',
  });
});

test('an alarm is assigned and commented on, and its history says so', async () => {
  await using gate = await openGate();
  await gate.ring();
  const assigned = await gate.post('/api/v1/alarms/1/assign', {
    person: '张伟',
    assignee: '李师傅',
  });
  expect(await assigned.json()).toMatchObject({ assignedTo: '李师傅' });
  const said = await gate.post('/api/v1/alarms/1/comment', { person: '李师傅', text: '正在路上' });
  expect(said.status).toBe(200);
  expect((await gate.json('/api/v1/alarms/1')).history).toMatchObject([
    { event: 'raised', severity: 'critical' },
    { event: 'assigned', person: '张伟', assignee: '李师傅' },
    { event: 'commented', person: '李师傅', detail: '正在路上' },
  ]);
});

test('a reset without a disposition, or with one that there is not, is refused', async () => {
  await using gate = await openGate();
  await gate.ring();
  for (const disposition of [undefined, 'nothing']) {
    const body = { person: '张伟', reason: '油烟', disposition };
    const response = await gate.post('/api/v1/alarms/1/reset', body);
    expect(await response.json()).toMatchObject({
      code: 'REQUEST_INVALID',
      where: 'body.disposition',
    });
  }
});

test('an acknowledgement says until when it counts', async () => {
  await using gate = await openGate();
  await gate.ring();
  const response = await gate.post('/api/v1/alarms/1/acknowledge', { person: '李娜' });
  expect(await response.json()).toMatchObject({ acknowledgedUntil: '2026-11-23T00:45:00.000Z' });
});
