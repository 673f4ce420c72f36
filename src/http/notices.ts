import { Type } from 'typebox';
import { CodedError } from '../errors.ts';
import { NOTICE_KINDS } from '../notify/notices.ts';
import { about, Id } from '../validation.ts';
import { NotificationShape, sayNotification } from './alarms.ts';
import type { App } from './app.ts';
import type { HttpParts } from './parts.ts';
import { BothTexts, failures, iso, Limit, Time } from './shapes.ts';

const NoticeShape = Type.Object({
  id: Type.Integer(),
  kind: Type.Enum(
    [...NOTICE_KINDS],
    about('What it is', '类型：日报告、心跳、交接班、许可证到期、食材缺项'),
  ),
  title: BothTexts('Its headline', '标题'),
  text: BothTexts('What it says', '内容'),
  created: Time('When it was written', '生成时间'),
  notifications: Type.Array(NotificationShape, about('Whom it went to', '发送对象与结果')),
});

/** Adds the routes of messages about no alarm. */
export function addNoticeRoutes(app: App, { configuration, notices }: HttpParts): void {
  app.get(
    '/api/v1/notices',
    {
      schema: {
        tags: ['alarms'],
        summary: '日报告与交接班 / Daily reports and hand-overs',
        description: 'What was sent without an alarm, newest first, and what became of it.',
        querystring: Type.Object(
          { campus: Id(), limit: Limit(30, 400) },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ notices: Type.Array(NoticeShape) }), ...failures },
      },
    },
    async ({ query: { campus, limit } }) => {
      if (!configuration().campuses.has(campus)) throw new CodedError('CAMPUS_UNKNOWN', { campus });
      return {
        notices: notices.list(campus, limit).map((notice) => ({
          ...notice,
          created: iso(notice.created),
          notifications: notice.notifications.map(sayNotification),
        })),
      };
    },
  );
}
