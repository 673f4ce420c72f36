import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Alarm } from '../alarms/store.ts';
import type { Clock, Millis } from '../clock.ts';
import { CodedError } from '../errors.ts';
import { acknowledgementLasts } from '../notify/escalation.ts';
import type { Notification } from '../notify/notification.ts';
import { acknowledgePage, linkErrorPage } from './acknowledge-page.ts';
import { addRemarkRoutes } from './acknowledge-remarks.ts';
import type { App } from './app.ts';
import { hangUpOnUnread, logError, prepareError, sayError, toCoded } from './errors.ts';
import { PAGE_POLICY } from './html.ts';
import type { HttpParts } from './parts.ts';
import { optionalIso } from './shapes.ts';
import { timezoneOf } from './start-page.ts';
import { readTrend } from './trend.ts';

const LinkPath = Type.Object({ token: Type.String({ maxLength: 100 }) });

const AcknowledgedShape = Type.Object({ acknowledgedBy: Type.String(), at: Type.String() });

const Page = (description: string) => ({
  description,
  content: { 'text/html': { schema: Type.String() } },
});

const answers = {
  404: Page('The link is not valid'),
  410: Page('The link has expired'),
  429: Page('Too many links that are not valid'),
};

interface Opened {
  alarm: Alarm;
  notification?: Notification;
  others?: readonly Alarm[];
}

/**
 * Adds the acknowledgement link. Whoever has the message has the link, so it needs no login; a link
 * previewer only reads, so GET changes nothing.
 */
export function addAcknowledgeRoutes(app: App, parts: HttpParts): void {
  const guesses = new Guesses(parts.clock);
  app.register(async (plain) => {
    const scope: App = plain.withTypeProvider();
    // the token says it all: whatever a client sends with it is not read
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.addHook('onSend', async (_request, reply) => hangUpOnUnread(reply));
    scope.setErrorHandler((error, request, reply) => {
      const coded = guesses.count(toCoded(error, request));
      logError(coded, request);
      answerLinkError(coded, parts, request, reply);
    });

    scope.get(
      '/a/:token',
      {
        config: { open: true },
        schema: {
          tags: ['pages'],
          summary: '确认页面 / Acknowledgement page',
          description: 'What an alarm message is about, with one button. Changes nothing.',
          security: [],
          params: LinkPath,
          response: { 200: Page('The alarm'), ...answers },
        },
      },
      async ({ params: { token } }, reply) => {
        const opened = parts.openLink(token);
        const trend = await readTrend(parts, opened.alarm);
        asPage(reply);
        return acknowledgePage({ ...viewOf(parts, token, opened), trend });
      },
    );

    scope.post(
      '/a/:token',
      {
        config: { open: true },
        schema: {
          tags: ['pages'],
          summary: '确认报警 / Acknowledge by link',
          description: 'Acknowledges the alarm. Answers JSON where the client accepts it.',
          security: [],
          params: LinkPath,
          response: {
            200: {
              description: 'Acknowledged',
              content: {
                'text/html': { schema: Type.String() },
                'application/json': { schema: AcknowledgedShape },
              },
            },
            409: Page('It was acknowledged already'),
            ...answers,
          },
        },
      },
      async ({ params, headers }, reply) => {
        const alarm = parts.useLink(params.token);
        if (wantsJson(headers.accept)) {
          reply.type('application/json; charset=utf-8');
          return {
            acknowledgedBy: alarm.acknowledgedBy ?? '?',
            at: optionalIso(alarm.acknowledged) ?? '',
          };
        }
        asPage(reply);
        const opened = parts.openLink(params.token);
        return acknowledgePage({ ...viewOf(parts, params.token, opened), isDone: true });
      },
    );

    addRemarkRoutes(scope, parts);
  });
}

function answerLinkError(
  error: CodedError,
  parts: HttpParts,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  prepareError(error, reply);
  // who was faster, and when: the alarm itself knows best
  const opened = error.status === 409 ? openAgain(parts, request.params) : undefined;
  if (wantsJson(request.headers.accept)) {
    const { acknowledged, acknowledgedBy } = opened?.alarm ?? {};
    const body = { ...sayError(error), acknowledgedBy, at: optionalIso(acknowledged) };
    reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
    return;
  }
  asPage(reply);
  const token = tokenOf(request.params);
  reply.send(opened ? acknowledgePage(viewOf(parts, token, opened)) : linkErrorPage(error));
}

function openAgain(parts: HttpParts, params: unknown): Opened | undefined {
  try {
    return parts.openLink(tokenOf(params));
  } catch {
    return undefined;
  }
}

const tokenOf = (params: unknown): string =>
  typeof params === 'object' && params && 'token' in params ? String(params.token) : '';

function viewOf(
  { clock, configuration, store, outbox }: HttpParts,
  token: string,
  { alarm, notification, others }: Opened,
) {
  const timezone = timezoneOf(configuration(), alarm);
  const history = store.history(alarm.id);
  const isUsed = notification?.used !== undefined;
  const { campuses } = configuration();
  const campus = campuses.get(alarm.campus) ?? campuses.values().next().value;
  const lasts =
    alarm.cleared === undefined ? acknowledgementLasts(campus, alarm.severity) : undefined;
  return {
    alarm,
    others,
    timezone,
    now: clock.now(),
    token,
    history,
    told: outbox.ofAlarm(alarm.id),
    isUsed,
    lasts,
  };
}

const wantsJson = (accept = ''): boolean =>
  accept.includes('application/json') && !accept.includes('text/html');

function asPage(reply: FastifyReply): void {
  reply.type('text/html; charset=utf-8').header('content-security-policy', PAGE_POLICY);
}

const GUESSES_A_MINUTE = 60;

/**
 * Counts wrong links. Only those are turned away when there are too many: whoever holds a right one
 * gets through at any time, however busy a guesser is.
 */
class Guesses {
  readonly #clock: Clock;
  #minute: Millis = 0;
  #wrong = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  count(error: CodedError): CodedError {
    if (error.code !== 'LINK_INVALID') return error;
    const minute = Math.floor(this.#clock.now() / 60_000);
    if (minute !== this.#minute) this.#wrong = 0;
    this.#minute = minute;
    this.#wrong += 1;
    return this.#wrong > GUESSES_A_MINUTE ? new CodedError('LINK_GUESSED') : error;
  }
}
