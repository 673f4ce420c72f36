import { Readable } from 'node:stream';
import { type Static, Type } from 'typebox';
import type { Clock, Millis } from '../clock.ts';
import type { DeviceState } from '../pipeline/catalogue.ts';
import { about, Id } from '../validation.ts';
import type { App } from './app.ts';
import { DevicePath, findDevice } from './devices.ts';
import type { HttpParts } from './parts.ts';
import { failures, Moment, Time } from './shapes.ts';
import { readMoment, requestInvalid } from './validator.ts';

const DAY: Millis = 86_400_000;
const LONGEST: Millis = 20 * 366 * DAY;
/** An export may take long; it costs nothing while its receiver is slow. */
const EXPORT_TIMEOUT: Millis = 3_600_000;

const ReadingsQuery = Type.Object(
  {
    from: Type.Optional(Moment('Included; else a day before `to`', '起始（含），缺省为 to 前一天')),
    to: Type.Optional(Moment('Excluded; else now', '截止（不含），缺省为现在')),
    metric: Type.Optional(Id(about('Else all of the device', '缺省为全部指标'))),
    resolution: Type.Enum(['auto', 'raw', 'hour', 'day'], {
      default: 'auto',
      ...about(
        'auto: the finest that gives no more than about 2 000 points',
        'auto 为不超过约 2000 点的最细粒度',
      ),
    }),
    format: Type.Enum(['json', 'csv'], {
      default: 'json',
      ...about('csv: every reading, whatever the resolution', 'csv 总是导出全部原始读数'),
    }),
    limit: Type.Integer({
      minimum: 1,
      maximum: 100_000,
      default: 100_000,
      ...about('Points in all; metrics share them', '总点数上限，各指标均分'),
    }),
  },
  { additionalProperties: false },
);

const RawPoint = Type.Object({
  time: Time('Event time', '读数时间'),
  value: Type.Union([Type.Number(), Type.Boolean()]),
  quality: Type.Array(Type.String()),
});

const FiguresPoint = Type.Object({
  time: Time('Where the hour or day begins', '小时或日的起点'),
  count: Type.Integer(),
  min: Type.Number(),
  max: Type.Number(),
  mean: Type.Number(),
  first: Type.Number(),
  last: Type.Number(),
});

const ReadingsShape = Type.Object({
  resolution: Type.Enum(['raw', 'hour', 'day']),
  from: Time('Included; where an hour or day begins', '起始（含）'),
  to: Time('Excluded', '截止（不含）'),
  series: Type.Array(
    Type.Object({
      metric: Type.String(),
      unit: Type.Optional(Type.String()),
      points: Type.Union([Type.Array(RawPoint), Type.Array(FiguresPoint)]),
    }),
  ),
  truncated: Type.Boolean(about('There is more: go on from the last point', '未完，请从末点继续')),
});

/** Adds the route of a device's readings. */
export function addReadingRoutes(app: App, parts: HttpParts): void {
  app.get(
    '/api/v1/devices/:campus/:device/readings',
    {
      handlerTimeout: EXPORT_TIMEOUT,
      schema: {
        tags: ['campus'],
        summary: '设备读数 / Readings of a device',
        description:
          'Readings, or hourly or daily figures, between two points in time. Hours and days are answered whole; days are the campus’s.',
        params: DevicePath,
        querystring: ReadingsQuery,
        response: {
          200: {
            description: 'The readings',
            content: {
              // ready bytes, made by the reader's thread
              'application/json': { schema: Type.Unsafe<Buffer>(ReadingsShape) },
              'text/csv': { schema: Type.Unsafe<Readable>(Type.String()) },
            },
          },
          ...failures,
        },
      },
    },
    async ({ params, query }, reply) => {
      const state = findDevice(parts, params);
      const { from, to } = rangeOf(query, parts.clock);
      const series = seriesOf(state, query.metric);
      if (query.format === 'csv') {
        const rows = parts.reader.export({ series, from, to });
        reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', `attachment; filename="${params.device}.csv"`);
        return Readable.from(rows, { objectMode: false });
      }
      const { resolution, limit } = query;
      const { timezone } = state.device.campus;
      reply.type('application/json; charset=utf-8');
      return parts.reader.readings({ series, from, to, resolution, timezone, limit });
    },
  );
}

function rangeOf(query: Static<typeof ReadingsQuery>, clock: Clock): { from: Millis; to: Millis } {
  const to = query.to === undefined ? clock.now() : readMoment('query.to', query.to);
  const from = query.from === undefined ? to - DAY : readMoment('query.from', query.from);
  if (from >= to || to - from > LONGEST) {
    const allowed = { en: 'before `to`, by 20 years at most', zh: '早于 to，且不超过 20 年' };
    throw requestInvalid('query.from', `${query.from}`, allowed);
  }
  return { from, to };
}

function seriesOf({ device, series }: DeviceState, metric: string | undefined) {
  const wanted = [...series.values()].filter(
    (one) => metric === undefined || one.metric === metric,
  );
  if (wanted.length === 0) {
    const list = [...series.keys()].join(', ');
    const allowed = { en: `one of ${list}`, zh: `其中之一：${list}` };
    throw requestInvalid('query.metric', `"${metric}"`, allowed);
  }
  return wanted.map(({ id, metric: name, spec }) => ({
    id,
    metric: name,
    type: spec.type,
    unit: spec.unit,
    device: device.key,
  }));
}
