import { type Static, Type } from 'typebox';
import { type Alarm, type AlarmEvent, DISPOSITIONS } from '../alarms/alarm.ts';
import { SEVERITIES } from '../campus/rule.ts';
import type { Millis } from '../clock.ts';
import { qualityWords } from '../pipeline/quality.ts';
import type { Reading } from '../pipeline/stage.ts';
import { about, allows } from '../validation.ts';

// What several routes say and take. A key that is absent has not happened or does not apply.

export const Time = (en: string, zh: string) =>
  Type.String({ format: 'date-time', ...about(`${en} (ISO 8601)`, zh) });

export const BothTexts = (en: string, zh: string) =>
  Type.Object({ zh: Type.String(), en: Type.String() }, about(en, zh));

export const ErrorShape = Type.Object(
  {
    code: Type.String(about('Stable: see src/errors.ts', '稳定的错误代码')),
    message: BothTexts('What happened', '发生了什么'),
    remedy: BothTexts('What to do about it', '怎么办'),
    where: Type.Optional(Type.String(about('The part of the request that is wrong', '出错的位置'))),
  },
  { $id: 'Error', ...about('Why a request was not carried out', '请求未执行的原因') },
);
export type ErrorShape = Static<typeof ErrorShape>;

/** The error answers of every route. They are sent by the error handler, never by a route. */
export const failures = {
  '4xx': Type.Unsafe<never>({ $ref: 'Error#', ...about('Not carried out', '未执行') }),
  '5xx': Type.Unsafe<never>({ $ref: 'Error#', ...about('Failed', '失败') }),
};

export const Limit = (fallback: number, maximum: number) =>
  Type.Integer({
    minimum: 1,
    maximum,
    default: fallback,
    ...about('At most this many', '最多返回条数'),
  });

export const Cursor = Type.Optional(
  Type.String({
    maxLength: 200,
    ...about('`next` of the page before', '上一页返回的 next'),
  }),
);

export const Next = Type.Optional(
  Type.String(about('Cursor of the next page; absent on the last', '下一页游标；最后一页没有')),
);

/** A point in time that a client gives. */
export const Moment = (en: string, zh: string) =>
  Type.String({
    pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,3})?)?(Z|[+-]\\d\\d:\\d\\d)$',
    ...allows(
      'a time with its zone such as 2026-09-01T08:00:00+08:00 (+ is %2B in a query)',
      '带时区的时间，例如 2026-09-01T08:00:00+08:00（查询串中 + 写作 %2B）',
    ),
    ...about(en, zh),
  });

export const SeverityShape = Type.Enum([...SEVERITIES], about('Severity', '级别'));

export const DispositionShape = Type.Enum(
  [...DISPOSITIONS],
  about(
    'What it was: fire, false-alarm, drill, test or fault',
    '处置结论：fire 真实火警、false-alarm 误报、drill 演练、test 测试、fault 故障',
  ),
);

export const AlarmShape = Type.Object({
  id: Type.Integer(),
  campus: Type.String(about("Empty: the gateway's own", '空为网关自身的报警')),
  device: Type.String(),
  deviceName: Type.String(),
  zone: Type.String(),
  rule: Type.String(),
  severity: SeverityShape,
  latched: Type.Boolean(about('Stays until a person resets it', '须人工复位')),
  metric: Type.Optional(Type.String()),
  value: Type.Optional(Type.Number()),
  limit: Type.Optional(Type.Number()),
  unit: Type.String(),
  title: BothTexts('What is wrong', '出了什么问题'),
  action: BothTexts('What to do', '该怎么办'),
  detail: Type.Optional(
    BothTexts('What more is known: a cause, a cost', '补充说明，例如原因、损失'),
  ),
  since: Time('When the condition began', '异常开始时间'),
  raised: Time('When it was raised', '报警时间'),
  occurrences: Type.Integer(about('How often it was raised', '发生次数')),
  acknowledged: Type.Optional(Time('When it was acknowledged', '确认时间')),
  acknowledgedBy: Type.Optional(Type.String()),
  acknowledgedUntil: Type.Optional(
    Time('When it rings again if the condition still holds', '仍未恢复则再次提醒的时间'),
  ),
  expired: Type.Optional(Time('When the last acknowledgement expired', '上次确认过期时间')),
  reminded: Type.Optional(Time('When people were last reminded of it', '上次提醒时间')),
  assigned: Type.Optional(Time('When it was assigned', '指派时间')),
  assignedTo: Type.Optional(Type.String(about('Whose business it is', '负责人'))),
  shelvedUntil: Type.Optional(Time('Nobody is told of it until then', '搁置至')),
  cleared: Type.Optional(Time('When the condition was over', '恢复时间')),
  disposition: Type.Optional(DispositionShape),
  closed: Type.Optional(Time('When it was closed', '关闭时间')),
  closedBy: Type.Optional(Type.String()),
  closeReason: Type.Optional(Type.String()),
  suppressedBy: Type.Optional(
    Type.Integer(
      about('The alarm that explains it; nobody is told of it', '由此报警所致，不单独通知'),
    ),
  ),
  unstable: Type.Optional(
    Type.Boolean(
      about('It comes and goes; nobody is told each time', '信号不稳定，反复时不再通知'),
    ),
  ),
  drill: Type.Optional(Type.Boolean(about('Raised in a drill', '演练中产生'))),
});
export type AlarmShape = Static<typeof AlarmShape>;

export const iso = (time: Millis): string => new Date(time).toISOString();

export const optionalIso = (time: Millis | undefined): string | undefined =>
  time === undefined ? undefined : iso(time);

/** An alarm as the API says it. */
export function sayAlarm(alarm: Alarm): AlarmShape {
  const { since, raised, acknowledged, acknowledgedUntil, expired, reminded, ...most } = alarm;
  const { assigned, shelvedUntil, cleared, closed, unstableUntil, drill, ...rest } = most;
  return {
    ...rest,
    since: iso(since),
    raised: iso(raised),
    acknowledged: optionalIso(acknowledged),
    acknowledgedUntil: optionalIso(acknowledgedUntil),
    expired: optionalIso(expired),
    reminded: optionalIso(reminded),
    assigned: optionalIso(assigned),
    shelvedUntil: optionalIso(shelvedUntil),
    cleared: optionalIso(cleared),
    closed: optionalIso(closed),
    ...(unstableUntil === undefined ? {} : { unstable: true }),
    ...(drill === undefined ? {} : { drill: true }),
  };
}

/** An alarm's event as the live stream says it. */
export function sayAlarmEvent({ id, time, event, alarm, ...step }: AlarmEvent) {
  const { person, detail, assignee, disposition } = step;
  const until = optionalIso(step.until);
  const said = { id, time: iso(time), event, person, detail, assignee, disposition, until };
  return { ...said, alarm: sayAlarm(alarm) };
}

/** A value as people know it: booleans are stored as 0 and 1. */
export const sayValue = (value: number, type: 'number' | 'boolean'): number | boolean =>
  type === 'boolean' ? value !== 0 : value;

/** A reading as the live stream says it. */
export function sayReading({ series, time, value, quality }: Reading) {
  const { device } = series.device;
  return {
    campus: device.campus.id,
    device: device.id,
    metric: series.metric,
    time: iso(time),
    value: sayValue(value, series.spec.type),
    unit: series.spec.unit,
    quality: qualityWords(quality),
  };
}
