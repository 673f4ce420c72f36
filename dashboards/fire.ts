import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Device } from '../src/campus/model.ts';
import {
  alarmColumns,
  countLasting,
  countOpen,
  happened,
  openAlarms,
  PAGED,
  raisedByDay,
  ruleIn,
  severitySeries,
} from './alarms.ts';
import type { Select } from './influxql.ts';
import { COLOURS, fromOne, GOOD } from './limits.ts';
import { DEVICE_ALIAS, nameColumns, nameSeries, overrideByName, property } from './names.ts';
import { history, series, stat, table } from './panels.ts';
import { among, chosen } from './selection.ts';
import { choiceOfPlaces, dashboard, type Placed, place } from './shell.ts';
import { ofKind, type Site, silenceRules } from './site.ts';
import { drillsPanel } from './targets.ts';
import { COUNT } from './units.ts';

const KIND = 'fire_detector';

/** 消防: is every detector alive, is anything alarming, and did we drill? */
export function fire(site: Site): Dashboard {
  const detectors = ofKind(site, KIND);
  const theirs = [among(detectors)];
  return dashboard(site, {
    uid: 'campus-fire',
    title: '消防',
    description:
      'Does any detector alarm, is every one of them alive, and did we hold our drills? The gateway only watches: it is no fire alarm system.',
    choice: choiceOfPlaces(site, [KIND]),
    alarms: theirs,
    from: 'now-7d',
    refresh: '30s',
    sections: [
      { title: '现在', panels: now(site, detectors, theirs) },
      { title: '逐台：在线与静默', panels: alive(site, detectors) },
      { title: '报警与演练', panels: record(site, detectors, theirs) },
    ],
  });
}

/** The rules of fire itself: latched, so they stay until a person resets them. */
const fireRules = (detectors: readonly Device[]) =>
  unique(
    detectors.flatMap(({ rules }) =>
      rules.filter((rule) => rule.kind === 'state' && rule.latched).map(({ id }) => id),
    ),
  );

/** What each detector is there to tell: smoke, heat, gas or a pressed button. */
const watchedMetrics = (detectors: readonly Device[]) =>
  unique(
    detectors.flatMap(({ rules }) =>
      rules.flatMap((rule) => (rule.kind === 'state' && rule.latched ? [rule.metric] : [])),
    ),
  );

/** Conditions under which a detector protects nobody: faulty, removed. */
const faultRules = (detectors: readonly Device[]) =>
  unique(
    detectors.flatMap(({ rules }) =>
      rules.flatMap((rule) =>
        rule.kind === 'state' && ['fault', 'tamper'].includes(rule.metric) ? [rule.id] : [],
      ),
    ),
  );

const unique = (texts: readonly string[]) => [...new Set(texts)];

function now(site: Site, detectors: readonly Device[], theirs: readonly string[]): Placed[] {
  const count = (options: Omit<Parameters<typeof stat>[0], 'unit' | 'empty'>) =>
    place(6, 5, stat({ ...options, unit: COUNT, empty: '0' }));
  return [
    count({
      title: '未复位的火警',
      description:
        'Is there a fire alarm that nobody has ended? Smoke, heat, gas and call points stay here until a named person resets them after looking on site.',
      queries: [{ query: countOpen(PAGED, [...theirs, ruleIn(fireRules(detectors))]), as: '火警' }],
      steps: fromOne(COLOURS.critical),
    }),
    count({
      title: '故障或被拆下',
      description:
        'Where is there no protection because a detector is faulty or was taken down? Repair it today and patrol the place until then.',
      queries: [{ query: countLasting([...theirs, ruleIn(faultRules(detectors))]), as: '故障' }],
      steps: fromOne(COLOURS.major),
    }),
    count({
      title: `静默的探测器（共 ${detectors.length} 台）`,
      description:
        'Which detectors may be dead? Silent for longer than the limit of their model, or offline at their bridge; the gateway walks its list of devices, so one that never spoke counts too.',
      queries: [{ query: countLasting([...theirs, ruleIn(silenceRules(detectors))]), as: '静默' }],
      steps: fromOne(COLOURS.minor),
    }),
    place(6, 5, drillsPanel(site)),
    place(
      24,
      7,
      table({
        title: '待处理',
        description:
          'Where must somebody go, and why? Every open alarm of a detector that is not just a note, the most severe colours first to look at.',
        queries: [{ query: openAlarms(PAGED, theirs) }],
        overrides: [...nameColumns(site, detectors), ...alarmColumns],
        sortBy: '时间',
        empty: '无',
      }),
    ),
  ];
}

