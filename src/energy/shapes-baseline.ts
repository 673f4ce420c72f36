import { Type } from 'typebox';
import type { Millis } from '../clock.ts';
import { BothTexts, Time } from '../http/shapes.ts';
import { about, DateOnly } from '../validation.ts';
import type { Adjustment } from './adjustments.ts';
import type { LedgerBill } from './bills.ts';
import { UTILITIES } from './utility.ts';

// What the routes of bills, adjustments and the baseline say; the command line reads it, too.

export const utility = Type.Enum([...UTILITIES], about('Which utility', '水或电'));
export const Day = (en: string, zh: string) => DateOnly(about(en, zh));

export const period = {
  from: Day('First day', '起始日'),
  to: Day('Last day, included', '截止日（含）'),
};

export const BillShape = Type.Object({
  id: Type.String(),
  campus: Type.String(),
  utility,
  account: Type.String(about('Customer number, where there are several', '户号')),
  ...period,
  amount: Type.Number(about('kWh or m³', '用量，kWh 或 m³')),
  cost: Type.Optional(Type.Number(about('Yuan', '金额，元'))),
  source: Type.String(about('File, sheet and row', '来源：文件、工作表与行')),
  person: Type.String(),
  imported: Time('When', '导入时间'),
  withdrawn: Type.Optional(
    Type.Object(
      { reason: Type.String(), person: Type.String(), recorded: Time('When', '作废时间') },
      about('It no longer counts', '已作废，不再计入'),
    ),
  ),
});

export const ImportShape = Type.Object({
  campus: Type.String(),
  utility,
  unit: Type.String(),
  file: Type.String(),
  preview: Type.Boolean(),
  imported: Type.Integer(about('New bills', '新导入')),
  known: Type.Integer(about('Taken before; they change nothing', '此前已导入，未改变')),
  withdrawn: Type.Integer(about('Bills that new ones have replaced', '被取代而作废')),
  sheets: Type.Array(
    Type.Object({
      name: Type.String(),
      columns: Type.Optional(
        Type.Object({
          period: Type.Array(Type.String()),
          amount: Type.Array(Type.String()),
          cost: Type.Array(Type.String()),
          account: Type.Optional(Type.String()),
        }),
      ),
    }),
    about('The headings that were understood; none: no bills in the sheet', '识别出的列'),
  ),
  bills: Type.Array(
    Type.Object({
      place: Type.String(about('Sheet and row', '工作表与行')),
      cells: Type.Array(Type.String(about('Such as C7', '单元格'))),
      account: Type.String(),
      ...period,
      amount: Type.Number(),
      cost: Type.Optional(Type.Number()),
      status: Type.Enum(['new', 'known', 'conflict']),
      conflicts: Type.Array(Type.String(about('Ids of stored bills', '冲突的已有账单'))),
    }),
    about('How each row was understood', '每一行的理解结果'),
  ),
  ignored: Type.Array(
    Type.Object({ place: Type.String(), text: Type.String(), reason: BothTexts('Why', '原因') }),
    about('Rows that are no bills', '未作为账单的行'),
  ),
  mistakes: Type.Array(Type.Object({ cell: Type.String(), message: BothTexts('Why', '原因') })),
  notes: Type.Array(BothTexts('Worth a look', '请留意')),
  gaps: Type.Array(
    Type.Object({ account: Type.String(), ...period }),
    about('Days between the bills that none is about', '账单之间缺少的时段'),
  ),
});

export const AdjustmentShape = Type.Object({
  id: Type.Integer(),
  campus: Type.String(),
  utility,
  ...period,
  perDay: Type.Number(about('Above 0 raises the baseline', '每天的调整量，正数提高基准')),
  reason: Type.String(),
  approver: Type.String(),
  counters: Type.Optional(Type.Integer(about('The entry it takes back', '冲销的记录'))),
  recorded: Time('When', '登记时间'),
});

export const BaselineShape = Type.Object({
  campus: Type.String(),
  utility,
  unit: Type.String(),
  ...period,
  amount: Type.Number(),
  coverage: Type.Number(about('Part of the days that is known, 0–1', '有数据的天数占比')),
  missing: Type.Array(Type.Object(period)),
  comparison: Type.Array(
    Type.Object({
      id: Type.String(),
      ...period,
      billed: Type.Number(),
      metered: Type.Number(),
      difference: Type.Optional(Type.Number(about('(metered − billed) / billed', '差异'))),
    }),
    about('Bills beside the meters, where these covered their days', '账单与计量对比'),
  ),
  days: Type.Array(
    Type.Object({
      day: Type.String(),
      amount: Type.Number(),
      estimated: Type.Boolean(),
      source: Type.Enum(['bill', 'meter']),
      coverage: Type.Number(),
    }),
  ),
});

const iso = (time: Millis): string => new Date(time).toISOString();

export const sayBill = ({ imported, withdrawn, ...bill }: LedgerBill) => ({
  ...bill,
  imported: iso(imported),
  ...(withdrawn ? { withdrawn: { ...withdrawn, recorded: iso(withdrawn.recorded) } } : {}),
});
export const sayAdjustment = ({ recorded, ...entry }: Adjustment) => ({
  ...entry,
  recorded: iso(recorded),
});
