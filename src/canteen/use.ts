import { CodedError } from '../errors.ts';
import { reviewExpired } from './alarms.ts';
import type { BatchFacts } from './batch-facts.ts';
import { type Act, type Books, checkPlace, checkValues, dayOf, need, record } from './books.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Body } from './projection.ts';
import { readBatch } from './receiving.ts';
import { optionalText } from './statements.ts';

/** Moves some of a batch to a cold unit or a zone. Throws PLACE_UNKNOWN, STOCK_SHORT, RECORD_UNKNOWN. */
export function move(books: Books, act: Act, body: Body<'moved'>): BatchFacts {
  checkValues('body', body);
  record(books, 'moved', body.batch, act, body, () => {
    need(books, 'food_batch', act.campus, body.batch);
    checkPlace(books, act.campus, body.to);
  });
  return readBatch(books, act.campus, body.batch);
}

/**
 * Uses some of a batch in a dish. What nobody received can be used when its product is said: that is
 * what happened, and the rate of traceability shows it. What is expired (食品安全法实施条例 art. 29: it is
 * stored apart and disposed of) or recalled is refused; only where it has happened already it is
 * written down with a reason, and rings: nothing may be hidden (食品安全法 art. 103). Throws BATCH_EXPIRED,
 * BATCH_RECALLED, STOCK_SHORT or RECORD_UNKNOWN.
 */
export function use(books: Books, act: Act, body: Body<'used'>): BatchFacts {
  checkValues('body', body);
  try {
    record(books, 'used', body.batch, act, body, (at) => {
      const dish = need(books, 'dish', act.campus, body.dish);
      if (dish.cancelled === 1) throw unknownDish(body.dish);
      const row = books
        .sql('SELECT * FROM food_batch WHERE campus = ? AND id = ?')
        .get(act.campus, body.batch);
      if (!row && body.product === undefined) {
        need(books, 'food_batch', act.campus, body.batch);
      }
      if (row && act.reason === undefined) checkUsable(books, act.campus, row, at);
    });
  } catch (error) {
    const isExpired = error instanceof CodedError && error.code === 'BATCH_EXPIRED';
    // somebody reached for it: who keeps the store must know
    if (isExpired) books.transact(() => reviewExpired(books, act.campus));
    throw error;
  }
  return readBatch(books, act.campus, body.batch);
}

/** Throws some of a batch away. Throws STOCK_SHORT or RECORD_UNKNOWN. */
export function throwAway(
  books: Books,
  act: Act & { reason: string },
  body: Body<'thrown'>,
): BatchFacts {
  checkValues('body', body);
  record(books, 'thrown', body.batch, act, body, () => {
    need(books, 'food_batch', act.campus, body.batch);
  });
  return readBatch(books, act.campus, body.batch);
}

/**
 * Takes back a movement that was written down by mistake; both stay in the ledger. Throws RECORD_DONE,
 * STOCK_SHORT where what it brought somewhere is gone, or RECORD_UNKNOWN.
 */
export function reverse(books: Books, act: Act & { reason: string }, movement: string): BatchFacts {
  const { batch } = need(books, 'stock_movement', act.campus, movement);
  record(books, 'reversed', String(batch), act, { movement }, () => {
    const row = need(books, 'stock_movement', act.campus, movement);
    if (row.reversed !== 1) return;
    const { person, time } = reversalOf(books, act.campus, String(batch), movement) ?? row;
    throw new CodedError('RECORD_DONE', {
      person: String(person),
      time: new Date(Number(time)).toISOString(),
    });
  });
  return readBatch(books, act.campus, String(batch));
}

function reversalOf({ sql }: Books, campus: string, batch: string, movement: string) {
  return sql(
    `SELECT person, time FROM ledger_entry WHERE campus = ? AND subject = ? AND kind = 'reversed'
       AND body = ?`,
  ).get(campus, batch, canonicalJson({ movement }));
}

function checkUsable(books: Books, campus: string, row: Record<string, unknown>, at: number): void {
  const batch = String(row.id);
  const product = String(row.product);
  const expires = optionalText(row, 'expires');
  if (expires !== undefined && expires < dayOf(books, campus, at)) {
    throw new CodedError('BATCH_EXPIRED', { batch, product, expires });
  }
  const recall = optionalText(row, 'recall');
  if (recall !== undefined) {
    const { reason, time } = need(books, 'food_recall', campus, recall);
    // used before, and sent late by a phone without a network
    if (at < Number(time)) return;
    throw new CodedError('BATCH_RECALLED', { batch, product, reason: String(reason) });
  }
}

const unknownDish = (id: string) =>
  new CodedError('RECORD_UNKNOWN', { what: 'dish', whatZh: '菜品', id });
