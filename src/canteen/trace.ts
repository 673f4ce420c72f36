import type { DatabaseSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import { type BatchFacts, BatchReader } from './batch-facts.ts';
import { type DishFacts, toDish } from './kitchen-rows.ts';
import type { Meal } from './records.ts';
import { type DishSamples, SampleChecks } from './sample-checks.ts';
import {
  createStatements,
  fromThousandths,
  optionalNumber,
  optionalQuantity,
  optionalText,
  type Statements,
} from './statements.ts';
import { placeName, type TraceRules } from './trace-rules.ts';

/** Some of a batch in a dish. */
export interface UseFacts {
  batch: string;
  quantity: number;
  unit: string;
  time: Millis;
  person: string;
}

/** Backward: all that went into a meal. */
export interface MealTrace {
  day: string;
  meal: Meal;
  dishes: (DishSamples & { uses: UseFacts[] })[];
  /** Each batch once. */
  batches: BatchFacts[];
}

/** A dish that batches went into. */
export interface FedDish extends DishFacts {
  uses: UseFacts[];
}

/** A batch as a recall needs it: what came, what is left and where. */
export interface TracedBatch {
  id: string;
  product: string;
  received: Millis | undefined;
  quantity: number | undefined;
  left: number | undefined;
  unit: string;
  isRecalled: boolean;
  lies: { place: string; name: string; quantity: number }[];
}

/** Forward: where batches went. */
export interface ForwardTrace {
  batches: TracedBatch[];
  dishes: FedDish[];
  /** Whoever ate of them; a dish without classes went to the whole school. */
  classes: string[];
  wholeSchool: boolean;
  /** There are more batches than are listed: ask for a shorter time. */
  isTruncated: boolean;
}

/** Of a supplier, without a time given. */
const MOST_BATCHES = 1_000;

/** Follows food both ways (GB/T 22005: one step back, one step forward), from the tables alone. */
export class Tracer {
  readonly #connection: DatabaseSync;
  readonly #rules: TraceRules;
  readonly #sql: Statements;

  constructor(connection: DatabaseSync, rules: TraceRules) {
    this.#connection = connection;
    this.#rules = rules;
    this.#sql = createStatements(connection);
  }

  /** What went into a meal, with all that is known of it. A meal nobody recorded has no dishes. */
  meal(day: string, meal: Meal): MealTrace {
    const { campus } = this.#rules;
    const checks = new SampleChecks(this.#connection, this.#rules);
    const reader = new BatchReader(this.#connection, this.#rules);
    const dishes = this.#sql(
      'SELECT * FROM dish WHERE campus = ? AND day = ? AND meal = ? AND cancelled = 0 ORDER BY id',
    )
      .all(campus, day, meal)
      .map((row) => {
        const dish = toDish(row);
        return { ...checks.ofDish(dish), uses: this.#usesOf(dish.id) };
      });
    const ids = new Set(dishes.flatMap(({ uses }) => uses.map(({ batch }) => batch)));
    const batches = [...ids].map((id) => reader.read(id)).filter((batch) => batch !== undefined);
    return { day, meal, dishes, batches };
  }

  /** Where batches went. */
  forward(ids: readonly string[]): ForwardTrace {
    const dishes = new Map<string, FedDish>();
    const batches: TracedBatch[] = [];
    for (const id of ids) {
      const batch = this.#batch(id);
      if (!batch) continue;
      batches.push(batch);
      for (const row of this.#dishesOf(id)) {
        const dish = dishes.get(String(row.id)) ?? { ...toDish(row), uses: [] };
        dish.uses.push(toUse({ ...row, unit: batch.unit }));
        dishes.set(dish.id, dish);
      }
    }
    const fed = [...dishes.values()].toSorted((a, b) => Date.parse(a.day) - Date.parse(b.day));
    return {
      batches,
      dishes: fed,
      classes: [...new Set(fed.flatMap(({ classes }) => classes))].sort(),
      wholeSchool: fed.some(({ classes }) => classes.length === 0),
      isTruncated: false,
    };
  }

  /** Where all that a supplier delivered went; of very much the newest. */
  supplier(id: string, from: Millis, to: Millis): ForwardTrace {
    const rows = this.#sql(
      `SELECT id FROM food_batch WHERE campus = ? AND supplier = ? AND received >= ? AND received < ?
       ORDER BY received DESC LIMIT ?`,
    ).all(this.#rules.campus, id, from, to, MOST_BATCHES + 1);
    const ids = rows.slice(0, MOST_BATCHES).map((row) => String(row.id));
    return { ...this.forward(ids), isTruncated: rows.length > MOST_BATCHES };
  }

  /** Where all that a recall names went. */
  recall(id: string): ForwardTrace {
    const rows = this.#sql(
      'SELECT id FROM food_batch WHERE campus = ? AND recall IS NOT NULL AND recall = ?',
    ).all(this.#rules.campus, id);
    return this.forward(rows.map((row) => String(row.id)));
  }

  #batch(id: string): TracedBatch | undefined {
    const { campus } = this.#rules;
    const row = this.#sql('SELECT * FROM food_batch WHERE campus = ? AND id = ?').get(campus, id);
    if (!row) return undefined;
    const lies = this.#sql('SELECT * FROM batch_stock WHERE campus = ? AND batch = ?');
    return {
      id,
      product: String(row.product),
      received: optionalNumber(row, 'received'),
      quantity: optionalQuantity(row, 'quantity'),
      left: optionalQuantity(row, 'remaining'),
      unit: String(row.unit),
      isRecalled: optionalText(row, 'recall') !== undefined,
      lies: lies.all(campus, id).map(({ place, quantity }) => {
        const there = String(place);
        const name = placeName(this.#rules, there);
        return { place: there, name, quantity: fromThousandths(Number(quantity)) };
      }),
    };
  }

  #usesOf(dish: string): UseFacts[] {
    return this.#sql(
      `SELECT m.*, b.unit FROM stock_movement m
       LEFT JOIN food_batch b ON b.campus = m.campus AND b.id = m.batch
       WHERE m.campus = ? AND m.dish = ? AND m.reversed = 0 ORDER BY m.time, m.number`,
    )
      .all(this.#rules.campus, dish)
      .map(toUse);
  }

  #dishesOf(batch: string): Record<string, unknown>[] {
    return this.#sql(
      `SELECT d.*, m.batch, m.quantity, m.time, m.person FROM stock_movement m
       JOIN dish d ON d.campus = m.campus AND d.id = m.dish
       WHERE m.campus = ? AND m.batch = ? AND m.kind = 'used' AND m.reversed = 0 ORDER BY m.time, m.number`,
    ).all(this.#rules.campus, batch);
  }
}

const toUse = (row: Record<string, unknown>): UseFacts => ({
  batch: String(row.batch),
  quantity: fromThousandths(Number(row.quantity)),
  unit: optionalText(row, 'unit') ?? '',
  time: Number(row.time),
  person: String(row.person),
});
