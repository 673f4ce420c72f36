import type { Alarm } from '../alarms/store.ts';
import { SEVERITIES, type Severity } from '../campus/rule.ts';
import type { Millis } from '../clock.ts';
import type { Text } from '../errors.ts';
import { placeOf, SEVERITY_WORDS } from './compose.ts';

/** What a daily report tells of. */
export interface DailyFacts {
  /** The day it is about, as people write it: `11-23`. */
  day: string;
  /** Alarms that were raised on that day. */
  raised: Readonly<Partial<Record<Severity, number>>>;
  /** Alarms that are not closed now, the gravest first; and how many there are in all. */
  open: readonly Pick<Alarm, 'zone' | 'deviceName' | 'title'>[];
  openCount: number;
  devices: { total: number; silent: number };
  /** Readings of that day; undefined where they could not be counted. */
  readings: number | undefined;
  /** For how long the gateway itself did not run on that day. */
  down: Millis;
  /** Device clocks that are more than a minute wrong. */
  wrongClocks: number;
  /** Gaps in the roster of the next seven days. */
  gaps: number;
  /** When it should have been sent, where that is past: `11-24 07:30`. */
  lateSince: string | undefined;
}

/** Open alarms that are named; of the rest there is a number. */
const MAX_NAMED = 5;

/**
 * The daily report (日报告零报告): sent every day, also when there is nothing to tell, for then it
 * proves that the chain works. No readings at all are no zero report: nobody knows what happened.
 */
export function dailyReport(facts: DailyFacts): { title: Text; text: Text; brief: Text } {
  const total = SEVERITIES.reduce((sum, severity) => sum + (facts.raised[severity] ?? 0), 0);
  const { devices, openCount, readings } = facts;
  const hasNoData = readings === 0 && devices.total > 0;
  const head = hasNoData
    ? { zh: '无数据', en: 'no data' }
    : total > 0 || openCount > 0
      ? { zh: `报警 ${total} 起`, en: `${total} alarms` }
      : { zh: '零报告', en: 'nothing to report' };
  const parts = [
    alarms(facts, total),
    open(facts),
    equipment(facts),
    own(facts),
    late(facts),
  ].flat();
  const { total: all, silent } = devices;
  return {
    title: { zh: `【日报告】${head.zh}`, en: `[Daily report] ${head.en}` },
    text: {
      zh: `${facts.day}：${parts.map(({ zh }) => zh).join('；')}。`,
      en: `${facts.day}: ${parts.map(({ en }) => en).join('; ')}.`,
    },
    brief: {
      zh: `报警${total} 未关${openCount} 失联${silent}/${all}`,
      en: `${total} alarms, ${openCount} open`,
    },
  };
}

function alarms({ raised }: DailyFacts, total: number): Text[] {
  if (total === 0) return [{ zh: '无报警', en: 'no alarms' }];
  const counts = SEVERITIES.flatMap((severity) => {
    const count = raised[severity];
    const { zh, en } = SEVERITY_WORDS[severity];
    return count ? [{ zh: `${zh} ${count}`, en: `${count} ${en.toLowerCase()}` }] : [];
  });
  return [
    {
      zh: `报警 ${total} 起（${counts.map(({ zh }) => zh).join('、')}）`,
      en: `${total} alarms (${counts.map(({ en }) => en).join(', ')})`,
    },
  ];
}

function open({ open, openCount }: DailyFacts): Text[] {
  if (openCount === 0) return [{ zh: '无未关闭报警', en: 'none is open' }];
  const { zh, en } = nameAlarms(open, openCount);
  return [{ zh: `未关闭 ${openCount} 起：${zh}`, en: `${openCount} open: ${en}` }];
}

/** The first few alarms by name: `食堂 一号冷柜 超温、…等`. */
export function nameAlarms(all: DailyFacts['open'], count: number): Text {
  const named = all.slice(0, MAX_NAMED).map((alarm) => {
    const { zh, en } = alarm.title;
    return { zh: `${placeOf(alarm)} ${zh}`, en: `${placeOf(alarm)} ${en}` };
  });
  const hasMore = count > named.length;
  return {
    zh: named.map(({ zh }) => zh).join('、') + (hasMore ? '等' : ''),
    en: named.map(({ en }) => en).join(', ') + (hasMore ? ', …' : ''),
  };
}

function equipment({ devices: { total, silent }, readings, wrongClocks }: DailyFacts): Text[] {
  return [
    { zh: `设备 ${total} 台，失联 ${silent} 台`, en: `${silent} of ${total} devices are silent` },
    readings === undefined
      ? { zh: '读数条数未知', en: 'readings could not be counted' }
      : { zh: `收到读数 ${readings} 条`, en: `${readings} readings received` },
    ...(wrongClocks > 0
      ? [{ zh: `${wrongClocks} 台设备时钟不准`, en: `${wrongClocks} device clocks are wrong` }]
      : []),
  ];
}

function own({ down, gaps }: DailyFacts): Text[] {
  const minutes = Math.ceil(down / 60_000);
  return [
    ...(minutes > 0
      ? [{ zh: `网关停机 ${minutes} 分钟`, en: `the gateway was down for ${minutes} min` }]
      : []),
    ...(gaps > 0
      ? [{ zh: `未来一周空班 ${gaps} 处`, en: `${gaps} gaps in the roster within a week` }]
      : []),
  ];
}

const late = ({ lateSince }: DailyFacts): Text[] =>
  lateSince === undefined
    ? []
    : [
        {
          zh: `迟报：本应 ${lateSince} 发出，当时网关未运行`,
          en: `late: due at ${lateSince}, when the gateway did not run`,
        },
      ];
