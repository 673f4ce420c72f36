import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Device } from '../src/campus/model.ts';
import { alarmColumns, countLasting, lasting, ruleIn } from './alarms.ts';
import { deadLettersKept, deadLettersPerHour, lateReadings } from './gateway-figures.ts';
import { is, name, type Select } from './influxql.ts';
import { COLOURS, fromOne, GOOD, limitsOf } from './limits.ts';
import { nameColumns, overrideByName, property } from './names.ts';
import { series, stat, table } from './panels.ts';
import { chosen } from './selection.ts';
import { choiceOfPlaces, dashboard, type Placed, place } from './shell.ts';
import { KIND_NAMES, kindsOf, kindsWith, type Site, signsOfLife, silenceRules } from './site.ts';
import { COUNT } from './units.ts';

/** A battery below this is changed soon, where no rule says otherwise. */
const LOW_BATTERY = 20;

/** 设备健康: who is silent, whose battery ends, whose data is not to be trusted? */
export function deviceHealth(site: Site): Dashboard {
  return dashboard(site, {
    uid: 'campus-devices',
    title: '设备健康',
    description:
      'Which devices are silent, whose battery ends soon, and whose data is lost or wrongly timed?',
    choice: choiceOfPlaces(site, kindsOf(site)),
    alarms: [ruleIn(silenceRules(site.devices))],
    from: 'now-24h',
    refresh: '1m',
    sections: [
      { title: '现在', panels: now(site) },
      { title: '静默与离线', panels: silent(site) },
      { title: '电池与反复报警', panels: wear(site) },
      { title: '数据是否到达、时间是否正确', panels: data(site) },
    ],
  });
}

/** The rules that tell of an empty battery. */
const batteryRules = (devices: readonly Device[]) => [
  ...new Set(
    devices.flatMap(({ rules }) =>
      rules.flatMap((rule) =>
        rule.kind !== 'silence' && rule.metric.startsWith('battery') ? [rule.id] : [],
      ),
    ),
  ),
];

function now(site: Site): Placed[] {
  return [
    place(
      8,
      5,
      stat({
        title: `静默的设备（共 ${site.devices.length} 台）`,
        description:
          'How many devices do we not hear? Silence that lasts, by the limit of each model; the gateway walks its list of devices, so one that never spoke counts too.',
        queries: [{ query: countLasting([ruleIn(silenceRules(site.devices))]), as: '静默' }],
        unit: COUNT,
        steps: fromOne(COLOURS.minor),
        empty: '0',
      }),
    ),
    place(
      8,
      5,
      stat({
        title: '该换电池的设备',
        description: 'How many batteries are to be changed this week? Battery alarms that last.',
        queries: [{ query: countLasting([ruleIn(batteryRules(site.devices))]), as: '电池' }],
        unit: COUNT,
        steps: fromOne(COLOURS.minor),
        empty: '0',
      }),
    ),
    place(8, 5, deadLettersKept()),
  ];
}

function silent(site: Site): Placed[] {
  const { devices } = site;
  const reports = lastReports(site);
  return [
    place(
      12,
      10,
      table({
        title: '静默与离线的设备',
        description:
          'Which devices are silent, where, and since when? Go and look at power, battery and network.',
        queries: [{ query: lasting([ruleIn(silenceRules(devices))]) }],
        overrides: [...nameColumns(site, devices), ...alarmColumns],
        sortBy: '时间',
        ascending: true,
        empty: '无',
      }),
    ),
    ...(reports.from.length === 0 ? [] : [place(12, 10, lastReportsPanel(site, reports))]),
  ];
}

const lastReportsPanel = (site: Site, reports: Select) =>
  table({
    title: '最后一次上报',
    description:
      'When did each meter and sensor last report? Newest report of the last 90 days, the longest silent first. Detectors without a measured value are on the fire dashboard.',
    queries: [{ query: reports }],
    overrides: [
      overrideByName(
        'Time',
        property('displayName', '最后上报'),
        property('unit', 'dateTimeFromNow'),
      ),
      overrideByName('reading', property('displayName', '读数'), property('decimals', 2)),
      ...nameColumns(site, site.devices),
    ],
    sortBy: '最后上报',
    ascending: true,
    empty: '90 天内无上报',
  });

