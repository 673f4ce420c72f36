import { CodedError } from '../errors.ts';
import { type Act, type Books, checkValues, need, record } from './books.ts';
import type { DishFacts } from './kitchen-rows.ts';
import type { Body } from './projection.ts';

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
