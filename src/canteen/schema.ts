import { type Static, Type } from 'typebox';
import { about, allows, Duration, Id, Name, TimeOfDay } from '../validation.ts';
import { PAPERS } from './papers.ts';

const closed = { additionalProperties: false };

const Category = Type.Object(
  {
    id: Id(),
    name: Name(),
    certificates: Type.Array(Type.Array(Type.Enum([...PAPERS]), { minItems: 1 }), {
      default: [],
      maxItems: 10,
      ...about(
        'What must come with each delivery: of each list one paper is enough',
        '每批必须随附的证明；每个列表中有其一即可',
      ),
    }),
  },
  closed,
);

const People = (en: string, zh: string) =>
  Type.Array(Id(), { default: [], maxItems: 20, ...about(en, zh) });

/** By practice; a school adds its own. */
const CATEGORIES = [
  { id: 'packaged', name: '预包装食品', certificates: [['conformity']] },
  { id: 'produce', name: '食用农产品', certificates: [['commitment', 'origin', 'purchase']] },
  { id: 'meat', name: '畜禽肉', certificates: [['quarantine']] },
  { id: 'pork', name: '猪肉', certificates: [['quarantine'], ['meat-inspection']] },
  { id: 'imported-cold', name: '进口冷链食品', certificates: [['import-inspection']] },
];

/** The canteen's section of campus.yaml. */
export const CanteenSection = Type.Object(
  {
    categories: Type.Array(Category, {
      default: CATEGORIES,
      maxItems: 200,
      ...about('Kinds of food and the certificates each needs', '食品类别及所需证明'),
    }),
    sampleGrams: Type.Integer({
      minimum: 125,
      maximum: 2_000,
      default: 125,
      ...about('Least weight of a food sample (g)', '留样最低克数'),
    }),
    coverage: Type.Number({
      minimum: 0,
      maximum: 100,
      default: 95,
      ...about(
        '% of the hours a batch lay in cold units that readings must cover for it to be traceable',
        '批次在冷藏冷冻设备内的时间中须有温度读数覆盖的百分比，低于此值视为不可溯源',
      ),
    }),
    temperatureRecord: Type.Array(TimeOfDay(), {
      default: ['08:00', '12:00', '18:00'],
      maxItems: 48,
      ...about(
        'When each cold unit’s temperature goes into the daily record by itself',
        '每天自动写入温度记录的时刻',
      ),
    }),
    people: Type.Object(
      {
        receiver: People('Who receives deliveries', '验收人'),
        buyer: People('Who buys', '采购员'),
        storekeeper: People('Who keeps the store', '库管员'),
      },
      {
        ...closed,
        default: {},
        ...about(
          'Who is told of what, by the ids of people; of a recall and of expired food all of them. Nobody named: who is on duty',
          '各岗位人员（people 的 id），缺项、到期等提醒发给相应岗位，召回与过期发给全部；未指定时发给值班人',
        ),
      },
    ),
    identifiers: Type.String({
      pattern: '^https?://[^\\s?#]+$',
      maxLength: 200,
      default: 'https://campus-gateway.invalid',
      ...allows(
        'an address such as https://id.school.example',
        '网址，例如 https://id.school.example',
      ),
      ...about(
        'What the identifiers of batches, places and suppliers in EPCIS events begin with',
        'EPCIS 事件中批次、地点、供货者标识的前缀',
      ),
    }),
    licenceWarning: Duration({
      default: '30d',
      ...about('A licence that ends within this is listed', '许可证到期前多久列入提醒'),
    }),
  },
  { ...closed, default: {}, ...about('The canteen', '食堂') },
);

export type CanteenConfig = Static<typeof CanteenSection>;
