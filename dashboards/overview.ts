import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import {
  alarmColumns,
  countLasting,
  countOpen,
  openAlarms,
  PAGED,
  raisedByDay,
  ruleIn,
  SEVERITY_NAMES,
  severitySeries,
} from './alarms.ts';
import { outOfRange } from './canteen.ts';
import { COLOURS, fromOne, GOOD, limitGroups } from './limits.ts';
import { MEDIA, type Medium, totalRate } from './media.ts';
import { nameColumns, overrideByName, property } from './names.ts';
import { series, stat, table } from './panels.ts';
import { choiceOfPlaces, dashboard, type Placed, place } from './shell.ts';
import { kindsOf, mains, ofKind, type Site, silenceRules } from './site.ts';
import { changePanel, scoreboard } from './targets.ts';
import { COUNT } from './units.ts';

/** 总览: is the school all right now? */
export function overview(site: Site): Dashboard {
  const media = MEDIA.filter(({ kind }) => mains(site, kind).length > 0);
  return dashboard(site, {
    uid: 'campus-overview',
    title: '总览',
    description:
      'Is the school all right now? Everything green: yes. The other dashboards say why not.',
    choice: choiceOfPlaces(site, kindsOf(site)),
    alarms: [],
    from: 'now-24h',
    refresh: '30s',
    sections: [
      { title: '现在', panels: now(site) },
      { title: '待处理的报警', panels: alarms(site) },
      { title: '用量与年度目标', panels: plan(site, media) },
    ],
  });
}

function now(site: Site): Placed[] {
  const cold = limitGroups(ofKind(site, 'cold_storage'), 'temperature').filter(
    ({ outside }) => outside.length > 0,
  );
  return [
    place(9, 5, openBySeverity()),
    place(
      5,
      5,
      stat({
        title: '静默的设备',
        more: 'campus-devices',
        description:
          'Are there devices we do not hear? Silence that lasts, by the limit of each model: what they watch is not watched.',
        queries: [{ query: countLasting([ruleIn(silenceRules(site.devices))]), as: '静默' }],
        unit: COUNT,
        steps: fromOne(COLOURS.minor),
        empty: '0',
      }),
    ),
    ...(cold.length === 0
      ? []
      : [
          place(
            5,
            5,
            stat({
              title: '此刻超限的冷柜',
              more: 'campus-canteen',
              description:
                'Is the food cold? Units whose newest reading is out of their own limits; a defrost shows here for some minutes, an alarm follows only if it lasts.',
              queries: [{ query: outOfRange(cold), as: '超限' }],
              unit: COUNT,
              steps: fromOne(COLOURS.major),
              empty: '0',
            }),
          ),
        ]),
    place(5, 5, heartbeat()),
  ];
}

/** One figure for each severity that pages somebody. */
const openBySeverity = () =>
  stat({
    title: '未关闭的报警数',
    description:
      'Does anything need somebody now? Alarms that nobody has ended yet, by severity: 紧急 is fire and life. None: 0.',
    queries: PAGED.map((severity) => ({
      query: countOpen([severity], []),
      as: SEVERITY_NAMES[severity],
    })),
    unit: COUNT,
    overrides: PAGED.map((severity) =>
      overrideByName(
        SEVERITY_NAMES[severity],
        property('thresholds', { mode: 'absolute', steps: fromOne(COLOURS[severity]) }),
      ),
    ),
    empty: '0',
  });

/** Without it everything else here is old. */
const heartbeat = () =>
  stat({
    title: '网关正常（近 5 分钟）',
    more: 'campus-gateway',
    description:
      'Can I believe what I see here? The gateway says each minute how it is; counted are the minutes of the last 5 in which all its parts were well. None: this page is old or something is broken, so look at the gateway.',
    queries: [
      {
        query: {
          select: ['count("ok") AS "minutes"'],
          from: ['gateway'],
          where: ['"ok" = true'],
          range: '5m',
          by: ['instance'],
        },
        as: '$tag_instance',
      },
    ],
    unit: 'suffix: 分钟',
    steps: [
      { value: null, color: COLOURS.major },
      { value: 1, color: GOOD },
    ],
    empty: '异常或中断',
  });

const alarms = (site: Site): Placed[] => [
  place(
    16,
    10,
    table({
      title: '未关闭的报警',
      description:
        'What is wrong, where, and since when? One row for each alarm that nobody has ended yet; acknowledge and reset them in the console.',
      queries: [{ query: openAlarms(PAGED, []) }],
      overrides: [...nameColumns(site, site.devices), ...alarmColumns],
      sortBy: '时间',
      empty: '无',
    }),
  ),
  place(
    8,
    10,
    series({
      title: '近 30 天每日报警',
      description:
        'Is this a normal day? Alarms raised each day by severity; more than five that page somebody on a usual day want better limits or repair.',
      queries: [{ query: raisedByDay(site.timezone, [], ['severity']), as: '$tag_severity' }],
      unit: COUNT,
      decimals: 0,
      bars: true,
      stacked: true,
      overrides: severitySeries,
      timeFrom: '30d',
      empty: '无',
    }),
  ),
];

const plan = (site: Site, media: readonly Medium[]): Placed[] => [
  ...media.flatMap((medium) => [
    place(
      6,
      6,
      stat({
        title: `此刻全校${medium.rate.zh}`,
        more: 'campus-energy',
        description: `How much ${medium.en} does the campus draw now, and how was it today? The sum of the main meters.`,
        queries: [
          { query: totalRate(medium, mains(site, medium.kind), 'total'), as: medium.rate.zh },
        ],
        unit: medium.rate.unit,
        decimals: 1,
        step: '5m',
        trend: true,
        empty: '无数据',
      }),
    ),
    place(6, 6, changePanel(site, medium)),
  ]),
  place(24, 9, scoreboard(site)),
];
