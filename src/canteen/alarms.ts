import { Value } from 'typebox/value';
import type { OwnAlarm, OwnPlace } from '../alarms/own.ts';
import { localMoment } from '../campus/school-days.ts';
import type { Millis } from '../clock.ts';
import type { ErrorCode, ErrorParams, Text } from '../errors.ts';
import type { Books } from './books.ts';
import { type DishFacts, MEAL_NAMES, toDish } from './kitchen-rows.ts';
import type { Entry } from './ledger.ts';
import { Reversed } from './records.ts';
import { fromThousandths } from './statements.ts';

/** Raises and ends alarms about food, in the transaction under way. */
export interface FoodAlarms {
  writeOwn(code: ErrorCode, params: ErrorParams, own: OwnAlarm): void;
  endOwn(code: ErrorCode, place: OwnPlace): void;
}

/** So much of a long list is named; the rest is in the recall's list. */
const NAMED = 6;

/**
 * What an entry that has just been written rings, and what it ends. In the transaction of the entry;
 * when tables are rebuilt nothing rings again.
 */
export function ring(books: Books, entry: Entry): void {
  const { campus, subject, kind } = entry;
  switch (kind) {
    case 'recalled':
      raiseRecall(books, campus, subject);
      break;
    case 'recall-lifted':
      books.alarms.endOwn('FOOD_RECALLED', { campus, subject });
      break;
    case 'used':
      ringUse(books, entry);
      endWhatIsGone(books, campus, subject);
      break;
    case 'thrown':
      endWhatIsGone(books, campus, subject);
      break;
    case 'reversed': {
      const { movement } = Value.Parse(Reversed, JSON.parse(entry.body));
      books.alarms.endOwn('FOOD_USED_UNSAFE', { campus, subject: movement });
      break;
    }
    case 'batch-received':
    case 'batch-corrected':
      ringStock(books, campus, subject);
      break;
  }
}

/**
 * Raises the alarm about food that is in stock past its shelf life, anew with each day that it stays;
 * ends it where there is none.
 */
export function reviewExpired(books: Books, campus: string): void {
  const rows = expiredStock(books, campus);
  if (rows.length === 0) {
    books.alarms.endOwn('FOOD_EXPIRED', { campus });
    return;
  }
  const where = whereOf(books, campus, rows);
  const params = { ...where, count: countOf(rows), products: productsOf(rows) };
  books.alarms.writeOwn('FOOD_EXPIRED', params, { campus, severity: 'minor', of: 'canteen' });
}

function raiseRecall(books: Books, campus: string, recall: string): void {
  const { reason } = books
    .sql('SELECT reason FROM food_recall WHERE campus = ? AND id = ?')
    .get(campus, recall) ?? { reason: '' };
  const all = books
    .sql('SELECT id AS batch, product FROM food_batch WHERE campus = ? AND recall = ? ORDER BY id')
    .all(campus, recall);
  const left = books
    .sql(
      `SELECT s.*, b.product, b.unit FROM food_batch b
       JOIN batch_stock s ON s.campus = b.campus AND s.batch = b.id
       WHERE b.campus = ? AND b.recall = ? ORDER BY s.place, b.id`,
    )
    .all(campus, recall);
  const dishes = books
    .sql(
      `SELECT DISTINCT d.* FROM food_batch b
       JOIN stock_movement m ON m.campus = b.campus AND m.batch = b.id
       JOIN dish d ON d.campus = m.campus AND d.id = m.dish
       WHERE b.campus = ? AND b.recall = ? AND m.kind = 'used' AND m.reversed = 0
       ORDER BY d.day DESC, d.id`,
    )
    .all(campus, recall)
    .map(toDish);
  const params = {
    ...whereOf(books, campus, left),
    ...dishesOf(dishes),
    ...fedOf(dishes),
    count: all.length,
    reason: String(reason),
    products: productsOf(all),
  };
  const own = { campus, subject: recall, severity: 'major', of: 'canteen' } as const;
  books.alarms.writeOwn('FOOD_RECALLED', params, own);
}

