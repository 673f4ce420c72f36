import { Type } from 'typebox';
import type { App } from '../http/app.ts';
import type { HttpParts } from '../http/parts.ts';
import { Cursor, Limit, Moment, Next } from '../http/shapes.ts';
import { about, Id, Name } from '../validation.ts';
import { lookUp } from './lookup.ts';
import { addPaper, correct, listBatches, readBatch, receive } from './receiving.ts';
import { Batch, BatchChanges, Moved, Paper, Reason, RecordId, Thrown, Used } from './records.ts';
import {
  act,
  actOf,
  actWithReason,
  answers,
  CampusQuery,
  closed,
  contentOf,
  momentIn,
  RecordPath,
  send,
} from './routes-common.ts';
import { BatchLineShape, BatchShape, EntryShape, LookupShape } from './shapes.ts';
import { move, reverse, throwAway, use } from './use.ts';

/** Entries of one record that are shown. */
const MOST_ENTRIES = 1_000;

/** Adds the routes of batches: receiving, storing, using. */
export function addBatchRoutes(app: App, { canteen: books }: HttpParts): void {
  app.post(
    '/api/v1/canteen/batches',
    {
      schema: {
        tags: ['canteen'],
        summary: '进货查验 / Record a delivery',
        description:
          'Its id is the batch’s. What is not known yet may be left out: the answer says what is missing and whose job it is.',
        body: Type.Object({ ...act, ...Batch.properties }, closed),
        response: answers(BatchShape),
      },
    },
    async ({ body }, reply) => send(reply, receive(books, actOf(body), contentOf(body))),
  );

  app.get(
    '/api/v1/canteen/batches',
    {
      schema: {
        tags: ['canteen'],
        summary: '批次列表 / Batches',
        description: 'Batches by id: by the code on the package, by place, or what is in stock.',
        querystring: Type.Object(
          {
            campus: Id(),
            code: Type.Optional(Name(about('Of its barcode or QR code', '条码或二维码内容'))),
            place: Type.Optional(Id(about('A cold unit or a zone', '设备或区域'))),
            inStock: Type.Optional(Type.Boolean(about('Something is left of it', '有结存'))),
            limit: Limit(100, 500),
            cursor: Cursor,
          },
          closed,
        ),
        response: answers(Type.Object({ batches: Type.Array(BatchLineShape), next: Next })),
      },
    },
    async ({ query: { campus, limit, cursor = '', ...filter } }, reply) => {
      const found = listBatches(books, campus, filter, cursor, limit + 1);
      const batches = found.slice(0, limit);
      const next = found.length > limit ? batches.at(-1)?.id : undefined;
      return send(reply, { batches, next });
    },
  );

  app.get(
    '/api/v1/canteen/lookup',
    {
      schema: {
        tags: ['canteen'],
        summary: '扫码查询 / Look a code up',
        description:
          'A barcode (EAN, UPC), a GS1 code with lot and dates, a GS1 Digital Link, or the QR code of one of our cards: which batches it is on, and what such a delivery usually is.',
        querystring: Type.Object(
          {
            campus: Id(),
            code: Type.String({
              minLength: 1,
              maxLength: 500,
              ...about('As scanned', '扫到的内容'),
            }),
          },
          closed,
        ),
        response: answers(LookupShape),
      },
    },
    async ({ query: { campus, code } }, reply) => send(reply, lookUp(books, campus, code)),
  );

  app.get(
    '/api/v1/canteen/batches/:id',
    {
      schema: {
        tags: ['canteen'],
        summary: '批次详情 / One batch',
        description: 'All that is known of a batch, and what is missing.',
        params: RecordPath,
        querystring: CampusQuery,
        response: answers(BatchShape),
      },
    },
    async ({ params: { id }, query: { campus } }, reply) =>
      send(reply, readBatch(books, campus, id)),
  );

  app.post(
    '/api/v1/canteen/batches/:id/corrections',
    {
      schema: {
        tags: ['canteen'],
        summary: '更正批次 / Correct a batch',
        description:
          'A new entry; what was written before stays. `version` is the one that was read; when somebody else was faster the answer is RECORD_CHANGED.',
        params: RecordPath,
        body: Type.Object(
          {
            ...actWithReason,
            version: Type.Integer({ minimum: 0 }),
            changes: Type.Object(
              {
                ...BatchChanges.properties,
                received: Type.Optional(Moment('When it came', '进货时间')),
              },
              { ...closed, minProperties: 1 },
            ),
          },
          closed,
        ),
        response: answers(BatchShape),
      },
    },
    async ({ params: { id }, body }, reply) => {
      const { reason, version, changes } = body;
      const { received, ...rest } = changes;
      const at =
        received === undefined ? {} : { received: momentIn('body.changes.received', received) };
      const who = { ...actOf(body), reason };
      return send(reply, correct(books, who, id, version, { ...rest, ...at }));
    },
  );

  app.post(
    '/api/v1/canteen/batches/:id/papers',
    {
      schema: {
        tags: ['canteen'],
        summary: '补充票证 / Add a certificate',
        description: 'A certificate, voucher or photo that was uploaded before.',
        params: RecordPath,
        body: Type.Object({ ...act, paper: Paper }, closed),
        response: answers(BatchShape),
      },
    },
    async ({ params: { id }, body }, reply) =>
      send(reply, addPaper(books, actOf(body), id, body.paper)),
  );

  app.post(
    '/api/v1/canteen/moves',
    {
      schema: {
        tags: ['canteen'],
        summary: '入库与移库 / Put into a place',
        description: 'Some of a batch goes to a cold unit or a zone.',
        body: Type.Object({ ...act, ...Moved.properties }, closed),
        response: answers(BatchShape),
      },
    },
    async ({ body }, reply) => send(reply, move(books, actOf(body), contentOf(body))),
  );

  app.post(
    '/api/v1/canteen/uses',
    {
      schema: {
        tags: ['canteen'],
        summary: '领用 / Use in a dish',
        description:
          'Some of a batch goes into a dish. Expired and recalled batches are refused; where they were used all the same, a `reason` records it and rings. A batch that nobody received needs its `product`.',
        body: Type.Object({ ...act, reason: Type.Optional(Reason()), ...Used.properties }, closed),
        response: answers(BatchShape),
      },
    },
    async ({ body }, reply) => {
      const { reason, ...content } = contentOf(body);
      return send(reply, use(books, { ...actOf(body), reason }, content));
    },
  );

  app.post(
    '/api/v1/canteen/disposals',
    {
      schema: {
        tags: ['canteen'],
        summary: '报废 / Throw away',
        description: 'Some of a batch is thrown away, with the reason.',
        body: Type.Object({ ...actWithReason, ...Thrown.properties }, closed),
        response: answers(BatchShape),
      },
    },
    async ({ body }, reply) => {
      const { reason, ...content } = contentOf(body);
      return send(reply, throwAway(books, { ...actOf(body), reason }, content));
    },
  );

  app.post(
    '/api/v1/canteen/movements/:id/reversal',
    {
      schema: {
        tags: ['canteen'],
        summary: '撤销库存变动 / Reverse a movement',
        description: 'Takes back a move, use or disposal that was written down by mistake.',
        params: Type.Object({
          id: RecordId(about('The id the movement was sent with', '该变动的编号')),
        }),
        body: Type.Object(actWithReason, closed),
        response: answers(BatchShape),
      },
    },
    async ({ params, body }, reply) =>
      send(reply, reverse(books, { ...actOf(body), reason: body.reason }, params.id)),
  );

  app.get(
    '/api/v1/canteen/history/:id',
    {
      schema: {
        tags: ['canteen'],
        summary: '台账记录 / The ledger of a record',
        description: 'All that was written about a batch, supplier, dish or sample, oldest first.',
        params: RecordPath,
        querystring: CampusQuery,
        response: answers(Type.Object({ entries: Type.Array(EntryShape) })),
      },
    },
    async ({ params: { id }, query: { campus } }, reply) => {
      const entries = books.ledger.about(campus, id, MOST_ENTRIES);
      const said = entries.map(({ campus: _campus, subject: _subject, body, ...entry }) => ({
        ...entry,
        body: JSON.parse(body),
      }));
      return send(reply, { entries: said });
    },
  );
}
