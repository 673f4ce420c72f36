import { type Static, Type } from 'typebox';
import { about, Duration, Id, Name } from '../validation.ts';
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
    licenceWarning: Duration({
      default: '30d',
      ...about('A licence that ends within this is listed', '许可证到期前多久列入提醒'),
    }),
  },
  { ...closed, default: {}, ...about('The canteen', '食堂') },
);

export type CanteenConfig = Static<typeof CanteenSection>;
