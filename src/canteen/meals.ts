import { CodedError } from '../errors.ts';
import { type Act, type Books, checkValues, need, record } from './books.ts';
import type { Body } from './projection.ts';
import type { Meal } from './records.ts';

/** A dish of a meal, as it was served. */
export interface DishFacts {
  id: string;
  day: string;
  meal: Meal;
  name: string;
  /** Empty: the whole school. */
  classes: string[];
}

/** Puts a dish on the menu of a meal. */
export function serve(books: Books, act: Act, body: Body<'dish-served'>): DishFacts {
  checkValues('body', body);
  record(books, 'dish-served', act.id, act, body);
  return { id: act.id, ...body };
}

/** Takes a dish off that was not served after all. Throws DISH_IN_USE or RECORD_UNKNOWN. */
export function cancelDish(books: Books, act: Act & { reason: string }, dish: string): void {
  record(books, 'dish-cancelled', dish, act, {}, () => {
    need(books, 'dish', act.campus, dish);
    const used = books
      .sql('SELECT 1 FROM stock_movement WHERE campus = ? AND dish = ? AND reversed = 0')
      .get(act.campus, dish);
    const sampled = books
      .sql('SELECT 1 FROM food_sample WHERE campus = ? AND dish = ?')
      .get(act.campus, dish);
    if (used || sampled) throw new CodedError('DISH_IN_USE', { dish });
  });
}

/** A row of `dish`. */
export function toDish(row: Record<string, unknown>): DishFacts {
  const classes: unknown = JSON.parse(String(row.classes));
  return {
    id: String(row.id),
    day: String(row.day),
    meal: toMeal(String(row.meal)),
    name: String(row.name),
    classes: Array.isArray(classes) ? classes.map(String) : [],
  };
}

function toMeal(name: string): Meal {
  if (name === 'breakfast' || name === 'lunch' || name === 'dinner') return name;
  throw new Error(`a meal ${name}`);
}

export const MEAL_NAMES: Readonly<Record<Meal, { zh: string; en: string }>> = {
  breakfast: { zh: '早餐', en: 'breakfast' },
  lunch: { zh: '午餐', en: 'lunch' },
  dinner: { zh: '晚餐', en: 'dinner' },
};
