import type { Text } from '../../errors.ts';
import { type Cell, textOf } from '../../spreadsheet/sheet.ts';
import type { BillColumns, Headings } from './headings.ts';
import { readNumber } from './numbers.ts';
import { type BillPeriod, readDay, readPeriod, type YearOf } from './periods.ts';
import type { Table, Understood } from './understand.ts';

const TOTAL =
  /^(?:20\d\d年|全年|[上下]半年)?(?:合 ?计|总 ?计(?!量)|小 ?计|共 ?计|累 ?计|平 ?均)|^全年$|^(?:sub)?total|^sum|^average/i;
const GRAND_TOTAL = /^(?:合 ?计|总 ?计|total|sum)/i;
/** Nothing, or a dash for it. */
const NOTHING = /^[-—/]*$/;
const MOST_AMOUNT = 1e9;

const PERIOD: Text = {
  en: 'a month such as 2025-01, or a first and last day; a month without a year needs --year',
  zh: '月份（如 2025-01、2025年1月）或起止日期；只写“1月”时须指明年份（--year）',
};
const DAY: Text = { en: 'a date such as 2025-01-31', zh: '日期，例如 2025-01-31' };
const ORDER: Text = { en: 'not before the first day', zh: '不早于起始日' };
const AMOUNT: Text = {
  en: 'a number from 0 on; where nothing was used 0',
  zh: '不小于 0 的数字；未用填 0，无账单请删除该行',
};
const COST: Text = { en: 'a number from 0 on, or nothing', zh: '不小于 0 的数字，或留空' };

/** What rows inherit from those above them. */
interface Memory {
  /** From the year's column, merged over the months. */
  year: number | undefined;
  /** The last day so far, since a period came with its year. */
  last: string | undefined;
  /** The period above, merged over the accounts, and the account, merged over the periods. */
  period: BillPeriod | undefined;
  account: string;
}

/** One row, and what may be said of it. */
interface Row {
  place: string;
  cell(column: number): Cell;
  at(column: number): string;
  ignore(en: string, zh: string): void;
  mistake(column: number, allowed: Text): void;
}

export const periodColumns = ({ period }: Headings): number[] =>
  'at' in period ? [period.at] : [period.from, period.to];

/** Reads the rows below the headings. */
export function readTable(table: Table, result: Understood): void {
  const { name, rows, headings, yearOf } = table;
  const prefix = name === '' ? '' : `${name}!`;
  const memory: Memory = { year: undefined, last: undefined, period: undefined, account: '' };
  const sums = headings.bills.map(() => 0);
  const [first = 0] = periodColumns(headings);
  for (let i = headings.firstRow; i < rows.length; i++) {
    const cells = rows[i] ?? [];
    const texts = cells.map(textOf).filter((text) => text !== '');
    if (texts.length === 0) continue;
    const row: Row = {
      place: prefix + table.lineAt(i),
      cell: (column) => cells[column] ?? null,
      at: (column) => prefix + table.cellAt(i, column),
      ignore: (en, zh) => {
        const text = texts.join(' ').slice(0, 80);
        result.ignored.push({ place: row.place, text, reason: { zh, en } });
      },
      mistake: (column, allowed) => {
        const found = textOf(row.cell(column)).slice(0, 60);
        result.mistakes.push({ cell: row.at(column), found, allowed });
      },
    };
    const total = texts.slice(0, 2).find((text) => TOTAL.test(text));
    if (total !== undefined) {
      row.ignore('a total', '合计行');
      if (GRAND_TOTAL.test(total)) compareTotal(row, headings.bills, sums, result);
    } else if (
      textOf(row.cell(first)) !== '' &&
      textOf(row.cell(first)) === headings.labels[first]
    ) {
      row.ignore('the headings again', '重复的标题行');
    } else {
      readRow(row, headings, yearOf, memory, sums, result);
    }
  }
}

