import { Type } from 'typebox';
import { about, Name } from '../validation.ts';
import { AlarmPath } from './alarms.ts';
import type { App } from './app.ts';
import type { HttpParts } from './parts.ts';
import { AlarmShape, DispositionShape, failures, sayAlarm } from './shapes.ts';

const closed = { additionalProperties: false };

/** Who acts. */
export const Person = Name(about('Who does it', '操作人'));

/** What somebody has to say about it. */
export const Words = (en: string, zh: string) =>
  Type.String({ minLength: 1, maxLength: 500, ...about(en, zh) });

/** Adds the routes by which people act on one alarm. */
export function addAlarmActionRoutes(app: App, { actions }: Pick<HttpParts, 'actions'>): void {
  const answers = { 200: AlarmShape, ...failures };

  app.post(
    '/api/v1/alarms/:id/acknowledge',
    {
      schema: {
        tags: ['alarms'],
        summary: '确认报警 / Acknowledge an alarm',
        description:
          'Somebody takes care of it. If the condition still holds at acknowledgedUntil, it rings again.',
        params: AlarmPath,
        body: Type.Object({ person: Person }, closed),
        response: answers,
      },
    },
    async ({ params: { id }, body }) => sayAlarm(actions.acknowledge(id, body.person)),
  );

  app.post(
    '/api/v1/alarms/:id/assign',
    {
      schema: {
        tags: ['alarms'],
        summary: '指派报警 / Assign an alarm',
        description: 'Makes it somebody’s business. It still rings until it is acknowledged.',
        params: AlarmPath,
        body: Type.Object(
          { person: Person, assignee: Name(about('Whose business it is', '负责人')) },
          closed,
        ),
        response: answers,
      },
    },
    async ({ params: { id }, body }) => sayAlarm(actions.assign(id, body.assignee, body.person)),
  );

  app.post(
    '/api/v1/alarms/:id/comment',
    {
      schema: {
        tags: ['alarms'],
        summary: '添加备注 / Comment on an alarm',
        description: 'Adds a note to its history, also after it was closed.',
        params: AlarmPath,
        body: Type.Object({ person: Person, text: Words('The note', '备注') }, closed),
        response: answers,
      },
    },
    async ({ params: { id }, body }) => sayAlarm(actions.comment(id, body.person, body.text)),
  );

  app.post(
    '/api/v1/alarms/:id/reset',
    {
      schema: {
        tags: ['alarms'],
        summary: '复位报警 / Reset a latched alarm',
        description:
          'A named person ends a latched alarm after looking on site, and says what it was.',
        params: AlarmPath,
        body: Type.Object(
          {
            person: Person,
            disposition: DispositionShape,
            reason: Words('What was found on site', '现场检查结果'),
          },
          closed,
        ),
        response: answers,
      },
    },
    async ({ params: { id }, body }) => sayAlarm(actions.reset(id, body)),
  );
}
