import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { chart, deadLettersKept, figure, level, perHour, perSecond } from './gateway-figures.ts';
import { dashboard, type Placed, place } from './shell.ts';
import type { Site } from './site.ts';
import { COUNT } from './units.ts';

/** 网关: does everything arrive, how fast, and does it get on to InfluxDB and to people? */
export const gateway = (site: Site): Dashboard =>
  dashboard(site, {
    uid: 'campus-gateway',
    title: '网关',
    description:
      'Does every reading arrive and get on, to the database, to InfluxDB and to the duty phone, and how long does it take?',
    // its figures are of all its campuses together
    choice: { tags: { instance: '网关' }, measurements: ['gateway'] },
    from: 'now-6h',
    refresh: '30s',
    sections: [
      { title: '现在', panels: now() },
      { title: '接收', panels: ingest() },
      { title: '转发与通知', panels: onward() },
    ],
  });

const now = (): Placed[] => [
  place(
    6,
    5,
    figure({
      title: '等待写入 InfluxDB 的行',
      description:
        'Is InfluxDB keeping up? Lines that are safe on the gateway and not in InfluxDB yet; what these dashboards show is behind by as much.',
      field: 'outbox_rows',
      unit: COUNT,
      warn: 50_000,
      bad: 5_000_000,
    }),
  ),
  place(
    6,
    5,
    figure({
      title: '最旧的等待时长',
      description:
        'Since when is InfluxDB behind? Age of the oldest line that waits; the gateway judges and alarms all the same.',
      field: 'outbox_age_ms',
      unit: 'ms',
      warn: 60_000,
      bad: 3_600_000,
    }),
  ),
  place(
    6,
    5,
    figure({
      title: '未送达的通知',
      description:
        'Does the duty phone get its messages? Notifications that are owed and not delivered yet.',
      field: 'notifications_pending',
      unit: COUNT,
      warn: 1,
      bad: 20,
    }),
  ),
  place(6, 5, deadLettersKept()),
];

const ingest = (): Placed[] => [
  place(
    12,
    8,
    chart({
      title: '接收速率',
      description:
        'Do the devices report as always? Messages taken and readings stored per second; a step down is a network, a bridge or a power cut.',
      lines: [
        ['消息', perSecond('messages')],
        ['读数', perSecond('readings')],
      ],
      unit: 'suffix: /s',
      decimals: 1,
    }),
  ),
  place(
    12,
    8,
    chart({
      title: '排队与连接',
      description:
        'Is the gateway at its limit, and are the devices connected? Messages that wait for their transaction, and MQTT clients.',
      lines: [
        ['排队消息', level('waiting')],
        ['MQTT 连接', level('clients')],
      ],
      unit: COUNT,
      decimals: 0,
    }),
  ),
];

const onward = (): Placed[] => [
  place(
    12,
    8,
    chart({
      title: 'InfluxDB 积压',
      description:
        'Was InfluxDB away, and is it catching up? Lines that wait; a rising line means it does not answer or is too slow.',
      lines: [['等待的行', level('outbox_rows')]],
      unit: COUNT,
      decimals: 0,
    }),
  ),
  place(
    12,
    8,
    chart({
      title: 'InfluxDB 延迟',
      description:
        'How old is what these dashboards show? From the commit on the gateway to the confirmation by InfluxDB, and the age of the oldest line that waits.',
      lines: [
        ['确认延迟', level('influx_lag_ms')],
        ['最旧一行', level('outbox_age_ms')],
      ],
      unit: 'ms',
    }),
  ),
  place(
    12,
    8,
    chart({
      title: '每小时未能写入 InfluxDB 的行',
      description:
        'Is anything missing on these dashboards for good? Lines that InfluxDB refused (they are dead letters) or that were given up because too much waited; the readings themselves are still on the gateway and can be exported again.',
      lines: [
        ['被拒', perHour('influx_refused')],
        ['放弃', perHour('influx_dropped')],
      ],
      unit: COUNT,
      decimals: 0,
    }),
  ),
  place(
    12,
    8,
    chart({
      title: '未送达通知与未关闭报警',
      description:
        'Were people told in time? Notifications owed and alarms open; owed ones must come down within a minute.',
      lines: [
        ['未送达通知', level('notifications_pending')],
        ['未关闭报警', level('open_alarms')],
      ],
      unit: COUNT,
      decimals: 0,
    }),
  ),
  place(
    12,
    8,
    chart({
      title: '内存',
      description:
        'Does the machine have room enough? Memory of the gateway; it rises after a start, then stays. A line that rises for days is to be reported.',
      lines: [['占用', level('memory_bytes')]],
      unit: 'bytes',
    }),
  ),
];
