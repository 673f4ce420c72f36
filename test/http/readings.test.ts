import { describe, expect, test, vi } from 'vitest';
import { CodedError } from '../../src/errors.ts';
import { openGate, shareGate } from './gate.ts';

const FREEZER = '/api/v1/devices/qingcheng/freezer/readings';
const METER = '/api/v1/devices/qingcheng/meter/readings';

test('the readings of the last day are told without asking for anything', async () => {
  await using gate = await openGate();
  await gate.report('freezer', { temperature: -18 });
  gate.clock.moveTo(gate.clock.now() + 1000);
  expect(await gate.json(FREEZER)).toEqual({
    resolution: 'raw',
    from: '2026-11-22T00:30:01.000Z',
    to: '2026-11-23T00:30:01.000Z',
    series: [
      {
        metric: 'temperature',
        unit: '℃',
        points: [{ time: '2026-11-23T00:30:00.000Z', value: -18, quality: [] }],
      },
    ],
    truncated: false,
  });
});

test('a reading that comes late is in its hour at once', async () => {
  await using gate = await openGate();
  const hourAgo = gate.clock.now() - 3_600_000;
  await gate.report('freezer', { temperature: -18 });
  await gate.report('freezer', { temperature: -10 }, hourAgo);
  const { series } = await gate.json(`${FREEZER}?resolution=hour`);
  expect(series).toMatchObject([{ points: [{ mean: -10 }, { mean: -18 }] }]);
});

test('one metric can be asked for', async () => {
  await using gate = await openGate();
  const { series } = await gate.json(`${METER}?metric=power`);
  expect(series).toMatchObject([{ metric: 'power', unit: 'kW' }]);
});

test('days are the campus’s', async () => {
  await using gate = await openGate();
  await gate.report('freezer', { temperature: -18 });
  const answer = await gate.json(
    `${FREEZER}?resolution=day&from=2026-11-23T00:00:00Z&to=2026-11-23T01:00:00Z`,
  );
  expect(answer).toMatchObject({
    from: '2026-11-22T16:00:00.000Z',
    to: '2026-11-23T16:00:00.000Z',
    series: [{ points: [{ time: '2026-11-22T16:00:00.000Z', count: 1 }] }],
  });
});

test('readings are exported as CSV, in a form that can be imported again', async () => {
  await using gate = await openGate();
  await gate.report('freezer', { temperature: -18.5 });
  const response = await gate.get(`${FREEZER}?format=csv&to=2026-11-24T00:00:00%2B08:00`);
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="freezer.csv"');
  const csv = await response.text();
  expect(csv).toBe(
    'time,device,metric,value\n2026-11-23T00:30:00.000Z,qingcheng/freezer,temperature,-18.5\n',
  );
  const again = await fetch(`${gate.url}/api/v1/imports/readings`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: csv,
  });
  expect(await again.json()).toMatchObject({ rows: 1, stored: 0, duplicates: 1, refused: 0 });
});

describe('a query that makes no sense', () => {
  const school = shareGate();

  test.each([
    ['from=yesterday', 'query.from'],
    ['from=2026-11-23T08:00:00', 'query.from'],
    ['from=2026-02-31T25:00:00Z', 'query.from'],
    ['to=2026-11-23', 'query.to'],
    ['from=2027-01-01T00:00:00Z', 'query.from'],
    ['from=1990-01-01T00:00:00Z', 'query.from'],
    ['resolution=minute', 'query.resolution'],
    ['metric=smell', 'query.metric'],
    ['limit=1000000', 'query.limit'],
    ['limit=0', 'query.limit'],
    ['form=csv', 'query.form'],
  ])('%s is refused, and the answer says where', async (query, where) => {
    const response = await school.gate.get(`${FREEZER}?${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'REQUEST_INVALID', where });
  });
});

test('when too many queries wait, the client is asked to come again', async () => {
  await using gate = await openGate();
  vi.spyOn(gate.parts.reader, 'readings').mockRejectedValue(
    new CodedError('READER_BUSY', { waiting: 64 }),
  );
  const response = await gate.get(FREEZER);
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('5');
  expect(await response.json()).toMatchObject({ code: 'READER_BUSY' });
});

test('an export that cannot begin is an error, not an empty file', async () => {
  await using gate = await openGate();
  await gate.parts.reader.stop();
  const response = await gate.get(`${FREEZER}?format=csv`);
  expect(response.status).toBe(500);
  expect(await response.json()).toMatchObject({
    code: 'READER_FAILED',
  });
});
