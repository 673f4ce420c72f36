import { type Static, Type } from 'typebox';
import { parseDuration } from '../duration.ts';
import { about, Duration } from '../validation.ts';
import type { DailyWindows } from './daily-windows.ts';
import {
  closed,
  type Delays,
  deadBand,
  judging,
  limits,
  type Resolved,
  window,
} from './rule-keys.ts';

// Rules about cold units. The canteen part knows how they judge.

const excused = Duration({
  default: '45m',
  ...about(
    'The most of one excursion that a window of the unit or its defrost rhythm excuses',
    '设备时段或化霜规律对一次超限最多免计多久',
  ),
});

/** Out of range on end. What the unit's windows and its learned defrost explain does not count. */
export const ExcursionRule = Type.Object(
  { ...judging, kind: Type.Literal('excursion'), ...limits, deadBand, excused },
  closed,
);

/** Out of range for `total` in all within a window: many short excursions, none of them explained. */
export const CumulativeExcursionRule = Type.Object(
  {
    ...judging,
    kind: Type.Literal('cumulative-excursion'),
    ...limits,
    excused,
    longest: Duration({
      default: '30m',
      ...about(
        'An excursion that lasts so long rings by itself and is not counted',
        '持续这么久的超限另有报警，不计入累计',
      ),
    }),
    total: Duration(about('How long in all', '累计时长')),
    window,
  },
  closed,
);

/** Rises as fast as only an open door lets it, outside the unit's windows. */
export const DoorOpenRule = Type.Object(
  {
    ...judging,
    kind: Type.Literal('door-open'),
    rise: Type.Number({
      exclusiveMinimum: 0,
      ...about('Rose by more than this', '窗口内上升超过此值'),
    }),
    window,
  },
  closed,
);

/** Only rises, without the saw-tooth of a working compressor. */
export const WarmingRule = Type.Object(
  {
    ...judging,
    kind: Type.Literal('warming'),
    rise: Type.Number({
      exclusiveMinimum: 0,
      ...about('Rose by at least this', '至少上升这么多'),
    }),
    after: Duration(about('And for at least so long', '且至少持续这么久')),
    tolerance: Type.Number({
      minimum: 0,
      default: 0.5,
      ...about('A fall that is none', '不算回落的波动'),
    }),
  },
  closed,
);

export const UNIT_RULE_KINDS = [
  ExcursionRule,
  CumulativeExcursionRule,
  DoorOpenRule,
  WarmingRule,
] as const;

/** The windows of the unit that it judges. */
type InWindows = { windows: DailyWindows };

export type ExcursionRule = Resolved<Static<typeof ExcursionRule>, Delays | 'excused'> & InWindows;
export type CumulativeExcursionRule = Resolved<
  Static<typeof CumulativeExcursionRule>,
  Delays | 'excused' | 'window' | 'total' | 'longest'
> &
  InWindows;
export type DoorOpenRule = Resolved<Static<typeof DoorOpenRule>, Delays | 'window'> & InWindows;
export type WarmingRule = Resolved<Static<typeof WarmingRule>, Delays | 'after'>;

/** A rule about a cold unit, its durations in milliseconds. */
export type UnitRule = ExcursionRule | CumulativeExcursionRule | DoorOpenRule | WarmingRule;

type UnitRuleConfig = Static<(typeof UNIT_RULE_KINDS)[number]>;

const KINDS: ReadonlySet<string> = new Set(
  UNIT_RULE_KINDS.map(({ properties }) => properties.kind.const),
);

export const isUnitRule = <R extends { kind: string }>(
  rule: R,
): rule is Extract<R, { kind: UnitRule['kind'] }> => KINDS.has(rule.kind);

/** Reads its durations. */
export function resolveUnitRule(config: UnitRuleConfig, windows: DailyWindows): UnitRule {
  const delays = {
    onDelay: parseDuration(config.onDelay),
    offDelay: parseDuration(config.offDelay),
  };
  switch (config.kind) {
    case 'excursion':
      return { ...config, ...delays, excused: parseDuration(config.excused), windows };
    case 'cumulative-excursion': {
      const [total, window] = [parseDuration(config.total), parseDuration(config.window)];
      const [excused, longest] = [parseDuration(config.excused), parseDuration(config.longest)];
      return { ...config, ...delays, total, window, excused, longest, windows };
    }
    case 'door-open':
      return { ...config, ...delays, window: parseDuration(config.window), windows };
    case 'warming':
      return { ...config, ...delays, after: parseDuration(config.after) };
  }
}
