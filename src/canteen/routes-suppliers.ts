import { Type } from 'typebox';
import type { App } from '../http/app.ts';
import type { HttpParts } from '../http/parts.ts';
import { Cursor, Limit, Next } from '../http/shapes.ts';
import { about, Id, Name } from '../validation.ts';
import { usualDeliveries } from './receiving.ts';
import { RecordId, Supplier } from './records.ts';
import {
  act,
  actOf,
  answers,
  CampusQuery,
  closed,
  contentOf,
  RecordPath,
  send,
} from './routes-common.ts';
import { SupplierShape, UsualShape } from './shapes.ts';
import { endingLicences, listSuppliers, removeSupplier, setSupplier } from './suppliers.ts';

const Version = Type.Integer({
  minimum: 0,
  ...about('The version that was read; 0 for a new one', '读取时的版本，新建为 0'),
});

/** Adds the routes of suppliers and their licences. */
export function addSupplierRoutes(app: App, { canteen: books }: HttpParts): void {
  app.get(
    '/api/v1/canteen/suppliers',
    {
      schema: {
        tags: ['canteen'],
        summary: '供货者列表 / Suppliers',
        description: 'Suppliers with their licences, by id.',
        querystring: Type.Object({ campus: Id(), limit: Limit(100, 500), cursor: Cursor }, closed),
        response: answers(Type.Object({ suppliers: Type.Array(SupplierShape), next: Next })),
      },
    },
    async ({ query: { campus, limit, cursor = '' } }, reply) => {
      const found = listSuppliers(books, campus, cursor, limit + 1);
      const suppliers = found.slice(0, limit);
      const next = found.length > limit ? suppliers.at(-1)?.id : undefined;
      return send(reply, { suppliers, next });
    },
  );

  app.put(
    '/api/v1/canteen/suppliers/:id',
    {
      schema: {
        tags: ['canteen'],
        summary: '登记或修改供货者 / Add or change a supplier',
        description:
          'Replaces what is known of a supplier. `version` is the one that was read; when somebody else was faster the answer is RECORD_CHANGED.',
        params: RecordPath,
        body: Type.Object(
          { ...act, version: { ...Version, default: 0 }, ...Supplier.properties },
          closed,
        ),
        response: answers(SupplierShape),
      },
    },
    async ({ params, body }, reply) => {
      const { version, ...supplier } = contentOf(body);
      return send(reply, setSupplier(books, actOf(body), params.id, version, supplier));
    },
  );

  app.delete(
    '/api/v1/canteen/suppliers/:id',
    {
      schema: {
        tags: ['canteen'],
        summary: '删除供货者 / Remove a supplier',
        description: 'Refused once it has delivered anything: the records must be kept.',
        params: RecordPath,
        querystring: Type.Object(
          { campus: Id(), person: Name(), version: Version, entry: Type.Optional(RecordId()) },
          closed,
        ),
        response: answers(Type.Object({ removed: Type.String() })),
      },
    },
    async ({ params: { id }, query: { campus, person, version, entry } }, reply) => {
      const who = actOf({ campus, person, ...(entry === undefined ? {} : { id: entry }) });
      removeSupplier(books, who, id, version);
      return send(reply, { removed: id });
    },
  );

  app.get(
    '/api/v1/canteen/suppliers/:id/usual',
    {
      schema: {
        tags: ['canteen'],
        summary: '常用进货 / What a supplier usually delivers',
        description:
          'Each product as it came the last time, to begin the next delivery from. What must be looked at each time – dates, temperature, signature – is not in it.',
        params: RecordPath,
        querystring: CampusQuery,
        response: answers(
          Type.Object({
            deliveries: Type.Array(UsualShape),
          }),
        ),
      },
    },
    async ({ params: { id }, query: { campus } }, reply) =>
      send(reply, { deliveries: usualDeliveries(books, campus, id) }),
  );

  app.get(
    '/api/v1/canteen/licences',
    {
      schema: {
        tags: ['canteen'],
        summary: '即将到期的许可证 / Licences about to end',
        description: 'Suppliers whose last licence ends soon, has ended or is missing.',
        querystring: CampusQuery,
        response: answers(
          Type.Object({
            licences: Type.Array(
              Type.Object({
                supplier: Type.String(),
                name: Type.String(),
                to: Type.Optional(Type.String(about('The last day', '有效期止'))),
                daysLeft: Type.Optional(
                  Type.Integer(about('Negative: it has ended', '负数为已过期')),
                ),
              }),
            ),
          }),
        ),
      },
    },
    async ({ query: { campus } }, reply) =>
      send(reply, { licences: endingLicences(books, campus) }),
  );
}
