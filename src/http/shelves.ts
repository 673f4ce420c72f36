import { type Static, Type } from 'typebox';
import { SHELF_DEFAULT, SHELF_LONGEST } from '../alarms/actions.ts';
import type { Shelf } from '../alarms/shelves.ts';
import { about, Id, NEITHER } from '../validation.ts';
import { Person, Words } from './alarm-actions.ts';
import { readCursor } from './alarms.ts';
import type { App } from './app.ts';
import type { HttpParts } from './parts.ts';
import { Cursor, failures, iso, Limit, Next, optionalIso, Time } from './shapes.ts';
import { requestInvalid } from './validator.ts';

const HOUR = 3_600_000;

const ShelfShape = Type.Object({
  id: Type.Integer(),
  campus: Type.String(),
  device: Type.String(),
  rule: Type.String(),
  alarm: Type.Optional(Type.Integer(about('Only this alarm', '仅此报警'))),
  person: Type.String(),
  reason: Type.String(),
  since: Time('When it began', '开始时间'),
  until: Time('When it ends by itself', '自动结束时间'),
  ended: Type.Optional(Time('When it ended', '结束时间')),
  endedBy: Type.Optional(Type.String(about('Who lifted it early', '提前解除人'))),
});

const Filters = Type.Object(
  {
    campus: Type.Optional(Id()),
    open: Type.Optional(Type.Boolean(about('true: not ended yet', 'true 为未结束'))),
    limit: Limit(100, 500),
    cursor: Cursor,
  },
  { additionalProperties: false },
);

const Wish = Type.Object(
  {
    alarm: Type.Optional(
      Type.Integer({ minimum: 1, ...about('One alarm; else the three below', '某一报警') }),
    ),
    campus: Type.Optional(Id()),
    device: Type.Optional(Id()),
    rule: Type.Optional(Id(about('Whatever this rule raises', '此规则的所有报警'))),
    person: Person,
    reason: Words('Why', '原因'),
    hours: Type.Number({
      exclusiveMinimum: 0,
      maximum: SHELF_LONGEST / HOUR,
      default: SHELF_DEFAULT / HOUR,
      ...about('It ends by itself after so long', '多少小时后自动结束'),
    }),
  },
  { additionalProperties: false },
);

/** Adds the routes of shelves: what nobody is told of for a while. */
export function addShelfRoutes(app: App, { store, actions }: HttpParts): void {
  app.get(
    '/api/v1/shelves',
    {
      schema: {
        tags: ['alarms'],
        summary: '搁置列表 / Shelves',
        description: 'What is or was shelved, by whom and why; newest first.',
        querystring: Filters,
        response: {
          200: Type.Object({ shelves: Type.Array(ShelfShape), next: Next }),
          ...failures,
        },
      },
    },
    async ({ query: { cursor, limit, ...filter } }) => {
      const found = store.shelves.list({ ...filter, before: readCursor(cursor), limit: limit + 1 });
      const shelves = found.slice(0, limit);
      const next = found.length > limit ? shelves.at(-1)?.id.toString() : undefined;
      return { shelves: shelves.map(sayShelf), next };
    },
  );

  app.post(
    '/api/v1/shelves',
    {
      schema: {
        tags: ['alarms'],
        summary: '搁置报警 / Shelve an alarm or a rule',
        description:
          'It is recorded and shown, but nobody is told; what still holds when the shelf ends is told then. Not for fire or critical alarms.',
        body: Wish,
        response: { 200: ShelfShape, ...failures },
      },
    },
    async ({ body }) => sayShelf(shelve(actions, body)),
  );

  app.delete(
    '/api/v1/shelves/:id',
    {
      schema: {
        tags: ['alarms'],
        summary: '解除搁置 / Lift a shelf',
        description: 'Ends a shelf before its time; what still holds is told at once.',
        params: Type.Object({ id: Type.Integer({ minimum: 1 }) }),
        querystring: Type.Object({ person: Person }, { additionalProperties: false }),
        response: { 200: ShelfShape, ...failures },
      },
    },
    async ({ params, query }) => sayShelf(actions.liftShelf(params.id, query.person)),
  );
}

function shelve(actions: HttpParts['actions'], body: Static<typeof Wish>): Shelf {
  const { alarm, campus, device, rule, person, reason, hours } = body;
  const wish = { person, reason, lasts: hours * HOUR };
  if (alarm !== undefined) return actions.shelveAlarm(alarm, wish);
  if (campus === undefined || device === undefined || rule === undefined) {
    throw requestInvalid('body', NEITHER, {
      en: '`alarm`, or `campus`, `device` and `rule`',
      zh: 'alarm，或 campus、device 与 rule',
    });
  }
  return actions.shelveRule({ campus, device, rule }, wish);
}

const sayShelf = (shelf: Shelf): Static<typeof ShelfShape> => ({
  ...shelf,
  since: iso(shelf.since),
  until: iso(shelf.until),
  ended: optionalIso(shelf.ended),
});
