import { expect, test, vi } from 'vitest';
import { openGate } from './gate.ts';

const GHOST = 'campus/qingcheng/ghost/up';

test('a payload that could not be taken is shown with its reason', async () => {
  await using gate = await openGate();
  await gate.send(GHOST, '{"values":{}}');
  expect(await gate.json('/api/v1/dead-letters')).toEqual({
    kept: 1,
    deadLetters: [
      {
        id: 1,
        received: '2026-11-23T00:30:00.000Z',
        topic: GHOST,
        replayed: false,
        reason: 'DEVICE_UNKNOWN',
        detail: expect.stringContaining('qingcheng/ghost'),
        bytes: 13,
        payload: '{"values":{}}',
        encoding: 'utf8',
      },
    ],
  });
});

test('a payload that is no text is shown as base64', async () => {
  await using gate = await openGate();
  const payload = Buffer.from([0xff, 0xfe]);
  gate.core.pipeline.receive({ topic: GHOST, payload, replayed: false, settle: () => undefined });
  await gate.send(GHOST, 'x');
  const { deadLetters } = await gate.json('/api/v1/dead-letters?limit=1');
  expect(deadLetters).toMatchObject([{ payload: '//4=', encoding: 'base64' }]);
});

test('a message that a broker had retained is marked as such', async () => {
  await using gate = await openGate();
  const payload = Buffer.from('x');
  gate.core.pipeline.receive({ topic: GHOST, payload, replayed: true, settle: () => undefined });
  await gate.send(GHOST, 'y');
  const { deadLetters } = await gate.json('/api/v1/dead-letters');
  expect(deadLetters).toMatchObject([{ replayed: true }, { replayed: false }]);
});

test('dead letters are found by reason and come page by page', async () => {
  await using gate = await openGate();
  for (const topic of [GHOST, 'nobody/reads/this', GHOST, GHOST])
    await gate.send(topic, '{"values":{}}');
  const path = '/api/v1/dead-letters?reason=DEVICE_UNKNOWN&limit=2';
  const first = await gate.json(path);
  expect(first).toMatchObject({ kept: 4, deadLetters: [{ id: 1 }, { id: 3 }], next: '3' });
  const second = await gate.json(`${path}&cursor=${first.next}`);
  expect(second.deadLetters).toMatchObject([{ id: 4 }]);
});

test('dead letters are taken again', async () => {
  await using gate = await openGate();
  await gate.send('campus/qingcheng/freezer/up', '{"values":{"smell":1}}');
  const response = await gate.post('/api/v1/dead-letters/replay', { reason: 'METRIC_UNKNOWN' });
  expect(await response.json()).toEqual({ replayed: 0, refused: 1 });
});

test('one that there is not is an error', async () => {
  await using gate = await openGate();
  const response = await gate.post('/api/v1/dead-letters/replay', { ids: [99] });
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ code: 'DEAD_LETTER_UNKNOWN' });
});

test('a hundred thousand of them may take an hour', async () => {
  const result = { replayed: 100_000, refused: 0 };
  await using gate = await openGate({
    parts: {
      async replayDeadLetters() {
        vi.advanceTimersByTime(3_600_000);
        return result;
      },
    },
  });
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  try {
    const response = await gate.post('/api/v1/dead-letters/replay', {});
    expect(await response.json()).toEqual(result);
  } finally {
    vi.useRealTimers();
  }
});

test.each([{ ids: [] }, { ids: ['1'] }, { reason: 'lower case' }, { all: true }])(
  'the selection %j is refused',
  async (selection) => {
    await using gate = await openGate();
    const response = await gate.post('/api/v1/dead-letters/replay', selection);
    expect(response.status).toBe(400);
  },
);
