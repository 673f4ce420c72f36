import type { Millis } from '../clock.ts';
import { CodedError } from '../errors.ts';
import { type BatchFacts, BatchReader } from './batch-facts.ts';
import {
  type Act,
  type Books,
  checkFile,
  checkPlace,
  checkValues,
  checkVersion,
  need,
  needCampus,
  record,
} from './books.ts';
import type { Body } from './projection.ts';
import type { Batch, BatchChanges } from './records.ts';
import { optionalNumber, optionalQuantity, optionalText } from './statements.ts';
import { traceRules } from './trace-rules.ts';

/**
 * Records a delivery (进货查验). Its answer says what is missing. A batch that was so far known by its
 * use alone becomes a received one. Throws BATCH_DATES, CATEGORY_UNKNOWN, PLACE_UNKNOWN,
 * RECORD_UNKNOWN, RECORD_DONE, FILE_MISSING or what `record` throws.
 */
export function receive(books: Books, act: Act, batch: Batch): BatchFacts {
  checkValues('body', batch);
  record(books, 'batch-received', act.id, act, batch, () => {
    checkDetails(books, act.campus, batch);
    checkDates(batch);
    checkPlace(books, act.campus, batch.place);
    for (const { file } of batch.papers) checkFile(books, file);
    const row = find(books, act.campus, act.id);
    const received = row && optionalNumber(row, 'received');
    if (received !== undefined) {
      const time = new Date(received).toISOString();
      throw new CodedError('RECORD_DONE', { person: String(row?.known_by), time });
    }
  });
  return readBatch(books, act.campus, act.id);
}

/**
 * Corrects a batch: a new entry with person and reason; what was written before stays in the ledger.
 * Throws RECORD_CHANGED where somebody else was faster, STOCK_SHORT where more was used than the
 * corrected quantity, or what `receive` throws.
 */
export function correct(
  books: Books,
  act: Act & { reason: string },
  batch: string,
  version: number,
  changes: BatchChanges,
): BatchFacts {
  checkValues('body.changes', changes);
  record(books, 'batch-corrected', batch, act, changes, () => {
    const row = need(books, 'food_batch', act.campus, batch);
    if (optionalNumber(row, 'received') === undefined) needReceipt(batch);
    checkVersion(row, version);
    checkDetails(books, act.campus, changes);
    checkDates({
      produced: changes.produced ?? optionalText(row, 'produced'),
      expires: changes.expires ?? optionalText(row, 'expires'),
    });
  });
  return readBatch(books, act.campus, batch);
}

/** Adds a certificate, voucher or photo. Throws FILE_MISSING where it was not uploaded before. */
export function addPaper(
  books: Books,
  act: Act,
  batch: string,
  paper: Body<'paper-added'>,
): BatchFacts {
  record(books, 'paper-added', batch, act, paper, () => {
    need(books, 'food_batch', act.campus, batch);
    checkFile(books, paper.file);
  });
  return readBatch(books, act.campus, batch);
}

/** All that is known of a batch, and what is missing. Throws RECORD_UNKNOWN. */
export function readBatch(books: Books, campus: string, id: string): BatchFacts {
  const { connection } = books.database;
  const rules = traceRules(connection, books.configuration(), campus, books.clock.now());
  const facts = new BatchReader(connection, rules).read(id);
  if (!facts) throw unknownBatch(id);
  return facts;
}

/** A batch in short. */
export interface BatchLine {
  id: string;
  product: string;
  received: number | undefined;
  supplier: string | undefined;
  expires: string | undefined;
  left: number | undefined;
  unit: string;
  isRecalled: boolean;
}

/** Which batches: one, what its code says, what a unit or zone holds, what is left; by id. */
export interface BatchFilter {
  id?: string | undefined;
  code?: string | undefined;
  place?: string | undefined;
  inStock?: boolean | undefined;
}

