import { expect, test } from 'vitest';
import { openGate, SCHOOL } from './gate.ts';

test('a school is told with its zones', async () => {
  await using gate = await openGate();
  const { campuses } = await gate.json('/api/v1/campuses');
  expect(campuses).toMatchObject([
    {
      id: 'qingcheng',
      name: '青城小学',
      timezone: 'Asia/Shanghai',
      zones: [{ id: 'campus' }, { id: 'canteen' }, { path: '食堂 / 冷库间' }, { id: 'teaching' }],
    },
  ]);
});

test('a device is told with its newest values and its open alarms', async () => {
  await using gate = await openGate();
  await gate.report('smoke', { smoke: true });
  const { devices } = await gate.json('/api/v1/devices?kind=fire_detector');
  expect(devices).toMatchObject([
    {
      campus: 'qingcheng',
      id: 'smoke',
      name: '走廊烟感',
      openAlarms: 1,
      values: [
        { metric: 'smoke', unit: '', value: true, time: '2026-11-23T00:30:00.000Z', quality: [] },
      ],
    },
  ]);
});

test('a value whose time is not the device’s says so', async () => {
  await using gate = await openGate();
  await gate.send('campus/qingcheng/freezer/up', '{"values":{"temperature":-18}}');
  const { devices } = await gate.json('/api/v1/devices?zone=cold-store');
  expect(devices).toMatchObject([{ values: [{ quality: ['noTime'] }] }]);
});

test.each([
  ['zone=cold-store', ['freezer']],
  ['zone=canteen', ['freezer']],
  ['kind=electricity_meter', ['meter']],
  ['campus=qingcheng', ['freezer', 'smoke', 'meter']],
  ['campus=elsewhere', []],
])('devices are found by %s', async (query, ids) => {
  await using gate = await openGate();
  const { devices } = await gate.json(`/api/v1/devices?${query}`);
  expect(devices).toEqual(ids.map((id) => expect.objectContaining({ id })));
});

test('ten thousand devices come page by page, each once', async () => {
  const line = (i: number) => `  - {id: f${i}, profile: generic/freezer}`;
  const lines = Array.from({ length: 10_000 }, (_, i) => line(i)).join('\n');
  await using gate = await openGate({
    school: SCHOOL.replace(/devices:.*/s, `devices:\n${lines}\n`),
  });
  const seen: unknown[] = [];
  let cursor: unknown;
  let pages = 0;
  do {
    const next = cursor === undefined ? '' : `&cursor=${cursor}`;
    const page = await gate.json(`/api/v1/devices?limit=1000${next}`);
    if (Array.isArray(page.devices)) seen.push(...page.devices.map(({ id }) => id));
    cursor = page.next;
    pages += 1;
  } while (cursor !== undefined);
  expect(pages).toBe(10);
  expect(seen).toEqual(Array.from({ length: 10_000 }, (_, i) => `f${i}`));
});

test('a cursor of a device that is gone is refused', async () => {
  await using gate = await openGate();
  const response = await gate.get('/api/v1/devices?cursor=qingcheng/gone');
  expect(await response.json()).toMatchObject({ code: 'REQUEST_INVALID', where: 'query.cursor' });
});

test('one device is told with its metrics, rules and alarms', async () => {
  await using gate = await openGate();
  await gate.ring();
  const device = await gate.json('/api/v1/devices/qingcheng/smoke');
  expect(device).toMatchObject({
    id: 'smoke',
    metrics: expect.arrayContaining([
      expect.objectContaining({ metric: 'smoke', type: 'boolean' }),
    ]),
    rules: expect.arrayContaining([expect.objectContaining({ id: 'smoke', severity: 'critical' })]),
    alarms: [{ id: 1, title: { zh: '火灾预警：烟雾报警' } }],
  });
});

test('an alarm that is over no longer counts', async () => {
  await using gate = await openGate();
  await gate.ring();
  expect(await gate.json('/api/v1/devices/qingcheng/smoke')).toMatchObject({ openAlarms: 1 });
  await gate.report('smoke', { smoke: false }, gate.clock.now() + 1000);
  await gate.post('/api/v1/alarms/1/reset', {
    person: '张伟',
    disposition: 'false-alarm',
    reason: '误报',
  });
  expect(await gate.json('/api/v1/devices/qingcheng/smoke')).toMatchObject({ openAlarms: 0 });
});

test('a device that does not exist is not found', async () => {
  await using gate = await openGate();
  const response = await gate.get('/api/v1/devices/qingcheng/ghost');
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ code: 'DEVICE_NOT_FOUND' });
});
