import { type Static, type TSchema, type TSchemaOptions, Type } from 'typebox';
import { about, DateOnly, Id, Name, TimeOfDay } from '../validation.ts';

const closed = { additionalProperties: false };

/** What changes now and then: one value, or a list of values with their first days. */
const Dated = <S extends TSchema>(value: S, options: TSchemaOptions) =>
  Type.Union(
    [
      value,
      Type.Array(
        Type.Object(
          {
            from: Type.Optional(
              DateOnly(about('Holds from this day; else ever since', '生效日期')),
            ),
            value,
          },
          closed,
        ),
        { minItems: 1, maxItems: 100 },
      ),
    ],
    options,
  );

const Price = (options = {}) => Type.Number({ minimum: 0, maximum: 1_000, ...options });

const Period = Type.Object(
  {
    name: Name(about('Such as 尖, 峰, 平, 谷 or 深谷', '例如 尖、峰、平、谷、深谷')),
    from: TimeOfDay(),
    to: TimeOfDay(about('Not after `from`: it ends the next day', '不晚于 from 时表示次日结束')),
    price: Price(about('Yuan per kWh', '元/kWh')),
  },
  closed,
);

const Tariff = Type.Object(
  {
    from: Type.Optional(DateOnly(about('Holds from this day; else ever since', '生效日期'))),
    months: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: 12 }), {
        minItems: 1,
        maxItems: 12,
        ...about('Only in these months; else in all others', '仅这些月份，缺省为其余月份'),
      }),
    ),
    price: Type.Optional(Price(about('Yuan per kWh at any time', '全天单一电价，元/kWh'))),
    periods: Type.Optional(
      Type.Array(Period, {
        minItems: 1,
        maxItems: 48,
        ...about(
          'Instead: prices by time of day; together they cover it once',
          '或按时段定价，合起来恰好覆盖全天',
        ),
      }),
    ),
  },
  closed,
);

/** The energy section of campus.yaml. */
export const EnergySection = Type.Object(
  {
    pupils: Type.Optional(
      Dated(
        Type.Integer({ minimum: 1, maximum: 1_000_000 }),
        about('Number of pupils, for figures per pupil', '学生人数，用于人均指标'),
      ),
    ),
    area: Type.Optional(
      Dated(
        Type.Number({ exclusiveMinimum: 0, maximum: 100_000_000 }),
        about('Floor area (m²), for figures per m²', '建筑面积 m²，用于单位面积指标'),
      ),
    ),
    electricityPrice: Type.Optional(
      Type.Union(
        [Price(), Type.Array(Tariff, { minItems: 1, maxItems: 200 })],
        about(
          'Yuan per kWh, or tariffs by day, season and time of day (峰谷平)',
          '电价：元/kWh，或按生效日期、月份、峰谷平时段',
        ),
      ),
    ),
    waterPrice: Type.Optional(
      Dated(Price(), about('Yuan per m³, sewage included', '水价 元/m³，含污水处理费')),
    ),
    standardCoal: Type.Object(
      {
        electricity: Type.Number({
          minimum: 0,
          maximum: 10,
          default: 0.1229,
          ...about(
            'kgce per kWh; 0.1229 is the calorific value of GB/T 2589-2020',
            'kgce/kWh；0.1229 为 GB/T 2589-2020 当量值',
          ),
        }),
        water: Type.Number({
          minimum: 0,
          maximum: 10,
          default: 0.2571,
          ...about(
            'kgce per m³ (1 t); 0.2571 is the value for fresh water of GB/T 2589-2020',
            'kgce/m³（1 t）；0.2571 为 GB/T 2589-2020 新水参考值',
          ),
        }),
      },
      { ...closed, default: {}, ...about('Standard coal', '折标准煤系数') },
    ),
    co2: Dated(Type.Number({ minimum: 0, maximum: 10 }), {
      default: 0.5306,
      ...about(
        'kg CO₂ per kWh; 0.5306 is the national average of 2023 (Ministry of Ecology and Environment and National Bureau of Statistics); a new one is published each year',
        '电力排放因子 kgCO₂/kWh；0.5306 为生态环境部、国家统计局公布的 2023 年全国平均值，每年更新',
      ),
    }),
    temperature: Type.Optional(
      Type.Object(
        { device: Id(), metric: Id({ default: 'temperature' }) },
        {
          ...closed,
          ...about(
            'The sensor of the outdoor temperature, for degree days',
            '室外温度的来源，用于度日数修正',
          ),
        },
      ),
    ),
  },
  { ...closed, default: {}, ...about('Electricity and water', '水电') },
);

export type EnergyConfig = Static<typeof EnergySection>;
export type Dated = NonNullable<EnergyConfig['pupils']>;
export type ElectricityPrice = NonNullable<EnergyConfig['electricityPrice']>;
export type Tariff = Static<typeof Tariff>;