/** Food that must not be used was used: it says where it went, and a recall what it did not know of. */
function ringUse(books: Books, { campus, id, subject, time }: Entry): void {
  const row = books
    .sql('SELECT * FROM food_batch WHERE campus = ? AND id = ?')
    .get(campus, subject);
  if (!row) return;
  const isExpired = row.expires !== null && String(row.expires) < dayOf(books, campus, time);
  if (row.recall === null && !isExpired) return;
  if (row.recall !== null) raiseRecall(books, campus, String(row.recall));
  const found = books
    .sql(
      `SELECT d.* FROM stock_movement m JOIN dish d ON d.campus = m.campus AND d.id = m.dish
       WHERE m.campus = ? AND m.id = ?`,
    )
    .get(campus, id);
  if (!found) return;
  const dish = toDish(found);
  const params = {
    ...fedOf([dish]),
    ...{ product: String(row.product), batch: subject },
    dish: `${dish.day} ${MEAL_NAMES[dish.meal].zh} ${dish.name}`,
  };
  const own = { campus, subject: id, severity: 'major', of: 'canteen' } as const;
  books.alarms.writeOwn('FOOD_USED_UNSAFE', params, own);
}

/** What came in, or has other dates now. */
function ringStock(books: Books, campus: string, batch: string): void {
  const today = dayOf(books, campus, books.clock.now());
  const isExpired = books
    .sql('SELECT 1 FROM food_batch WHERE campus = ? AND id = ? AND remaining > 0 AND expires < ?')
    .get(campus, batch, today);
  if (isExpired) reviewExpired(books, campus);
  else endWhatIsGone(books, campus, batch);
}

/** An alarm about food ends when none of that food is left. */
function endWhatIsGone(books: Books, campus: string, batch: string): void {
  const row = books
    .sql('SELECT expires, recall FROM food_batch WHERE campus = ? AND id = ?')
    .get(campus, batch);
  if (row?.recall !== null && row?.recall !== undefined) {
    const recall = String(row.recall);
    const left = books
      .sql('SELECT 1 FROM food_batch WHERE campus = ? AND recall = ? AND remaining > 0 LIMIT 1')
      .get(campus, recall);
    if (!left) books.alarms.endOwn('FOOD_RECALLED', { campus, subject: recall });
  }
  if (row?.expires !== null && expiredStock(books, campus).length === 0) {
    books.alarms.endOwn('FOOD_EXPIRED', { campus });
  }
}

const expiredStock = (books: Books, campus: string): Row[] =>
  books
    .sql(
      `SELECT s.*, b.product, b.unit FROM food_batch b INDEXED BY food_batch_stock
       JOIN batch_stock s ON s.campus = b.campus AND s.batch = b.id
       WHERE b.campus = ? AND b.remaining > 0 AND b.expires < ? ORDER BY s.place, b.id`,
    )
    .all(campus, dayOf(books, campus, books.clock.now()));

type Row = Record<string, unknown>;

const dayOf = (books: Books, campus: string, time: Millis): string =>
  localMoment(time, books.timezone(campus)).day;

const countOf = (rows: readonly Row[]): number => new Set(rows.map(({ batch }) => batch)).size;

const productsOf = (rows: readonly Row[]): string =>
  some([...new Set(rows.map(({ product }) => String(product)))]);

const some = (words: readonly string[]): string =>
  words.slice(0, NAMED).join('、') + (words.length > NAMED ? '……' : '');

function whereOf(books: Books, campus: string, rows: readonly Row[]): ErrorParams {
  const { devices, campuses } = books.configuration();
  const name = (place: string): Text => {
    const zone = campuses.get(campus)?.zones.get(place)?.name;
    const known = devices.get(`${campus}/${place}`)?.name ?? zone ?? place;
    return place === '' ? { zh: '未入库', en: 'not stored' } : { zh: known, en: known };
  };
  const lines = rows.map(({ place, product, quantity, unit }) => {
    const amount = `${product} ${fromThousandths(Number(quantity))} ${unit}`;
    const { zh, en } = name(String(place));
    return { zh: `${zh} ${amount}`, en: `${en} ${amount}` };
  });
  if (lines.length === 0) return { where: 'nothing', whereZh: '无' };
  return { where: some(lines.map(({ en }) => en)), whereZh: some(lines.map(({ zh }) => zh)) };
}

function dishesOf(dishes: readonly DishFacts[]): ErrorParams {
  if (dishes.length === 0) return { dishes: 'nothing', dishesZh: '无' };
  const say = (language: keyof Text) =>
    some(dishes.map(({ day, meal, name }) => `${day} ${MEAL_NAMES[meal][language]} ${name}`));
  return { dishes: say('en'), dishesZh: say('zh') };
}

/** Who ate of dishes. */
function fedOf(dishes: readonly DishFacts[]): ErrorParams {
  if (dishes.length === 0) return { classes: 'nobody', classesZh: '无' };
  if (dishes.some(({ classes }) => classes.length === 0)) {
    return { classes: 'the whole school', classesZh: '全校' };
  }
  const classes = some([...new Set(dishes.flatMap((dish) => dish.classes))].sort());
  return { classes, classesZh: classes };
}
