import { type Static, type TSchema, Type } from 'typebox';
import type { Millis } from '../clock.ts';
import { about, Duration, Id } from '../validation.ts';
import { closed, common } from './rule-keys.ts';

// Rules about what meters have used: leaks and waste. The energy part judges them.

/** Flow is compared where a register's steps are small against it: see `canSee`. */
export const NIGHT = { from: '02:00', to: '04:00', hours: 2 };

const judging = {
  ...common,
  metric: Id(about('The register or interval metric that it judges', '判断的表底或时段用量指标')),
};

const Positive = (en: string, zh: string) =>
  Type.Number({ exclusiveMinimum: 0, maximum: 1e9, ...about(en, zh) });
const Ratio = (en: string, zh: string) =>
  Type.Number({ exclusiveMinimum: 1, maximum: 1_000, ...about(en, zh) });
const Least = (en: string, zh: string) =>
  Type.Number({ minimum: 0, maximum: 1e9, default: 0, ...about(en, zh) });

/** Minimum night flow: 02:00–04:00 never comes to rest. */
export const NightFlowRule = Type.Object(
  {
    ...judging,
    kind: Type.Literal('night-flow'),
    high: Positive(
      'How far above what is usual or legitimate the lowest hour of the night is a leak, in the unit per hour',
      '夜间最小流量超出平时或合理用量多少即疑似漏损，单位量/小时',
    ),
    legitimate: Least(
      'What may rightly be used in any hour of the night; it is taken off',
      '夜间合理用水（每小时），予以扣除',
    ),
  },
  closed,
);

/** Continuous flow: not one quarter of an hour without use. */
export const ContinuousFlowRule = Type.Object(
  {
    ...judging,
    kind: Type.Literal('continuous-flow'),
    after: Duration(
      about('For so long no quarter of an hour was at rest', '连续多久没有一刻钟停止用水'),
    ),
    legitimate: Least(
      'A flow that counts as rest, as people may rightly use it at night',
      '不超过此流量视为停止用水（夜间合理用水）',
    ),
  },
  closed,
);

/** Burst: a flow far above the usual maximum, from the register. */
export const BurstRule = Type.Object(
  {
    ...judging,
    kind: Type.Literal('burst'),
    high: Positive(
      'Beyond is above this, in the unit per hour, while the usual maximum is not known yet',
      '尚未掌握平时最大流量时，高于此值（单位量/小时）为越限',
    ),
    ratio: Ratio('Beyond is above the usual maximum times this', '高于平时最大流量的多少倍为越限'),
    least: Least('A flow below this is never one', '低于此流量不判为爆管'),
    unless: Type.Optional(
      Id(
        about(
          'The flow metric: while that is reported, its own rule is quicker',
          '瞬时流量指标：有其读数时由其自身规则判断',
        ),
      ),
    ),
  },
  closed,
);

/** Base load: the mean of the 8 lowest half-hours of a day has risen. */
export const BaseLoadRule = Type.Object(
  {
    ...judging,
    kind: Type.Literal('base-load'),
    ratio: Ratio(
      'Beyond is above the median of like days before times this',
      '高于此前同类日中位数的多少倍为越限',
    ),
    least: Least('A smaller rise is none, in kW', '升高不足此值（kW）不算'),
  },
  closed,
);

/** Holiday use: far more on a day off than on other days off. */
export const HolidayUseRule = Type.Object(
  {
    ...judging,
    kind: Type.Literal('holiday-use'),
    ratio: Ratio(
      'Beyond is above the median of like days off before times this',
      '高于此前同类放假日中位数的多少倍为越限',
    ),
    least: Least('A smaller surplus a day is none, in the unit', '每天多用不足此值不算'),
  },
  closed,
);

/** Imbalance: a meter and those it feeds do not agree about a day. */
export const ImbalanceRule = Type.Object(
  {
    ...judging,
    kind: Type.Literal('imbalance'),
    high: Positive(
      'Beyond is a difference above this, in % of the larger side',
      '差额高于此百分比为越限',
    ),
    least: Least('A smaller difference a day is none, in the unit', '每天差额不足此值不算'),
  },
  closed,
);

export const METER_RULE_KINDS = [
  NightFlowRule,
  ContinuousFlowRule,
  BurstRule,
  BaseLoadRule,
  HolidayUseRule,
  ImbalanceRule,
] as const;

type As<S extends TSchema> = Static<S>;
export type NightFlowRule = As<typeof NightFlowRule>;
export type ContinuousFlowRule = Omit<As<typeof ContinuousFlowRule>, 'after'> & { after: Millis };
export type BurstRule = As<typeof BurstRule>;
export type BaseLoadRule = As<typeof BaseLoadRule>;
export type HolidayUseRule = As<typeof HolidayUseRule>;
export type ImbalanceRule = As<typeof ImbalanceRule>;

/** A rule about consumption, its durations in milliseconds. */
export type MeterRule =
  | NightFlowRule
  | ContinuousFlowRule
  | BurstRule
  | BaseLoadRule
  | HolidayUseRule
  | ImbalanceRule;

export type MeterRuleConfig = Static<(typeof METER_RULE_KINDS)[number]>;

const KINDS: ReadonlySet<string> = new Set(
  METER_RULE_KINDS.map(({ properties }) => properties.kind.const),
);

export const isMeterRule = <R extends { kind: string }>(
  rule: R,
): rule is Extract<R, { kind: MeterRule['kind'] }> => KINDS.has(rule.kind);

/**
 * Whether a register's steps (in the unit) are small enough to see a night flow: `resolution × 4 <
 * threshold × window`. A coarser one says nothing for hours, then a whole step.
 */
export const canSee = ({ high }: Pick<NightFlowRule, 'high'>, resolution: number): boolean =>
  resolution * 4 < high * NIGHT.hours;
