import type { PaperKind } from '../../src/canteen/papers.ts';

/** Something that the canteen buys. */
export interface Good {
  product: string;
  specification: string;
  category: string;
  unit: string;
  supplier: string;
  /** A cold unit or a zone of the example school. */
  place: string;
  /** Days. */
  shelfLife: number;
  /** A delivery lasts for so many school days. */
  lasts: number;
  /** As it comes, ℃. */
  temperature?: readonly [number, number];
  papers: readonly PaperKind[];
}

/** A fictional supplier, as it is written into the ledger. */
export interface Source {
  name: string;
  address: string;
  phone: string;
  licence: string;
}

export const SOURCES: Readonly<Record<string, Source>> = {
  meat: {
    name: '青城冷鲜肉配送中心',
    address: '青城区兴业路 18 号',
    phone: '0532-5550 1101',
    licence: 'JY13702110010018',
  },
  frozen: {
    name: '东海湾冷冻食品有限公司',
    address: '青城区港湾路 6 号',
    phone: '0532-5550 1102',
    licence: 'JY13702110010026',
  },
  vegetables: {
    name: '绿源蔬菜专业合作社',
    address: '青城区北坡村 3 号',
    phone: '0532-5550 1103',
    licence: 'JY13702110010034',
  },
  grain: {
    name: '丰年粮油商行',
    address: '青城区集贸街 41 号',
    phone: '0532-5550 1104',
    licence: 'JY13702110010042',
  },
  dairy: {
    name: '晨光乳品配送站',
    address: '青城区牧场路 9 号',
    phone: '0532-5550 1105',
    licence: 'JY13702110010059',
  },
  tofu: {
    name: '和记豆制品坊',
    address: '青城区石桥街 12 号',
    phone: '0532-5550 1106',
    licence: 'JY13702110010067',
  },
  eggs: {
    name: '家乡禽蛋养殖场',
    address: '青城区南河村 27 号',
    phone: '0532-5550 1107',
    licence: 'SC13702110010075',
  },
};

const pork = { category: 'pork', papers: ['quarantine', 'meat-inspection', 'voucher'] } as const;
const meat = { category: 'meat', papers: ['quarantine', 'voucher'] } as const;
const produce = { category: 'produce', papers: ['commitment', 'voucher'] } as const;
const packaged = { category: 'packaged', papers: ['conformity', 'voucher'] } as const;
const imported = { category: 'imported-cold', papers: ['import-inspection', 'voucher'] } as const;
const kg = { unit: 'kg', specification: '散装' } as const;
const chilled = {
  temperature: [1.5, 5.5],
  shelfLife: 3,
  lasts: 1,
  place: 'canteen-fridge-1',
} as const;
const frozen = { supplier: 'frozen', temperature: [-19, -14], unit: 'kg', lasts: 15 } as const;
const greens = { ...produce, ...kg, supplier: 'vegetables', place: 'canteen-fridge-2' } as const;
const roots = { ...greens, place: 'canteen-cold-room' } as const;
const grain = { ...packaged, supplier: 'grain', place: 'canteen-dry-store', unit: 'kg' } as const;

export const GOODS = {
  pork: { product: '冷鲜猪后腿肉', supplier: 'meat', ...kg, ...chilled, ...pork },
  beef: { product: '冷鲜牛腩', supplier: 'meat', ...kg, ...chilled, ...meat },
  chicken: {
    product: '冻鸡腿',
    specification: '10 kg/箱',
    ...{ place: 'canteen-freezer-1', shelfLife: 270, ...frozen, ...meat },
  },
  fish: {
    product: '冻巴沙鱼片',
    specification: '10 kg/箱',
    ...{ place: 'canteen-freezer-2', shelfLife: 360, ...frozen, ...imported },
  },
  cabbage: { product: '大白菜', ...roots, shelfLife: 10, lasts: 4 },
  potato: { product: '土豆', ...roots, shelfLife: 30, lasts: 8 },
  carrot: { product: '胡萝卜', ...roots, shelfLife: 14, lasts: 5 },
  tomato: { product: '番茄', ...greens, shelfLife: 6, lasts: 3 },
  greens: { product: '小油菜', ...greens, shelfLife: 2, lasts: 1 },
  apple: { product: '苹果', ...roots, shelfLife: 20, lasts: 5 },
  eggs: {
    product: '鲜鸡蛋',
    specification: '15 kg/箱',
    ...{
      unit: 'kg',
      supplier: 'eggs',
      place: 'canteen-fridge-3',
      shelfLife: 25,
      lasts: 5,
      ...produce,
    },
  },
  milk: {
    product: '纯牛奶',
    specification: '200 mL × 24 盒',
    ...{ unit: 'L', supplier: 'dairy', place: 'canteen-fridge-3', shelfLife: 21, lasts: 5 },
    ...{ temperature: [2, 6], ...packaged },
  },
  tofu: {
    product: '北豆腐',
    specification: '5 kg/板',
    ...{ unit: 'kg', supplier: 'tofu', place: 'canteen-fridge-3', shelfLife: 2, lasts: 1 },
    ...{ temperature: [3, 7], ...packaged },
  },
  rice: { product: '粳米', specification: '25 kg/袋', ...grain, shelfLife: 365, lasts: 15 },
  millet: { product: '小米', specification: '25 kg/袋', ...grain, shelfLife: 300, lasts: 20 },
  flour: { product: '小麦粉', specification: '25 kg/袋', ...grain, shelfLife: 270, lasts: 15 },
  oil: {
    product: '一级大豆油',
    specification: '20 L/桶',
    ...grain,
    unit: 'L',
    shelfLife: 540,
    lasts: 20,
  },
} satisfies Record<string, Good>;

export type GoodName = keyof typeof GOODS;

/** The one place where entries are read as what they all are. */
export const goodOf = (name: GoodName): Good => GOODS[name];

const isGoodName = (name: string): name is GoodName => Object.hasOwn(GOODS, name);
export const GOOD_NAMES: readonly GoodName[] = Object.keys(GOODS).filter(isGoodName);
