import fc from 'fast-check';
import { expect, test } from 'vitest';
import { segments } from '../../../src/energy/target/change-point.ts';
import { cusum } from '../../../src/energy/target/cusum.ts';
import { daysOfUse, weekday } from './support.ts';

/** A repeatable source of roughly normal noise of variance 1. */
function noise(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return () => Array.from({ length: 12 }, uniform).reduce((sum, value) => sum + value, -6);
}

test('a leak that began on 10 May is dated, and said in use per day', () => {
  const days = daysOfUse('2026-03-01', '2026-06-30', () => 0).map(([day]) => ({
    day,
    actual: day < '2026-05-10' ? 48 : 60,
    expected: 50,
  }));
  const { points, changed } = cusum(days);
  expect(changed).toEqual({ day: '2026-05-10', before: -2, since: 10 });
  // 70 days × −2, then 52 × 10
  expect(points.at(69)).toEqual({ day: '2026-05-09', value: -140 });
  expect(points.at(-1)).toEqual({ day: '2026-06-30', value: 380 });
});

test('a change of three times the noise is dated within a few days', () => {
  let near = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const next = noise(seed * 7919);
    const place = 20 + ((seed * 131) % 320);
    const step = seed % 2 === 0 ? 3 : -3;
    const found = segments(Array.from({ length: 365 }, (_, i) => next() + (i >= place ? step : 0)));
    const off = Math.min(...found.slice(1).map(({ from }) => Math.abs(from - place)));
    expect(off).toBeLessThanOrEqual(7);
    if (off <= 3) near += 1;
  }
  expect(near).toBeGreaterThanOrEqual(297);
});

test('noise alone is hardly ever taken for a change', () => {
  let cut = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const next = noise(seed * 7919);
    if (segments(Array.from({ length: 365 }, next)).length > 1) cut += 1;
  }
  expect(cut).toBeLessThanOrEqual(6);
});

test('weekends against a bill’s even days are no change', () => {
  const values = daysOfUse('2026-01-01', '2026-12-31', () => 0).map(([day]) =>
    [0, 6].includes(weekday(day)) ? -50 : 20,
  );
  expect(segments(values)).toHaveLength(1);
});

test('the pieces cover all values without a gap, and each has their mean', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 120 }), (values) => {
      const found = segments(values);
      expect(found[0]?.from).toBe(values.length === 0 ? undefined : 0);
      for (const [i, { from, mean }] of found.entries()) {
        const to = found[i + 1]?.from ?? values.length;
        expect(to).toBeGreaterThan(from);
        const own = values.slice(from, to);
        expect(mean).toBeCloseTo(own.reduce((sum, value) => sum + value, 0) / own.length, 9);
      }
    }),
  );
});

test('a constant difference has one slope', () => {
  expect(segments(new Array(365).fill(0.1))).toHaveLength(1);
  expect(segments([])).toEqual([]);
});
