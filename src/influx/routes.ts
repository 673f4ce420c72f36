import { Type } from 'typebox';
import { CodedError } from '../errors.ts';
import type { App } from '../http/app.ts';
import type { HttpParts } from '../http/parts.ts';
import { failures } from '../http/shapes.ts';
import { about, DateOnly } from '../validation.ts';
import type { ExportProgress } from './history.ts';
import { rangeOf } from './range.ts';

/** How far an export is. */
export const ProgressShape = Type.Object({
  from: Type.String(about('Included (ISO 8601)', '起始（含）')),
  until: Type.String(about('Excluded (ISO 8601)', '截止（不含）')),
  series: Type.Integer(about('Series to read', '序列总数')),
  finished: Type.Integer(about('Series that are through', '已完成的序列')),
  sent: Type.Integer(about('Readings sent', '已发送读数')),
  done: Type.Boolean(),
  problem: Type.Optional(Type.String(about('Why nothing gets through now', '当前无法发送的原因'))),
});

/** Adds the routes that send stored history to InfluxDB. */
export function addInfluxRoutes(
  app: App,
  { influx, configuration }: Pick<HttpParts, 'influx' | 'configuration'>,
): void {
  const need = () => {
    if (!influx) throw new CodedError('INFLUX_MISSING');
    return influx;
  };
  const say = ({ from, until, series, finished, sent, done }: ExportProgress) => ({
    from: new Date(from).toISOString(),
    until: new Date(until).toISOString(),
    series,
    finished,
    sent,
    done,
    problem: done ? undefined : need().status().problem,
  });

  app.post(
    '/api/v1/exports/influx',
    {
      schema: {
        tags: ['data'],
        summary: '补写历史到 InfluxDB / Send stored history to InfluxDB',
        description:
          'Sends the stored readings of some days, behind what is new. Asking again for the same days goes on where it was; other days take their place.',
        body: Type.Object(
          {
            from: DateOnly(about('The first day', '起始日')),
            until: Type.Optional(
              DateOnly(about('The last day; else up to now', '截止日，缺省为现在')),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 200: ProgressShape, ...failures },
      },
    },
    async ({ body }) => {
      const { from, until } = rangeOf(body.from, body.until, configuration());
      return say(need().export(from, until));
    },
  );

  app.get(
    '/api/v1/exports/influx',
    {
      schema: {
        tags: ['data'],
        summary: '历史补写进度 / How far the sending of history is',
        description: 'The export that was begun last, if there was one.',
        response: {
          200: Type.Object({ export: Type.Optional(ProgressShape) }),
          ...failures,
        },
      },
    },
    async () => {
      const progress = need().exportProgress;
      return { export: progress && say(progress) };
    },
  );
}
