import { Type } from 'typebox';
import type { DailyWindow } from '../../campus/daily-windows.ts';
import type { Profile } from '../../campus/profile.ts';
import type { Rule, RuleOverride } from '../../campus/rule.ts';
import { checkInRange } from '../../campus/rule-check.ts';
import { addDays, isDate } from '../../campus/school-days.ts';
import type { Millis } from '../../clock.ts';
import { parseDuration } from '../../duration.ts';
import { about, DateOnly, Duration, TimeOfDay, type YamlFile } from '../../validation.ts';
import type { UnitKind } from './kinds.ts';
import { UNIT_KINDS } from './kinds.ts';

const closed = { additionalProperties: false };
const DAY: Millis = 86_400_000;

const times = {
  from: TimeOfDay(),
  to: TimeOfDay(about('Not after `from`: it ends the next day', '不晚于 from 时表示次日结束')),
};

/** What of a device in campus.yaml is about the cold unit that it watches. */
export const UnitKeys = Type.Object(
  {
    kind: Type.Optional(
      Type.Enum([...UNIT_KINDS], about('Else its profile’s', '设备种类，缺省按档案')),
    ),
    limits: Type.Optional(
      Type.Object(
        {
          high: Type.Optional(Type.Number(about('Not above, ℃', '上限 ℃'))),
          low: Type.Optional(Type.Number(about('Not below, ℃', '下限 ℃'))),
          hard: Type.Optional(
            Type.Number(
              about('Never beyond, whatever explains it, ℃', '硬限值 ℃，不受时段免计影响'),
            ),
          ),
        },
        { ...closed, ...about('Else its profile’s', '温度限值，缺省按档案') },
      ),
    ),
    windows: Type.Array(
      Type.Object({ kind: Type.Enum(['defrost', 'door', 'restock']), ...times }, closed),
      {
        default: [],
        maxItems: 20,
        ...about(
          'Times of day at which it warms for a known reason: defrost, busy door, restocking',
          '每天有已知升温原因的时段：defrost 化霜、door 开门频繁、restock 进货上架',
        ),
      },
    ),
    hours: Type.Optional(
      Type.Array(Type.Object(times, closed), {
        minItems: 1,
        maxItems: 10,
        ...about(
          'When it is in use; outside of them nothing is judged (hot holding)',
          '使用时段，其余时间不判断（热藏）',
        ),
      }),
    ),
    calibrated: Type.Optional(
      DateOnly(about('When its probe was last calibrated', '探头上次校验日期')),
    ),
    calibrateEvery: Duration({
      default: '365d',
      ...about('How long a calibration counts', '校验有效期'),
    }),
  },
  { ...closed, ...about('The cold unit it watches', '所监测的冷藏冷冻设备') },
);

/** The limits of a unit, ℃. `hard`: see `hardSide`. */
export interface UnitLimits {
  high?: number | undefined;
  low?: number | undefined;
  hard?: number | undefined;
}

/** A cold unit, or one that keeps food hot. */
export interface ColdUnit {
  kind: UnitKind;
  limits: UnitLimits;
  /** Out of range for so long on end is an excursion (ms). */
  delay: Millis;
  windows: readonly (DailyWindow & { kind: 'defrost' | 'door' | 'restock' })[];
  /** Undefined: always in use. */
  hours: readonly DailyWindow[] | undefined;
  /** Days. */
  calibrated: string | undefined;
  calibrationDue: string | undefined;
}

/** The rules of a unit's profile that a limit is written in. */
const LIMITS = {
  high: [{ key: 'high', rules: ['too-warm', 'warm-in-all'] }],
  low: [{ key: 'low', rules: ['too-cold', 'cold-in-all'] }],
  hard: [
    { key: 'high', rules: ['much-too-warm'] },
    { key: 'low', rules: ['much-too-cold'] },
  ],
} as const;

type Keys = Type.Static<typeof UnitKeys>;
type Overrides = Readonly<Record<string, RuleOverride>>;
type Path = readonly (string | number)[];

/** A unit's limits as changes of its profile's rules. */
export function limitOverrides(
  yaml: YamlFile,
  here: Path,
  unit: Keys | undefined,
  { rules, metrics }: Profile,
): Overrides {
  const overrides: Record<string, RuleOverride> = {};
  for (const name of ['high', 'low', 'hard'] as const) {
    const value = unit?.limits?.[name];
    if (value === undefined) continue;
    const path = [...here, 'unit', 'limits', name];
    const fitting = LIMITS[name].flatMap(({ key, rules: ids }) =>
      rules.filter(({ id }) => ids.some((one) => one === id)).map((rule) => [rule, key] as const),
    );
    if (fitting.length === 0) {
      yaml.mistake(path, { en: 'a limit that its profile has', zh: '其档案具有的限值' });
    }
    const isPossible = fitting.every(([rule, key]) => {
      const metric = 'metric' in rule ? metrics[rule.metric] : undefined;
      return !metric || checkInRange(yaml, path, key, value, metric);
    });
    if (!isPossible) continue;
    for (const [{ id }, key] of fitting) overrides[id] = { [key]: value };
  }
  return overrides;
}

/** The unit a device watches; undefined: none. `rules`: with the unit's limits. */
export function joinUnit(
  yaml: YamlFile,
  here: Path,
  keys: Keys | undefined,
  profile: Profile,
  rules: readonly Rule[],
): ColdUnit | undefined {
  if (profile.unit === undefined) {
    if (keys) {
      yaml.mistake([...here, 'unit'], {
        en: 'nothing: its profile is not one of a cold unit',
        zh: '不填：其档案不是冷藏冷冻设备',
      });
    }
    return undefined;
  }
  const alike = keys ? undefined : usual.get(rules);
  if (alike) return alike;
  const { calibrated } = keys ?? {};
  const isReal = calibrated === undefined || isDate(calibrated);
  if (!isReal) {
    yaml.mistake([...here, 'unit', 'calibrated'], { en: 'a date that exists', zh: '存在的日期' });
  }
  const days = Math.floor(parseDuration(keys?.calibrateEvery ?? '365d') / DAY);
  const unit: ColdUnit = {
    kind: keys?.kind ?? profile.unit,
    limits: limitsOf(rules),
    delay: rules.find((rule) => rule.kind === 'excursion')?.onDelay ?? 0,
    windows: keys?.windows ?? [],
    hours: keys?.hours,
    calibrated,
    calibrationDue: calibrated !== undefined && isReal ? addDays(calibrated, days) : undefined,
  };
  if (!keys) usual.set(rules, unit);
  return unit;
}

/** Of devices that are like their profile: these share its rules, and one unit. */
const usual = new WeakMap<readonly Rule[], ColdUnit>();

/** The limits that the rules judge by. */
function limitsOf(rules: readonly Rule[]): UnitLimits {
  const found = (name: keyof typeof LIMITS): number | undefined => {
    for (const { key, rules: ids } of LIMITS[name]) {
      for (const rule of rules) {
        if (!ids.some((id) => id === rule.id)) continue;
        if (rule.kind === 'threshold' || rule.kind === 'excursion') return rule[key];
      }
    }
    return undefined;
  };
  return { high: found('high'), low: found('low'), hard: found('hard') };
}
