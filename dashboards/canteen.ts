import type { Dashboard, Threshold } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Profile } from '../src/campus/profile.ts';
import { alarmColumns, countLasting, happened, lasting, ruleIn } from './alarms.ts';
import { AUTO_STEP, type Select } from './influxql.ts';
import {
  COLOURS,
  fromOne,
  GOOD,
  type LimitGroup,
  limitGroups,
  limitsOf,
  stepsOf,
} from './limits.ts';
import { DEVICE_ALIAS, nameColumns, nameSeries, property } from './names.ts';
import { bars, history, series, stat, table } from './panels.ts';
import { among, chosen } from './selection.ts';
import { choiceOfPlaces, dashboard, type Placed, place } from './shell.ts';
import { ofKind, type Site, silenceRules } from './site.ts';
import { COUNT, unitOf } from './units.ts';

const KIND = 'cold_storage';
const METRIC = 'temperature';
const UNIT = unitOf('℃');
const MINUTE = 60_000;

/** How long each cell of the coverage stands for. */
const CELL_MINUTES = 30;

/** 食堂冷链: is the food safe, was it all night, and can we prove it? */
export function canteen(site: Site): Dashboard {
  const units = ofKind(site, KIND);
  const groups = limitGroups(units, METRIC);
  const theirs = [among(units)];
  return dashboard(site, {
    uid: 'campus-canteen',
    title: '食堂冷链',
    description:
      'Is every cold unit within its own limits, was it all the time, and is it watched?',
    choice: choiceOfPlaces(site, [KIND]),
    alarms: theirs,
    from: 'now-24h',
    refresh: '1m',
    sections: [
      { title: '现在', panels: groups.length > 0 ? now(site, groups, theirs) : [] },
      { title: '温度曲线', panels: groups.map((group) => place(24, 9, curve(site, group))) },
      { title: '达标与覆盖', panels: groups.length > 0 ? proof(site, groups) : [] },
      { title: '超温记录', panels: excursions(site, theirs) },
    ],
  });
}

/** The newest temperature of each unit of a group. */
const newest = (devices: LimitGroup['devices'], range: string): Select => ({
  select: [`last("${METRIC}") AS "value"`],
  from: [KIND],
  where: [...chosen, among(devices)],
  range,
  by: ['campus', 'device'],
});

/** Those units whose newest temperature is out of their limits. */
export function outOfRange(groups: readonly LimitGroup[]): Select {
  const breaches = groups.flatMap(({ devices, outside }) =>
    outside.map(
      ([sign, limit]): Select => ({
        select: ['"value"'],
        from: [newest(devices, '15m')],
        where: [`"value" ${sign} ${limit}`],
      }),
    ),
  );
  return { select: ['count("value") AS "units"'], from: breaches };
}

function now(site: Site, groups: readonly LimitGroup[], theirs: readonly string[]): Placed[] {
  const units = groups.flatMap(({ devices }) => devices);
  const silent = [...theirs, ruleIn(silenceRules(units))];
  const limited = groups.filter(({ outside }) => outside.length > 0);
  return [
    ...(limited.length === 0
      ? []
      : [
          place(
            5,
            5,
            stat({
              title: '此刻超限的冷柜',
              description:
                'How many units are out of their limits right now? Counts newest readings of the last 15 minutes, each against the limits of its own rules; a defrost counts too, so look at the alarms before running.',
              queries: [{ query: outOfRange(limited), as: '超限' }],
              unit: COUNT,
              steps: fromOne(COLOURS.major),
              empty: '0',
            }),
          ),
        ]),
    place(
      5,
      5,
      stat({
        title: '未恢复的冷链报警',
        description:
          'How many cold units need somebody now? Alarms of cold units whose condition still lasts, acknowledged or not.',
        queries: [{ query: countLasting(theirs), as: '报警' }],
        unit: COUNT,
        steps: fromOne(COLOURS.major),
        empty: '0',
      }),
    ),
    place(
      5,
      5,
      stat({
        title: '失去监测的冷柜',
        description:
          'Which share of the food is not watched? Units that fell silent: read their thermometers by hand and note it.',
        queries: [{ query: countLasting(silent), as: '失联' }],
        unit: COUNT,
        steps: fromOne(COLOURS.minor),
        empty: '0',
      }),
    ),
    place(
      9,
      Math.max(5, units.length + 2),
      bars({
        title: '各冷柜当前温度',
        description:
          'How cold is each unit now, against its own limits? Newest reading of the last 6 hours; the colour is that of the alarm which the value would raise if it lasted.',
        queries: [{ query: newest(units, '6h'), as: DEVICE_ALIAS }],
        unit: UNIT,
        decimals: 1,
        overrides: nameSeries(site, units, (unit) => [
          property('thresholds', { mode: 'absolute', steps: stepsOf(limitsOf(unit, METRIC)) }),
        ]),
        empty: '无数据',
      }),
    ),
  ];
}

