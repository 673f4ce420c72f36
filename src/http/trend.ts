import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Alarm } from '../alarms/alarm.ts';
import type { Millis } from '../clock.ts';
import { localTime } from '../notify/compose.ts';
import { type Html, html } from './html.ts';
import type { HttpParts } from './parts.ts';

const SHOWN: Millis = 6 * 3_600_000;
const MAX_POINTS = 720;
/** Whoever opens the page in the night gets it without the trend rather than late. */
const PATIENCE: Millis = 2_000;

const WIDTH = 320;
const HEIGHT = 96;

/** What the reader answers: readings, or hourly figures where these are too many. */
const Answer = Type.Object({
  series: Type.Array(
    Type.Object({
      points: Type.Array(
        Type.Object({
          time: Type.String(),
          value: Type.Optional(Type.Number()),
          mean: Type.Optional(Type.Number()),
        }),
      ),
    }),
  ),
});

export interface TrendPoint {
  time: Millis;
  value: number;
}

export interface Trend {
  from: Millis;
  to: Millis;
  points: readonly TrendPoint[];
  /** Of the metric: an alarm about its rate, or about minutes, has another. */
  unit: string;
}

/** The last hours of what an alarm is about; undefined where there is nothing to draw, or not in time. */
export async function readTrend(
  { catalogue, reader, clock, log }: HttpParts,
  alarm: Alarm,
): Promise<Trend | undefined> {
  const state = catalogue.devices.get(`${alarm.campus}/${alarm.device}`);
  const series = alarm.metric === undefined ? undefined : state?.series.get(alarm.metric);
  if (!state || series?.spec.type !== 'number') return undefined;
  const to = clock.now() + 1;
  const from = to - SHOWN;
  const { timezone } = state.device.campus;
  const one = { id: series.id, metric: series.metric, type: series.spec.type };
  const query = {
    series: [one],
    from,
    to,
    resolution: 'auto',
    timezone,
    limit: MAX_POINTS,
  } as const;
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = clock.after(PATIENCE, () => resolve(undefined));
  try {
    const bytes = await Promise.race([reader.readings(query), late]);
    if (!bytes) return undefined;
    const [found] = Value.Parse(Answer, JSON.parse(bytes.toString())).series;
    const points = (found?.points ?? []).flatMap(({ time, value, mean }) => {
      const shown = value ?? mean;
      return shown === undefined ? [] : [{ time: Date.parse(time), value: shown }];
    });
    return points.length < 2 ? undefined : { from, to, points, unit: series.spec.unit ?? '' };
  } catch (error) {
    log.warn({ err: error }, 'a trend could not be read; the page is shown without it');
    return undefined;
  } finally {
    timer.cancel();
  }
}

/** A small line chart with the limit; it needs neither script nor style of its own. */
export function trendChart(
  { from, to, points, unit }: Trend,
  alarm: Alarm,
  timezone: string,
): Html {
  const limit = alarm.unit === unit ? alarm.limit : undefined;
  const values = points.map(({ value }) => value);
  const low = Math.min(...values, limit ?? Number.POSITIVE_INFINITY);
  const high = Math.max(...values, limit ?? Number.NEGATIVE_INFINITY);
  const x = (time: Millis) => round(((time - from) / (to - from)) * WIDTH);
  // a level line lies in the middle
  const y = (value: number) =>
    round(high === low ? HEIGHT / 2 : 4 + ((high - value) / (high - low)) * (HEIGHT - 8));
  const line = points.map(({ time, value }) => `${x(time)},${y(value)}`).join(' ');
  const began = alarm.since < from ? undefined : x(alarm.since);
  const beganLine =
    began === undefined
      ? undefined
      : html`<line class="began" x1="${began}" x2="${began}" y1="0" y2="${HEIGHT}"/>`;
  const lowest = Math.min(...values);
  const highest = Math.max(...values);
  const label = `${localTime(from, timezone)} – ${localTime(to, timezone)}：${lowest} ~ ${highest} ${unit}`;
  const limitLine =
    limit === undefined
      ? undefined
      : html`<line class="limit" x1="0" x2="${WIDTH}" y1="${y(limit)}" y2="${y(limit)}"/>`;
  const latest = points.at(-1);
  const now =
    latest === undefined
      ? undefined
      : html`<p class="now">最新 <b>${latest.value} ${unit}</b> <small>${localTime(latest.time, timezone)} newest</small></p>
`;
  return html`<h2>最近 6 小时 <small>Last 6 hours</small></h2>
<div class="card">${now}<svg class="trend" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${limitLine}${beganLine}<polyline points="${line}"/></svg>
<small>${label}${limit === undefined ? '' : `；红色虚线为限值 limit ${limit} ${unit}`}${began === undefined ? '' : '；灰色竖线为开始 grey: its beginning'}</small></div>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
