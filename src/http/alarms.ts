import { Type } from 'typebox';
import { ALARM_EVENTS } from '../alarms/store.ts';
import { about, Id, Name } from '../validation.ts';
import type { App } from './app.ts';
import type { HttpParts } from './parts.ts';
import {
  AlarmShape,
  Cursor,
  failures,
  iso,
  Limit,
  Next,
  optionalIso,
  SeverityShape,
  sayAlarm,
  Time,
} from './shapes.ts';
import { requestInvalid } from './validator.ts';

const HistoryShape = Type.Object({
  id: Type.Integer(),
  time: Time('When', '时间'),
  event: Type.Enum([...ALARM_EVENTS]),
  person: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
});

const NotificationShape = Type.Object({
  id: Type.Integer(),
  event: Type.Enum(['raised', 'cleared']),
  person: Type.Optional(Type.String()),
  personName: Type.Optional(Type.String()),
  channel: Type.String(),
  created: Time('When it was owed', '产生时间'),
  state: Type.String(about('pending, joined, sent, failed or obsolete', '状态')),
  attempts: Type.Integer(),
  used: Type.Optional(Time('When its link was used', '链接使用时间')),
  message: Type.Optional(
    Type.Integer(about('Of a group: the id of the message that told of all', '合并消息的编号')),
  ),
  deliveries: Type.Array(
    Type.Object({ time: Time('When', '时间'), outcome: Type.String(), detail: Type.String() }),
    about('Every attempt', '每次发送尝试'),
  ),
});

const AlarmDetailShape = Type.Object({
  ...AlarmShape.properties,
  history: Type.Array(HistoryShape, about('Oldest first', '从旧到新')),
  notifications: Type.Array(NotificationShape),
});

const AlarmPath = Type.Object({ id: Type.Integer({ minimum: 1 }) });

const Filters = Type.Object(
  {
    campus: Type.Optional(Id()),
    device: Type.Optional(Id()),
    severity: Type.Optional(SeverityShape),
    open: Type.Optional(Type.Boolean(about('true: not closed yet', 'true 为未关闭'))),
    limit: Limit(100, 500),
    cursor: Cursor,
  },
  { additionalProperties: false },
);

const Person = Name(about('Who does it', '操作人'));

/** Adds the routes of alarms. */
export function addAlarmRoutes(app: App, parts: HttpParts): void {
  app.get(
    '/api/v1/alarms',
    {
      schema: {
        tags: ['alarms'],
        summary: '报警列表 / Alarms',
        description: 'Alarms, newest first.',
        querystring: Filters,
        response: { 200: Type.Object({ alarms: Type.Array(AlarmShape), next: Next }), ...failures },
      },
    },
    async ({ query }) => {
      const { limit, cursor, ...filter } = query;
      const before = readCursor(cursor);
      const found = parts.store.list({ ...filter, before, limit: limit + 1 });
      const alarms = found.slice(0, limit);
      const next = found.length > limit ? alarms.at(-1)?.id.toString() : undefined;
      return { alarms: alarms.map(sayAlarm), next };
    },
  );

  app.get(
    '/api/v1/alarms/:id',
    {
      schema: {
        tags: ['alarms'],
        summary: '报警详情 / One alarm',
        description: 'An alarm with its history, and who was told with what outcome.',
        params: AlarmPath,
        response: { 200: AlarmDetailShape, ...failures },
      },
    },
    async ({ params: { id } }) => ({
      ...sayAlarm(parts.store.get(id)),
      history: parts.store.history(id).map((event) => ({ ...event, time: iso(event.time) })),
      notifications: parts.outbox.ofAlarm(id).map((notification) => ({
        ...notification,
        created: iso(notification.created),
        used: optionalIso(notification.used),
        deliveries: notification.deliveries.map((one) => ({ ...one, time: iso(one.time) })),
      })),
    }),
  );

  app.post(
    '/api/v1/alarms/:id/acknowledge',
    {
      schema: {
        tags: ['alarms'],
        summary: '确认报警 / Acknowledge an alarm',
        description: 'Somebody takes care of it.',
        params: AlarmPath,
        body: Type.Object({ person: Person }, { additionalProperties: false }),
        response: { 200: AlarmShape, ...failures },
      },
    },
    async ({ params: { id }, body }) => sayAlarm(parts.acknowledge(id, body.person)),
  );

  app.post(
    '/api/v1/alarms/:id/reset',
    {
      schema: {
        tags: ['alarms'],
        summary: '复位报警 / Reset a latched alarm',
        description: 'A named person ends a latched alarm after looking on site.',
        params: AlarmPath,
        body: Type.Object(
          {
            person: Person,
            reason: Type.String({
              minLength: 1,
              maxLength: 500,
              ...about('What was found on site', '现场检查结果'),
            }),
          },
          { additionalProperties: false },
        ),
        response: { 200: AlarmShape, ...failures },
      },
    },
    async ({ params: { id }, body }) => sayAlarm(parts.reset(id, body.person, body.reason)),
  );
}

/** A cursor that is a row's id. Throws REQUEST_INVALID. */
export function readCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  if (!/^\d{1,15}$/.test(cursor)) {
    const allowed = { en: '`next` of the page before', zh: '上一页返回的 next' };
    throw requestInvalid('query.cursor', JSON.stringify(cursor), allowed);
  }
  return Number(cursor);
}
