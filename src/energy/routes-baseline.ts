import { Type } from 'typebox';
import type { Millis } from '../clock.ts';
import type { App } from '../http/app.ts';
import type { HttpParts } from '../http/parts.ts';
import { BothTexts, failures, Time } from '../http/shapes.ts';
import { requestInvalid } from '../http/validator.ts';
import { about, DateOnly, Id, Name } from '../validation.ts';
import type { Adjustment } from './adjustments.ts';
import type { BillBook } from './bill-book.ts';
import { MAX_BYTES } from './bill-import/sheet.ts';
import type { LedgerBill } from './bills.ts';
import type { Baseline } from './create-baseline.ts';
import { UTILITIES } from './utility.ts';

const closed = { additionalProperties: false };
const TYPES = [
  'text/csv',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/octet-stream',
];

const campus = Type.Optional(Id(about('Needed where there are several', '有多所学校时必填')));
const utility = Type.Enum([...UTILITIES], about('Which utility', '水或电'));
const Day = (en: string, zh: string) => DateOnly(about(en, zh));
const Reason = Type.String({ minLength: 1, maxLength: 500, ...about('Why', '原因') });

const period = {
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

/** Adds the routes of what the target is compared with. */
export function addBaselineRoutes(app: App, parts: HttpParts): void {
  addBillRoutes(app, parts.baseline);
  addAdjustmentRoutes(app, parts.baseline);

  app.get(
    '/api/v1/energy/baseline',
    {
      schema: {
        tags: ['campus'],
        summary: '基准期逐日用量 / What was used on each day',
        description:
          'From bills, spread evenly over their days, and where there are none from the main meters.',
        querystring: Type.Object({ campus, utility, ...period }, closed),
        response: { 200: BaselineShape, ...failures },
      },
    },
    ({ query }) => parts.baseline.figures(query),
  );
}

function addBillRoutes(app: App, { bills }: Baseline): void {
  app.register(async (plain) => {
    plain.removeAllContentTypeParsers();
    plain.addContentTypeParser(
      TYPES,
      { parseAs: 'buffer', bodyLimit: MAX_BYTES },
      (_request, content, done) => done(null, content),
    );
    addImport(plain.withTypeProvider(), bills);
  });

  app.get(
    '/api/v1/energy/bills',
    {
      schema: {
        tags: ['campus'],
        summary: '账单列表 / Bills',
        description: 'Those that touch the days; withdrawn ones only if asked for.',
        querystring: Type.Object(
          {
            campus,
            utility,
            ...period,
            withdrawn: Type.Boolean({
              default: false,
              ...about('Withdrawn ones, too', '含已作废'),
            }),
          },
          closed,
        ),
        response: { 200: Type.Object({ bills: Type.Array(BillShape) }), ...failures },
      },
    },
    async ({ query }) => ({ bills: bills.list(query).map(sayBill) }),
  );

  app.post(
    '/api/v1/energy/bills/:id/withdraw',
    {
      schema: {
        tags: ['campus'],
        summary: '作废账单 / Withdraw a bill',
        description: 'It stays on record and no longer counts.',
        params: Type.Object({ id: Type.String({ maxLength: 40 }) }),
        body: Type.Object({ reason: Reason, person: Name(about('Who', '经办人')) }, closed),
        response: { 200: BillShape, ...failures },
      },
    },
    async ({ params: { id }, body }) => sayBill(bills.withdraw(id, body)),
  );
}

function addImport(app: App, bills: BillBook): void {
  app.post(
    '/api/v1/energy/bills',
    {
      bodyLimit: MAX_BYTES,
      schema: {
        tags: ['campus'],
        summary: '导入账单 / Import bills',
        description:
          'An XLSX or CSV as the office has it; all of it is taken or nothing. Importing a file again changes nothing. A preview writes nothing and shows how each row is understood.',
        consumes: TYPES,
        querystring: Type.Object(
          {
            campus,
            utility,
            file: Name({ default: 'bills', ...about('Its name', '文件名') }),
            sheet: Type.Optional(Name(about('Only this sheet', '仅此工作表'))),
            year: Type.Optional(
              Type.Integer({
                minimum: 2000,
                maximum: 2100,
                ...about('Of bare months', '“1月”所属年份'),
              }),
            ),
            person: Name(about('Who', '经办人')),
            preview: Type.Boolean({ default: false, ...about('Write nothing', '仅预览') }),
            replace: Type.Boolean({
              default: false,
              ...about('Withdraw stored bills that differ', '取代不同的已有账单'),
            }),
          },
          closed,
        ),
        body: Type.Unsafe<Buffer>(about('At most 5 MiB and 5 000 rows', '最大 5 MiB、5000 行')),
        response: { 200: ImportShape, ...failures },
      },
    },
    async ({ body, query }) => {
      if (!Buffer.isBuffer(body)) {
        throw requestInvalid('body', 'nothing', { en: 'the file', zh: '文件内容' });
      }
      return bills.import({ ...query, content: body });
    },
  );
}

function addAdjustmentRoutes(app: App, { adjustments }: Baseline): void {
  const Entry = Type.Object(
    {
      campus,
      utility,
      from: Day('First day of the time that is judged, not of the baseline', '起始日（考核期内）'),
      to: Type.Optional(Day('Last day; else a year', '截止日（含），缺省为一年')),
      perDay: Type.Number({
        minimum: -1e7,
        maximum: 1e7,
        ...about('kWh or m³ a day; above 0 raises the baseline', '每天 kWh 或 m³，正数提高基准'),
      }),
      reason: Reason,
      approver: Name(about('Who approved it', '批准人')),
    },
    closed,
  );

  app.get(
    '/api/v1/energy/adjustments',
    {
      schema: {
        tags: ['campus'],
        summary: '基准调整台账 / Adjustments of the baseline',
        description: 'All entries and counter-entries, in the order they were written.',
        querystring: Type.Object({ campus, utility }, closed),
        response: { 200: Type.Object({ adjustments: Type.Array(AdjustmentShape) }), ...failures },
      },
    },
    async ({ query }) => ({ adjustments: adjustments.list(query).map(sayAdjustment) }),
  );

  app.post(
    '/api/v1/energy/adjustments',
    {
      schema: {
        tags: ['campus'],
        summary: '登记基准调整 / Adjust the baseline',
        description: 'For what has changed since last year, such as a new building (IPMVP).',
        body: Entry,
        response: { 200: AdjustmentShape, ...failures },
      },
    },
    async ({ body }) => sayAdjustment(adjustments.add(body)),
  );

  app.post(
    '/api/v1/energy/adjustments/:id/withdraw',
    {
      schema: {
        tags: ['campus'],
        summary: '冲销基准调整 / Take an adjustment back',
        description: 'By a counter-entry; both stay on record.',
        params: Type.Object({ id: Type.Integer({ minimum: 1 }) }),
        body: Type.Object(
          { reason: Reason, approver: Name(about('Who approved it', '批准人')) },
          closed,
        ),
        response: { 200: AdjustmentShape, ...failures },
      },
    },
    async ({ params: { id }, body }) => sayAdjustment(adjustments.withdraw(id, body)),
  );
}
