import { Temporal } from 'temporal-polyfill';
import { type Static, Type } from 'typebox';
import type { Millis } from '../clock.ts';
import { about, allows, DateOnly, Id, Name, type YamlFile } from '../validation.ts';
import { checkDay } from './days-check.ts';
import type { Profile } from './profile.ts';
import type { SchoolFile } from './schema.ts';

/** Before this a clock was never set, and proves nothing about the future. */
const OLDEST_SANE: Millis = Date.UTC(2026, 0, 1);

const Ratio = (options = {}) =>
  Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000, ...options });

const Digits = Type.Integer({
  minimum: 3,
  maximum: 12,
  ...about(
    'Digits before the decimal point: the register goes over to 0 after them',
    '整数位数，表底走满后归零',
  ),
});

const RegisterValue = (en: string, zh: string) =>
  Type.Number({ minimum: 0, maximum: 1e12, ...about(en, zh) });

/** What a person declares when a meter was replaced. */
export const replacementKeys = {
  at: Type.String({
    pattern: '^\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(:\\d\\d)?(Z|[+-]\\d\\d:\\d\\d)?$',
    ...allows(
      'a time such as 2026-11-20T10:30, without a zone the campus’s',
      '时间，例如 2026-11-20T10:30，不带时区时按学校时区',
    ),
    ...about('When the new meter began to count', '新表开始计量的时间'),
  }),
  metric: Type.Optional(
    Id(about('Which register; needed where a device has several', '哪个表底，仅有多个时必填')),
  ),
  oldFinal: RegisterValue('What the old register showed last', '旧表止码'),
  newInitial: RegisterValue('What the new one showed first', '新表起码'),
  newSerial: Type.Optional(Name(about('Number of the new meter', '新表表号'))),
  multiplier: Type.Optional(Ratio(about('Of the new meter; else as before', '新表倍率，缺省不变'))),
  digits: Type.Optional(Digits),
};

/** What of a device in campus.yaml is about its registers. */
export const meterKeys = {
  ratedCapacity: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      maximum: 1e9,
      ...about(
        'The most it can carry: kW or m³/h; else its profile’s',
        '额定容量，kW 或 m³/h，缺省按档案',
      ),
    }),
  ),
  digits: Type.Optional(Digits),
  resolution: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      maximum: 1_000_000,
      ...about(
        'Smallest step of its register, where it is not its profile’s',
        '表底分辨力，与档案不同时填写',
      ),
    }),
  ),
  multipliers: Type.Array(
    Type.Object(
      {
        from: Type.Optional(DateOnly(about('Holds from this day; else ever since', '生效日期'))),
        ratio: Ratio(about('CT ratio × PT ratio, or kWh per pulse', '倍率：CT 变比 × PT 变比')),
      },
      { additionalProperties: false },
    ),
    {
      default: [],
      ...about(
        'Where the register does not include the ratio; without any it does',
        '表底未含倍率时填写；不填表示已含倍率',
      ),
    },
  ),
  replacements: Type.Array(Type.Object(replacementKeys, { additionalProperties: false }), {
    default: [],
    ...about('Meters that were replaced', '换表记录'),
  }),
};

const MeterKeys = Type.Object(meterKeys);
type MeterKeys = Static<typeof MeterKeys>;

const ReplacementKeys = Type.Object(replacementKeys);
export type ReplacementKeys = Static<typeof ReplacementKeys>;

/** A declared replacement; figures in register units. */
export interface Replacement extends Omit<ReplacementKeys, 'at' | 'metric'> {
  metric: string;
  at: Millis;
}

/** What a device's configuration says of its registers. */
export interface MeterSettings {
  ratedCapacity?: number | undefined;
  digits?: number | undefined;
  /** In register units. */
  resolution?: number | undefined;
  /** By `from`. */
  multipliers: readonly { from: Millis; ratio: number }[];
  /** By `at`. */
  replacements: readonly Replacement[];
}

const NO_METER: MeterSettings = { multipliers: [], replacements: [] };

/** The metrics of a profile that amounts are derived from. */
export const meteredMetrics = ({ metrics }: Profile): string[] =>
  Object.entries(metrics)
    .filter(([, { register, interval }]) => register || interval)
    .map(([metric]) => metric);

