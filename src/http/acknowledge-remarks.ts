import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { holderOf } from '../notify/acknowledge.ts';
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
 * the page, so that loading it again repeats nothing. What acknowledges works once, as the link does.
 */
export function addRemarkRoutes(scope: App, parts: HttpParts): void {
  const { actions } = parts;
  // relative: the gateway need not know under which path a proxy shows it
  const back = (token: string, reply: FastifyReply) =>
    reply.code(303).header('location', `../${token}`).send('');
  const remark = (token: string, work: (alarm: number, who: string) => void) => {
    const { alarm, notification } = parts.openLink(token);
    work(alarm.id, holderOf(notification));
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
    async ({ params: { token } }, reply) => {
      remark(token, (id, who) => actions.assign(id, who, who));
      return back(token, reply);
    },
  );

  scope.post(
    '/a/:token/false-alarm',
    route(
      '误报 / False alarm',
      'Notes that it was nothing, and acknowledges it. Of a fire it is only noted: the reset stays on site.',
    ),
    async ({ params: { token } }, reply) => {
      parts.useLinkForFalseAlarm(token);
      return back(token, reply);
    },
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
      async ({ params: { token }, body: { text } }, reply) => {
        remark(token, (id, who) => actions.comment(id, who, text));
        return back(token, reply);
      },
    );
  });
}
