import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Cell } from '../../../src/spreadsheet/sheet.ts';
import { brief, read, sheet } from './support.ts';

// Bills that are known, written down in any of the ways that schools use, come back as they were.

const pad = (n: number) => String(n).padStart(2, '0');
const lastDay = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate();

interface Month {
  month: number;
  amount: number;
  cost: number;
}

const months = fc
  .uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 12 })
  .chain((list) =>
    fc.tuple(
      ...list
        .sort((a, b) => a - b)
        .map((month) =>
          fc.record({
            month: fc.constant(month),
            amount: fc.integer({ min: 0, max: 9_999_999 }).map((n) => n / 100),
            cost: fc.integer({ min: 0, max: 9_999_999 }).map((n) => n / 100),
          }),
        ),
    ),
  );

const PERIODS: Record<string, (year: number, month: number) => Cell> = {
  text: (y, m) => `${y}-${pad(m)}`,
  chinese: (y, m) => `${y}年${m}月`,
  bare: (_, m) => `${m}月`,
  packed: (y, m) => Number(`${y}${pad(m)}`),
  date: (y, m) => new Date(Date.UTC(y, m - 1, 1)),
  range: (y, m) => `${y}.${m}.1—${y}.${m}.${lastDay(y, m)}`,
};

const FIGURES: ((value: number) => Cell)[] = [
  (value) => value,
  (value) => String(value),
  (value) => value.toLocaleString('en', { maximumFractionDigits: 2 }),
  (value) => `￥${value}`,
];

const layout = fc.record({
  year: fc.integer({ min: 2001, max: 2025 }),
  title: fc.constantFrom(0, 1, 2),
  period: fc.constantFrom(...Object.keys(PERIODS)),
  periodHeading: fc.constantFrom(
    '月份',
    '年月',
    '账期',
    '用电月份',
    '计费周期',
    'Month',
    'Billing period',
  ),
  amountHeading: fc.constantFrom(
    '用电量',
    '电量(kWh)',
    '用电量（千瓦时）',
    '度数',
    '使用量',
    'Consumption (kWh)',
  ),
  costHeading: fc.constantFrom('电费', '金额', '金额(元)', '应缴金额', 'Cost', undefined),
  more: fc.subarray(['序号', '单价', '备注', '本月示数', '同比']),
  total: fc.constantFrom('合计', '合 计', '总计', 'Total', undefined),
  figure: fc.constantFrom(...FIGURES),
  hasBlanks: fc.boolean(),
  isTurned: fc.boolean(),
  seed: fc.integer(),
});

/** The columns of a table in some order; each says what stands in a row of a month. */
function columnsOf(said: Layout, year: number): [string, (row: Month, i: number) => Cell][] {
  const columns: [string, (row: Month, i: number) => Cell][] = [
    [said.periodHeading, ({ month }) => PERIODS[said.period]?.(year, month) ?? null],
    [said.amountHeading, ({ amount }) => said.figure(amount)],
  ];
  const { costHeading } = said;
  if (costHeading) columns.push([costHeading, ({ cost }) => said.figure(cost)]);
  for (const heading of said.more) columns.push([heading, (_, i) => (i % 2 ? i : null)]);
  // some order that follows from the seed
  return columns.sort(([a], [b]) => ((said.seed * a.length) % 7) - ((said.seed * b.length) % 7));
}

type Layout = typeof layout extends fc.Arbitrary<infer T> ? T : never;

test('any layout of known bills is understood as they are', () => {
  fc.assert(
    fc.property(months, layout, (list, said) => {
      const { year, title, hasBlanks, isTurned, total } = said;
      const columns = columnsOf(said, year);
      const rows: Cell[][] = [
        columns.map(([heading]) => heading),
        ...list.map((month, i) => columns.map(([, cell]) => cell(month, i))),
      ];
      if (hasBlanks) rows.splice(1, 0, []);
      if (total !== undefined) {
        const sum = list.reduce((whole, { amount }) => whole + amount, 0);
        rows.push(
          columns.map(([heading]) =>
            heading === said.periodHeading ? total : heading === said.amountHeading ? sum : null,
          ),
        );
      }
      const table = isTurned
        ? columns.map((_, column) => rows.map((row) => row[column] ?? null))
        : rows;
      // the year must be said somewhere
      const needed = said.period === 'bare' ? Math.max(1, title) : title;
      const heads = [[`青城小学${year}年用电统计表`], ['单位：元']].slice(0, needed);
      const found = read([sheet([...heads, ...table], '电')]);
      const expected = list.map(({ month, amount, cost }) => {
        const period = `${year}-${pad(month)}-01 ${year}-${pad(month)}-${lastDay(year, month)}`;
        return `${period} ${amount}${said.costHeading ? ` ${cost}` : ''}`;
      });
      expect(found.mistakes).toEqual([]);
      expect(brief(found)).toEqual(expected);
      expect(found.notes).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test('whatever cells a file has, what comes out are bills that can be, or mistakes', () => {
  const cell: fc.Arbitrary<Cell> = fc.oneof(
    fc.constantFrom(
      '月份',
      '电量',
      '电费',
      '户号',
      '年份',
      '合计',
      '起始日期',
      '截止日期',
      '2025-01',
      '1月',
      '-',
      '',
      null,
      true,
    ),
    fc.string({ maxLength: 12, unit: 'grapheme' }),
    fc.double(),
    fc.integer({ min: -5, max: 60_000 }),
    fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }),
  );
  const rows = fc.array(fc.array(cell, { maxLength: 6 }), { maxLength: 14 });
  fc.assert(
    fc.property(rows, (list) => {
      const found = read([sheet([['月份', '电量', '电费'], ...list])]);
      for (const { from, to, amount } of found.bills) {
        expect(from <= to && amount >= 0 && Number.isFinite(amount)).toBe(true);
      }
      for (const mistake of found.mistakes) expect(mistake.cell).toMatch(/^[A-Z]+\d+$/);
      read([sheet(list)]);
    }),
    { numRuns: 150 },
  );
});
