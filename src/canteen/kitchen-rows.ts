import type { Millis } from '../clock.ts';
import type { Meal } from './records.ts';
import { optionalNumber, optionalText } from './statements.ts';

/** A dish of a meal, as it was served. */
export interface DishFacts {
  id: string;
  day: string;
  meal: Meal;
  name: string;
  /** Empty: the whole school. */
  classes: string[];
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

/** A food sample (留样) is kept for at least 48 hours, in a dedicated fridge at 0–8 ℃. */
export const KEEP_SAMPLE: Millis = 48 * 3_600_000;

/** A sample of a dish, as it was written down. */
export interface SampleRecord {
  id: string;
  dish: string;
  grams: number;
  taken: Millis;
  person: string;
  place: string;
  /** It must be there until then. */
  keepUntil: Millis;
  disposed: Millis | undefined;
  disposedBy: string | undefined;
  /** Why it was destroyed before its time. */
  disposalReason: string | undefined;
}

/** A row of `food_sample`. */
export function toSample(row: Record<string, unknown>): SampleRecord {
  const taken = Number(row.taken);
  return {
    id: String(row.id),
    dish: String(row.dish),
    grams: Number(row.grams),
    taken,
    person: String(row.person),
    place: String(row.place),
    keepUntil: taken + KEEP_SAMPLE,
    disposed: optionalNumber(row, 'disposed'),
    disposedBy: optionalText(row, 'disposed_by'),
    disposalReason: optionalText(row, 'disposal_reason'),
  };
}
