import { expect, test } from 'vitest';
import { forecast, paceOf } from '../../../src/energy/target/pace.ts';
import { daysOfUse, uses } from './support.ts';

/** 100 a day last year; this year 90 in January and 110 in February, 100 on ten days of March. */
const BOTH = uses(
  daysOfUse('2025-01-01', '2025-12-31', () => 100),
  daysOfUse('2026-01-01', '2026-03-10', (day) =>
    day < '2026-02-01' ? 90 : day < '2026-03-01' ? 110 : 100,
  ),
);
const YEAR = { from: '2026-01-01', to: '2026-12-31', through: '2026-03-10' };

test('the pace says what may still be used', () => {
  // used 31 × 90 + 28 × 110 + 10 × 100 = 6 870 in 69 days
  expect(paceOf(BOTH, YEAR, -5)).toEqual({
    ...YEAR,
    baseline: 36_500,
    limit: 34_675,
    used: 6870,
    onCourse: 6555,
    ahead: 315,
    left: 27_805,
    daysLeft: 296,
    perDay: 27_805 / 296,
  });
  const month = { from: '2026-03-01', to: '2026-03-31', through: '2026-03-10' };
  expect(paceOf(BOTH, month, -5)).toMatchObject({
    limit: 2945,
    used: 1000,
    left: 1945,
    daysLeft: 21,
  });
});

test('the year’s end is told from the ratio until now, its range from the months', () => {
  const found = forecast(BOTH, YEAR);
  // 6 870 / 6 900 of what is left of last year: 29 600
  expect(found?.ratio).toBeCloseTo(6870 / 6900, 12);
  expect(found?.amount).toBeCloseTo(6870 + (29_600 * 6870) / 6900, 6);
  expect(found?.months).toEqual([
    { month: '2026-01', ratio: 0.9 },
    { month: '2026-02', ratio: 1.1 },
  ]);
  expect(found?.low).toBeCloseTo(6870 + 29_600 * 0.9, 6);
  expect(found?.high).toBeCloseTo(6870 + 29_600 * 1.1, 6);
  expect(found?.change).toBeCloseTo((6870 / 6900 - 1) * 100, 6);
});

test('before four weeks are known there is no forecast, and before two months no range', () => {
  expect(forecast(BOTH, { ...YEAR, through: '2026-01-20' })).toBeUndefined();
  const early = forecast(BOTH, { ...YEAR, through: '2026-01-31' });
  expect(early?.amount).toBeCloseTo(36_500 * 0.9, 6);
  expect(early?.low).toBeUndefined();
});

test('where last year is not known the whole way there is nothing to tell', () => {
  const short = uses(
    daysOfUse('2025-01-01', '2025-10-31', () => 100),
    daysOfUse('2026-01-01', '2026-03-10', () => 100),
  );
  expect(paceOf(short, YEAR, -5)).toBeUndefined();
  expect(forecast(short, YEAR)).toBeUndefined();
});
