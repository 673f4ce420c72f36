import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  adjustForWeather,
  coolingDegrees,
  heatingDegrees,
} from '../../../src/energy/target/degree-days.ts';
import { leastSquares } from '../../../src/energy/target/least-squares.ts';
import { daysOfUse, uses, weekday } from './support.ts';

const CALENDAR = {
  terms: [],
  offDays: [],
  makeUpDays: [],
  hours: { from: '07:30', to: '17:30' },
};

const isWeekend = (day: string) => [0, 6].includes(weekday(day));

/** 200 on a weekday, 80 at a weekend, and 12 more per heating degree day. */
const need = (day: string, mean: number) => (isWeekend(day) ? 80 : 200) + 12 * heatingDegrees(mean);

test('degree days lie below 18 and above 26 ℃', () => {
  expect([heatingDegrees(5), heatingDegrees(20), coolingDegrees(20), coolingDegrees(30.5)]).toEqual(
    [13, 0, 0, 4.5],
  );
});

test('a mild winter is not taken for a saving', () => {
  // last year between 0 and 9 ℃, this year 4 ℃ warmer; the school heats as it always did
  const mean = (day: string, i: number) => (i % 10) + (day > '2026' ? 4 : 0);
  const means = new Map(
    [
      ...daysOfUse('2025-01-01', '2025-03-01', mean),
      ...daysOfUse('2026-01-01', '2026-03-01', mean),
    ].map(([day, { amount }]) => [day, amount]),
  );
  const both = uses(
    daysOfUse('2025-01-01', '2025-03-01', (day, i) => need(day, mean(day, i))),
    daysOfUse('2026-01-01', '2026-03-01', (day, i) => need(day, mean(day, i))),
  );
  const found = adjustForWeather(both, means, CALENDAR, '2026-01-01', '2026-03-01');
  expect(found?.perHeating).toBeCloseTo(12, 6);
  expect(found?.perCooling).toBe(0);
  expect(found?.explained).toBeCloseTo(1, 6);
  expect(found?.change).toBeCloseTo(0, 6);
  // 60 days, each 4 degree days less
  expect((found?.heating.baseline ?? 0) - (found?.heating.actual ?? 0)).toBeCloseTo(240, 6);
});

test('where warmth did not save, the weather explains nothing and adjusts nothing', () => {
  const mean = (_: string, i: number) => i % 10;
  const means = new Map(
    [
      ...daysOfUse('2025-01-01', '2025-03-01', mean),
      ...daysOfUse('2026-01-01', '2026-03-01', mean),
    ].map(([day, { amount }]) => [day, amount]),
  );
  const both = uses(
    daysOfUse('2025-01-01', '2025-03-01', (_, i) => 100 + (i % 10)),
    daysOfUse('2026-01-01', '2026-03-01', () => 90),
  );
  const found = adjustForWeather(both, means, CALENDAR, '2026-01-01', '2026-03-01');
  expect(found).toMatchObject({ perHeating: 0, perCooling: 0, actual: 5400 });
  // each kind of day as its mean: 60 days of 100 to 109
  expect(found?.baseline).toBeCloseTo(6270, 0);
});

test('a month or two of weather are needed', () => {
  const both = uses(daysOfUse('2025-01-01', '2026-12-31', () => 100));
  const few = new Map(daysOfUse('2025-01-01', '2025-01-20', () => 5).map(([day]) => [day, 5]));
  expect(adjustForWeather(both, few, CALENDAR, '2026-01-01', '2026-03-01')).toBeUndefined();
});

test('least squares find the plane that points lie on', () => {
  const figure = fc.integer({ min: -20, max: 20 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(figure, figure), { minLength: 5 }),
      figure,
      figure,
      (list, a, b) => {
        const rows = list.map(([x, z]) => ({ x: [1, x, z], y: 3 + a * x + b * z }));
        const found = leastSquares(rows);
        if (!found) return;
        for (const { x, y } of rows) {
          const said = x.reduce((sum, value, i) => sum + value * (found[i] ?? 0), 0);
          expect(said).toBeCloseTo(y, 5);
        }
      },
    ),
  );
  expect(
    leastSquares([
      { x: [1, 2], y: 1 },
      { x: [2, 4], y: 2 },
    ]),
  ).toBeUndefined();
});
