import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { UNIT_KINDS } from '../canteen/cold-chain/kinds.ts';
import { parseDuration } from '../duration.ts';
import {
  about,
  again,
  allows,
  BothLanguages,
  Duration,
  Id,
  readYaml,
  throwMistakes,
  type YamlFile,
} from '../validation.ts';
import { RuleSchema } from './rule.ts';
import { checkRule } from './rule-check.ts';

/** Kinds of device; each is one measurement in InfluxDB. */
export const DEVICE_KINDS = [
  'electricity_meter',
  'water_meter',
  'fire_detector',
  'cold_storage',
  'hot_holding',
  'environment',
  'bridge',
] as const;

const MetricSchema = Type.Object(
  {
    type: Type.Enum(['number', 'boolean'], {
      default: 'number',
      ...about('number or boolean', 'number 数值或 boolean 布尔'),
    }),
    name: BothLanguages(about('What people call it', '显示名称')),
    unit: Type.String({ default: '', ...about('Canonical unit', '标准单位') }),
    min: Type.Optional(Type.Number(about('Smallest value that is possible', '可能的最小值'))),
    max: Type.Optional(Type.Number(about('Largest value that is possible', '可能的最大值'))),
    jump: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        ...about(
          'It can’t change by more than this from one reading to the next: what does is refused',
          '相邻两次读数之间不可能超过的变化，超过即拒收',
        ),
      }),
    ),
    resolution: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, ...about('Smallest step the device reports', '分辨力') }),
    ),
    register: Type.Boolean({
      default: false,
      ...about('A cumulative register that only grows', '只增不减的累计表底'),
    }),
    interval: Type.Optional(
      Type.Boolean(
        about(
          'Each reading is the amount since the one before: kWh a period, pulses',
          '每次读数为上次以来的用量，例如时段电量、脉冲数',
        ),
      ),
    ),
    modulus: Type.Optional(
      Type.Array(Type.Number({ exclusiveMinimum: 0 }), {
        minItems: 1,
        ...about(
          'Where the register goes over to 0; several where the model leaves it open',
          '表底走满归零的值；同型号有多种时都列出',
        ),
      }),
    ),
    ratedCapacity: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        ...about(
          'The most that can flow, in its unit per hour; a device may set its own',
          '额定容量（每小时单位量），设备可另设',
        ),
      }),
    ),
  },
  // values of a record get their own defaults only where they have one themselves
  { additionalProperties: false, default: {} },
);

const FieldSchema = Type.Object(
  {
    metric: Id(),
    scale: Type.Number({
      default: 1,
      ...about('Multiplies the payload value into the canonical unit', '乘以此数得到标准单位'),
    }),
    on: Type.Optional(
      Type.Union(
        [Type.String(), Type.Boolean(), Type.Number()],
        about('The payload value that means true', '表示“是”的取值'),
      ),
    ),
  },
  { additionalProperties: false, default: {} },
);

const FormatSchema = Type.Union([
  Type.Object({ kind: Type.Literal('json') }, { additionalProperties: false }),
  Type.Object(
    {
      kind: Type.Literal('zigbee2mqtt'),
      fields: Type.Record(Type.String({ pattern: '^[A-Za-z0-9_]{1,64}$' }), FieldSchema, {
        ...about('Payload field → metric', '报文字段 → 指标'),
      }),
    },
    { additionalProperties: false },
  ),
]);

const ExampleSchema = Type.Object(
  {
    topic: Type.String({ minLength: 1 }),
    payload: Type.String(),
    readings: Type.Record(Id(), Type.Union([Type.Number(), Type.Boolean()])),
    time: Type.Optional(Type.String()),
  },
  {
    additionalProperties: false,
    ...about('A payload and what it decodes to; also a test', '报文与解析结果，兼作测试'),
  },
);