/** The newest value of every device that measures something. */
const lastReports = (site: Site): Select => ({
  select: ['"reading"', '"campus"', '"zone"', '"device"'],
  from: kindsOf(site).flatMap((kind) =>
    signsOfLife(site, kind, 'number').map((metric) => ({
      select: [`last(${name(metric)}) AS "reading"`],
      from: [kind],
      where: [...chosen],
      range: '90d',
      by: ['campus', 'zone', 'device'],
    })),
  ),
});

function wear(site: Site): Placed[] {
  const { devices } = site;
  const kinds = kindsWith(site, 'battery');
  const repeated: Select = {
    select: ['"times"', '"campus"', '"zone"', '"device"', '"rule"'],
    from: [
      {
        select: ['count("alarm") AS "times"'],
        from: ['alarm'],
        where: [...chosen, is('event', 'raised')],
        by: ['campus', 'zone', 'device', 'rule'],
      },
    ],
  };
  return [
    ...(kinds.length === 0 ? [] : [place(12, 10, batteries(site, kinds))]),
    place(
      12,
      10,
      table({
        title: '反复报警的设备',
        description:
          "Which device alarms again and again and wants repair, or better limits? Alarms raised within the dashboard's range, by device and rule.",
        queries: [{ query: repeated }],
        overrides: [
          overrideByName('Time', property('custom.hidden', true)),
          overrideByName('times', property('displayName', '次数'), property('decimals', 0)),
          overrideByName('rule', property('displayName', '规则')),
          ...nameColumns(site, devices),
        ],
        sortBy: '次数',
        empty: '无',
      }),
    ),
  ];
}

function batteries(site: Site, kinds: readonly string[]) {
  const { devices } = site;
  const limits = devices.flatMap((device) =>
    limitsOf(device, 'battery').flatMap(({ side, at }) => (side === 'low' ? [at] : [])),
  );
  const low = Math.max(LOW_BATTERY, ...limits);
  const red = limits.length > 0 ? Math.min(...limits) : LOW_BATTERY / 2;
  return table({
    title: '电池电量',
    description: `Whose battery ends next? Newest charge of every battery device, the lowest first; orange below ${low} %, red below ${red} %.`,
    queries: [
      {
        query: {
          select: ['"battery"', '"campus"', '"zone"', '"device"'],
          from: kinds.map((kind) => ({
            select: ['last("battery") AS "battery"'],
            from: [kind],
            where: [...chosen],
            range: '90d',
            by: ['campus', 'zone', 'device'],
          })),
        },
      },
    ],
    overrides: [
      overrideByName(
        'Time',
        property('displayName', '上报时间'),
        property('unit', 'dateTimeFromNow'),
      ),
      overrideByName(
        'battery',
        property('displayName', '电量'),
        property('unit', 'percent'),
        property('decimals', 0),
        property('thresholds', {
          mode: 'absolute',
          steps: [
            { value: null, color: COLOURS.major },
            { value: red, color: COLOURS.minor },
            { value: low, color: GOOD },
          ],
        }),
        property('custom.cellOptions', { type: 'color-background' }),
      ),
      ...nameColumns(site, devices),
    ],
    sortBy: '电量',
    ascending: true,
    empty: '无电池设备',
  });
}

const data = (site: Site): Placed[] => [
  ...(site.devices.length === 0 ? [] : [place(12, 8, reports(site))]),
  place(6, 8, lateReadings()),
  place(6, 8, deadLettersPerHour()),
];

/** How many readings of each kind arrive. */
const reports = (site: Site) =>
  series({
    title: '各类设备上报量',
    description:
      'Is a whole kind of device, or its whole protocol, silent? Reports per hour by kind; a line that drops to nothing is a bridge, a data unit or a network.',
    queries: kindsOf(site).flatMap((kind) => {
      const [metric] = signsOfLife(site, kind);
      if (metric === undefined) return [];
      const query: Select = {
        select: [`count(${name(metric)}) AS "reports"`],
        from: [kind],
        where: [...chosen],
        every: '1h',
        fill: 0,
      };
      return [{ query, as: KIND_NAMES[kind] }];
    }),
    unit: COUNT,
    decimals: 0,
  });
