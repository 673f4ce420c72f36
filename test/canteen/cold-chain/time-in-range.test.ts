import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Observation } from '../../../src/alarms/rules/phases.ts';
import {
  heldValues,
  type Span,
  TimeInRange,
  type UnitFigures,
  type UnitRange,
} from '../../../src/canteen/cold-chain/time-in-range.ts';

const HOUR = 3_600_000;

function figuresOf(
  observations: readonly Observation[],
  unit: UnitRange,
  spans: readonly Span[],
): UnitFigures {
  const sums = new TimeInRange(unit, spans);
  const end = Math.max(0, ...spans.map(({ to }) => to));
  for (const held of heldValues(observations, unit, end)) sums.add(held);
  return sums.figures;
}

const hourly = (...values: number[]): Observation[] =>
  values.map((value, i) => ({ time: i * HOUR, value }));

describe('mean kinetic temperature', () => {
  test.each([
    [[4, 4, 4, 20], 11.3546],
    [[2, 4, 6, 8], 5.3021],
    [[5, 5, 5], 5],
  ])('of %j ℃ is %s ℃', (values, mkt) => {
    const whole = { from: 0, to: values.length * HOUR };
    const unit = { gap: HOUR, stuck: 99 * HOUR };
    expect(figuresOf(hourly(...values), unit, [whole]).mkt).toBeCloseTo(mkt, 4);
  });

  test('weighs a value by how long it held', () => {
    const unit = { gap: 9 * HOUR, stuck: 99 * HOUR };
    const uneven = [
      { time: 0, value: 4 },
      { time: 3 * HOUR, value: 20 },
    ];
    const figures = figuresOf(uneven, unit, [{ from: 0, to: 4 * HOUR }]);
    expect(figures.mkt).toBeCloseTo(11.3546, 4);
    expect(figures.mean).toBe(8);
  });
});

test('a gap is neither in range nor out of it', () => {
  const unit = { high: 8, gap: 5, stuck: 1_000 };
  const observations = [
    { time: 0, value: 4 },
    { time: 3, value: 9 },
    { time: 20, value: 4 },
  ];
  expect(figuresOf(observations, unit, [{ from: 0, to: 30 }])).toMatchObject({
    ...{ whole: 30, inRange: 3 + 5, outOfRange: 5, unknown: 17 },
    ...{ min: 4, max: 9 },
  });
});

test('a value that does not move for as long as only a broken probe’s does was never known', () => {
  const unit = { high: 8, gap: 5, stuck: 12 };
  const observations = [0, 4, 8, 12].map((time) => ({ time, value: 4 }));
  const moved = { time: 14, value: 4.1 };
  const figures = figuresOf([...observations, moved], unit, [{ from: 0, to: 16 }]);
  expect(figures).toMatchObject({ whole: 16, inRange: 2, outOfRange: 0, unknown: 14 });
});

const worlds = fc.record({
  unit: fc.record({
    high: fc.option(fc.integer({ min: 2, max: 5 }), { nil: undefined }),
    low: fc.option(fc.integer({ min: -2, max: 1 }), { nil: undefined }),
    gap: fc.integer({ min: 1, max: 8 }),
    stuck: fc.integer({ min: 3, max: 40 }),
  }),
  observations: fc
    .array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: -4, max: 8 })), {
      maxLength: 30,
    })
    .map((list) => {
      let time = -10;
      return list.map(([later, value]) => {
        time += later;
        return { time, value };
      });
    }),
  spans: fc
    .array(fc.tuple(fc.nat(15), fc.integer({ min: 1, max: 40 })), { maxLength: 4 })
    .map((list) => {
      let at = 0;
      return list.map(([after, length]) => {
        const from = at + after;
        at = from + length;
        return { from, to: at };
      });
    }),
});

/** By the book, unit of time by unit of time. */
function expected(
  observations: readonly Observation[],
  { high = 99, low = -99, gap, stuck }: UnitRange,
  spans: readonly Span[],
) {
  const valueAt = (time: number) => {
    const last = observations.findLast((one) => one.time <= time);
    return last && time < last.time + gap ? last.value : undefined;
  };
  const isStuck = (time: number) => {
    let from = observations.findLastIndex((one) => one.time <= time);
    let to = from;
    const goesOn = (i: number) => {
      const [one, next] = [observations[i], observations[i + 1]];
      return one && next && one.value === next.value && next.time - one.time <= gap;
    };
    while (goesOn(from - 1)) from -= 1;
    while (goesOn(to)) to += 1;
    return (observations[to]?.time ?? 0) - (observations[from]?.time ?? 0) >= stuck;
  };
  let [inRange, outOfRange, whole] = [0, 0, 0];
  for (const span of spans) {
    for (let time = span.from; time < span.to; time++) {
      whole += 1;
      const value = valueAt(time);
      if (value === undefined || isStuck(time)) continue;
      if (value > high || value < low) outOfRange += 1;
      else inRange += 1;
    }
  }
  return { whole, inRange, outOfRange, unknown: whole - inRange - outOfRange };
}

test('in range, out of range and unknown are the whole, whatever is read', () => {
  fc.assert(
    fc.property(worlds, ({ unit, observations, spans }) => {
      const figures = figuresOf(observations, unit, spans);
      const { whole, inRange, outOfRange, unknown } = figures;
      expect(inRange + outOfRange + unknown).toBe(whole);
      expect(Math.min(inRange, outOfRange, unknown)).toBeGreaterThanOrEqual(0);
      expect({ whole, inRange, outOfRange, unknown }).toEqual(expected(observations, unit, spans));
    }),
    { numRuns: 1_000 },
  );
});

test('excursions are the stretches out of range, with the value farthest out', () => {
  const unit = { high: 8, low: 0, gap: 5, stuck: 1_000 };
  const sums = new TimeInRange(unit, [{ from: 0, to: 100 }]);
  const observations = [
    { time: 0, value: 9 },
    { time: 3, value: 12 },
    { time: 6, value: 10 },
    { time: 8, value: 4 },
    { time: 10, value: -3 },
    { time: 30, value: 9 },
  ];
  for (const held of heldValues(observations, unit, 32)) sums.add(held);
  expect(sums.excursions).toEqual([
    { from: 0, to: 8, farthest: 12 },
    { from: 10, to: 15, farthest: -3 },
    { from: 30, to: 32, farthest: 9 },
  ]);
});
