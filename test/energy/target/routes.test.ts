import { expect, test } from 'vitest';
import { NOW, openGate, shareGate } from '../../http/gate.ts';
import { send } from '../support.ts';
import { hourly } from './readings.ts';

const SCHOOL = `
campus: {id: qingcheng, name: 青城小学}
people: [{id: zhang, name: 张伟}]
notify: {webhook: {url: "http://phone.invalid/"}}
devices:
  - {id: main, name: 总电表, profile: generic/electricity-meter}
  - {id: canteen, name: 食堂电表, profile: generic/electricity-meter, parent: main}
  - {id: water, name: 总水表, profile: generic/water-meter}
  - {id: sky, name: 室外温度, profile: generic/environment}
calendar:
  terms:
    - {name: 2025–2026 学年第一学期, from: 2025-09-01, to: 2026-01-23}
    - {name: 2026–2027 学年第一学期, from: 2026-08-31, to: 2027-01-22}
  offDays:
    - {name: 国庆节, from: 2025-10-01, to: 2025-10-08}
    - {name: 国庆节, from: 2026-10-01, to: 2026-10-07}
energy:
  pupils: [{value: 1000}, {from: 2026-09-01, value: 900}]
  area: 5000
  electricityPrice:
    - periods:
        - {name: 峰, from: "08:00", to: "22:00", price: 1}
        - {name: 谷, from: "22:00", to: "08:00", price: 0.4}
  waterPrice: 4
  temperature: {device: sky}
`;

const isDay = (time: number) => {
  const hour = new Date(time + 8 * 3_600_000).getUTCHours();
  return hour >= 8 && hour < 22;
};

const shared = shareGate({ school: SCHOOL });

test('the target is answered through the reader’s thread, with all that explains it', async () => {
  const { gate } = shared;
  const school = { core: gate.core };
  // 14 hours of 10 and 10 of 2: 160 kWh a day; this year 9 and 2
  const last = hourly('2025-11-01', '2025-11-24', 1000, (at) => (isDay(at) ? 10 : 2));
  const now = hourly('2026-11-01', '2026-11-23', 90_000, (at) => (isDay(at) ? 9 : 2));
  send(school, 'main', [...last, ...now], 500);
  send(school, 'canteen', now, 500);
  send(
    school,
    'water',
    [
      ...hourly('2025-11-01', '2025-11-24', 100, () => 0.5),
      ...hourly('2026-11-01', '2026-11-23', 8000, () => 0.6),
    ],
    500,
    'volume',
  );
  const range = 'from=2026-11-01&to=2026-11-22';
  const found = await gate.json(`/api/v1/energy/target/electricity?${range}`);
  expect(found).toMatchObject({
    target: 'electricity',
    campus: 'qingcheng',
    unit: 'kWh',
    from: '2026-11-01',
    to: '2026-11-22',
    through: '2026-11-22',
    actual: 22 * 146,
    baseline: 22 * 160,
    change: -8.75,
    goal: -5,
    coverage: { actual: 1, baseline: 1 },
    verdict: 'met',
    used: 22 * 146,
    adjusted: null,
    degreeDays: null,
    disagreement: null,
    forecast: null,
    coal: 22 * 146 * 0.1229,
    cost: { amount: 22 * 146, cost: 22 * (126 + 8), unpriced: 0 },
    pace: { year: null, period: { limit: 22 * 152, used: 22 * 146, daysLeft: 0 } },
    trace: { reports: [], isChanged: false },
    quality: [],
  });
  expect(found.perPupil).toMatchObject({ baseline: expect.closeTo(3.52, 9) });
  expect(found.perPupil).toMatchObject({ actual: expect.closeTo((22 * 146) / 900, 9) });
  expect(found.aligned).toMatchObject({ days: 22, verdict: 'met' });

  const both = await gate.json(`/api/v1/energy/targets?${range}`);
  expect(both).toMatchObject({
    verdict: 'missed',
    electricity: { verdict: 'met' },
    water: {
      verdict: 'missed',
      unit: 'm³',
      co2: null,
      coal: expect.closeTo(22 * 14.4 * 0.2571, 6),
    },
  });
});

test('a period that goes on is told until yesterday', async () => {
  const { gate } = shared;
  const month = await gate.json('/api/v1/energy/target/electricity?from=2026-11-01&to=2026-11-30');
  expect(month).toMatchObject({ to: '2026-11-30', through: '2026-11-22', actual: 22 * 146 });
  expect(month.basis).toMatchObject({ zh: expect.stringContaining('尚未结束') });
  // last year's thirty days are known until the 23rd only
  expect(month.pace).toMatchObject({ month: null });
  const year = await gate.json('/api/v1/energy/target/electricity');
  expect(year).toMatchObject({ from: '2026-01-01', to: '2026-11-22', verdict: 'insufficient' });
});

test.each([
  ['electricity?from=2026-11-22&to=2026-11-01', 400, 'REQUEST_INVALID'],
  ['electricity?from=2026-02-31&to=2026-11-01', 400, 'REQUEST_INVALID'],
  ['electricity?from=2025-10-01&to=2026-11-01', 400, 'REQUEST_INVALID'],
  ['electricity?from=0001-01-01&to=0001-06-01', 400, 'REQUEST_INVALID'],
  ['electricity?from=9999-06-01&to=9999-12-31', 400, 'REQUEST_INVALID'],
  ['gas', 400, 'REQUEST_INVALID'],
  ['water?campus=elsewhere', 404, 'CAMPUS_UNKNOWN'],
])('asked for %s', async (path, status, code) => {
  const response = await shared.gate.get(`/api/v1/energy/target/${path}`);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ code });
});

test('a school without meters and bills gets an answer, not a verdict', async () => {
  await using gate = await openGate({
    school: 'campus: {id: qingcheng, name: 青城小学}\ndevices: []\n',
  });
  expect(gate.clock.now()).toBe(NOW);
  expect(await gate.json('/api/v1/energy/target/water')).toMatchObject({
    actual: 0,
    baseline: 0,
    change: null,
    verdict: 'insufficient',
    aligned: null,
    cost: null,
    quality: [{ kind: 'no-meters' }, { kind: 'calendar' }],
  });
});
