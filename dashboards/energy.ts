import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Device } from '../src/campus/model.ts';
import { AUTO_STEP, type Select } from './influxql.ts';
import { MEDIA, type Medium, totalRate } from './media.ts';
import { DEVICE_ALIAS, nameSeries } from './names.ts';
import { type Placeable, series, stat } from './panels.ts';
import { among, chosen } from './selection.ts';
import { choiceOfPlaces, dashboard, type Placed, place, type Section } from './shell.ts';
import { buildingMeters, mains, ofKind, type Site } from './site.ts';
import { changeOverTime, changePanel } from './targets.ts';
import { waste } from './waste.ts';

/** 电与水: how much, where, against last year and the plan, and what runs at night? */
export function energy(site: Site): Dashboard {
  const media = MEDIA.filter(({ kind }) => ofKind(site, kind).length > 0);
  const meters = media.flatMap(({ kind }) => ofKind(site, kind));
  return dashboard(site, {
    uid: 'campus-energy',
    title: '电与水',
    description:
      'How much electricity and water do we use, where, against last year and the plan, and what runs at night?',
    choice: choiceOfPlaces(
      site,
      media.map(({ kind }) => kind),
    ),
    alarms: [among(meters)],
    from: 'now-7d',
    refresh: '5m',
    sections: media.flatMap((medium) => sections(site, medium)),
  });
}

function sections(site: Site, medium: Medium): Section[] {
  const { zh } = medium;
  return [
    { title: `${zh}：年度目标`, panels: plan(site, medium) },
    { title: `${zh}：各楼栋`, panels: buildings(site, medium) },
    { title: `${zh}：夜间与异常`, panels: waste(site, medium) },
  ];
}

/** Amounts that were used, by step. */
const amounts = (devices: readonly Device[], every: string, timezone: string): Select => ({
  select: ['sum("amount") AS "amount"'],
  from: ['consumption'],
  where: [...chosen, among(devices)],
  every,
  by: ['campus', 'device'],
  fill: 'none',
  timezone,
});

function plan(site: Site, medium: Medium): Placed[] {
  const { kind, zh, en, amountUnit } = medium;
  const roots = mains(site, kind);
  const daily = {
    queries: [{ query: amounts(roots, '1d', site.timezone), as: DEVICE_ALIAS }],
    unit: amountUnit,
    decimals: 0,
    min: 0,
    bars: true,
    stacked: true,
    overrides: nameSeries(site, roots),
    empty: '尚无用量数据',
  };
  return [
    place(6, 8, changePanel(site, medium)),
    place(18, 8, changeOverTime(site, medium)),
    place(
      12,
      8,
      series({
        ...daily,
        title: `每日${zh}（本期）`,
        description: `How much ${en} did the campus use each day? Consumption of the main meters, by day.`,
      }),
    ),
    place(
      12,
      8,
      series({
        ...daily,
        title: `每日${zh}（去年同期）`,
        description: `And how much was it on the same days last year? The same meters, one year earlier; compare the shapes, the verdict is the target's.`,
        timeShift: '1y',
      }),
    ),
  ];
}

function buildings(site: Site, medium: Medium): Placed[] {
  const { kind, zh, en, rate, amountUnit } = medium;
  const meters = buildingMeters(site, kind);
  const roots = mains(site, kind);
  const byMeter: Select = {
    select: [`mean("${rate.metric}") AS "rate"`],
    from: [kind],
    where: [...chosen, among(meters)],
    every: AUTO_STEP,
    by: ['campus', 'device'],
    fill: 'none',
  };
  return [
    place(
      6,
      9,
      stat({
        title: `此刻全校${rate.zh}`,
        description: `How much ${en} does the campus draw now? The sum of the main meters' newest step.`,
        queries: [{ query: totalRate(medium, roots, 'total'), as: rate.zh }],
        unit: rate.unit,
        decimals: 1,
        step: '5m',
        trend: true,
        empty: '无数据',
      }),
    ),
    place(
      18,
      9,
      series({
        title: `各楼栋${rate.zh}`,
        description: `Which building uses the ${en}? Each building's own meters; a meter and one that it feeds are never added.`,
        queries: [{ query: byMeter, as: DEVICE_ALIAS }],
        unit: rate.unit,
        decimals: 1,
        stacked: true,
        step: '5m',
        overrides: nameSeries(site, meters),
      }),
    ),
    place(
      12,
      9,
      series({
        title: `各楼栋每日${zh}量`,
        description: `Which building has to save, and does it? Consumption by day of each building's own meters.`,
        queries: [{ query: amounts(meters, '1d', site.timezone), as: DEVICE_ALIAS }],
        unit: amountUnit,
        decimals: 0,
        min: 0,
        bars: true,
        stacked: true,
        overrides: nameSeries(site, meters),
        empty: '尚无用量数据',
      }),
    ),
    place(12, 9, unmetered(medium, roots, meters)),
  ];
}

/** What the mains measure and no meter below them does. */
function unmetered(medium: Medium, roots: readonly Device[], meters: readonly Device[]): Placeable {
  const { en, rate } = medium;
  return series({
    title: `未计量的${rate.zh}`,
    description: `Does ${en} go where no meter counts it? The mains less all that they feed; lastingly above 15 % of the mains, look for a leak or a wrongly wired meter.`,
    queries: [
      {
        query: {
          select: ['sum("main") - sum("below") AS "unmetered"'],
          from: [totalRate(medium, roots, 'main'), totalRate(medium, meters, 'below')],
          every: AUTO_STEP,
          fill: 'none',
        },
        as: '未计量',
      },
      { query: totalRate(medium, roots, 'main'), as: '总表' },
    ],
    unit: rate.unit,
    decimals: 1,
    step: '15m',
  });
}
