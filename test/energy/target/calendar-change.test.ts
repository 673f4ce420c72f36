import { expect, test } from 'vitest';
import { calendarChange } from '../../../src/energy/target/calendar-change.ts';
import { judge, judgeAll } from '../../../src/energy/target/verdict.ts';
import { daysOfUse, uses } from './support.ts';

test('a month is compared with the same dates of the year before', () => {
  const both = uses(
    daysOfUse('2025-03-01', '2025-03-31', () => 100),
    daysOfUse('2026-03-01', '2026-03-31', (_, i) => (i < 10 ? 80 : 98)),
  );
  const found = calendarChange(both, '2026-03-01', '2026-03-31');
  // 10 × 80 + 21 × 98 = 2 858; (2 858 − 3 100) / 3 100 = −7.806 %
  expect(found).toMatchObject({
    actual: 2858,
    baseline: 3100,
    days: 31,
    compared: 31,
    leapDays: [],
  });
  expect(found.change).toBeCloseTo(-7.806452, 6);
  expect(judge(found, -5)).toBe('met');
  expect(judge(found, -8)).toBe('missed');
});

test('exactly 5 % less is met', () => {
  const both = uses(
    daysOfUse('2025-03-01', '2025-03-03', () => 0.3),
    daysOfUse('2026-03-01', '2026-03-03', () => 0.285),
  );
  expect(judge(calendarChange(both, '2026-03-01', '2026-03-03'), -5)).toBe('met');
});

test('only days known on both sides count, and the coverage of each side is told', () => {
  const both = uses(
    daysOfUse('2025-03-01', '2025-03-10', (_, i) => (i === 0 ? undefined : 10)),
    daysOfUse('2026-03-01', '2026-03-10', (_, i) => (i === 9 ? undefined : 9 + i)),
  );
  const found = calendarChange(both, '2026-03-01', '2026-03-10');
  // the days 2 to 9: 10 + 11 + … + 17 = 108 against 80
  expect(found).toMatchObject({ actual: 108, baseline: 80, change: 35, compared: 8 });
  expect(found.coverage).toEqual({ actual: 0.9, baseline: 0.9 });
  expect(judge(found, -5)).toBe('missed');
});

test.each([
  [0, 12, undefined],
  [8, 12, 0.8],
])('known on %i of 10 days of last year: no verdict', (known, actual, coverage = 0) => {
  const both = uses(
    daysOfUse('2025-03-01', '2025-03-10', (_, i) => (i < known ? 10 : undefined)),
    daysOfUse('2026-03-01', '2026-03-10', () => actual / 10),
  );
  const found = calendarChange(both, '2026-03-01', '2026-03-10');
  expect(found.coverage.baseline).toBe(coverage);
  expect(judge(found, -5)).toBe('insufficient');
  // without any day to compare the use is still told
  if (known === 0) expect(found.actual).toBeCloseTo(12, 9);
});

test('a baseline of 0 gives no change and no verdict', () => {
  const both = uses(
    daysOfUse('2025-03-01', '2025-03-10', () => 0),
    daysOfUse('2026-03-01', '2026-03-10', () => 5),
  );
  const found = calendarChange(both, '2026-03-01', '2026-03-10');
  expect(found.change).toBeUndefined();
  expect(judge(found, -5)).toBe('insufficient');
});

test('a 29 February has no counterpart, on whichever side it lies', () => {
  const both = uses(
    daysOfUse('2027-02-27', '2027-03-02', () => 10),
    daysOfUse('2028-02-27', '2028-03-02', (day) => (day === '2028-02-29' ? 1000 : 9)),
    daysOfUse('2029-02-27', '2029-03-02', () => 8),
  );
  const leapNow = calendarChange(both, '2028-02-27', '2028-03-02');
  expect(leapNow).toMatchObject({ actual: 36, baseline: 40, days: 4, leapDays: ['2028-02-29'] });
  const leapBefore = calendarChange(both, '2029-02-27', '2029-03-02');
  expect(leapBefore).toMatchObject({ actual: 32, baseline: 36, leapDays: ['2028-02-29'] });
  expect(calendarChange(both, '2029-03-01', '2029-03-02').leapDays).toEqual([]);
  expect(calendarChange(both, '2028-02-29', '2028-02-29')).toMatchObject({
    days: 0,
    change: undefined,
    coverage: { actual: 0, baseline: 0 },
  });
});

test('of several targets each must be met', () => {
  expect(judgeAll(['met', 'met'])).toBe('met');
  expect(judgeAll(['met', 'missed'])).toBe('missed');
  expect(judgeAll(['met', 'insufficient'])).toBe('insufficient');
  expect(judgeAll(['insufficient', 'missed'])).toBe('missed');
});
