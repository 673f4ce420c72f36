import { Type } from 'typebox';
import type { Millis } from '../clock.ts';
import type { App } from '../http/app.ts';
import type { HttpParts } from '../http/parts.ts';
import { Limit, Moment } from '../http/shapes.ts';
import { about, DateOnly, Id } from '../validation.ts';
import { checkValues, need, needCampus } from './books.ts';
import { finishDrill, listDrills, startDrill } from './drills.ts';
import { periodsOf } from './periods.ts';
import { liftRecall, recall } from './recalls.ts';
import { Drill, DrillEnd, Meal, Recalled } from './records.ts';
import {
  act,
  actOf,
  actWithReason,
  answers,
  ask,
  CampusQuery,
  closed,
  momentIn,
  RecordPath,
  send,
} from './routes-common.ts';
import {
  AuditShape,
  BatchTraceShape,
  DrillShape,
  ForwardShape,
  MealTraceShape,
  SupplierTraceShape,
  TraceabilityShape,
} from './shapes.ts';

/** It reads every entry and every attachment. */
const AUDIT_TIMEOUT: Millis = 3_600_000;

/** Adds the routes that trace food, and those that prove the ledgers. */
export function addTraceRoutes(app: App, parts: HttpParts): void {
  const books = parts.canteen;

  app.get(
    '/api/v1/canteen/trace/meals/:day/:meal',
    {
      schema: {
        tags: ['canteen'],
        summary: '溯源：一餐 / Trace a meal back',
        description: 'Its dishes, their batches, suppliers, papers, and how cold they were kept.',
        params: Type.Object({ day: DateOnly(), meal: Meal }),
        querystring: CampusQuery,
        response: answers(MealTraceShape),
      },
    },
    async ({ params: { day, meal }, query: { campus } }, reply) => {
      checkValues('path', { day });
      return ask(parts, reply, campus, { kind: 'meal', day, meal });
    },
  );

  app.get(
    '/api/v1/canteen/trace/batches/:id',
    {
      schema: {
        tags: ['canteen'],
        summary: '溯源：一批 / Trace a batch',
        description: 'Where it came from, which meals it went into, who ate, and what is left.',
        params: RecordPath,
        querystring: CampusQuery,
        response: answers(BatchTraceShape),
      },
    },
    async ({ params: { id }, query: { campus } }, reply) =>
      ask(parts, reply, campus, { kind: 'batch', batch: id }),
  );

  app.get(
    '/api/v1/canteen/trace/suppliers/:id',
    {
      schema: {
        tags: ['canteen'],
        summary: '溯源：供货者 / Trace a supplier',
        description: 'Where all that it delivered went; of very much the newest thousand batches.',
        params: RecordPath,
        querystring: Type.Object(
          {
            campus: Id(),
            from: Type.Optional(Moment('Received from; else ever', '进货起，缺省不限')),
            to: Type.Optional(Moment('Received until; else now', '进货止，缺省为现在')),
          },
          closed,
        ),
        response: answers(SupplierTraceShape),
      },
    },
    async ({ params: { id }, query }, reply) => {
      need(books, 'supplier', query.campus, id);
      const from = query.from === undefined ? 0 : momentIn('query.from', query.from);
      // a phone that is a little fast has delivered too
      const to = query.to === undefined ? Number.MAX_SAFE_INTEGER : momentIn('query.to', query.to);
      return ask(parts, reply, query.campus, { kind: 'supplier', supplier: id, from, to });
    },
  );

  app.get(
    '/api/v1/canteen/traceability',
    {
      schema: {
        tags: ['canteen'],
        summary: '食材溯源率 / The rate of traceability',
        description:
          'Traceable batches of all received or used, with what is missing and whose job it is. Without batches there is no rate.',
        querystring: Type.Object(
          {
            campus: Id(),
            from: DateOnly(about('The first day', '起始日')),
            to: DateOnly(about('The last day', '截止日')),
            by: Type.Enum(['whole', 'day', 'month', 'term'], {
              default: 'whole',
              ...about('How the days are divided', '分组方式'),
            }),
          },
          closed,
        ),
        response: answers(TraceabilityShape),
      },
    },
    async ({ query: { campus, from, to, by } }, reply) => {
      checkValues('query', { from, to });
      const school = needCampus(books, campus);
      const periods = periodsOf(school, from, to, by);
      const goal = school.targets.traceability;
      return ask(parts, reply, campus, { kind: 'traceability', periods, goal });
    },
  );

  app.post(
    '/api/v1/canteen/recalls',
    {
      schema: {
        tags: ['canteen'],
        summary: '召回 / Recall',
        description:
          'Marks batches, or all of a supplier, so that nobody can use them, and lists where they went.',
        body: Type.Object(
          {
            ...actWithReason,
            batches: Type.Optional(Recalled.properties.batches),
            supplier: Recalled.properties.supplier,
            since: Type.Optional(
              Moment('Of a supplier: received since; else ever', '供货者：自何时起的进货'),
            ),
          },
          closed,
        ),
        response: answers(ForwardShape),
      },
    },
    async ({ body }, reply) => {
      const { batches, supplier, reason } = body;
      const since = body.since === undefined ? undefined : momentIn('body.since', body.since);
      const who = { ...actOf(body), reason };
      recall(books, who, { batches, supplier, since });
      return ask(parts, reply, body.campus, { kind: 'recall', recall: who.id });
    },
  );

  app.get(
    '/api/v1/canteen/recalls/:id',
    {
      schema: {
        tags: ['canteen'],
        summary: '召回清单 / What a recall concerns',
        description: 'The batches it marks, where they went, who ate of them and what is left.',
        params: RecordPath,
        querystring: CampusQuery,
        response: answers(ForwardShape),
      },
    },
    async ({ params: { id }, query: { campus } }, reply) => {
      need(books, 'food_recall', campus, id);
      return ask(parts, reply, campus, { kind: 'recall', recall: id });
    },
  );

  app.post(
    '/api/v1/canteen/recalls/:id/lift',
    {
      schema: {
        tags: ['canteen'],
        summary: '解除召回 / End a recall',
        description: 'Its batches can be used again.',
        params: RecordPath,
        body: Type.Object(actWithReason, closed),
        response: answers(Type.Object({ lifted: Type.String() })),
      },
    },
    async ({ params: { id }, body }, reply) => {
      liftRecall(books, { ...actOf(body), reason: body.reason }, id);
      return send(reply, { lifted: id });
    },
  );

  app.post(
    '/api/v1/canteen/drills',
    {
      schema: {
        tags: ['canteen'],
        summary: '开始溯源演练 / Begin a trace drill',
        description: 'At least once a year, done within four hours (GB/T 22005).',
        body: Type.Object({ ...act, ...Drill.properties }, closed),
        response: answers(DrillShape),
      },
    },
    async ({ body }, reply) => send(reply, startDrill(books, actOf(body), body.topic)),
  );

  app.post(
    '/api/v1/canteen/drills/:id/end',
    {
      schema: {
        tags: ['canteen'],
        summary: '结束溯源演练 / End a trace drill',
        description: 'With what was found; the answer says how long it took.',
        params: RecordPath,
        body: Type.Object({ ...act, ...DrillEnd.properties }, closed),
        response: answers(DrillShape),
      },
    },
    async ({ params: { id }, body }, reply) =>
      send(reply, finishDrill(books, actOf(body), id, body.findings)),
  );

  app.get(
    '/api/v1/canteen/drills',
    {
      schema: {
        tags: ['canteen'],
        summary: '溯源演练 / Trace drills',
        description: 'The newest first.',
        querystring: Type.Object({ campus: Id(), limit: Limit(50, 500) }, closed),
        response: answers(Type.Object({ drills: Type.Array(DrillShape) })),
      },
    },
    async ({ query: { campus, limit } }, reply) =>
      send(reply, { drills: listDrills(books, campus, limit) }),
  );

  app.get(
    '/api/v1/canteen/audit',
    {
      handlerTimeout: AUDIT_TIMEOUT,
      schema: {
        tags: ['canteen'],
        summary: '台账校验 / Prove the ledgers',
        description: 'Recomputes every hash and names the first broken entry.',
        response: answers(AuditShape),
      },
    },
    async (_request, reply) => send(reply, await parts.reader.audit()),
  );
}
