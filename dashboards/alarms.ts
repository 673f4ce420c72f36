import { SEVERITIES, type Severity } from '../src/campus/rule.ts';
import { either, is, type Select, text } from './influxql.ts';
import { COLOURS } from './limits.ts';
import { overrideByName, property, valueMap } from './names.ts';
import { chosen } from './selection.ts';

/** An alarm that is older than this and still open is left to the console. */
const LOOK_BACK = '90d';

export const SEVERITY_NAMES: Record<Severity, string> = {
  critical: '紧急',
  major: '重要',
  minor: '一般',
  info: '提示',
};

/** Paged, so somebody must do something; `info` is for the reports. */
export const PAGED: readonly Severity[] = SEVERITIES.filter((severity) => severity !== 'info');

/**
 * The newest of these events of every alarm. A device and a rule have one open alarm at most, so
 * grouping by them follows each alarm's life.
 */
function newest(events: readonly string[], where: readonly string[]): Select {
  return {
    select: [
      'last("alarm") AS "alarm"',
      '"event"',
      '"severity"',
      '"zone"',
      '"title"',
      '"value"',
      '"limit"',
    ],
    from: ['alarm'],
    where: [...chosen, ...where, either(events.map((event) => is('event', event)))],
    range: LOOK_BACK,
    by: ['campus', 'device', 'rule'],
  };
}

const severityIn = (severities: readonly Severity[]) =>
  either(severities.map((severity) => is('severity', severity)));

/** Alarms that nobody has ended yet, one row each. */
export const openAlarms = (severities: readonly Severity[], where: readonly string[]): Select => ({
  select: [
    '"severity"',
    '"title"',
    '"value"',
    '"limit"',
    '"campus"',
    '"zone"',
    '"device"',
    '"alarm"',
  ],
  from: [newest(['raised', 'closed'], where)],
  where: [is('event', 'raised'), severityIn(severities)],
});

/** How many of them there are. */
export const countOpen = (severities: readonly Severity[], where: readonly string[]): Select => ({
  select: ['count("alarm") AS "open"'],
  from: [newest(['raised', 'closed'], where)],
  where: [is('event', 'raised'), severityIn(severities)],
});

/** How many conditions last, acknowledged or not. */
export const countLasting = (where: readonly string[]): Select => ({
  select: ['count("alarm") AS "lasting"'],
  from: [newest(['raised', 'cleared'], where)],
  where: [is('event', 'raised')],
});

/** What lasts, one row each. */
export const lasting = (where: readonly string[]): Select => ({
  select: ['"severity"', '"title"', '"campus"', '"zone"', '"device"', '"alarm"'],
  from: [newest(['raised', 'cleared'], where)],
  where: [is('event', 'raised')],
});

/** What happened within the dashboard's range, one row each. */
export const happened = (events: readonly string[], where: readonly string[]): Select => ({
  select: [
    '"event"',
    '"severity"',
    '"title"',
    '"value"',
    '"limit"',
    '"campus"',
    '"zone"',
    '"device"',
    '"alarm"',
  ],
  from: ['alarm'],
  where: [...chosen, ...where, either(events.map((event) => is('event', event)))],
});

/** How often alarms were raised, by day. */
export const raisedByDay = (
  timezone: string,
  where: readonly string[],
  by: readonly string[],
): Select => ({
  select: ['count("alarm") AS "raised"'],
  from: ['alarm'],
  where: [...chosen, ...where, is('event', 'raised')],
  every: '1d',
  by,
  fill: 0,
  timezone,
});

/** A rule is one of these. */
export const ruleIn = (rules: readonly string[]): string =>
  rules.length === 0 ? `"rule" = ${text('')}` : either(rules.map((rule) => is('rule', rule)));

const severityMap = SEVERITIES.map(
  (severity) => [severity, SEVERITY_NAMES[severity], COLOURS[severity]] as const,
);

const EVENT_NAMES = [
  ['raised', '报警'],
  ['escalated', '级别升高'],
  ['acknowledged', '已确认'],
  ['expired', '确认已过期'],
  ['assigned', '已指派'],
  ['commented', '备注'],
  ['shelved', '已搁置'],
  ['unshelved', '搁置结束'],
  ['cleared', '已恢复'],
  ['reset', '已复位'],
  ['closed', '已关闭'],
] as const;

/** How the columns of alarms read. */
export const alarmColumns = [
  overrideByName('Time', property('displayName', '时间'), property('custom.width', 170)),
  overrideByName(
    'severity',
    property('displayName', '级别'),
    property('mappings', [valueMap(severityMap)]),
    property('custom.cellOptions', { type: 'color-background' }),
    property('custom.width', 80),
  ),
  overrideByName(
    'event',
    property('displayName', '事件'),
    property('mappings', [valueMap(EVENT_NAMES)]),
  ),
  overrideByName('title', property('displayName', '报警'), property('custom.minWidth', 220)),
  overrideByName('value', property('displayName', '数值'), property('decimals', 1)),
  overrideByName('limit', property('displayName', '限值'), property('decimals', 1)),
  overrideByName(
    'alarm',
    property('displayName', '编号'),
    property('decimals', 0),
    property('custom.width', 80),
  ),
];

/** How series by severity read. */
export const severitySeries = SEVERITIES.map((severity) =>
  overrideByName(
    severity,
    property('displayName', SEVERITY_NAMES[severity]),
    property('color', { mode: 'fixed', fixedColor: COLOURS[severity] }),
  ),
);