const rangeOf = ({ range }: LimitGroup) => (range === '' ? '未设限值' : `${range} ℃`);

const curve = (site: Site, group: LimitGroup) =>
  series({
    title: `温度（${rangeOf(group)}，${group.devices.length} 台）`,
    description:
      'Did it stay within limits, and does it look like a defrost, an open door or a failing compressor? The coloured areas are the limits of these units; regular short peaks are defrosts, a slow steady rise is not. Each point is the warmest sample of its step.',
    queries: [
      {
        query: {
          // a mean would hide an hour of thawing in a month's curve
          select: [`max("${METRIC}") AS "temperature"`],
          from: [KIND],
          where: [...chosen, among(group.devices)],
          every: AUTO_STEP,
          by: ['campus', 'device'],
          fill: 'none',
        },
        as: DEVICE_ALIAS,
      },
    ],
    unit: UNIT,
    decimals: 1,
    steps: group.steps,
    limits: true,
    step: '1m',
    overrides: nameSeries(site, group.devices),
  });

/** The share of a group's samples that were within its limits, by unit. */
function inRange({ devices, outside }: LimitGroup): Select {
  const inside = outside.map(([sign, limit]) =>
    sign === '<' ? `"${METRIC}" >= ${limit}` : `"${METRIC}" <= ${limit}`,
  );
  const samples = (select: readonly string[], where: readonly string[]): Select => ({
    select,
    from: [KIND],
    where: [...chosen, among(devices), ...where],
    by: ['campus', 'device'],
  });
  return {
    select: ['100 * sum("good") / count("taken") AS "share"'],
    from: [
      samples([`"${METRIC}" * 0 + 1 AS "good"`], inside),
      // a 0 from every sample, so that a unit that never was in range shows 0 % and not nothing
      samples([`"${METRIC}" * 0 AS "good"`, `"${METRIC}" AS "taken"`], []),
    ],
    by: ['campus', 'device'],
  };
}

function proof(site: Site, groups: readonly LimitGroup[]): Placed[] {
  const units = groups.flatMap(({ devices }) => devices);
  const limited = groups.filter(({ outside }) => outside.length > 0);
  const height = Math.max(6, units.length + 2);
  return [
    ...(limited.length === 0
      ? []
      : [
          place(
            12,
            height,
            bars({
              title: '温度达标率',
              description:
                "Which share of the time was each unit within its limits? Share of its samples in the dashboard's range; time without samples counts neither way, see the coverage beside it.",
              queries: limited.map((group) => ({ query: inRange(group), as: DEVICE_ALIAS })),
              unit: 'percent',
              decimals: 1,
              min: 0,
              max: 100,
              steps: [
                { value: null, color: COLOURS.major },
                { value: 90, color: COLOURS.minor },
                { value: 98, color: GOOD },
              ],
              overrides: nameSeries(site, units),
              empty: '无数据',
            }),
          ),
        ]),
    place(
      12,
      height,
      history({
        title: '监测是否连续',
        description: `When was a unit not watched? Samples in each ${CELL_MINUTES} minutes: red means none, orange that more is missing than the unit's silence limit allows. Lost data is never "in range".`,
        queries: [
          {
            query: {
              select: [`count("${METRIC}") AS "samples"`],
              from: [KIND],
              where: [...chosen, among(units)],
              every: `${CELL_MINUTES}m`,
              by: ['campus', 'device'],
              fill: 0,
            },
            as: DEVICE_ALIAS,
          },
        ],
        unit: COUNT,
        overrides: nameSeries(site, units, ({ profile }) => [
          property('thresholds', { mode: 'absolute', steps: coverageSteps(profile) }),
        ]),
      }),
    ),
  ];
}

/** Nothing, less than the silence limit allows, enough. */
function coverageSteps({ interval, silence }: Profile): Threshold[] {
  const enough = Math.max(1, Math.floor((CELL_MINUTES * MINUTE - silence) / interval));
  const steps: Threshold[] = [{ value: null, color: COLOURS.major }];
  if (enough > 1) steps.push({ value: 1, color: COLOURS.minor });
  return [...steps, { value: enough, color: GOOD }];
}

function excursions(site: Site, theirs: readonly string[]): Placed[] {
  const units = ofKind(site, KIND);
  const overrides = [...nameColumns(site, units), ...alarmColumns];
  return [
    place(
      12,
      10,
      table({
        title: '未恢复',
        description:
          'What is wrong right now, where and since when? One row for each condition that lasts.',
        queries: [{ query: lasting(theirs) }],
        overrides,
        sortBy: '时间',
        empty: '无',
      }),
    ),
    place(
      12,
      10,
      table({
        title: '报警经过',
        description:
          'What happened in this period, and did somebody answer? Every step of every alarm of the cold units: raised, acknowledged, cleared, closed.',
        queries: [{ query: happened(['raised', 'acknowledged', 'cleared', 'closed'], theirs) }],
        overrides,
        sortBy: '时间',
        empty: '无',
      }),
    ),
  ];
}
