import { type Cell, plain, type Sheet, textOf } from '../../spreadsheet/sheet.ts';
import type { Utility } from '../utility.ts';
import { readNumber, unitFactor } from './numbers.ts';
import { type YearOf, yearIn } from './periods.ts';

/** A column of amounts or costs, and by what its figures are multiplied. */
export interface FigureColumn {
  column: number;
  factor: number;
}

/** The columns of one bill in each row; a table that sets two years side by side has two. */
export interface BillColumns {
  /** Where the headings themselves name the year. */
  yearOf: YearOf | undefined;
  /** Several where only the parts by tariff period (峰, 平, 谷) are given: they are added. */
  amounts: readonly FigureColumn[];
  cost: FigureColumn | undefined;
}

/** What the columns of a table are, counted from 0. */
interface Columns {
  /** The period in one cell, or its first and last day. */
  period: { at: number } | { from: number; to: number };
  year: number | undefined;
  account: number | undefined;
  bills: readonly BillColumns[];
}

/** How a table's headings were understood. */
export interface Headings extends Columns {
  /** The first row below them, counted from 0. */
  firstRow: number;
  /** Of each column, as people read it. */
  labels: readonly string[];
}

const ROWS_LOOKED_AT = 50;
const MOST_LEVELS = 3;

const FROM =
  /^(?:计费|用[电水])?(?:起始|开始|起)(?:日期|时间|日)?$|^上[次期]抄表(?:日期|时间|日)?$|^(?:from|start)(?:date)?$/;
const TO =
  /^(?:计费|用[电水])?(?:截止|终止|结束|止|至)(?:日期|时间|日)?$|^本[次期]抄表(?:日期|时间|日)?$|^(?:to|end|until)(?:date)?$/;
const PERIOD =
  /月份|年月|账期|周期|期间|起止|所属期|时段|^(?:月|日期|时间|项目)$|month|period|^date$/;
/** 电费年月 is no cost. */
const PERIOD_END = /(?:月份|年月|期间|周期)$/;
/** What stands above a table, not in it. */
const TITLE = /统计|汇总|台账|明细|一览|报表/;
const YEAR = /^(?:年份?|年度|year)$/;
const ACCOUNT =
  /户号|(?:用户|客户)(?:编号|号)|电表号|水表号|^(?:账户|账号|表号|account|customer)(?:no|number|id)?\.?$/;
/** What is about an amount or a cost, but is neither. */
const OTHER =
  /单价|元\/|\/(?:度|kwh|吨|m3)|电价|水价|费率|price|rate|示数|读数|起码|止码|表底|倍率|去年|上年|同期|同比|环比|增减|增长|节约|差|计划|预算|定额|指标|目标|人均|平均|占比|比例|%|无功|备注|序号|last ?year/;
const COST = /费|金额|价税|应[缴收]|实[缴收]|cost|charge|total ?price|元|¥|rmb|cny|yuan/;
const COST_PART = /污水|排污|附加|基金|违约|滞纳|税|基本|力调|容量/;
const AMOUNT =
  /电量|水量|用量|使用量|耗量|消耗|数量|度数|吨数|方数|千瓦时|kwh|立方|m3|usage|consumption|amount|quantity|volume|^(?:度|吨)$|^用[电水](?:\(|$)/;
const PART = /尖|峰|平(?!均|方)|谷|peak|flat|valley/;
const WHOLE = /总|合计|total/;
const ELECTRICITY = /电|kwh|千瓦时|度|electric|power/;
const WATER = /水|吨|立方|m3|water/;

const MARKS: Record<Utility, RegExp> = { electricity: ELECTRICITY, water: WATER };

/** Which utility a text is about; undefined: none, or both. */
export function utilityIn(text: string): Utility | undefined {
  // 2025年度 and 联系电话 are no electricity
  const flat = plain(text)
    .toLowerCase()
    .replace(/年度|季度|月度|制度|电话|电子|水平/g, '');
  const [isElectricity, isWater] = [ELECTRICITY.test(flat), WATER.test(flat)];
  if (isElectricity === isWater) return undefined;
  return isElectricity ? 'electricity' : 'water';
}

/**
 * Finds the headings of a utility's bills: the fewest rows that together name a period and an amount.
 * Headings above headings (合并单元格) belong to all columns below them. `context` is the utility that
 * the sheet is about, for columns that don't say where their title does not either.
 */
export function findHeadings(
  rows: Sheet['rows'],
  utility: Utility,
  context: Utility | undefined,
): Headings | undefined {
  for (let levels = 1; levels <= MOST_LEVELS; levels++) {
    for (let top = 0; top + levels < Math.min(rows.length, ROWS_LOOKED_AT); top++) {
      const chosen = rows.slice(top, top + levels);
      if (!chosen.every(isHeading)) continue;
      const labels = labelsOf(chosen);
      const title = rows.slice(0, top).flat().map(textOf).join(' ');
      const found = columnsOf(labels, utility, utilityIn(title) ?? context);
      if (found && !goesOn(rows[top + levels] ?? [], found)) {
        return { firstRow: top + levels, labels, ...found };
      }
    }
  }
  return undefined;
}

/** Words below an amount's heading, and no period: the headings go on. */
function goesOn(row: readonly Cell[], { period, bills }: Columns): boolean {
  const cells = bills.flatMap(({ amounts }) => amounts.map(({ column }) => row[column] ?? null));
  const hasPeriod = textOf(row['at' in period ? period.at : period.from]) !== '';
  return !hasPeriod && cells.every((cell) => textOf(cell) !== '' && readNumber(cell) === undefined);
}

/** Headings stand side by side; a title stands alone. */
function isHeading(row: readonly Cell[]): boolean {
  const texts = row.map(textOf).filter((text) => text !== '');
  return texts.length > 1 && !texts.some((text) => TITLE.test(text));
}

/** The headings of each column: a merged cell stands in its first column and counts for the others. */
function labelsOf(rows: readonly (readonly Cell[])[]): string[] {
  const width = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: width }, (_, column) => {
    const parts = rows.map((row, level) => {
      const own = textOf(row[column]);
      if (own !== '' || level === rows.length - 1) return own;
      // merged from the left, unless this column is merged from above
      const below = rows.slice(level + 1).some((other) => textOf(other[column]) !== '');
      return below ? textOf(row.slice(0, column).findLast((cell) => textOf(cell) !== '')) : '';
    });
    return parts.filter((part, i) => part !== '' && part !== parts[i - 1]).join(' ');
  });
}

