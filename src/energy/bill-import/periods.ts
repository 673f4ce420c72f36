import { Temporal } from 'temporal-polyfill';
import { type Cell, plain, textOf } from '../../spreadsheet/sheet.ts';

/** Whole days, YYYY-MM-DD, both included. */
export interface BillPeriod {
  from: string;
  to: string;
}

/** Which year a month without one belongs to; undefined where nothing says it. */
export type YearOf = (month: number) => number | undefined;

const MONTH_NAMES = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const CHINESE = '一二三四五六七八九';
/** Of a period in words. */
const LONGEST = 40;
/** Excel counts days from here; 1 March 1900 and later. */
const EXCEL_DAY_0 = Temporal.PlainDate.from('1899-12-30');
/** Serial numbers of 2000 to 2049. */
const [FIRST_SERIAL, LAST_SERIAL] = [36_526, 54_788];

const SEPARATOR = / ?(?:至|到|~|—+|–|-+|to) ?/g;
const DATE =
  /^(\d{4}) ?[-./年] ?(\d{1,2}) ?[-./月] ?(\d{1,2}) ?日?(?:[ t]0?0:00(?::00(?:\.0+)?)?z?)?$/;
const DATE_WITHOUT_YEAR = /^(\d{1,2}) ?[-./月] ?(\d{1,2}) ?日?$/;
const COMPACT = /^(20\d\d)(0[1-9]|1[0-2])(\d\d)?$/;
const MONTH =
  /^(?:(\d{4}|\d{2}(?=年)) ?(?:[-./年] ?))?(\d{1,2}|十[一二]?|[一二三四五六七八九])(?: ?月份?)?$/;
const ENGLISH_MONTH = /^([a-z]{3,9})\.?(?:[ ,/-]+(\d{4}|\d\d))?$|^(\d{4})[ ,/-]+([a-z]{3,9})\.?$/;
const QUARTER = /^(?:(\d{4}) ?(?:年|-)? ?)?(?:第?([一二三四1-4])季度?|q([1-4]))$/;

/** A day as a cell says it; undefined: it is none. */
export function readDay(cell: Cell): string | undefined {
  if (cell instanceof Date) return cell.toISOString().slice(0, 10);
  const text = textOf(cell);
  if (/^\d{5}$/.test(text)) return fromSerial(Number(text));
  const [, year, month, day] = DATE.exec(text.toLowerCase()) ?? COMPACT.exec(text) ?? [];
  return dayOf(Number(year), Number(month), Number(day));
}

/**
 * A period as a cell says it: a month, some months, a quarter, or from one day to another. A bare
 * month takes its year from `yearOf`. undefined: it is none, or its year is not known.
 */
export function readPeriod(cell: Cell, yearOf: YearOf): BillPeriod | undefined {
  if (cell instanceof Date) return monthOf(cell.getUTCFullYear(), cell.getUTCMonth() + 1);
  if (typeof cell === 'number' && !Number.isInteger(cell)) return readDecimal(cell);
  const text = textOf(cell).toLowerCase();
  if (text === '' || text.length > LONGEST) return undefined;
  const day = readDay(text);
  const single = day !== undefined ? readPeriod(new Date(`${day}T00:00Z`), yearOf) : undefined;
  return single ?? readMonth(text, yearOf) ?? readQuarter(text, yearOf) ?? readRange(text, yearOf);
}

/** 2025.1 is January or October to a spreadsheet that drops the last 0; 2025.01 and 2025.11 are clear. */
function readDecimal(value: number): BillPeriod | undefined {
  const [, year, month] = /^(\d{4})\.(0\d|1[12]|[2-9])$/.exec(String(value)) ?? [];
  return monthOf(Number(year), Number(month));
}

function readMonth(text: string, yearOf: YearOf): BillPeriod | undefined {
  const [, packedYear, packedMonth, day] = COMPACT.exec(text) ?? [];
  if (packedYear !== undefined && day === undefined) {
    return monthOf(Number(packedYear), Number(packedMonth));
  }
  const [, year, said] = MONTH.exec(text) ?? [];
  if (said !== undefined) return inYear(year, monthNumber(said), yearOf);
  const [, name, after, before, name2] = ENGLISH_MONTH.exec(text) ?? [];
  const month = MONTH_NAMES.indexOf((name ?? name2 ?? '').slice(0, 3)) + 1;
  return month > 0 ? inYear(after ?? before, month, yearOf) : undefined;
}

