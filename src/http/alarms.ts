import { Type } from 'typebox';
import { ALARM_EVENTS } from '../alarms/alarm.ts';
import type { Delivered } from '../notify/notification.ts';
import { about, Id } from '../validation.ts';
import type { App } from './app.ts';
import type { HttpParts } from './parts.ts';
import {
  AlarmShape,
  Cursor,
  DispositionShape,
  failures,
  iso,
  Limit,
  Next,
  optionalIso,
  SeverityShape,
  sayAlarm,
  Time,
} from './shapes.ts';
import { timezoneOf } from './start-page.ts';
import { requestInvalid } from './validator.ts';

const HistoryShape = Type.Object({
  id: Type.Integer(),
  time: Time('When', '时间'),
  event: Type.Enum([...ALARM_EVENTS]),
  person: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
  severity: Type.Optional(SeverityShape),
  value: Type.Optional(Type.Number()),
  limit: Type.Optional(Type.Number()),
  since: Type.Optional(Time('When the condition began', '异常开始时间')),
  until: Type.Optional(Time('Until when it counts', '有效期至')),
  assignee: Type.Optional(Type.String(about('To whom it was assigned', '负责人'))),
  disposition: Type.Optional(DispositionShape),
  cause: Type.Optional(Type.Integer(about('The alarm that explains it', '所致的报警编号'))),
  drill: Type.Optional(Type.Integer(about('The drill in which it was raised', '演练编号'))),
});

export const NotificationShape = Type.Object({
  id: Type.Integer(),
  event: Type.Enum(['raised', 'cleared', 'notice']),
  person: Type.Optional(Type.String()),
  personName: Type.Optional(Type.String()),
  channel: Type.String(),
  created: Time('When it was owed', '产生时间'),
  state: Type.String(
    about(
      'pending, joined, sent, failed, replaced (another channel took over) or obsolete',
      '状态',
    ),
  ),
  attempts: Type.Integer(),
  used: Type.Optional(Time('When its link was used', '链接使用时间')),
  message: Type.Optional(
    Type.Integer(about('Of a group: the id of the message that told of all', '合并消息的编号')),
  ),
  takesOver: Type.Optional(
    Type.Integer(about('The notification that its channel could not send', '接替的通知编号')),
  ),
  deliveries: Type.Array(
    Type.Object({ time: Time('When', '时间'), outcome: Type.String(), detail: Type.String() }),
    about('Every attempt', '每次发送尝试'),
  ),
});

const AlarmDetailShape = Type.Object({
  ...AlarmShape.properties,
  timezone: Type.String(about('The campus’s', '本校时区')),
  history: Type.Array(HistoryShape, about('Oldest first', '从旧到新')),
  notifications: Type.Array(NotificationShape),
});

/** The path of one alarm. */
export const AlarmPath = Type.Object({ id: Type.Integer({ minimum: 1 }) });

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
      timezone: timezoneOf(parts.configuration(), parts.store.get(id)),
      history: parts.store.history(id).map((step) => ({
        ...step,
        time: iso(step.time),
        since: optionalIso(step.since),
        until: optionalIso(step.until),
      })),
      notifications: parts.outbox.ofAlarm(id).map(sayNotification),
    }),
  );
}

/** A notification with its delivery log as the API says it. */
export const sayNotification = (notification: Delivered) => ({
  ...notification,
  created: iso(notification.created),
  used: optionalIso(notification.used),
  deliveries: notification.deliveries.map((one) => ({ ...one, time: iso(one.time) })),
});

/** A cursor that is a row's id. Throws REQUEST_INVALID. */
export function readCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  if (!/^\d{1,15}$/.test(cursor)) {
    const allowed = { en: '`next` of the page before', zh: '上一页返回的 next' };
    throw requestInvalid('query.cursor', JSON.stringify(cursor), allowed);
  }
  return Number(cursor);
}
