import fc from 'fast-check';
import { expect, test } from 'vitest';
import { electricityCost, gridCarbon, standardCoal, waterCost } from '../../src/energy/cost.ts';
import type { ElectricityPrice } from '../../src/energy/schema.ts';
import { tariffSpans } from '../../src/energy/tariff.ts';

const sayMinute = (minute: number) => new Date(minute * 60_000).toISOString().slice(11, 16);

/** Any day cut into periods at any minutes, the last one over midnight. */
const periods = fc
  .uniqueArray(fc.integer({ min: 0, max: 1439 }), { minLength: 1, maxLength: 8 })
  .chain((minutes) => {
    const cuts = minutes.sort((a, b) => a - b);
    return fc
      .array(fc.double({ min: 0, max: 3, noNaN: true }), {
        minLength: cuts.length,
        maxLength: cuts.length,
      })
      .map((prices) =>
        cuts.map((from, i) => ({
          name: ['尖', '峰', '平', '谷'][i % 4] ?? '',
          from: sayMinute(from),
          to: sayMinute(cuts[(i + 1) % cuts.length] ?? 0),
          price: prices[i] ?? 0,
          minutes: ((cuts[(i + 1) % cuts.length] ?? 0) - from + 1440) % 1440 || 1440,
          start: from,
        })),
      );
  });

test('the periods of any tariff cover the day once, and cost what they cost minute by minute', () => {
  const amounts = fc.array(fc.double({ min: 0, max: 500, noNaN: true }), {
    minLength: 24,
    maxLength: 24,
  });
  fc.assert(
    fc.property(periods, amounts, (list, use) => {
      const price = [{ periods: list }];
      const [span, ...more] = tariffSpans(price, '2026-03-01', '2026-05-31');
      if (!span || more.length > 0) return expect.fail('one tariff, one span');
      for (const parts of span.hours ?? []) {
        expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
      }
      const found = electricityCost([{ span, amounts: use }]);
      let expected = 0;
      for (let minute = 0; minute < 1440; minute++) {
        const here = list.find(({ start, minutes }) => (minute - start + 1440) % 1440 < minutes);
        expected += ((use[Math.floor(minute / 60)] ?? 0) / 60) * (here?.price ?? 0);
      }
      expect(found.cost).toBeCloseTo(expected, 6);
      const total = use.reduce((sum, amount) => sum + amount, 0);
      expect(found.periods.reduce((sum, { amount }) => sum + amount, 0)).toBeCloseTo(total, 6);
      expect(found.unpriced).toBe(0);
    }),
    { numRuns: 100 },
  );
});

test('a year is cut where the tariff or the season changes', () => {
  const price: ElectricityPrice = [
    { from: '2025-03-01', price: 0.5 },
    { from: '2026-01-01', price: 0.6 },
    { from: '2026-01-01', months: [7, 8], price: 0.9 },
  ];
  const spans = tariffSpans(price, '2025-02-10', '2026-09-30');
  const brief = spans.map(({ from, to, hours }) => [from, to, hours?.[0]?.[0]?.price]);
  expect(brief).toEqual([
    ['2025-02-10', '2025-02-28', undefined],
    ['2025-03-01', '2025-12-31', 0.5],
    ['2026-01-01', '2026-06-30', 0.6],
    ['2026-07-01', '2026-08-31', 0.9],
    ['2026-09-01', '2026-09-30', 0.6],
  ]);
  const amounts = new Array(24).fill(1);
  const use = spans.slice(0, 2).map((span) => ({ span, amounts }));
  expect(electricityCost(use)).toEqual({
    cost: 12,
    unpriced: 24,
    periods: [{ name: '全天', amount: 24, cost: 12 }],
  });
  expect(tariffSpans(0.5, '2026-01-01', '2026-12-31')).toHaveLength(1);
  expect(tariffSpans(undefined, '2026-01-01', '2026-12-31')).toMatchObject([{ hours: undefined }]);
});

test('water, standard coal and CO₂ follow the factors of the day', () => {
  const days = [
    { day: '2025-12-31', amount: 10 },
    { day: '2026-01-01', amount: 10 },
  ];
  expect(waterCost([{ from: '2026-01-01', value: 4 }], days)).toEqual({ cost: 40, unpriced: 10 });
  const co2 = [{ value: 0.5366 }, { from: '2026-01-01', value: 0.5306 }];
  expect(gridCarbon({ co2 }, days)).toBeCloseTo(10.672, 9);
  const factors = { standardCoal: { electricity: 0.1229, water: 0.2571 } };
  expect(standardCoal(factors, 'electricity', 1000)).toBeCloseTo(122.9, 9);
  expect(standardCoal(factors, 'water', 1000)).toBeCloseTo(257.1, 9);
});
