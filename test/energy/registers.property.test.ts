import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Fold } from '../../src/energy/fold.ts';
import type { Meter } from '../../src/energy/meter.ts';
import { registerMeter, total } from './support.ts';
import { CAPACITY, first, live, MINUTE, periods, START } from './truth.ts';

function foldAll(meter: Meter, readings: readonly (readonly [number, number])[]): Fold {
  const fold = new Fold(meter);
  for (const [time, value] of readings) fold.take(time, value);
  return fold;
}

test('whatever befalls a meter, what was really used is found', () => {
  fc.assert(
    fc.property(first, periods, (begin, list) => {
      const { truth, meter } = live(begin, list);
      const found = total(foldAll(meter, truth.readings));
      expect(found).toBeCloseTo(truth.used, 6);
    }),
    { numRuns: 10_000 },
  );
});

test('folding again from any mark gives the same as folding all', () => {
  fc.assert(
    fc.property(first, periods, (begin, list) => {
      const { truth, meter } = live(begin, list);
      const whole = foldAll(meter, truth.readings);
      const expected = whole.figures();
      for (const mark of whole.marks) {
        const again = new Fold(meter, mark);
        for (const [time, value] of truth.readings) if (time > mark.time) again.take(time, value);
        const { hours } = again.figures();
        for (const [hour, use] of hours) expect(use).toEqual(expected.hours.get(hour));
        expect(again.marks).toEqual(whole.marks.slice(whole.marks.indexOf(mark) + 1));
      }
    }),
    { numRuns: 1_000 },
  );
});

test('any readings at all end in figures that are neither negative nor beyond the capacity', () => {
  const values = fc.array(
    fc.oneof(fc.constantFrom(0, 1, 2, 3, 999_999), fc.integer({ min: 0, max: 999_999 })),
    { minLength: 1, maxLength: 150 },
  );
  fc.assert(
    fc.property(values, (list) => {
      const fold = foldAll(
        registerMeter(),
        list.map((value, i) => [START + i * 15 * MINUTE, value] as const),
      );
      for (const { amount, measured } of fold.figures().hours.values()) {
        expect(amount).toBeGreaterThanOrEqual(0);
        expect(amount).toBeLessThanOrEqual(CAPACITY + 0.1);
        expect(measured).toBeLessThanOrEqual(3_600_000);
      }
    }),
    { numRuns: 2_000 },
  );
});
