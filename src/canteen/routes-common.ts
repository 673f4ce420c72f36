import { randomUUID } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { type TSchema, Type } from 'typebox';
import type { Millis } from '../clock.ts';
import type { HttpParts } from '../http/parts.ts';
import { failures, Moment } from '../http/shapes.ts';
import { requestInvalid } from '../http/validator.ts';
import { about, Id, Name } from '../validation.ts';
import type { Act } from './books.ts';
import { sayTimes } from './moments.ts';
import type { CanteenQuestion } from './questions.ts';
import { Reason, RecordId } from './records.ts';
import { traceRules } from './trace-rules.ts';

// What the canteen's routes have in common.

export const closed = { additionalProperties: false };

/** Who writes what when; part of every body that writes. */
export const act = {
  campus: Id(),
  id: Type.Optional(
    RecordId(
      about(
        'Made by the phone, so that what is sent twice is written once; else the gateway makes one',
        '由手机生成，重复提交只记一次；缺省由网关生成',
      ),
    ),
  ),
  person: Name(about('Who did it', '操作人')),
  time: Type.Optional(Moment('When it happened; else now', '发生时间，缺省为现在')),
};

/** The same, of what needs a reason. */
export const actWithReason = { ...act, reason: Reason() };

interface ActBody {
  campus: string;
  id?: string;
  person: string;
  time?: string;
}

export function actOf(body: ActBody): Act {
  const { campus, id = randomUUID(), person, time } = body;
  return { campus, id, person, time: time === undefined ? undefined : momentIn('body.time', time) };
}

/** What a body says beside who wrote it and when. */
export function contentOf<B extends ActBody>(body: B): Omit<B, keyof ActBody> {
  const { campus: _c, id: _i, person: _p, time: _t, ...content } = body;
  return content;
}

/** The pattern lets a 31st of February through. Throws REQUEST_INVALID. */
export function momentIn(where: string, text: string): Millis {
  const time = Date.parse(text);
  if (Number.isNaN(time)) {
    throw requestInvalid(where, JSON.stringify(text), { en: 'a time that exists', zh: '有效时间' });
  }
  return time;
}

export const CampusQuery = Type.Object({ campus: Id() }, closed);
export const RecordPath = Type.Object({ id: RecordId() });

/** The answer of a route that sends ready JSON: see `send`. */
export const answers = (schema: TSchema) => ({
  200: {
    description: 'The answer',
    content: { 'application/json': { schema: Type.Unsafe<Buffer>(schema) } },
  },
  ...failures,
});

/** Sends facts as JSON: moments as ISO 8601, what is not known is left out. */
export function send(reply: FastifyReply, facts: object): Buffer {
  reply.type('application/json; charset=utf-8');
  return Buffer.from(JSON.stringify(facts, sayTimes));
}

/** Asks the reader's thread, which no alarm waits for. */
export function ask(
  { canteen, reader, configuration, clock }: HttpParts,
  reply: FastifyReply,
  campus: string,
  question: CanteenQuestion,
): Promise<Buffer> {
  const { connection } = canteen.database;
  const rules = traceRules(connection, configuration(), campus, clock.now());
  reply.type('application/json; charset=utf-8');
  return reader.canteen(rules, question);
}
