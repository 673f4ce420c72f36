import { Type } from 'typebox';
import { about, Id } from '../validation.ts';
import type { App } from './app.ts';
import type { HttpParts } from './parts.ts';
import { failures, Moment, Time } from './shapes.ts';
import { readMoment } from './validator.ts';

const DAY = 86_400_000;
const MAX_DAYS = 400;

const Sources = (en: string, zh: string) =>
  Type.Array(Type.Object({ source: Type.String(), count: Type.Integer() }), about(en, zh));

const StatisticsShape = Type.Object({
  from: Time('From', '起'),
  to: Time('Until', '止'),
  alarms: Type.Integer(
    about('Raised and told; no drills, none suppressed', '报警数，不含演练与被抑制的'),
  ),
  perTenMinutes: Type.Object(
    { mean: Type.Number(), peak: Type.Integer(), peakAt: Type.Optional(Type.String()) },
    about('Alarms in ten minutes', '每 10 分钟报警数'),
  ),
  floodPercent: Type.Number(
    about('Part of the time with ten or more in ten minutes', '报警泛滥时间占比 %'),
  ),
  chattering: Sources('Three times or more within a minute', '一分钟内反复三次及以上的报警'),
  topTen: Sources('Raised most', '报警最多的十项'),
  topTenPercent: Type.Number(about('Their part of all', '前十项占比 %')),
  acknowledgement: Type.Object(
    {
      count: Type.Integer(),
      median: Type.Optional(Type.Number()),
      p95: Type.Optional(Type.Number()),
    },
    about('From raised to acknowledged, ms', '从报警到确认的毫秒数'),
  ),
  stale: Type.Array(
    Type.Integer(),
    about('Ids of alarms that have lasted for more than 24 h', '持续超过 24 小时的报警编号'),
  ),
});

/** Adds the figures of ISA-18.2. */
export function addAlarmStatisticsRoute(app: App, { clock, reader }: HttpParts): void {
  app.get(
    '/api/v1/alarms/statistics',
    {
      schema: {
        tags: ['alarms'],
        summary: '报警统计 / Figures of the alarm system',
        description: `How much the alarms ask of people, as ISA-18.2 counts; at most ${MAX_DAYS} days.`,
        querystring: Type.Object(
          {
            campus: Type.Optional(Id()),
            from: Type.Optional(Moment('From; a week before `to` if absent', '起，缺省为止前一周')),
            to: Type.Optional(Moment('Until; now if absent', '止，缺省为现在')),
          },
          { additionalProperties: false },
        ),
        response: {
          200: {
            description: 'The figures',
            content: { 'application/json': { schema: Type.Unsafe<Buffer>(StatisticsShape) } },
          },
          ...failures,
        },
      },
    },
    async ({ query }, reply) => {
      const to = query.to === undefined ? clock.now() : readMoment('query.to', query.to);
      const from = query.from === undefined ? to - 7 * DAY : readMoment('query.from', query.from);
      const range = { from: Math.max(from, to - MAX_DAYS * DAY), to };
      const figures = await reader.alarmStatistics({ ...range, campus: query.campus });
      return reply.type('application/json; charset=utf-8').send(figures);
    },
  );
}