/** A time as people write it; undefined where there is no such time. */
export function momentIn(text: string, timezone: string): Millis | undefined {
  try {
    if (/(?:Z|[+-]\d\d:\d\d)$/.test(text)) return Temporal.Instant.from(text).epochMilliseconds;
    return Temporal.PlainDateTime.from(text, { overflow: 'reject' }).toZonedDateTime(timezone)
      .epochMilliseconds;
  } catch {
    return undefined;
  }
}

/** Reads the keys of one device; what does not fit becomes a mistake of the file. */
export function joinMeter(
  yaml: YamlFile,
  here: readonly (string | number)[],
  device: MeterKeys,
  profile: Profile,
  timezone: string,
  now: Millis,
): MeterSettings {
  const metered = meteredMetrics(profile);
  const { ratedCapacity, digits, resolution } = device;
  if (metered.length === 0) {
    const said = {
      ratedCapacity,
      digits,
      resolution,
      multipliers: device.multipliers[0],
      replacements: device.replacements[0],
    };
    for (const [key, value] of Object.entries(said)) {
      if (value === undefined) continue;
      yaml.mistake([...here, key], { en: 'nothing: it is no meter', zh: '不填：它不是计量表' });
    }
    return NO_METER;
  }
  const multipliers = device.multipliers.map(({ from, ratio }, i) => {
    const isReal = from !== undefined && checkDay(yaml, [...here, 'multipliers', i, 'from'], from);
    return { from: (isReal ? momentIn(`${from}T00:00`, timezone) : undefined) ?? 0, ratio };
  });
  checkOrder(
    yaml,
    [...here, 'multipliers'],
    'from',
    multipliers.map(({ from }) => from),
  );
  const replacements = device.replacements.map((said, i): Replacement => {
    const path = [...here, 'replacements', i];
    const { at: text, metric = metered[0] ?? '', ...rest } = said;
    const at = momentIn(text, timezone);
    if (at === undefined) {
      yaml.mistake([...path, 'at'], { en: 'a time that exists', zh: '存在的时间' });
    } else if (at > now && now >= OLDEST_SANE) {
      yaml.mistake([...path, 'at'], { en: 'a time that is past', zh: '已经过去的时间' });
    }
    const isNamed = said.metric !== undefined || metered.length === 1;
    if (!isNamed || !metered.includes(metric)) {
      const list = metered.join(', ');
      yaml.mistake([...path, 'metric'], { en: `one of ${list}`, zh: `其中之一：${list}` });
    }
    return { ...rest, metric, at: at ?? 0 };
  });
  checkOrder(
    yaml,
    [...here, 'replacements'],
    'at',
    replacements.map(({ at }) => at),
  );
  return { ratedCapacity, digits, resolution, multipliers, replacements };
}

function checkOrder(
  yaml: YamlFile,
  path: readonly (string | number)[],
  key: string,
  times: readonly Millis[],
): void {
  times.forEach((time, i) => {
    const before = times[i - 1];
    if (before !== undefined && time <= before) {
      yaml.mistake([...path, i, key], { en: 'later than the one before', zh: '晚于上一条' });
    }
  });
}

/** A parent must be a meter of the same kind, and no meter may feed itself. */
export function checkParent(
  yaml: YamlFile,
  i: number,
  device: SchoolFile['devices'][number],
  byId: ReadonlyMap<string, SchoolFile['devices'][number]>,
  profiles: ReadonlyMap<string, Profile>,
): void {
  if (device.parent === undefined) return;
  const path = ['devices', i, 'parent'];
  const kindOf = (name = '') => profiles.get(name)?.kind;
  const parent = byId.get(device.parent);
  if (!parent || kindOf(parent.profile) !== kindOf(device.profile)) {
    yaml.mistake(path, { en: 'the id of another meter of its kind', zh: '另一块同类表的 id' });
    return;
  }
  let here: typeof device | undefined = device;
  for (let steps = 0; here?.parent !== undefined; steps++) {
    if (steps > byId.size) {
      yaml.mistake(path, { en: 'no circle of meters', zh: '表的上下级不能成环' });
      return;
    }
    here = byId.get(here.parent);
  }
}
