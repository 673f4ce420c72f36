import fc from 'fast-check';
import { expect, test } from 'vitest';
import { baselineDays, daysBetween, type MeteredDay } from '../../src/energy/baseline.ts';
import type { BillFacts } from '../../src/energy/bills.ts';

const bill = (from: string, to: string, amount: number, account = ''): BillFacts => ({
  campus: 'qingcheng',
  utility: 'electricity',
  account,
  from,
  to,
  amount,
});
const metered = (day: string, amount: number, coverage = 1, estimated = 0): MeteredDay => ({
  day,
  amount,
  estimated,
  coverage,
});

test('a bill counts evenly on its days, also where the meters say otherwise', () => {
  const days = baselineDays(
    [bill('2025-03-01', '2025-03-31', 3100)],
    [metered('2025-03-31', 90), metered('2025-04-01', 80, 0.5, 3)],
    '2025-03-31',
    '2025-04-03',
  );
  expect(days).toEqual([
    { day: '2025-03-31', amount: 100, estimated: true, source: 'bill', coverage: 1 },
    { day: '2025-04-01', amount: 80, estimated: true, source: 'meter', coverage: 0.5 },
  ]);
});

test('with two accounts a day counts only where both have been billed', () => {
  const bills = [
    bill('2025-01-01', '2025-01-31', 310, 'A'),
    bill('2025-02-01', '2025-02-28', 280, 'A'),
    bill('2025-01-01', '2025-01-31', 31, 'B'),
  ];
  expect(baselineDays(bills, [], '2025-01-31', '2025-02-01')).toEqual([
    { day: '2025-01-31', amount: 11, estimated: true, source: 'bill', coverage: 1 },
  ]);
});

test('bills of the whole school stand for the time before there were accounts', () => {
  const bills = [bill('2025-01-01', '2025-01-31', 310), bill('2025-02-01', '2025-02-28', 280, 'A')];
  const days = baselineDays(bills, [], '2025-01-31', '2025-02-01');
  expect(days.map(({ amount, source }) => [amount, source])).toEqual([
    [10, 'bill'],
    [10, 'bill'],
  ]);
});

test('the days of any bill add up to the bill', () => {
  const day = fc.integer({ min: 0, max: 800 }).map((n) => {
    return new Date(Date.UTC(2024, 0, 1 + n)).toISOString().slice(0, 10);
  });
  fc.assert(
    fc.property(day, day, fc.double({ min: 0, max: 1e6, noNaN: true }), (a, b, amount) => {
      const [from, to] = a < b ? [a, b] : [b, a];
      const days = baselineDays([bill(from, to, amount)], [], '2023-01-01', '2027-12-31');
      expect(days.map((one) => one.day)).toEqual(daysBetween(from, to));
      expect(days.reduce((sum, one) => sum + one.amount, 0)).toBeCloseTo(amount, 6);
    }),
    { numRuns: 60 },
  );
});
