import { Type } from 'typebox';
import type { App } from '../http/app.ts';
import type { HttpParts } from '../http/parts.ts';
import { failures } from '../http/shapes.ts';
import { requestInvalid } from '../http/validator.ts';
import { MAX_BYTES } from '../spreadsheet/sheet.ts';
import { about, Id, Name, NOTHING } from '../validation.ts';
import type { BillBook } from './bill-book.ts';
import type { Baseline } from './create-baseline.ts';
import {
  AdjustmentShape,
  BaselineShape,
  BillShape,
  Day,
  ImportShape,
  period,
  sayAdjustment,
  sayBill,
  utility,
} from './shapes-baseline.ts';

const closed = { additionalProperties: false };
const TYPES = [
  'text/csv',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/octet-stream',
];

const campus = Type.Optional(Id(about('Needed where there are several', '有多所学校时必填')));
const Reason = Type.String({ minLength: 1, maxLength: 500, ...about('Why', '原因') });

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
        throw requestInvalid('body', NOTHING, { en: 'the file', zh: '文件内容' });
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
