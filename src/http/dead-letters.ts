import { isUtf8 } from 'node:buffer';
import { type Static, Type } from 'typebox';
import type { Millis } from '../clock.ts';
import type { DeadLetter, DeadLetters } from '../pipeline/dead-letters.ts';
import { about } from '../validation.ts';
import { readCursor } from './alarms.ts';
import type { App } from './app.ts';
import type { HttpParts } from './parts.ts';
import { Cursor, failures, iso, Limit, Next, Time } from './shapes.ts';

/** Bytes of a payload that are shown. */
const SHOWN = 4096;
/** Letters at once. */
export const MAX_PAGE = 1000;
/** As many as are kept, each with a COMMIT of its own. */
const REPLAY_TIMEOUT: Millis = 6 * 3_600_000;

const Reason = Type.String({
  pattern: '^[A-Z][A-Z0-9_]{0,63}$',
  ...about('A code of the error catalogue', '错误代码'),
});

const DeadLetterShape = Type.Object({
  id: Type.Integer(),
  received: Time('When it came', '接收时间'),
  topic: Type.String(),
  replayed: Type.Boolean(
    about(
      'A retained message: taken again it rings nobody, unless it is newer than what is known of the device',
      '保留消息：重放时不报警，除非比该设备已知的读数更新',
    ),
  ),
  reason: Type.String(about('A code of the error catalogue', '错误代码')),
  detail: Type.String(about('What was found', '具体原因')),
  bytes: Type.Integer(about('Of the whole payload', '报文总字节数')),
  payload: Type.String(about(`Its first ${SHOWN} bytes`, `报文前 ${SHOWN} 字节`)),
  encoding: Type.Enum(['utf8', 'base64']),
});

/** A page of them, as the API and the command line say it. */
export const DeadLetterPage = Type.Object({
  kept: Type.Integer(about('In all', '总数')),
  deadLetters: Type.Array(DeadLetterShape),
  next: Next,
});
type DeadLetterPage = Static<typeof DeadLetterPage>;

const Selection = Type.Object(
  {
    ids: Type.Optional(Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1, maxItems: 1000 })),
    reason: Type.Optional(Reason),
  },
  {
    additionalProperties: false,
    ...about('All of them where it is empty; else both must hold', '为空则全部，否则须同时满足'),
  },
);

/** Adds the routes of dead letters. */
export function addDeadLetterRoutes(app: App, parts: HttpParts): void {
  app.get(
    '/api/v1/dead-letters',
    {
      schema: {
        tags: ['data'],
        summary: '死信列表 / Dead letters',
        description: 'Payloads that could not be decoded or admitted, oldest first.',
        querystring: Type.Object(
          { reason: Type.Optional(Reason), limit: Limit(50, MAX_PAGE), cursor: Cursor },
          { additionalProperties: false },
        ),
        response: {
          200: DeadLetterPage,
          ...failures,
        },
      },
    },
    async ({ query }) => pageOf(parts.deadLetters, query),
  );

  app.post(
    '/api/v1/dead-letters/replay',
    {
      handlerTimeout: REPLAY_TIMEOUT,
      schema: {
        tags: ['data'],
        summary: '重放死信 / Take dead letters again',
        description: 'Takes dead letters again, after their cause was corrected.',
        body: Selection,
        response: {
          200: Type.Object({
            replayed: Type.Integer(about('Taken, and kept no longer', '已采纳')),
            refused: Type.Integer(about('Refused again', '仍被拒绝')),
          }),
          ...failures,
        },
      },
    },
    async ({ body }) => parts.replayDeadLetters(body),
  );
}

/** Those after the cursor, oldest first. */
export function pageOf(
  deadLetters: DeadLetters,
  {
    reason,
    limit,
    cursor,
  }: { reason?: string | undefined; limit: number; cursor?: string | undefined },
): DeadLetterPage {
  const after = readCursor(cursor) ?? 0;
  const found = deadLetters.list({ after, reason, limit: limit + 1 });
  const shown = found.slice(0, limit);
  const next = found.length > limit ? shown.at(-1)?.id.toString() : undefined;
  return { kept: deadLetters.kept, deadLetters: shown.map(say), next };
}

function say({ id, received, topic, replayed, reason, detail, payload }: DeadLetter) {
  const shown = payload.subarray(0, SHOWN);
  const encoding = isUtf8(shown) ? ('utf8' as const) : ('base64' as const);
  return {
    id,
    received: iso(received),
    topic,
    replayed,
    reason,
    detail,
    bytes: payload.length,
    payload: shown.toString(encoding),
    encoding,
  };
}
