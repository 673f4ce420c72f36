import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readNumber } from '../../../src/energy/bill-import/numbers.ts';
import { readDay, readPeriod, yearIn } from '../../../src/energy/bill-import/periods.ts';
import { cellName } from '../../../src/spreadsheet/sheet.ts';

const wide = (text: string) =>
  text.replace(/[0-9,.()-]/g, (c) => String.fromCodePoint((c.codePointAt(0) ?? 0) + 0xfee0));

test('a figure is read back however it was written', () => {
  const figure = fc.integer({ min: 0, max: 99_999_999_999 }).map((n) => n / 100);
  const style = fc.record({
    groups: fc.constantFrom('', ',', ' ', "'"),
    unit: fc.constantFrom('', '元', 'kWh', ' 度', '吨', 'm³', '㎥'),
    sign: fc.constantFrom('', '¥', '￥', '+'),
    isWide: fc.boolean(),
    isNegative: fc.boolean(),
  });
  fc.assert(
    fc.property(figure, style, (value, { groups, unit, sign, isWide, isNegative }) => {
      const [whole = '', fraction] = String(value).split('.');
      const grouped = whole.replace(/\B(?=(\d{3})+$)/g, groups);
      const digits = fraction === undefined ? grouped : `${grouped}.${fraction}`;
      const text = isNegative ? `(${digits})` : `${sign}${digits}${unit}`;
      expect(readNumber(isWide ? wide(text) : text)).toBeCloseTo(isNegative ? -value : value, 6);
    }),
  );
});

test.each([
  '',
  '-',
  '1,23',
  '1.2.3',
  '1,234,5',
  '12,34',
  '1.234,5',
  '5 Äpfel',
  '(5',
  '5)',
  '--5',
  '1e5',
  'NaN',
  '=1',
  '5%',
  '０x1',
])('%j is no figure', (text) => {
  expect(readNumber(text)).toBeUndefined();
});

test('any text is a figure or none, at once', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60, unit: 'grapheme' }), (text) => {
      const value = readNumber(text);
      expect(value === undefined || Number.isFinite(value)).toBe(true);
      readPeriod(text, () => 2025);
    }),
  );
});