export const ProfileSchema = Type.Object(
  {
    name: BothLanguages(),
    kind: Type.Enum([...DEVICE_KINDS]),
    format: FormatSchema,
    unit: Type.Optional(
      Type.Enum(
        [...UNIT_KINDS],
        about('The cold unit it watches, part of the cold chain', '所监测的冷链设备种类'),
      ),
    ),
    interval: Duration(about('How often the device normally reports', '正常上报间隔')),
    silence: Duration(
      about('Silent for longer than this, the device is unknown', '静默超过此时限即视为失联'),
    ),
    metrics: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_]{0,62}$' }), MetricSchema, {
      minProperties: 1,
      ...allows('metrics by name', '按名称列出的指标'),
    }),
    rules: Type.Array(RuleSchema, { default: [] }),
    examples: Type.Array(ExampleSchema, { minItems: 1 }),
  },
  { additionalProperties: false },
);

export type Metric = Static<typeof MetricSchema>;
export type Format = Static<typeof FormatSchema>;

/** What a model measures and how its payload decodes: one file `devices/<vendor>/<model>.yaml`. */
export interface Profile extends Omit<Static<typeof ProfileSchema>, 'interval' | 'silence'> {
  /** `<vendor>/<model>` */
  id: string;
  /** Milliseconds. */
  interval: number;
  /** Milliseconds. */
  silence: number;
}

/** Checks what the schema can't see: names that must exist or differ. */
function checkProfile(yaml: YamlFile, profile: Static<typeof ProfileSchema>): void {
  const metrics = Object.keys(profile.metrics);
  const oneOf = { en: `one of ${metrics.join(', ')}`, zh: `其中之一：${metrics.join('、')}` };
  const ids = new Set<string>();
  profile.rules.forEach((rule, i) => {
    if (ids.has(rule.id))
      yaml.mistake(['rules', i, 'id'], { en: 'an id of its own', zh: '不重复的 id' });
    ids.add(rule.id);
    checkRule(yaml, ['rules', i], rule, { ...profile, interval: parseDuration(profile.interval) });
  });
  for (const [name, metric] of Object.entries(profile.metrics)) {
    if (!metric.register && !metric.interval) continue;
    if (metric.register && metric.interval) {
      yaml.mistake(['metrics', name, 'interval'], {
        en: 'either a register or an interval',
        zh: 'register 与 interval 二选一',
      });
    }
    if (metric.ratedCapacity === undefined) {
      yaml.mistake(['metrics', name, 'ratedCapacity'], {
        en: 'the most that can flow in an hour',
        zh: '每小时的最大用量',
      });
    }
  }
  if (profile.format.kind === 'zigbee2mqtt') {
    for (const [field, { metric }] of Object.entries(profile.format.fields)) {
      if (!Object.hasOwn(profile.metrics, metric))
        yaml.mistake(['format', 'fields', field, 'metric'], oneOf);
    }
  }
  if (parseDuration(profile.silence) < parseDuration(profile.interval)) {
    yaml.mistake(['silence'], { en: 'at least the interval', zh: '不小于 interval' });
  }
}

/** Reads every profile below a folder. Throws CONFIG_INVALID with the mistakes of all of them. */
export function loadProfiles(folder: string): Map<string, Profile> {
  const profiles = new Map<string, Profile>();
  const mistakes = [];
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!/\.ya?ml$/.test(file)) continue;
    const id = file.replaceAll('\\', '/').replace(/\.ya?ml$/, '');
    const yaml = readYaml(join(folder, file));
    const parsed = yaml.check(ProfileSchema);
    if (parsed) checkProfile(yaml, parsed);
    if (profiles.has(id)) {
      const allowed = { en: 'one profile of a name', zh: '同名档案只能有一个' };
      yaml.mistake([], allowed, again(id));
    }
    if (yaml.mistakes.length > 0 || !parsed) {
      mistakes.push(...yaml.mistakes);
      continue;
    }
    profiles.set(id, {
      ...parsed,
      id,
      interval: parseDuration(parsed.interval),
      silence: parseDuration(parsed.silence),
    });
  }
  throwMistakes(mistakes);
  return profiles;
}
