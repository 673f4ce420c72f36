import { expect, test } from 'vitest';
import { Fold } from '../../src/energy/fold.ts';
import type { Meter } from '../../src/energy/meter.ts';
import { registerMeter, total } from './support.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-11-23T00:00:00Z');

function fold(values: readonly number[], meter: Meter = registerMeter(), step = 15 * MINUTE): Fold {
  const made = new Fold(meter);
  values.forEach((value, i) => {
    made.take(START + i * step, value);
  });
  return made;
}

const used = (values: readonly number[], meter?: Meter): number => total(fold(values, meter));

const kinds = (made: Fold): string[] => made.figures().notes.map(({ kind }) => kind);

test.each([
  ['one bad sample', [1000, 1010, 0, 1020], 20],
  ['a replaced meter', [1000, 1010, 3, 13], 20],
  ['a dip', [1000, 1010, 960, 1020], 20],
  ['a main meter near its capacity', [1000, 1050, 1100], 100],
  ['two bad samples', [1000, 1010, 0, 4, 1020], 20],
  ['a meter that says 0 for hours', [1000, 1010, 0, 0, 0, 0, 0, 0, 0, 1020], 20],
  ['a sample too high, but possible', [1000, 1010, 1055, 1020, 1030, 1040], 40],
  ['a sample far too high', [1000, 1010, 99_999, 1020], 20],
  ['a bad first sample', [0, 1000, 1010, 1020, 1030, 1040, 1050], 50],
  ['jitter', [1000, 1000.01, 1000, 1000.01, 1000, 1010], 10],
  ['a rollover', [999_990, 999_998, 6, 16], 26],
  ['nothing but one reading', [1000], 0],
])('%s', (_what, values, expected) => {
  expect(used(values)).toBeCloseTo(expected, 9);
});

test.each([
  ['from below nine tenths of where it goes over', [850_000, 850_010, 5, 15]],
  ['to above a tenth of it', [999_980, 999_990, 150_000, 150_010, 150_020, 150_030, 150_040]],
  ['in less time than its capacity allows', [999_000, 999_010, 99_000, 99_010, 99_020, 99_030]],
])('a register that falls %s has not gone over', (_what, values) => {
  const made = fold(values);
  expect(kinds(made)).not.toContain('rollover');
  expect(total(made)).toBeCloseTo(10 * (values.length - 2), 9);
});

test('a register goes over in its own units, whatever its ratio; and where a model has two ends, at either', () => {
  const epochs = [{ from: Number.NEGATIVE_INFINITY, multiplier: 40, moduli: [100_000, 1_000_000] }];
  const meter = registerMeter({ epochs, ratedCapacity: 10_000 });
  const five = fold([99_990, 99_998, 6, 16], meter);
  expect(five.figures().notes).toMatchObject([{ kind: 'rollover', amount: 8 * 40 }]);
  expect(total(five)).toBeCloseTo(26 * 40, 9);
  expect(used([999_990, 999_998, 6, 16], meter)).toBeCloseTo(26 * 40, 9);
});

test('two steps backward are jitter, three are held', () => {
  expect(kinds(fold([1000, 1010, 1009.98]))).toEqual([]);
  expect(kinds(fold([1000, 1010, 1009.97]))).toEqual(['held']);
  // what jitter took back is not counted twice
  expect(used([1000, 1010.02, 1010, 1010.05])).toBeCloseTo(10.05, 9);
});

test('a backward step is held until those after it tell what it was', () => {
  expect(kinds(fold([1000, 1010, 3]))).toEqual(['held']);
  expect(kinds(fold([1000, 1010, 3, 13]))).toEqual(['reset']);
  const back = fold([1000, 1010, 3, 1020]);
  expect(back.figures().notes).toEqual([
    {
      kind: 'rejected',
      from: START + 30 * MINUTE,
      to: START + 30 * MINUTE,
      amount: -1007,
      readings: 1,
      before: 1010,
      found: 3,
    },
  ]);
});

test('a step beyond the rated capacity is held; when it lasts, it is taken without an amount', () => {
  const values = [1000, 1010, 5000];
  expect(kinds(fold(values))).toEqual(['held']);
  const later = [...values, 5010, 5020, 5030, 5040, 5050];
  expect(kinds(fold(later))).toEqual(['jump']);
  expect(used(later)).toBeCloseTo(60, 9);
});

test('the register of a meter with a ratio counts by its ratio, from the day it is changed', () => {
  const from = START + 30 * MINUTE;
  const epochs = [
    { from: Number.NEGATIVE_INFINITY, multiplier: 40, moduli: [1_000_000] },
    { from, multiplier: 60, moduli: [1_000_000] },
  ];
  expect(used([10, 11, 12, 13], registerMeter({ epochs, ratedCapacity: 10_000 }))).toBeCloseTo(
    40 + 40 + 60,
    9,
  );
});

test('a declared replacement counts to the old meter’s last figure and from the new one’s first', () => {
  const first = { from: Number.NEGATIVE_INFINITY, multiplier: 1, moduli: [1_000_000] };
  const from = START + 20 * MINUTE;
  const epochs = [first, { ...first, from, replaced: { oldFinal: 1012, newInitial: 3 } }];
  const meter = registerMeter({ epochs });
  expect(used([1000, 1010, 8, 18], meter)).toBeCloseTo(12 + 15, 9);
  expect(kinds(fold([1000, 1010, 8, 18], meter))).toEqual([]);
});

test('a long gap is spread and said to be estimated; a short one is filled as measured', () => {
  const made = new Fold(registerMeter());
  const hour = START / 3_600_000;
  made.take(START, 100);
  made.take(START + 90 * MINUTE, 109);
  made.take(START + 330 * MINUTE, 129);
  const { hours, notes } = made.figures();
  expect([...hours].map(([at, use]) => [at - hour, use.amount, use.estimated])).toEqual([
    [0, 6, 0],
    [1, 5.5, 2.5],
    [2, 5, 5],
    [3, 5, 5],
    [4, 5, 5],
    [5, 2.5, 2.5],
  ]);
  expect(hours.get(hour + 1)?.measured).toBe(30 * MINUTE);
  expect(notes.map(({ kind, amount }) => [kind, amount])).toEqual([['estimated', 20]]);
});

test('an hour without use is measured, however long the gap', () => {
  const made = new Fold(registerMeter());
  made.take(START, 100);
  made.take(START + 600 * MINUTE, 100);
  const { hours, notes } = made.figures();
  expect(hours.get(START / 3_600_000 + 4)).toEqual({
    amount: 0,
    estimated: 0,
    measured: 3_600_000,
  });
  expect(notes).toEqual([]);
});

test('amounts for each period stand by themselves; impossible ones are rejected', () => {
  const meter = registerMeter({ kind: 'interval', period: 15 * MINUTE });
  const made = fold([10, 12, -5, 9999, 8], meter);
  expect(total(made)).toBeCloseTo(30, 9);
  expect(kinds(made)).toEqual(['rejected', 'rejected']);
});

test('readings that nothing makes sense of do not pile up', () => {
  const values = Array.from({ length: 500 }, (_, i) => (i * 7919 * 7919) % 900_000);
  const made = fold(values);
  expect(made.state.runs.length).toBeLessThanOrEqual(48);
  expect(kinds(made)).toContain('lost');
});