const pad = (n: number) => String(n).padStart(2, '0');
const CHINESE = ['一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '十一', '十二'];
const ENGLISH = [
  'Jan',
  'February',
  'Mar.',
  'April',
  'May',
  'Jun',
  'July',
  'Aug',
  'September',
  'Oct',
  'Nov',
  'December',
];
const year = fc.integer({ min: 2000, max: 2049 });
const month = fc.integer({ min: 1, max: 12 });
const lastDay = (y: number, m: number) => new Date(Date.UTC(y, m, 0)).getUTCDate();
const monthOf = (y: number, m: number) => ({
  from: `${y}-${pad(m)}-01`,
  to: `${y}-${pad(m)}-${lastDay(y, m)}`,
});
const serial = (y: number, m: number, d: number) => Date.UTC(y, m - 1, d) / 86_400_000 + 25_569;

test('a month is read back however it was written', () => {
  fc.assert(
    fc.property(year, month, (y, m) => {
      const spellings: (string | number | Date)[] = [
        `${y}-${pad(m)}`,
        `${y}-${m}`,
        `${y}/${m}`,
        `${y}.${pad(m)}`,
        `${y}年${m}月`,
        `${y}年${pad(m)}月份`,
        `${y} 年 ${m} 月`,
        `${y}年${CHINESE[m - 1]}月`,
        `${y}${pad(m)}`,
        Number(`${y}${pad(m)}`),
        wide(`${y}-${pad(m)}`),
        `${pad(y % 100)}年${m}月`,
        `${ENGLISH[m - 1]} ${y}`,
        `${y} ${ENGLISH[m - 1]}`,
        `${y}-${pad(m)}-01`,
        `${y}-${pad(m)}-01 00:00:00`,
        new Date(Date.UTC(y, m - 1, 1)),
        serial(y, m, 1),
        String(serial(y, m, 1)),
        `${y}-${pad(m)}-01至${y}-${pad(m)}-${lastDay(y, m)}`,
      ];
      for (const text of spellings) {
        expect(
          readPeriod(text, () => undefined),
          String(text),
        ).toEqual(monthOf(y, m));
      }
      for (const text of [`${m}月`, `${m}月份`, m, String(m), `${CHINESE[m - 1]}月`]) {
        expect(
          readPeriod(text, () => y),
          String(text),
        ).toEqual(monthOf(y, m));
        expect(
          readPeriod(text, () => undefined),
          String(text),
        ).toBeUndefined();
      }
    }),
    { numRuns: 60 },
  );
});

test('from one day to another is read back however it was written', () => {
  const day = fc.integer({ min: 0, max: 15_000 }).map((n) => new Date(Date.UTC(2005, 0, 1 + n)));
  fc.assert(
    fc.property(day, fc.integer({ min: 0, max: 300 }), (start, length) => {
      const end = new Date(start.getTime() + length * 86_400_000);
      const [from, to] = [start, end].map((one) => one.toISOString().slice(0, 10));
      const say = (one: Date, form: (y: number, m: number, d: number) => string) =>
        form(one.getUTCFullYear(), one.getUTCMonth() + 1, one.getUTCDate());
      const forms: ((y: number, m: number, d: number) => string)[] = [
        (y, m, d) => `${y}-${pad(m)}-${pad(d)}`,
        (y, m, d) => `${y}.${m}.${d}`,
        (y, m, d) => `${y}/${m}/${d}`,
        (y, m, d) => `${y}年${m}月${d}日`,
        (y, m, d) => `${y}${pad(m)}${pad(d)}`,
      ];
      for (const form of forms) {
        expect(readDay(say(start, form))).toBe(from);
        for (const between of ['至', '到', '~', '～', '—', '–', ' - ', '-', ' to ']) {
          const text = `${say(start, form)}${between}${say(end, form)}`;
          expect(
            readPeriod(text, () => undefined),
            text,
          ).toEqual({ from, to });
        }
      }
    }),
    { numRuns: 60 },
  );
});

test.each([
  ['1-2月', '2025-01-01', '2025-02-28'],
  ['2025年11月-12月', '2025-11-01', '2025-12-31'],
  ['2025-11至2026-01', '2025-11-01', '2026-01-31'],
  ['第一季度', '2025-01-01', '2025-03-31'],
  ['2025Q4', '2025-10-01', '2025-12-31'],
  ['2025年1月1日—1月31日', '2025-01-01', '2025-01-31'],
])('%s', (text, from, to) => {
  expect(readPeriod(text, () => 2025)).toEqual({ from, to });
});

test.each([
  '',
  '合计',
  '2025',
  '2025年',
  '2025-13',
  '2025-02-30',
  '0月',
  '13月',
  '12-1月',
  'Foo 2025',
  '月',
  2025.1,
  true,
  null,
])('%j is no period', (cell) => {
  expect(readPeriod(cell, () => 2025)).toBeUndefined();
});

test('a year is taken from a text only where it is the only one', () => {
  expect(yearIn('2025年水电费')?.(3)).toBe(2025);
  expect(yearIn('２０２５学年')?.(3)).toBe(2025);
  expect([yearIn('2024—2025学年')?.(9), yearIn('2024—2025学年')?.(8)]).toEqual([2024, 2025]);
  expect(yearIn('2024年与2025年对比')).toBeUndefined();
  expect(yearIn('电话 12025123')).toBeUndefined();
});

test('cells are named as in a spreadsheet', () => {
  expect([
    cellName(0, 0),
    cellName(6, 2),
    cellName(9, 25),
    cellName(9, 26),
    cellName(0, 701),
    cellName(0, 702),
  ]).toEqual(['A1', 'C7', 'Z10', 'AA10', 'ZZ1', 'AAA1']);
});
