import { type Static, Type } from 'typebox';
import type { Millis } from '../clock.ts';
import { parseDuration } from '../duration.ts';
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

const common = {
  id: Id(about('Unique in the profile; alarms are known by it', '规则名，在档案内唯一')),
  severity: Severity,
  name: BothLanguages(about('What is wrong', '出了什么问题')),
  action: BothLanguages(about('What to do about it', '该怎么办')),
};

/** A number above `high` or below `low`. */
export const ThresholdRule = Type.Object(
  {
    ...common,
    kind: Type.Literal('threshold'),
    metric: Id(about('The metric it judges', '判断的指标')),
    high: Type.Optional(Type.Number(about('Alarm above this value', '高于此值报警'))),
    low: Type.Optional(Type.Number(about('Alarm below this value', '低于此值报警'))),
    deadBand: Type.Number({
      minimum: 0,
      default: 0,
      ...about(
        'How far inside the limit the value must return to clear',
        '回差：回到限值以内多少才算恢复',
      ),
    }),
    onDelay: Duration({
      default: '0s',
      ...about('How long it must last before the alarm is raised', '持续多久才报警'),
    }),
    offDelay: Duration({
      default: '0s',
      ...about('How long it must be over before the alarm clears', '恢复多久才解除'),
    }),
  },
  { additionalProperties: false },
);

/** A boolean metric in its alarming state. */
export const StateRule = Type.Object(
  {
    ...common,
    kind: Type.Literal('state'),
    metric: Id(about('The metric it judges', '判断的指标')),
    is: Type.Boolean({ default: true, ...about('The alarming state', '报警状态') }),
    latched: Type.Boolean({
      default: false,
      ...about('Stays until a named person resets it (fire)', '锁定：须由具名人员复位（火警）'),
    }),
    onDelay: Duration({ default: '0s', ...about('As above', '同上') }),
    offDelay: Duration({ default: '0s', ...about('As above', '同上') }),
  },
  { additionalProperties: false },
);

/** Nothing heard from the device for longer than its silence limit. */
export const SilenceRule = Type.Object(
  {
    ...common,
    kind: Type.Literal('silence'),
    after: Type.Optional(
      Duration(about("Instead of the profile's silence limit", '代替档案里的静默时限')),
    ),
  },
  { additionalProperties: false },
);

export const RuleSchema = Type.Union([ThresholdRule, StateRule, SilenceRule]);

/** A rule as written in a profile, its defaults filled in. */
export type RuleConfig = Static<typeof RuleSchema>;

type Delays = { onDelay: Millis; offDelay: Millis };
export type ThresholdRule = Omit<Static<typeof ThresholdRule>, keyof Delays> & Delays;
export type StateRule = Omit<Static<typeof StateRule>, keyof Delays> & Delays;
export type SilenceRule = Omit<Static<typeof SilenceRule>, 'after'> & { after: Millis };

/** A rule ready to judge: durations in milliseconds, overrides applied. */
export type Rule = ThresholdRule | StateRule | SilenceRule;

/** Reads a rule's durations; a silence rule without its own takes the profile's limit. */
export function resolveRule(config: RuleConfig, silence: Millis): Rule {
  if (config.kind === 'silence') {
    return { ...config, after: config.after === undefined ? silence : parseDuration(config.after) };
  }
  const delays = {
    onDelay: parseDuration(config.onDelay),
    offDelay: parseDuration(config.offDelay),
  };
  return { ...config, ...delays };
}

/** What campus.yaml may change of a rule for one device. */
export const RuleOverride = Type.Object(
  {
    off: Type.Optional(Type.Boolean(about('Switches the rule off', '关闭此规则'))),
    severity: Type.Optional(Severity),
    high: Type.Optional(Type.Number()),
    low: Type.Optional(Type.Number()),
    deadBand: Type.Optional(Type.Number({ minimum: 0 })),
    onDelay: Type.Optional(Duration()),
    offDelay: Type.Optional(Duration()),
    after: Type.Optional(Duration()),
  },
  { additionalProperties: false },
);
export type RuleOverride = Static<typeof RuleOverride>;
