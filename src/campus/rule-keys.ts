import { type Static, Type } from 'typebox';
import type { Millis } from '../clock.ts';
import { about, BothLanguages, Duration, Id } from '../validation.ts';

/** 紧急, 重要, 一般, 提示 */
export const SEVERITIES = ['critical', 'major', 'minor', 'info'] as const;
export const Severity = Type.Enum([...SEVERITIES], {
  ...about(
    'critical: fire and life; major; minor; info',
    'critical 紧急（火警、生命安全）；major 重要；minor 一般；info 提示',
  ),
});
export type Severity = Static<typeof Severity>;

export const isGraver = (one: Severity, other: Severity): boolean =>
  SEVERITIES.indexOf(one) < SEVERITIES.indexOf(other);

/** When a rule can hold, by the school calendar. */
export const SCHEDULES = [
  'always',
  'school-hours',
  'outside-school-hours',
  'school-days',
  'off-days',
] as const;
export type When = (typeof SCHEDULES)[number];

/** The most readings, onsets or stretches that a rule remembers of one device. */
export const MAX_REMEMBERED = 2000;

export const closed = { additionalProperties: false };

/** What every rule has. */
export const common = {
  id: Id(about('Unique in the profile; alarms are known by it', '规则名，在档案内唯一')),
  severity: Severity,
  name: BothLanguages(about('What is wrong', '出了什么问题')),
  action: BothLanguages(about('What to do about it', '该怎么办')),
};

const When = Type.Enum([...SCHEDULES], {
  default: 'always',
  ...about(
    'When it can hold, by the school calendar: always, school-hours, outside-school-hours, school-days or off-days',
    '按校历何时有效：always 始终、school-hours 上课时间、outside-school-hours 上课时间以外、school-days 上课日、off-days 放假日',
  ),
});

/** What every rule that judges values has. */
export const judging = {
  ...common,
  metric: Id(about('The metric it judges', '判断的指标')),
  onDelay: Duration({
    default: '0s',
    ...about('How long it must last before the alarm is raised', '持续多久才报警'),
  }),
  offDelay: Duration({
    default: '0s',
    ...about('How long it must be over before the alarm clears', '恢复多久才解除'),
  }),
  when: When,
};

export const limits = {
  high: Type.Optional(Type.Number(about('Beyond is above this value', '高于此值为越限'))),
  low: Type.Optional(Type.Number(about('Beyond is below this value', '低于此值为越限'))),
};
export const deadBand = Type.Number({
  minimum: 0,
  default: 0,
  ...about(
    'How far inside the limit the value must return to be over',
    '回差：回到限值以内多少才算恢复',
  ),
});
export const is = Type.Optional(
  Type.Boolean(about('Of a boolean metric: the state that counts', '布尔指标：计入的状态')),
);
export const window = Duration(
  about('How far it looks back, in event time', '回看多久（事件时间）'),
);

/** A rule whose durations are milliseconds. */
export type Resolved<Config, Durations extends keyof Config> = Omit<Config, Durations> &
  Record<Durations, Millis>;
export type Delays = 'onDelay' | 'offDelay';