/** One row per detector with its newest sign of life. */
function lastSigns(detectors: readonly Device[]): Select {
  return {
    select: ['"alarming"', '"campus"', '"zone"', '"device"'],
    from: watchedMetrics(detectors).map((metric) => ({
      select: [`last("${metric}") AS "alarming"`],
      from: [KIND],
      where: [...chosen],
      range: '90d',
      by: ['campus', 'zone', 'device'],
    })),
  };
}

function alive(site: Site, detectors: readonly Device[]): Placed[] {
  if (watchedMetrics(detectors).length === 0) return [];
  const height = Math.min(24, Math.max(8, Math.ceil(detectors.length / 3)));
  return [
    place(
      14,
      height,
      history({
        title: '每日心跳',
        description:
          'Did each detector give a sign of life each day? Grey: none that day; two grey days in a row is why the silence alarm follows.',
        queries: watchedMetrics(detectors).map((metric) => ({
          query: {
            select: [`count("${metric}") AS "signs"`],
            from: [KIND],
            where: [...chosen],
            every: '1d',
            by: ['campus', 'device'],
            fill: 0,
            timezone: site.timezone,
          },
          as: DEVICE_ALIAS,
        })),
        unit: COUNT,
        steps: [
          { value: null, color: 'gray' },
          { value: 1, color: GOOD },
        ],
        overrides: nameSeries(site, detectors),
        perPage: 40,
      }),
    ),
    place(
      10,
      height,
      table({
        title: '最后一次上报',
        description:
          'When did each detector last speak, and what did it say? Newest report of the last 90 days; the longest silent first.',
        queries: [{ query: lastSigns(detectors) }],
        overrides: [
          overrideByName(
            'Time',
            property('displayName', '最后上报'),
            property('unit', 'dateTimeFromNow'),
          ),
          overrideByName(
            'alarming',
            property('displayName', '状态'),
            property('mappings', [
              {
                type: 'value',
                options: {
                  true: { text: '报警', color: COLOURS.critical, index: 0 },
                  false: { text: '正常', color: GOOD, index: 1 },
                },
              },
            ]),
            property('custom.cellOptions', { type: 'color-text' }),
          ),
          ...nameColumns(site, detectors),
        ],
        sortBy: '最后上报',
        ascending: true,
        empty: '90 天内无上报',
      }),
    ),
  ];
}

function record(site: Site, detectors: readonly Device[], theirs: readonly string[]): Placed[] {
  const tested = detectors.some(({ profile }) => profile.metrics.test);
  return [
    place(
      12,
      9,
      series({
        title: '每日报警次数',
        description:
          'Is a detector or a place alarming again and again? Alarms of detectors raised each day, by severity.',
        queries: [{ query: raisedByDay(site.timezone, theirs, ['severity']), as: '$tag_severity' }],
        unit: COUNT,
        decimals: 0,
        bars: true,
        stacked: true,
        overrides: severitySeries,
        empty: '无',
      }),
    ),
    ...(tested ? [place(12, 9, selfTests(site, detectors))] : []),
    place(
      24,
      10,
      table({
        title: '报警经过',
        description:
          'What happened in this period, and how soon did somebody answer? Every step of every alarm of the detectors, drills among them.',
        queries: [
          { query: happened(['raised', 'acknowledged', 'cleared', 'reset', 'closed'], theirs) },
        ],
        overrides: [...nameColumns(site, detectors), ...alarmColumns],
        sortBy: '时间',
        empty: '无',
      }),
    ),
  ];
}

/** How often each detector's test button was pressed. */
const selfTests = (site: Site, detectors: readonly Device[]) =>
  table({
    title: '自检记录',
    description:
      "Which detectors were tested, and how often? Self-tests within the dashboard's range; a detector that is missing here was not tested.",
    queries: [
      {
        query: {
          select: ['"tests"', '"campus"', '"zone"', '"device"'],
          from: [
            {
              select: ['count("test") AS "tests"'],
              from: [KIND],
              where: [...chosen, '"test" = true'],
              by: ['campus', 'zone', 'device'],
            },
          ],
        },
      },
    ],
    overrides: [
      overrideByName('Time', property('custom.hidden', true)),
      overrideByName('tests', property('displayName', '自检次数'), property('decimals', 0)),
      ...nameColumns(site, detectors),
    ],
    sortBy: '自检次数',
    empty: '本期无自检',
  });
