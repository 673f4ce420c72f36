import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { Alarm } from '../alarms/alarm.ts';
import { Words } from './alarm-actions.ts';
import type { App } from './app.ts';
import type { HttpParts } from './parts.ts';

const MAX_FORM = 8 * 1024;

const LinkPath = Type.Object({ token: Type.String({ maxLength: 100 }) });

const Back = {
  description: 'Noted; back to the page',
  content: { 'text/html': { schema: Type.String() } },
};

/**
 * Adds what the page of a link can do besides acknowledging, in the name of the person it was sent
 * to and for as long as the link is valid: assign to oneself, false alarm, a note. They lead back to
 * the page, so that loading it again repeats nothing.
 */
export function addRemarkRoutes(scope: App, parts: HttpParts): void {
  const { actions } = parts;
  const act = (token: string, reply: FastifyReply, work: (alarm: Alarm, who: string) => void) => {
    const { alarm, notification } = parts.openLink(token);
    work(alarm, notification.personName ?? notification.person ?? '值班');
    // relative: the gateway need not know under which path a proxy shows it
    return reply.code(303).header('location', `../${token}`).send('');
  };
  const route = (summary: string, description: string) => ({
    config: { open: true },
    schema: {
      tags: ['pages'],
      summary,
      description,
      security: [],
      params: LinkPath,
      response: { 200: Back, 303: Back },
    },
  });

  scope.post(
    '/a/:token/assign',
    route(
      '由我处理 / Assign to oneself',
      'Makes the alarm the business of whom the link was sent to.',
    ),
    async ({ params: { token } }, reply) =>
      act(token, reply, ({ id }, who) => actions.assign(id, who, who)),
  );

  scope.post(
    '/a/:token/false-alarm',
    route(
      '误报 / False alarm',
      'Notes that it was nothing, and acknowledges it. Of a fire it is only noted: the reset stays on site.',
    ),
    async ({ params: { token } }, reply) =>
      act(token, reply, ({ id }, who) => actions.falseAlarm(id, who)),
  );

  scope.register(async (plain) => {
    const forms: App = plain.withTypeProvider();
    forms.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: MAX_FORM },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    const { config, schema } = route(
      '添加备注 / Add a note',
      'Adds a note to the alarm’s history.',
    );
    const body = Type.Object({ text: Words('The note', '备注') });
    forms.post(
      '/a/:token/note',
      { config, schema: { ...schema, consumes: ['application/x-www-form-urlencoded'], body } },
      async ({ params: { token }, body: { text } }, reply) =>
        act(token, reply, ({ id }, who) => actions.comment(id, who, text)),
    );
  });
}
