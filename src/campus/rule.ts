import { type Static, Type } from 'typebox';
import type { Millis } from '../clock.ts';
import { parseDuration } from '../duration.ts';
import { about, Duration } from '../validation.ts';
import { NO_WINDOWS } from './daily-windows.ts';
import { isMeterRule, METER_RULE_KINDS, type MeterRule } from './meter-rule.ts';
import {
  closed,
  common,
  type Delays,
  deadBand,
  is,
  judging,
  limits,
  type Resolved,
  SCHEDULES,
  Severity,
  window,
} from './rule-keys.ts';
import { isUnitRule, resolveUnitRule, UNIT_RULE_KINDS, type UnitRule } from './unit-rule.ts';

export {
  isGraver,
  MAX_REMEMBERED,
  SCHEDULES,
  SEVERITIES,
  Severity,
  type When,
} from './rule-keys.ts';

/** The rule that the gateway itself adds to every zone: no profile's may be called so. */
export const FIRE_COINCIDENCE = 'fire-coincidence';

/** A number above `high` or below `low`. */
export const ThresholdRule = Type.Object(
  { ...judging, kind: Type.Literal('threshold'), ...limits, deadBand },
  closed,
);

/** A boolean metric in its alarming state. */
export const StateRule = Type.Object(
  {
    ...judging,
    kind: Type.Literal('state'),
    is: Type.Boolean({ default: true, ...about('The alarming state', '报警状态') }),
    latched: Type.Boolean({
      default: false,
      ...about('Stays until a named person resets it (fire)', '锁定：须由具名人员复位（火警）'),
    }),
    fire: Type.Boolean({
      default: false,
      ...about(
        'A sign of fire: 预警 alone, and 火警 together with a second device of its zone',
        '火灾信号：单独为预警，与同区域另一设备一起为火警',
      ),
    }),
  },
  closed,
);

/** A number that rose or fell by more than so much within a window. */
export const RateRule = Type.Object(
  {
    ...judging,
    kind: Type.Literal('rate'),
    rise: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        ...about('Rose by more than this', '窗口内上升超过此值'),
      }),
    ),
    fall: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        ...about('Fell by more than this', '窗口内下降超过此值'),
      }),
    ),
    window,
  },
  closed,
);

/** A number that keeps being reported and should vary, but does not. */
export const StuckRule = Type.Object(
  {
    ...judging,
    kind: Type.Literal('stuck'),
    tolerance: Type.Number({
      minimum: 0,
      default: 0,
      ...about('Variation that is none', '不算变化的波动'),
    }),
    after: Duration(about('Unchanged for so long', '多久未变化')),
  },
  closed,
);

/** Something that began `times` times within a window. */
export const CountRule = Type.Object(
  {
    ...judging,
    kind: Type.Literal('count'),
    is,
    ...limits,
    deadBand,
    times: Type.Integer({ minimum: 2, maximum: 100, ...about('How often', '出现次数') }),
    window,
  },
  closed,
);

/** A total time beyond a limit, or in a state, within a window. */
export const CumulativeRule = Type.Object(
  {
    ...judging,
    kind: Type.Literal('cumulative'),
    is,
    ...limits,
    total: Duration(about('How long in all', '累计时长')),
    window,
  },
  closed,
);

/** Nothing but values that can't be true: out of the metric's range, or a jump. */
export const RefusedRule = Type.Object({ ...judging, kind: Type.Literal('refused') }, closed);

/** Nothing heard from the device for longer than its silence limit. */
export const SilenceRule = Type.Object(
  {
    ...common,
    kind: Type.Literal('silence'),
    after: Type.Optional(
      Duration(about("Instead of the profile's silence limit", '代替档案里的静默时限')),
    ),
  },
  closed,
);

/** In the order in which the reference shows them. */
export const RULE_KINDS = [
  ThresholdRule,
  StateRule,
  RateRule,
  StuckRule,
  CountRule,
  CumulativeRule,
  RefusedRule,
  SilenceRule,
  ...UNIT_RULE_KINDS,
  ...METER_RULE_KINDS,
] as const;
export const RuleSchema = Type.Union([...RULE_KINDS]);