function readRow(
  row: Row,
  headings: Headings,
  yearOf: YearOf,
  memory: Memory,
  sums: number[],
  result: Understood,
): void {
  const { cell, at, mistake } = row;
  const isEmpty = (column: number) => NOTHING.test(textOf(cell(column)));
  const hasNoAmount = ({ amounts }: BillColumns) => amounts.every(({ column }) => isEmpty(column));
  const hasNoFigure = headings.bills.every(
    (bill) => hasNoAmount(bill) && (!bill.cost || isEmpty(bill.cost.column)),
  );
  const own = headings.account === undefined ? '' : textOf(cell(headings.account));
  // an account merged over its months stands in its first row
  const account = (own || memory.account).slice(0, 60);
  const year = headings.year === undefined ? undefined : yearOfCell(cell(headings.year));
  if (year !== undefined) memory.year = year;

  for (const [i, bill] of headings.bills.entries()) {
    // of two years side by side, one may not be there yet
    if (headings.bills.length > 1 && hasNoAmount(bill) && !hasNoFigure) continue;
    const said = periodOf(row, headings, bill.yearOf ?? inherited(memory, yearOf), hasNoFigure);
    if (said !== undefined && hasNoFigure) {
      if (said === 'none') row.ignore('a remark', '说明文字');
      else row.ignore('no figures', '无用量和金额');
      return;
    }
    // a month merged over several accounts stands in its first row
    const period = said === 'none' ? (own === '' ? undefined : memory.period) : said;
    if (!period) {
      if (said === 'none') mistake(periodColumns(headings)[0] ?? 0, PERIOD);
      continue;
    }
    remember(memory, period, row, headings);
    memory.account = account;
    const amount = figureOf(row, bill.amounts, AMOUNT);
    const costs = bill.cost && !isEmpty(bill.cost.column) ? [bill.cost] : [];
    const cost = figureOf(row, costs, COST);
    if (amount === undefined || cost === undefined) continue;
    sums[i] = (sums[i] ?? 0) + amount;
    const columns = [
      ...periodColumns(headings),
      ...[...bill.amounts, ...costs].map((one) => one.column),
    ];
    result.bills.push({
      ...period,
      account,
      amount,
      ...(costs.length > 0 ? { cost } : {}),
      place: row.place,
      cells: columns.map(at),
    });
  }
}

function yearOfCell(cell: Cell): number | undefined {
  const [, year] = /^(20\d\d) ?年?度?$/.exec(textOf(cell)) ?? [];
  return year === undefined ? undefined : Number(year);
}

/** The year of a bare month: from its column, from the months above while they grow, or from the title. */
const inherited =
  ({ year, last }: Memory, yearOf: YearOf): YearOf =>
  (month) => {
    if (year !== undefined) return year;
    const isNext = last !== undefined && month > Number(last.slice(5, 7));
    return isNext ? Number(last.slice(0, 4)) : yearOf(month);
  };

function remember(
  memory: Memory,
  period: BillPeriod,
  { cell }: Row,
  { period: columns }: Headings,
): void {
  const hasYear = 'at' in columns && readPeriod(cell(columns.at), () => undefined) !== undefined;
  const goesOn = memory.last !== undefined && memory.last.slice(0, 4) === period.to.slice(0, 4);
  memory.last = hasYear || (goesOn && period.to > (memory.last ?? '')) ? period.to : undefined;
  memory.period = period;
}

/** 'none': there is no period in the row; undefined: it is wrong, and that was said. */
function periodOf(
  { cell, mistake }: Row,
  { period }: Headings,
  yearOf: YearOf,
  isRemark: boolean,
): BillPeriod | 'none' | undefined {
  if ('at' in period) {
    const text = textOf(cell(period.at));
    const found = readPeriod(cell(period.at), yearOf);
    if (found) return found;
    if (text === '' || (isRemark && readPeriod(text, () => 2000) === undefined)) return 'none';
    mistake(period.at, PERIOD);
    return undefined;
  }
  const [from, to] = [readDay(cell(period.from)), readDay(cell(period.to))];
  if (from !== undefined && to !== undefined) {
    if (from <= to) return { from, to };
    mistake(period.to, ORDER);
    return undefined;
  }
  const isBlank = textOf(cell(period.from)) === '' && textOf(cell(period.to)) === '';
  if (isBlank || (isRemark && from === undefined && to === undefined)) return 'none';
  if (from === undefined) mistake(period.from, DAY);
  if (to === undefined) mistake(period.to, DAY);
  return undefined;
}

/** The sum of some columns; undefined where one of them is no figure, which is said. */
function figureOf({ cell, mistake }: Row, columns: BillColumns['amounts'], allowed: Text) {
  let sum: number | undefined = 0;
  for (const { column, factor } of columns) {
    const value = readNumber(cell(column));
    if (value === undefined || value < 0 || value * factor > MOST_AMOUNT) {
      mistake(column, allowed);
      sum = undefined;
    } else if (sum !== undefined) {
      sum += value * factor;
    }
  }
  return sum === undefined ? undefined : round(sum);
}

/** What a decimal fraction times 10 000 leaves behind. */
const round = (value: number): number => Math.round(value * 1e6) / 1e6;

/** A total that says something else than its rows is worth a look. */
function compareTotal(
  { cell, place }: Row,
  bills: readonly BillColumns[],
  sums: readonly number[],
  { notes }: Understood,
): void {
  bills.forEach(({ amounts }, i) => {
    let found = 0;
    for (const { column, factor } of amounts)
      found += (readNumber(cell(column)) ?? Number.NaN) * factor;
    const sum = sums[i] ?? 0;
    if (Number.isNaN(found) || Math.abs(found - sum) <= 0.005 * Math.max(1, sum)) return;
    const [said, own] = [round(found), round(sum)];
    notes.push({
      zh: `第 ${place} 行合计为 ${said}，各行相加为 ${own}，请核对`,
      en: `The total in row ${place} is ${said}; the rows add up to ${own}: please check`,
    });
  });
}
