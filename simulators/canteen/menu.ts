import type { Meal } from '../../src/canteen/records.ts';
import type { GoodName } from './goods.ts';

/** What is cooked, and of what: units (kg, L) for a hundred who eat. */
export interface MenuDish {
  name: string;
  of: Partial<Record<GoodName, number>>;
}

const LUNCH: readonly MenuDish[] = [
  { name: '红烧肉', of: { pork: 9, oil: 0.4 } },
  { name: '番茄牛腩', of: { beef: 7, tomato: 6, oil: 0.3 } },
  { name: '香煎鸡腿', of: { chicken: 12, oil: 0.8 } },
  { name: '土豆烧肉', of: { pork: 6, potato: 7, oil: 0.4 } },
  { name: '茄汁鱼片', of: { fish: 9, tomato: 4, oil: 0.8 } },
  { name: '胡萝卜炖牛肉', of: { beef: 6, carrot: 6, oil: 0.3 } },
  { name: '麻婆豆腐', of: { tofu: 10, pork: 3, oil: 0.5 } },
  { name: '鸡腿炖土豆', of: { chicken: 9, potato: 7, oil: 0.4 } },
];
const VEGETABLES: readonly MenuDish[] = [
  { name: '清炒小油菜', of: { greens: 11, oil: 0.5 } },
  { name: '醋熘白菜', of: { cabbage: 12, oil: 0.5 } },
  { name: '番茄炒蛋', of: { tomato: 8, eggs: 5, oil: 0.6 } },
  { name: '酸辣土豆丝', of: { potato: 11, oil: 0.6 } },
  { name: '胡萝卜炒蛋', of: { carrot: 8, eggs: 4, oil: 0.6 } },
];
const SOUPS: readonly MenuDish[] = [
  { name: '番茄蛋花汤', of: { tomato: 2, eggs: 1 } },
  { name: '白菜豆腐汤', of: { cabbage: 3, tofu: 2 } },
  { name: '小米粥', of: { millet: 3 } },
];
const DINNER: readonly MenuDish[] = [
  { name: '白菜炖豆腐', of: { cabbage: 9, tofu: 6, oil: 0.4 } },
  { name: '肉末土豆', of: { pork: 4, potato: 9, oil: 0.4 } },
  { name: '清蒸鱼片', of: { fish: 9, oil: 0.2 } },
  { name: '蒸蛋羹', of: { eggs: 8 } },
];
const BREAKFAST: readonly MenuDish[] = [
  { name: '煮鸡蛋', of: { eggs: 6 } },
  { name: '鸡蛋饼', of: { eggs: 4, flour: 5, oil: 0.4 } },
];
const RICE: MenuDish = { name: '米饭', of: { rice: 11 } };
const BUNS: MenuDish = { name: '馒头', of: { flour: 9 } };
const MILK: MenuDish = { name: '牛奶', of: { milk: 20 } };
const FRUIT: MenuDish = { name: '苹果', of: { apple: 12 } };

const turn = (list: readonly MenuDish[], day: number): MenuDish[] =>
  list.slice(day % list.length, (day % list.length) + 1);

/** What there is on the school day of a number. */
export const menuOf = (day: number): Readonly<Record<Meal, readonly MenuDish[]>> => ({
  breakfast: [...turn(BREAKFAST, day), BUNS, MILK],
  lunch: [...turn(LUNCH, day), ...turn(VEGETABLES, day), ...turn(SOUPS, day), RICE, FRUIT],
  dinner: [...turn(DINNER, day), ...turn(VEGETABLES, day + 2), BUNS],
});