/** A rule as written in a profile, its defaults filled in. */
export type RuleConfig = Static<typeof RuleSchema>;

export type ThresholdRule = Resolved<Static<typeof ThresholdRule>, Delays>;
export type StateRule = Resolved<Static<typeof StateRule>, Delays>;
export type RateRule = Resolved<Static<typeof RateRule>, Delays | 'window'>;
export type StuckRule = Resolved<Static<typeof StuckRule>, Delays | 'after'>;
export type CountRule = Resolved<Static<typeof CountRule>, Delays | 'window'>;
export type CumulativeRule = Resolved<Static<typeof CumulativeRule>, Delays | 'window' | 'total'>;
export type RefusedRule = Resolved<Static<typeof RefusedRule>, Delays>;
export type SilenceRule = Resolved<Required<Static<typeof SilenceRule>>, 'after'>;

/** Rules that judge a value by itself. */
export type PlainRule = ThresholdRule | StateRule;
/** Rules that judge the values of a metric. */
export type ValueRule = PlainRule | RateRule | StuckRule | CountRule | CumulativeRule | RefusedRule;
/** A rule ready to judge: durations in milliseconds, overrides applied. */
export type Rule = ValueRule | SilenceRule | UnitRule | MeterRule;

/**
 * Reads a rule's durations; a silence rule without its own takes the profile's limit. `windows`: those
 * of the cold unit that it judges.
 */
export function resolveRule(config: RuleConfig, silence: Millis, windows = NO_WINDOWS): Rule {
  if (config.kind === 'silence') {
    return { ...config, after: config.after === undefined ? silence : parseDuration(config.after) };
  }
  if (isMeterRule(config)) {
    if (config.kind !== 'continuous-flow') return config;
    return { ...config, after: parseDuration(config.after) };
  }
  if (isUnitRule(config)) return resolveUnitRule(config, windows);
  const delays = {
    onDelay: parseDuration(config.onDelay),
    offDelay: parseDuration(config.offDelay),
  };
  switch (config.kind) {
    case 'threshold':
    case 'state':
    case 'refused':
      return { ...config, ...delays };
    case 'stuck':
      return { ...config, ...delays, after: parseDuration(config.after) };
    case 'rate':
    case 'count':
      return { ...config, ...delays, window: parseDuration(config.window) };
    case 'cumulative': {
      const [total, window] = [parseDuration(config.total), parseDuration(config.window)];
      return { ...config, ...delays, total, window };
    }
  }
}

/** What campus.yaml may change of a rule for one device. */
export const RuleOverride = Type.Object(
  {
    off: Type.Optional(Type.Boolean(about('Switches the rule off', '关闭此规则'))),
    severity: Type.Optional(Severity),
    high: Type.Optional(Type.Number()),
    low: Type.Optional(Type.Number()),
    deadBand: Type.Optional(Type.Number({ minimum: 0 })),
    rise: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    fall: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    tolerance: Type.Optional(Type.Number({ minimum: 0 })),
    legitimate: Type.Optional(Type.Number({ minimum: 0 })),
    ratio: Type.Optional(Type.Number({ exclusiveMinimum: 1 })),
    least: Type.Optional(Type.Number({ minimum: 0 })),
    times: Type.Optional(Type.Integer({ minimum: 2, maximum: 100 })),
    total: Type.Optional(Duration()),
    excused: Type.Optional(Duration()),
    longest: Type.Optional(Duration()),
    window: Type.Optional(Duration()),
    after: Type.Optional(Duration()),
    onDelay: Type.Optional(Duration()),
    offDelay: Type.Optional(Duration()),
    when: Type.Optional(Type.Enum([...SCHEDULES])),
  },
  closed,
);
export type RuleOverride = Static<typeof RuleOverride>;

/** What an override may change of a rule of this kind. */
export function overridable(kind: RuleConfig['kind']): string[] {
  const schema = RULE_KINDS.find(({ properties }) => properties.kind.const === kind);
  const own = schema ? Object.keys(schema.properties) : [];
  return Object.keys(RuleOverride.properties).filter((key) => key === 'off' || own.includes(key));
}