function columnsOf(
  labels: readonly string[],
  utility: Utility,
  context: Utility | undefined,
): Columns | undefined {
  const flat = labels.map((label) => label.toLowerCase().replace(/ /g, ''));
  const find = (pattern: RegExp) => {
    const column = flat.findIndex((label) => pattern.test(label));
    return column < 0 ? undefined : column;
  };
  const [from, to] = [find(FROM), find(TO)];
  const year = find(YEAR);
  const isFigure = (label: string) => COST.test(label) || AMOUNT.test(label);
  const at = flat.findIndex(
    (label) => PERIOD.test(label) && (!isFigure(label) || PERIOD_END.test(label)),
  );
  const period =
    from !== undefined && to !== undefined ? { from, to } : at >= 0 ? { at } : undefined;
  if (!period) return undefined;
  const taken = new Set([from, to, at, year]);
  const figures = flat.flatMap((label, column) => {
    if (taken.has(column) || OTHER.test(label) || !isFigure(label)) return [];
    const own = utilityIn(label) ?? context;
    const factor = factorOf(label, utility);
    if ((own !== undefined && own !== utility) || factor === undefined) return [];
    const kind = COST.test(label) && !/kwh|千瓦时|m3/.test(label) ? 'cost' : 'amount';
    return [{ column, factor, label, kind, year: /20\d\d/.exec(label)?.[0] }];
  });
  const bills = [...Map.groupBy(figures, (figure) => figure.year)].flatMap(
    ([said, list]): BillColumns[] => {
      const amounts = best(
        list.filter(({ kind }) => kind === 'amount'),
        PART,
        true,
      );
      const [cost] = best(
        list.filter(({ kind }) => kind === 'cost'),
        COST_PART,
        false,
      );
      return amounts.length > 0 ? [{ yearOf: yearIn(said ?? ''), amounts, cost }] : [];
    },
  );
  if (bills.length === 0) return undefined;
  return { period, year, account: find(ACCOUNT), bills };
}

/** The whole where it is given; else the first column that is no part, or all the parts. */
function best(
  columns: readonly (FigureColumn & { label: string })[],
  part: RegExp,
  addsUp: boolean,
): (FigureColumn & { label: string })[] {
  const whole =
    columns.find(({ label }) => WHOLE.test(label)) ??
    columns.find(({ label }) => !part.test(label));
  if (whole) return [whole];
  return addsUp ? [...columns] : columns.slice(0, 1);
}

/** By what figures below a heading are multiplied; undefined for a unit of something else. */
function factorOf(label: string, utility: Utility): number | undefined {
  const unit = /[(/: ]([^()/: ]+)\)?$/.exec(label)?.[1] ?? '';
  const other = utility === 'electricity' ? MARKS.water : /kwh|千瓦时|^度$/;
  if (other.test(unit) && unit !== '') return undefined;
  return unitFactor(unit) ?? 1;
}
