import { AUTO_STEP, name, type Select } from './influxql.ts';
import { COLOURS, GOOD } from './limits.ts';
import type { GatewayField } from './model.ts';
import { type PanelOptions, type Placeable, series, stat } from './panels.ts';
import { COUNT } from './units.ts';

/** The gateway writes its figures once a minute. */
const MINUTE = '1m';

/** Several gateways are never added up: one may be well and the other not. */
const BY = ['instance'];

/** A figure as it stood, step by step. */
export const level = (field: GatewayField): Select => ({
  select: [`max(${name(field)}) AS "value"`],
  from: ['gateway'],
  every: AUTO_STEP,
  by: BY,
  fill: 'none',
});

/** How fast a counter grows; it begins at 0 again when the gateway starts. */
export const perSecond = (field: GatewayField): Select => ({
  select: [`non_negative_derivative(max(${name(field)}), 1s) AS "rate"`],
  from: ['gateway'],
  every: AUTO_STEP,
  by: BY,
  fill: 'none',
});

/** By how much a counter grew in each hour. */
export const perHour = (field: GatewayField): Select => ({
  select: [`non_negative_difference(max(${name(field)})) AS "count"`],
  from: ['gateway'],
  every: '1h',
  by: BY,
  fill: 'none',
});

/** The newest figure, whatever the dashboard's range. */
export const newest = (field: GatewayField): Select => ({
  select: [`last(${name(field)}) AS "value"`],
  from: ['gateway'],
  range: '15m',
  by: BY,
});

type Words = Pick<PanelOptions, 'title' | 'description'>;

/** A figure now, green below `warn`, red from `bad` on. */
export const figure = (
  words: Words & { field: GatewayField; unit: string; warn: number; bad: number },
): Placeable =>
  stat({
    ...words,
    queries: [{ query: newest(words.field), as: '$tag_instance' }],
    steps: [
      { value: null, color: GOOD },
      { value: words.warn, color: COLOURS.minor },
      { value: words.bad, color: COLOURS.major },
    ],
    empty: '网关无数据',
  });

/** Counters and levels over time. */
export const chart = (
  words: Words & { lines: readonly (readonly [string, Select])[]; unit: string; decimals?: number },
): Placeable =>
  series({
    ...words,
    queries: words.lines.map(([as, query]) => ({ query, as: `${as} $tag_instance` })),
    min: 0,
    step: MINUTE,
    empty: '网关无数据',
  });

export const deadLettersKept = (): Placeable =>
  figure({
    title: '待查的死信',
    description:
      'How many messages could we not understand? Payloads that were refused and are kept; look at their reasons in the console and take them again once repaired.',
    field: 'dead_letters',
    unit: COUNT,
    warn: 1,
    bad: 1_000,
  });

export const deadLettersPerHour = (): Placeable =>
  chart({
    title: '每小时新增死信',
    description:
      'When did a device begin to send what we cannot read? Payloads refused in each hour, for all campuses of the gateway.',
    lines: [['死信', perHour('refused')]],
    unit: COUNT,
    decimals: 0,
  });

export const lateReadings = (): Placeable =>
  chart({
    title: '每小时迟到的读数',
    description:
      'Is a device clock wrong, or was a device cut off? Readings in each hour that told of the past: many from devices that were never cut off mean a clock that is behind.',
    lines: [['迟到', perHour('late')]],
    unit: COUNT,
    decimals: 0,
  });
