import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { Millis } from '../clock.ts';
import type { App } from '../http/app.ts';
import type { HttpParts } from '../http/parts.ts';
import { failures } from '../http/shapes.ts';
import { about, DateOnly, Id } from '../validation.ts';
import { checkValues, needCampus } from './books.ts';
import { LEDGERS } from './ledgers.ts';
import { rangeOf } from './periods.ts';
import { closed } from './routes-common.ts';
import { traceRules } from './trace-rules.ts';

export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

const JSON_LD = 'application/ld+json';

/** A year of a school takes a while. */
const EXPORT_TIMEOUT: Millis = 600_000;

const Days = Type.Object(
  {
    campus: Id(),
    from: DateOnly(about('The first day', '起始日')),
    to: DateOnly(about('The last day', '截止日')),
  },
  closed,
);

/** Adds the routes of what leaves the canteen as a file. */
export function addExportRoutes(app: App, parts: HttpParts): void {
  const { reader } = parts;

  app.get(
    '/api/v1/canteen/ledgers/:ledger.xlsx',
    {
      handlerTimeout: EXPORT_TIMEOUT,
      schema: {
        tags: ['canteen'],
        summary: '台账导出 / A ledger as XLSX',
        description:
          '进货查验 receiving、温度记录 temperatures、出库 uses、处置 disposals、留样 samples、召回 recalls、供货者 suppliers、溯源演练 drills; in the columns that schools keep, for printing and inspection.',
        params: Type.Object({ ledger: Type.Enum([...LEDGERS], about('Which', '台账')) }),
        querystring: Days,
        response: {
          200: {
            description: 'XLSX',
            content: { [XLSX]: { schema: Type.Unsafe<Buffer>(Type.String()) } },
          },
          ...failures,
        },
      },
    },
    async ({ params: { ledger }, query: { campus, from, to } }, reply) => {
      const { rules, range } = asked(parts, campus, from, to);
      const file = await reader.ledger(rules, ledger, range);
      return attach(reply, XLSX, `${ledger}-${from}-${to}.xlsx`).send(file);
    },
  );

  app.get(
    '/api/v1/canteen/epcis.json',
    {
      handlerTimeout: EXPORT_TIMEOUT,
      schema: {
        tags: ['canteen'],
        summary: 'EPCIS 2.0 事件 / EPCIS 2.0 events',
        description:
          'Receiving, storing with hourly temperatures, transforming, sampling, recall and destruction as an EPCISDocument (GS1 EPCIS 2.0, JSON-LD).',
        querystring: Days,
        response: {
          200: {
            description: 'An EPCISDocument',
            content: { [JSON_LD]: { schema: Type.Unsafe<Buffer>(Type.Object({})) } },
          },
          ...failures,
        },
      },
    },
    async ({ query: { campus, from, to } }, reply) => {
      const { rules, range } = asked(parts, campus, from, to);
      const file = await reader.epcis(rules, range);
      return attach(reply, JSON_LD, `epcis-${from}-${to}.json`).send(file);
    },
  );
}

/** The days that are asked for. Throws REQUEST_INVALID or CAMPUS_UNKNOWN. */
function asked({ canteen: books, clock }: HttpParts, campus: string, from: string, to: string) {
  checkValues('query', { from, to });
  const school = needCampus(books, campus);
  const rules = traceRules(books.database.connection, books.configuration(), campus, clock.now());
  return { rules, range: rangeOf(school, from, to) };
}

/** What a browser saves under a name. */
const attach = (reply: FastifyReply, type: string, name: string): FastifyReply =>
  reply.type(type).header('content-disposition', `attachment; filename="${name}"`);