export function listBatches(
  books: Books,
  campus: string,
  { id, code, place, inStock }: BatchFilter,
  after: string,
  limit: number,
): BatchLine[] {
  needCampus(books, campus);
  const where = ['b.campus = :campus', 'b.id > :after'];
  if (id !== undefined) where.push('b.id = :id');
  if (code !== undefined) where.push('b.code = :code');
  if (inStock) where.push('b.remaining > 0');
  if (place !== undefined) where.push('s.campus = :campus AND s.place = :place');
  // of years of batches only what is there is looked at: the order says where to begin
  const from =
    place === undefined
      ? `food_batch b ${inStock && code === undefined ? 'INDEXED BY food_batch_stock' : ''}`
      : 'batch_stock s CROSS JOIN food_batch b ON b.campus = s.campus AND b.id = s.batch';
  return books
    .sql(`SELECT b.* FROM ${from} WHERE ${where.join(' AND ')} ORDER BY b.id LIMIT :limit`)
    .all({
      ...{ campus, after, limit },
      ...(id === undefined ? {} : { id }),
      ...(code === undefined ? {} : { code }),
      ...(place === undefined ? {} : { place }),
    })
    .map((row) => ({
      id: String(row.id),
      product: String(row.product),
      received: optionalNumber(row, 'received'),
      supplier: optionalText(row, 'supplier'),
      expires: optionalText(row, 'expires'),
      left: optionalQuantity(row, 'remaining'),
      unit: String(row.unit),
      isRecalled: row.recall !== null,
    }));
}

/** What can be said of a usual delivery before it comes: the rest must be looked at each time. */
export interface UsualDelivery {
  product: string;
  specification: string | undefined;
  category: string | undefined;
  quantity: number;
  unit: string;
  place: string | undefined;
  code: string | undefined;
  /** How many days its shelf life lasted, the last time. */
  shelfLifeDays: number | undefined;
}

const USUAL = 100;
const USUAL_WITHIN: Millis = 366 * 86_400_000;

/** What a supplier delivered within a year, as it was the last time: to begin the next one from. */
export function usualDeliveries(books: Books, campus: string, supplier: string): UsualDelivery[] {
  need(books, 'supplier', campus, supplier);
  const rows = books
    .sql(
      `SELECT *, max(received) FROM food_batch
       WHERE campus = ? AND supplier = ? AND received >= ?
       GROUP BY product, specification, unit ORDER BY max(received) DESC LIMIT ?`,
    )
    .all(campus, supplier, books.clock.now() - USUAL_WITHIN, USUAL);
  return rows.map(usualOf);
}

/** A batch as what comes next may be like: a row of `food_batch`. */
export function usualOf(row: Record<string, unknown>): UsualDelivery {
  const { produced, expires } = row;
  const days = (Date.parse(String(expires)) - Date.parse(String(produced))) / 86_400_000;
  return {
    product: String(row.product),
    specification: optionalText(row, 'specification'),
    category: optionalText(row, 'category'),
    quantity: optionalQuantity(row, 'quantity') ?? 0,
    unit: String(row.unit),
    place: row.place === '' ? undefined : optionalText(row, 'place'),
    code: optionalText(row, 'code'),
    shelfLifeDays: Number.isNaN(days) ? undefined : days,
  };
}

function checkDetails(
  books: Books,
  campus: string,
  { category, supplier }: Pick<BatchChanges, 'category' | 'supplier'>,
): void {
  if (supplier !== undefined) {
    const row = need(books, 'supplier', campus, supplier);
    if (row.removed === 1) throw unknownSupplier(supplier);
  }
  const { categories } = needCampus(books, campus).canteen;
  if (category !== undefined && !categories.some(({ id }) => id === category)) {
    const known = categories.map(({ id }) => id).join(', ');
    throw new CodedError('CATEGORY_UNKNOWN', { category, known });
  }
}

function checkDates({
  produced,
  expires,
}: {
  produced?: string | undefined;
  expires?: string | undefined;
}): void {
  if (produced !== undefined && expires !== undefined && expires < produced) {
    throw new CodedError('BATCH_DATES', { produced, expires });
  }
}

const find = ({ sql }: Books, campus: string, id: string) =>
  sql('SELECT * FROM food_batch WHERE campus = ? AND id = ?').get(campus, id);

const unknownBatch = (id: string) =>
  new CodedError('RECORD_UNKNOWN', { what: 'batch', whatZh: '批次', id });

const unknownSupplier = (id: string) =>
  new CodedError('RECORD_UNKNOWN', { what: 'supplier', whatZh: '供货者', id });

function needReceipt(batch: string): never {
  throw new CodedError('RECORD_UNKNOWN', {
    ...{ what: 'receipt of the batch', whatZh: '进货查验记录，批次', id: batch },
  });
}
