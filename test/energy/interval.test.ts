import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shareGate } from '../http/gate.ts';

// Meters that report what was used in a period, from the device to the answer.

const MINUTE = 60_000;
const PERIOD = 15 * MINUTE;
/** Midnight at the school. */
const DAY = Date.parse('2026-11-22T16:00:00Z');
const SCHOOL = `
campus: {id: qingcheng, name: 青城小学}
people: [{id: zhang, name: 张伟}]
notify: {webhook: {url: "http://phone.invalid/"}}
devices:
  - {id: lab, name: 实验楼电量, profile: generic/electricity-interval-meter, ratedCapacity: 100}
  - {id: hall, name: 体育馆电量, profile: generic/electricity-interval-meter, ratedCapacity: 100}
  - id: garden
    name: 绿化水表
    profile: generic/water-pulse-counter
    multipliers: [{ratio: 0.01}, {from: 2026-11-23, ratio: 0.1}]
`;

const shared = shareGate({ school: SCHOOL });

const path = (device: string, from: string, to: string) =>
  `/api/v1/energy/consumption?device=${device}&from=${from}&to=${to}&by=hour`;

test('kWh of each period add up, and an impossible one is rejected and said', async () => {
  const { gate } = shared;
  const values = [3, 3.5, 2.5, 3, 99, 4, 4, 4];
  await Promise.all(
    values.map((energy_used, i) => gate.report('lab', { energy_used }, DAY + (i + 1) * PERIOD)),
  );
  // delivered again: nothing is counted twice
  await gate.report('lab', { energy_used: 3 }, DAY + PERIOD);
  const found = await gate.json(path('lab', '2026-11-23', '2026-11-23T02:00'));
  expect(found).toMatchObject({
    metric: 'energy_used',
    unit: 'kWh',
    amount: 24,
    periods: [
      { amount: 12, coverage: 1, quality: [] },
      { amount: 12, coverage: 0.75, quality: ['rejected'] },
    ],
  });
});

test('pulses count by the ratio of their time, and are part of the tree of meters', async () => {
  const { gate } = shared;
  // the hour before the meter was changed for one of 100 L a pulse, and the hour after
  const ends = [-3, -2, -1, 0, 1, 2, 3, 4].map((i) => DAY + i * PERIOD);
  await Promise.all(ends.map((end) => gate.report('garden', { volume_used: 20 }, end)));
  const found = await gate.json(path('garden', '2026-11-22T23:00', '2026-11-23T01:00'));
  expect(found).toMatchObject({ unit: 'm³', periods: [{ coverage: 1 }, { coverage: 1 }] });
  const amounts = JSON.parse(JSON.stringify(found.periods)).map(
    (one: { amount: number }) => one.amount,
  );
  expect(amounts[0]).toBeCloseTo(4 * 20 * 0.01, 9);
  expect(amounts[1]).toBeCloseTo(4 * 20 * 0.1, 9);
  const { totals } = await gate.json('/api/v1/energy/meters?from=2026-11-23&to=2026-11-24');
  expect(totals).toContainEqual({ kind: 'water_meter', unit: 'm³', amount: expect.closeTo(8, 9) });
});

test('whatever order periods come in, and which are lost, the day is their sum', async () => {
  const { gate } = shared;
  const [sample] = fc.sample(
    fc.record({
      amounts: fc.array(fc.integer({ min: 0, max: 2_500 }), { minLength: 30, maxLength: 30 }),
      order: fc.shuffledSubarray([...Array(30).keys()], { minLength: 20 }),
    }),
    { numRuns: 1, seed: 7 },
  );
  const { amounts, order } = sample ?? { amounts: [], order: [] };
  for (let at = 0; at < order.length; at += 5) {
    await Promise.all(
      order
        .slice(at, at + 5)
        .map((i) =>
          gate.report('hall', { energy_used: (amounts[i] ?? 0) / 100 }, DAY + (i + 1) * PERIOD),
        ),
    );
  }
  const found = await gate.json(path('hall', '2026-11-23', '2026-11-24'));
  const sum = order.reduce((total, i) => total + (amounts[i] ?? 0) / 100, 0);
  expect(found.amount).toBeCloseTo(sum, 9);
  expect(found.coverage).toBeCloseTo((order.length * PERIOD) / 86_400_000, 9);
});
