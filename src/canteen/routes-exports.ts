import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { Millis } from '../clock.ts';
import type { App } from '../http/app.ts';
import type { HttpParts } from '../http/parts.ts';
import { failures } from '../http/shapes.ts';
import { about, DateOnly, Id } from '../validation.ts';
import { checkValues, needCampus } from './books.ts';
import { LEDGERS } from './ledgers.ts';
import { periodsOf } from './periods.ts';
import { closed } from './routes-common.ts';
import { traceRules } from './trace-rules.ts';

export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

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
  const { canteen: books, reader, clock } = parts;

  app.get(
    '/api/v1/canteen/ledgers/:ledger.xlsx',
    {
      handlerTimeout: EXPORT_TIMEOUT,
      schema: {
        tags: ['canteen'],
        summary: '台账导出 / A ledger as XLSX',
        description:
          '进货查验 receiving、出库 uses、处置 disposals、留样 samples、召回 recalls、供货者 suppliers、溯源演练 drills; in the columns that schools keep, for printing and inspection.',
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
      checkValues('query', { from, to });
      const [range] = periodsOf(needCampus(books, campus), from, to, 'whole');
      if (!range) throw new Error('a range without days');
      const { connection } = books.database;
      const rules = traceRules(connection, books.configuration(), campus, clock.now());
      const file = await reader.ledger(rules, ledger, { from: range.from, to: range.to });
      return attach(reply, XLSX, `${ledger}-${from}-${to}.xlsx`).send(file);
    },
  );
}

/** What a browser saves under a name. */
const attach = (reply: FastifyReply, type: string, name: string): FastifyReply =>
  reply.type(type).header('content-disposition', `attachment; filename="${name}"`);