function readQuarter(text: string, yearOf: YearOf): BillPeriod | undefined {
  const [, year, chinese, english] = QUARTER.exec(text) ?? [];
  const quarter = chinese === undefined ? Number(english) : monthNumber(chinese);
  if (!quarter) return undefined;
  const first = inYear(year, 3 * quarter - 2, yearOf);
  const last = inYear(year, 3 * quarter, yearOf);
  return first && last && { from: first.from, to: last.to };
}

function readRange(text: string, yearOf: YearOf): BillPeriod | undefined {
  // a hyphen may also stand within the dates: the place that makes sense of both sides is the one
  for (const { index, 0: separator } of text.matchAll(SEPARATOR)) {
    const start = text.slice(0, index);
    const end = text.slice(index + separator.length);
    const period = readDays(start, end) ?? readMonths(start, end, yearOf);
    if (period) return period;
  }
  return undefined;
}

function readDays(start: string, end: string): BillPeriod | undefined {
  const from = readDay(start);
  if (from === undefined) return undefined;
  const [, month, day] = DATE_WITHOUT_YEAR.exec(end) ?? [];
  const to = readDay(end) ?? dayOf(Number(from.slice(0, 4)), Number(month), Number(day));
  return to === undefined || to < from ? undefined : { from, to };
}

/** 1-2月, 2025年1月至2月, 2025-11至2026-01. */
function readMonths(start: string, end: string, yearOf: YearOf): BillPeriod | undefined {
  if (!/月/.test(start + end) && !/\d{4}.*\d{4}/.test(`${start} ${end}`)) return undefined;
  const first = readMonth(start, yearOf);
  const year = first && Number(first.from.slice(0, 4));
  const last = readMonth(end, () => year);
  return first && last && first.from < last.from ? { from: first.from, to: last.to } : undefined;
}

function inYear(year: string | undefined, month: number, yearOf: YearOf): BillPeriod | undefined {
  const known = year === undefined ? yearOf(month) : Number(year);
  return known === undefined ? undefined : monthOf(known < 100 ? 2000 + known : known, month);
}

function monthOf(year: number, month: number): BillPeriod | undefined {
  const from = dayOf(year, month, 1);
  if (from === undefined) return undefined;
  const { daysInMonth } = Temporal.PlainDate.from(from);
  return { from, to: `${from.slice(0, 8)}${daysInMonth}` };
}

function dayOf(year: number, month: number, day: number): string | undefined {
  try {
    return Temporal.PlainDate.from({ year, month, day }, { overflow: 'reject' }).toString();
  } catch {
    return undefined;
  }
}

function fromSerial(serial: number): string | undefined {
  if (serial < FIRST_SERIAL || serial >= LAST_SERIAL) return undefined;
  return EXCEL_DAY_0.add({ days: serial }).toString();
}

/** 3, 三 or 十二. */
function monthNumber(text: string): number {
  if (!text.startsWith('十')) return CHINESE.indexOf(text) + 1 || Number(text);
  return 10 + CHINESE.indexOf(text.slice(1) || '-') + 1;
}

/**
 * The year that a text names: 2025年 or 2025 for all months, a school year such as 2024–2025 学年 for
 * its own. undefined where it names none, or several.
 */
export function yearIn(text: string): YearOf | undefined {
  const flat = plain(text);
  const [, first, second] = /(20\d\d) ?(?:[-~—–/至]+) ?(20\d\d) ?学年/.exec(flat) ?? [];
  if (first !== undefined && Number(second) === Number(first) + 1) {
    return (month) => Number(month >= 9 ? first : second);
  }
  const years = new Set(flat.match(/(?<!\d)20\d\d(?!\d)/g) ?? []);
  const [year] = years;
  return years.size === 1 ? () => Number(year) : undefined;
}
