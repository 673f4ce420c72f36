import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Millis } from '../clock.ts';
import { CodedError } from '../errors.ts';
import type { App } from '../http/app.ts';
import type { HttpParts } from '../http/parts.ts';
import { printPolicy } from '../http/print-page.ts';
import { failures } from '../http/shapes.ts';
import { about, DateOnly, Id } from '../validation.ts';
import { type Books, checkValues, need, needCampus } from './books.ts';
import { CARDS, type CardSubject } from './card-links.ts';
import { batchCard, type CardFrame, forwardCard, mealCard } from './card-page.ts';
import { toDish } from './kitchen-rows.ts';
import { sampleLabelPage } from './label-page.ts';
import type { CanteenQuestion } from './questions.ts';
import { Meal, RecordId } from './records.ts';
import { CampusQuery, RecordPath } from './routes-common.ts';
import { readSample } from './samples.ts';
import { BatchTraceShape, ForwardShape, MealTraceShape } from './shapes.ts';
import { traceRules } from './trace-rules.ts';

const Page = {
  200: {
    description: 'A page to print',
    content: { 'text/html': { schema: Type.String(about('HTML', '网页')) } },
  },
  ...failures,
};

const LISTS = [
  [
    'supplier',
    'suppliers',
    {
      summary: '溯源卡：供货者 / Trace card of a supplier',
      description: 'What it delivered in the last 90 days and where that went, to print.',
    },
  ],
  [
    'recall',
    'recalls',
    {
      summary: '召回清单 / The list of a recall',
      description: 'Its batches, what is left where, and who ate of them, to print.',
    },
  ],
] as const;

/** Of a supplier's card. */
const DELIVERED: Millis = 90 * 86_400_000;

/** Adds the pages that are printed: trace cards and labels. */
export function addCardRoutes(app: App, parts: HttpParts): void {
  const { canteen: books } = parts;

  app.get(
    '/api/v1/canteen/cards/meals/:day/:meal',
    {
      schema: {
        tags: ['canteen'],
        summary: '溯源卡：一餐 / Trace card of a meal',
        description: 'One sheet to print, with a QR code that opens it on a phone.',
        params: Type.Object({ day: DateOnly(), meal: Meal }),
        querystring: CampusQuery,
        response: Page,
      },
    },
    async (request, reply) => {
      const { day, meal } = request.params;
      const { campus } = request.query;
      checkValues('path', { day });
      return answerCard(parts, { kind: 'meal', campus, id: `${day}.${meal}` }, request, reply);
    },
  );

  app.get(
    '/api/v1/canteen/cards/batches/:id',
    {
      schema: {
        tags: ['canteen'],
        summary: '溯源卡：一批 / Trace card of a batch',
        description: 'One sheet to print; its QR code also names the batch when goods are taken.',
        params: RecordPath,
        querystring: CampusQuery,
        response: Page,
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      return answerCard(parts, { kind: 'batch', campus: request.query.campus, id }, request, reply);
    },
  );

  for (const [kind, plural, words] of LISTS) {
    app.get(
      `/api/v1/canteen/cards/${plural}/:id`,
      {
        schema: {
          tags: ['canteen'],
          summary: words.summary,
          description: words.description,
          params: RecordPath,
          querystring: CampusQuery,
          response: Page,
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        return answerCard(parts, { kind, campus: request.query.campus, id }, request, reply);
      },
    );
  }

  app.get(
    '/api/v1/canteen/cards/samples/:id',
    {
      schema: {
        tags: ['canteen'],
        summary: '留样标签页 / Label of a food sample to print',
        description: 'For a label printer of 70 × 50 mm; its QR code opens the card of the meal.',
        params: RecordPath,
        querystring: CampusQuery,
        response: Page,
      },
    },
    async (request, reply) => {
      const { campus } = request.query;
      const { timezone } = needCampus(books, campus);
      const sample = readSample(books, campus, request.params.id);
      const dish = toDish(need(books, 'dish', campus, sample.dish));
      const subject = { kind: 'meal', campus, id: `${dish.day}.${dish.meal}` } as const;
      const device = books.configuration().devices.get(`${campus}/${sample.place}`);
      const address = addressOf(parts, subject, request);
      reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', printPolicy('label'));
      return sampleLabelPage(sample, dish, {
        ...{ timezone, address },
        fridge: device?.name ?? sample.place,
      });
    },
  );

  app.get(
    '/c/:kind/:campus/:id/:signature',
    {
      config: { open: true },
      schema: {
        tags: ['pages'],
        summary: '扫码溯源 / A trace card by its QR code',
        description: 'What the QR code of a printed card opens; its address is signed.',
        security: [],
        params: Type.Object({
          kind: Type.Enum([...CARDS]),
          campus: Id(),
          id: RecordId(),
          signature: Type.String({ maxLength: 30 }),
        }),
        response: Page,
      },
    },
    async (request, reply) => {
      const { signature, ...subject } = request.params;
      if (!parts.cards.isSigned(subject, signature)) throw new CodedError('LINK_INVALID');
      return answerCard(parts, subject, request, reply);
    },
  );
}

type From = Pick<FastifyRequest, 'protocol' | 'host'>;

async function answerCard(
  parts: HttpParts,
  subject: CardSubject,
  from: From,
  reply: FastifyReply,
): Promise<string> {
  const { canteen: books, clock, reader } = parts;
  const { campus, kind, id } = subject;
  const { name, timezone } = needCampus(books, campus);
  const now = clock.now();
  const rules = traceRules(books.database.connection, books.configuration(), campus, now);
  const frame: CardFrame = {
    school: name,
    timezone,
    now,
    address: addressOf(parts, subject, from),
  };
  reply.type('text/html; charset=utf-8').header('content-security-policy', printPolicy('sheet'));
  if (kind === 'batch') {
    const answer = await reader.canteen(rules, { kind, batch: id });
    return batchCard(Value.Parse(BatchTraceShape, JSON.parse(answer.toString())), frame);
  }
  if (kind === 'supplier' || kind === 'recall') {
    const { title, note, question } = listOf(books, subject, now);
    const answer = await reader.canteen(rules, question);
    return forwardCard(
      title,
      note,
      Value.Parse(ForwardShape, JSON.parse(answer.toString())),
      frame,
    );
  }
  const [day = '', meal] = id.split('.');
  const question = { kind, day, meal: Value.Parse(Meal, meal) };
  const answer = await reader.canteen(rules, question);
  return mealCard(Value.Parse(MealTraceShape, JSON.parse(answer.toString())), frame);
}

/** What a list is called and asks. Throws RECORD_UNKNOWN. */
function listOf(
  books: Books,
  { kind, campus, id }: CardSubject,
  now: Millis,
): { title: string; note: string; question: CanteenQuestion } {
  if (kind === 'recall') {
    const { reason, person } = need(books, 'food_recall', campus, id);
    const question = { kind, recall: id } as const;
    return { title: '召回清单', note: `原因：${reason}；召回人：${person}`, question };
  }
  const { name } = need(books, 'supplier', campus, id);
  const question = { kind: 'supplier', supplier: id, from: now - DELIVERED, to: now + 1 } as const;
  return { title: `供货者溯源卡 ${name}`, note: '近 90 天的进货', question };
}

/** Where phones reach this gateway; else as whoever prints does. */
function addressOf(
  { cards, configuration }: HttpParts,
  subject: CardSubject,
  { protocol, host }: From,
): string {
  const { publicUrl } = configuration().machine.http;
  return `${publicUrl?.replace(/\/+$/, '') ?? `${protocol}://${host}`}${cards.path(subject)}`;
}
