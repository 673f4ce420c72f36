import { expect, test } from 'vitest';
import { openGate } from './gate.ts';
import { listen } from './listener.ts';

test('whoever listens hears a reading once it is committed', async () => {
  await using gate = await openGate();
  await using live = await listen(gate.url);
  expect(live.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(live.response.headers.get('x-content-type-options')).toBe('nosniff');
  await live.caughtUp();
  await gate.report('freezer', { temperature: -18 });
  expect(await live.next()).toEqual({
    event: 'reading',
    data: {
      campus: 'qingcheng',
      device: 'freezer',
      metric: 'temperature',
      time: '2026-11-23T00:30:00.000Z',
      value: -18,
      unit: '℃',
      quality: [],
    },
  });
});

test('whoever listens hears an alarm with its event id', async () => {
  await using gate = await openGate();
  await using live = await listen(gate.url);
  await live.caughtUp();
  await gate.ring();
  expect(await live.next()).toMatchObject({
    id: '1',
    event: 'alarm',
    data: { event: 'raised', alarm: { device: 'smoke', severity: 'critical' } },
  });
});

test('a client that comes back with the last event id gets what it has missed, once', async () => {
  await using gate = await openGate();
  await gate.ring();
  gate.core.pipeline.transact(() => gate.core.store.acknowledge(1, '张伟', gate.clock.now()));
  await gate.report('smoke', { smoke: false }, gate.clock.now() + 1000);
  await using live = await listen(gate.url, '', { 'last-event-id': '1' });
  const { events, id } = await live.caughtUp();
  expect(events.map(({ data }) => data?.event)).toEqual(['acknowledged', 'cleared']);
  expect(id).toBe('3');
});

test('the last event id may stand in the query, where a header cannot be set', async () => {
  await using gate = await openGate();
  await gate.ring();
  await using live = await listen(gate.url, '?lastEventId=0');
  const { events } = await live.caughtUp();
  expect(events).toMatchObject([{ id: '1', event: 'alarm' }]);
});

test('a thousand missed events come in order, and what follows comes after them', async () => {
  await using gate = await openGate();
  const { core, clock } = gate;
  core.pipeline.transact(() => {
    for (let i = 0; i < 500; i++) {
      core.store.raise(anAlarm(`rule-${i}`));
      core.store.acknowledge(i + 1, '张伟', clock.now());
    }
  });
  await using live = await listen(gate.url, '?lastEventId=0');
  const { events } = await live.caughtUp();
  expect(events.map(({ id }) => Number(id))).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
  core.pipeline.transact(() => core.store.raise(anAlarm('one more')));
  expect(await live.next()).toMatchObject({ id: '1001' });
});

function anAlarm(rule: string) {
  return {
    campus: 'qingcheng',
    device: 'freezer',
    deviceName: '一号冷冻柜',
    zone: '食堂',
    rule,
    severity: 'minor' as const,
    latched: false,
    metric: undefined,
    value: undefined,
    limit: undefined,
    unit: '',
    title: { zh: '试', en: 'Test' },
    action: { zh: '试', en: 'Test' },
    since: 0,
    raised: 0,
  };
}

test('a first connection is told where it is, so that it can resume even before an alarm', async () => {
  await using gate = await openGate();
  await gate.ring();
  await using live = await listen(gate.url);
  expect(await live.caughtUp()).toEqual({ events: [], id: '1' });
});

test('a client that is ahead of us, as after a restored backup, is set back', async () => {
  await using gate = await openGate();
  await gate.ring();
  await using live = await listen(gate.url, '?lastEventId=5000');
  expect(await live.caughtUp()).toEqual({ events: [], id: '1' });
});

test('a client hears only what it asked for', async () => {
  await using gate = await openGate();
  await using live = await listen(gate.url, '?device=meter');
  await live.caughtUp();
  await gate.report('freezer', { temperature: -18 });
  await gate.ring();
  await gate.report('meter', { power: 12 });
  expect(await live.next()).toMatchObject({ event: 'reading', data: { device: 'meter' } });
});

test('a quiet stream is kept open by a heartbeat', async () => {
  await using gate = await openGate();
  await using live = await listen(gate.url);
  await live.caughtUp();
  const beats: string[] = [];
  gate.hub.join(
    {},
    { buffered: 0, write: (text) => beats.push(text), close: () => expect.fail('not closed') },
  );
  gate.clock.moveTo(gate.clock.now() + 46_000);
  expect(beats).toEqual([': beat\n\n', ': beat\n\n', ': beat\n\n']);
});

test('a client that leaves is forgotten', async () => {
  await using gate = await openGate();
  const live = await listen(gate.url);
  await live.caughtUp();
  expect(gate.hub.clients).toBe(1);
  await live[Symbol.asyncDispose]();
  await expect.poll(() => gate.hub.clients).toBe(0);
});

test('more clients than the gateway serves are turned away', async () => {
  await using gate = await openGate();
  const sink = { buffered: 0, write: () => undefined, close: () => undefined };
  for (let i = 0; i < 200; i++) gate.hub.join({}, sink);
  const response = await gate.get('/api/v1/live');
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('5');
  expect(await response.json()).toMatchObject({ code: 'LIVE_FULL' });
});

test('closing the server ends the streams', async () => {
  const gate = await openGate();
  const live = await listen(gate.url);
  await live.caughtUp();
  const ended = expect(live.next()).rejects.toThrow();
  await gate[Symbol.asyncDispose]();
  await ended;
});
