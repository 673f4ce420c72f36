import { Type } from 'typebox';
import { replacementKeys } from '../campus/meter.ts';
import type { App } from '../http/app.ts';
import { BothTexts, failures, Time } from '../http/shapes.ts';
import { about, Id } from '../validation.ts';
import type { Energy } from './energy.ts';
import { PERIODS } from './periods.ts';
import { FAULTS } from './registers.ts';

const Moment = (en: string, zh: string) =>
  Type.String({ minLength: 10, maxLength: 40, ...about(en, zh) });

const From = Moment('A date or time, included', '起始日期或时间（含）');
const To = Type.Optional(Moment('Excluded; else now', '截止（不含），缺省为现在'));

const Kind = Type.Enum([...FAULTS, 'revised', 'corrected'], about('What happened', '类别'));

const use = {
  amount: Type.Number(about('With corrections', '用量，含更正')),
  estimated: Type.Number(about('The part spread over long gaps', '其中估算的部分')),
  corrected: Type.Number(about('The part people added or took off', '其中人工更正的部分')),
  coverage: Type.Number(about('Part of the time that was measured, 0–1', '有实测的时间占比 0–1')),
};

export const ConsumptionShape = Type.Object({
  device: Type.String(),
  name: Type.String(),
  metric: Type.String(),
  unit: Type.String(),
  from: Time('Where the first period begins', '起始'),
  to: Time('Where the last one ends', '截止'),
  by: Type.Enum([...PERIODS]),
  ...use,
  periods: Type.Array(
    Type.Object({
      from: Time('Included', '起始（含）'),
      to: Time('Excluded', '截止（不含）'),
      label: Type.String(about('In the campus’s time', '学校时区的名称')),
      ...use,
      quality: Type.Array(Kind),
    }),
  ),
  quality: Type.Array(
    Type.Object({
      kind: Kind,
      from: Time('From', '起'),
      to: Time('To', '止'),
      amount: Type.Number(),
      readings: Type.Integer(),
      before: Type.Number(),
      found: Type.Number(),
      reason: Type.Optional(Type.String(about('Of a correction', '更正原因'))),
      person: Type.Optional(Type.String(about('Who corrected it', '经办人'))),
      text: BothTexts('In words', '说明'),
    }),
    about('What is held, rejected, estimated or changed; the newest 1 000', '数据质量记录'),
  ),
});

export const MetersShape = Type.Object({
  campus: Type.String(),
  from: Time('From', '起'),
  to: Time('To', '止'),
  totals: Type.Array(
    Type.Object({ kind: Type.String(), unit: Type.String(), amount: Type.Number() }),
    about('The meters that no other feeds, by kind', '各类总表合计'),
  ),
  meters: Type.Array(
    Type.Object({
      device: Type.String(),
      name: Type.String(),
      kind: Type.String(),
      unit: Type.String(),
      parent: Type.Optional(Type.String()),
      depth: Type.Integer(),
      ...use,
      below: Type.Optional(Type.Number(about('Sum of the meters it feeds', '下级表合计'))),
      unmetered: Type.Optional(Type.Number(about('What none of them counts', '未计量'))),
      share: Type.Optional(Type.Number(about('Unmetered part of the amount', '未计量占比'))),
      suspicious: Type.Optional(
        Type.Boolean(about('Above 15 %: a leak or miswiring?', '超过 15 %，疑似漏损或接线错误')),
      ),
    }),
  ),
});

const meter = {
  device: Type.String({ maxLength: 130, ...about('campus/device', '学校/设备') }),
  metric: Type.Optional(Id(about('Where it has several registers', '有多个表底时必填'))),
};

const closed = { additionalProperties: false };
const Declared = Type.Object(
  { device: Type.String(), metric: Type.String() },
  { additionalProperties: true },
);

/** Adds the routes of meters and what they used. */
export function addEnergyRoutes(app: App, { energy }: { energy: Energy }): void {
  app.get(
    '/api/v1/energy/consumption',
    {
      schema: {
        tags: ['campus'],
        summary: '用量 / Consumption of one meter',
        description:
          'By hour, day, school week or month of the campus; periods add up to the whole.',
        querystring: Type.Object(
          { ...meter, from: From, to: To, by: Type.Enum([...PERIODS], { default: 'day' }) },
          closed,
        ),
        response: { 200: ConsumptionShape, ...failures },
      },
    },
    ({ query }) => energy.consumption(query),
  );

  app.get(
    '/api/v1/energy/meters',
    {
      schema: {
        tags: ['campus'],
        summary: '计量表树 / The tree of meters',
        description: 'Each meter, those it feeds, and what none of them counts.',
        querystring: Type.Object({ campus: Type.Optional(Id()), from: From, to: To }, closed),
        response: { 200: MetersShape, ...failures },
      },
    },
    ({ query }) => energy.meters(query),
  );

  app.post(
    '/api/v1/energy/replacements',
    {
      schema: {
        tags: ['campus'],
        summary: '登记换表 / Declare that a meter was replaced',
        description: 'Figures in register units. The consumption since then is made anew.',
        body: Type.Object({ ...replacementKeys, ...meter }, closed),
        response: { 200: Declared, ...failures },
      },
    },
    async ({ body }) => energy.replace(body),
  );

  app.post(
    '/api/v1/energy/corrections',
    {
      schema: {
        tags: ['campus'],
        summary: '更正用量 / Correct a consumption',
        description: 'Adds a line to the ledger of corrections; no reading is ever edited.',
        body: Type.Object(
          {
            ...meter,
            from: From,
            to: Moment('Excluded', '截止（不含）'),
            amount: Type.Number({
              minimum: -1e9,
              maximum: 1e9,
              ...about('Below 0 takes off', '负数为减'),
            }),
            reason: Type.String({ minLength: 1, maxLength: 500, ...about('Why', '原因') }),
            person: Type.String({ minLength: 1, maxLength: 100, ...about('Who', '经办人') }),
          },
          closed,
        ),
        response: { 200: Declared, ...failures },
      },
    },
    async ({ body }) => energy.correct(body),
  );
}
