import { expect, test } from 'vitest';
import { NOW, openGate } from '../http/gate.ts';

const SCHOOL = `
campus: {id: qingcheng, name: 青城小学}
people: [{id: zhang, name: 张伟}]
notify: {webhook: {url: "http://phone.invalid/"}}
devices:
  - {id: main, name: 总电表, profile: generic/electricity-meter}
  - {id: canteen, name: 食堂电表, profile: generic/electricity-meter, parent: main}
  - {id: smoke, profile: generic/smoke-detector}
`;
const HOUR = 3_600_000;
const DAY = 'from=2026-11-23&to=2026-11-24';

test('consumption and the tree of meters are answered through the reader’s thread', async () => {
  await using gate = await openGate({ school: SCHOOL });
  for (let i = 0; i <= 16; i++) {
    const at = NOW - 8 * HOUR + (i * HOUR) / 2;
    await gate.report('main', { energy: 5000 + 3 * i }, at);
    await gate.report('canteen', { energy: 100 + i }, at);
  }
  const path = `/api/v1/energy/consumption?device=main&${DAY}`;
  expect(await gate.json(`${path}&by=hour`)).toMatchObject({
    device: 'qingcheng/main',
    metric: 'energy',
    unit: 'kWh',
    amount: 48,
    periods: expect.arrayContaining([expect.objectContaining({ amount: 6, coverage: 1 })]),
    quality: [],
  });
  const { meters, totals } = await gate.json(`/api/v1/energy/meters?${DAY}`);
  expect(totals).toEqual([{ kind: 'electricity_meter', unit: 'kWh', amount: 48 }]);
  expect(meters).toMatchObject([
    { device: 'main', amount: 48, below: 16, unmetered: 32, suspicious: true },
    { device: 'canteen', parent: 'main', depth: 1, amount: 16 },
  ]);
});

test('a replacement and a correction are declared by request', async () => {
  await using gate = await openGate({ school: SCHOOL });
  for (const [hours, energy] of [
    [3, 5000],
    [2, 5010],
    [1, 4],
    [0, 14],
  ] as const) {
    await gate.report('main', { energy }, NOW - hours * HOUR);
  }
  const declared = { device: 'main', at: '2026-11-23T07:00', oldFinal: 5014, newInitial: 1 };
  const early = await gate.post('/api/v1/energy/replacements', {
    ...declared,
    at: '2026-11-23T05:40',
  });
  expect(await early.json()).toMatchObject({ code: 'REPLACEMENT_BEFORE_READING' });
  expect((await gate.post('/api/v1/energy/replacements', declared)).status).toBe(200);
  const correction = {
    device: 'main',
    from: '2026-11-23T06:00',
    to: '2026-11-23T07:00',
    amount: 2,
    reason: '临时用电',
    person: '张伟',
  };
  expect((await gate.post('/api/v1/energy/corrections', correction)).status).toBe(200);
  const { amount, corrected } = await gate.json(`/api/v1/energy/consumption?device=main&${DAY}`);
  expect([amount, corrected]).toEqual([10 + 4 + 3 + 10 + 2, 2]);
});

test.each([
  [`device=main&from=2026-11-24&to=2026-11-23`, 400, 'REQUEST_INVALID'],
  [`device=main&from=2026-02-31&to=2026-11-23`, 400, 'REQUEST_INVALID'],
  [`device=main&from=2010-01-01&by=hour`, 400, 'REQUEST_INVALID'],
  [`device=smoke&${DAY}`, 404, 'METER_UNKNOWN'],
  [`device=attic&${DAY}`, 404, 'DEVICE_NOT_FOUND'],
])('asked for %s', async (query, status, code) => {
  await using gate = await openGate({ school: SCHOOL });
  const response = await gate.get(`/api/v1/energy/consumption?${query}`);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ code });
});
