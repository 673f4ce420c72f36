import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { CsvError, parse } from 'csv-parse';
import { Value } from 'typebox/value';
import { momentOf } from '../campus/school-days.ts';
import { CodedError, describe, type Text } from '../errors.ts';
import { requestInvalid } from '../http/validator.ts';
import { schemaMistakes } from '../schema-mistakes.ts';
import { type Books, isDay, needCampus } from './books.ts';
import { canonicalJson } from './canonical-json.ts';
import { isWorkbook, readWorkbook } from './delivery-workbook.ts';
import { receive } from './receiving.ts';
import { Batch } from './records.ts';

/** What became of a file of deliveries. */
export interface DeliveryImport {
  rows: number;
  /** New batches. */
  imported: number;
  /** The file, or this line of it, was imported before. */
  known: number;
  mistakes: DeliveryMistake[];
}

export interface DeliveryMistake {
  line: number;
  /** As the file calls it. */
  column: string | undefined;
  code: string;
  message: Text;
}

const MOST_ROWS = 5_000;
const MAX_LINE = 8_192;
/** Titles stand above the headings, not more. */
const HEADING_WITHIN = 10;

/** Columns and the headings they go by: those of 进货查验台账 and the names of the API. */
const COLUMNS = {
  product: ['品名', '食品名称'],
  specification: ['规格'],
  quantity: ['数量'],
  unit: ['单位'],
  produced: ['生产日期'],
  lot: ['批号', '生产批号'],
  expires: ['保质期', '保质期至'],
  received: ['日期', '进货日期', '进货时间'],
  supplier: ['供货者', '供货者名称', '供应商'],
  category: ['类别', '食品类别'],
  temperature: ['收货温度', '收货温度℃'],
  signedBy: ['验收人'],
  place: ['存放位置'],
  code: ['条码'],
} as const;
type Column = keyof typeof COLUMNS;
const isColumn = (name: string): name is Column => Object.hasOwn(COLUMNS, name);
const NEEDED: readonly Column[] = ['product', 'quantity', 'unit'];

const NUMBER = /^[+-]?\d+(\.\d+)?$/;

interface Row {
  line: number;
  cells: Partial<Record<Column, string>>;
}

/**
 * Takes a CSV or XLSX of deliveries: good lines become batches, the mistakes of the others are named by
 * line and column. A quote that is never closed makes a whole CSV unreadable. Ids follow from the
 * content, so the file can be corrected and imported again. Suppliers and categories may be named by
 * id or by name. Nothing in a cell is ever evaluated. Throws DELIVERY_FILE, DELIVERY_HEADING,
 * REQUEST_INVALID for too many lines, or CAMPUS_UNKNOWN.
 */
export async function importDeliveries(
  books: Books,
  campus: string,
  person: string,
  content: Buffer,
): Promise<DeliveryImport> {
  needCampus(books, campus);
  const { rows, headings, broken } = await readRows(content);
  const seen = new Map<string, number>();
  const result: DeliveryImport = {
    rows: rows.length,
    imported: 0,
    known: 0,
    mistakes: [...broken],
  };
  for (const { line, cells } of rows) {
    const content = canonicalJson(cells);
    const times = (seen.get(content) ?? 0) + 1;
    seen.set(content, times);
    const found = mistakesOf(cells);
    if (found.length > 0) {
      const named = found.map(({ column, found: value, allowed }) =>
        cellMistake(line, headings.get(column) ?? column, value, allowed),
      );
      result.mistakes.push(...named);
      continue;
    }
    try {
      // two deliveries may be alike to the last word
      const id = `csv-${createHash('sha256').update(`${content} ${times}`).digest('hex').slice(0, 40)}`;
      const isKnown = books.ledger.find(campus, id) !== undefined;
      const { received, ...values } = valuesOf(cells);
      const batch = Value.Parse(Batch, named(books, campus, values));
      const time =
        received === undefined
          ? undefined
          : momentOf(String(received), '00:00', books.timezone(campus));
      receive(books, { campus, id, person, time }, batch);
      result[isKnown ? 'known' : 'imported'] += 1;
    } catch (error) {
      if (!(error instanceof CodedError) || error.status >= 500) throw error;
      const { zh, en } = describe(error.code, error.params).message;
      const params = { line, reason: `${zh} ${en}` };
      const { message } = describe('DELIVERY_ROW', params);
      result.mistakes.push({ line, column: undefined, code: error.code, message });
    }
    // readings come first
    await setImmediate();
  }
  result.mistakes.sort((a, b) => a.line - b.line);
  return result;
}

/** A line of a file, as texts. */
interface Line {
  line: number;
  cells: readonly string[];
}

async function readRows(content: Buffer) {
  const broken: DeliveryMistake[] = [];
  const rows: Row[] = [];
  let heading: Heading | undefined;
  const lines = isWorkbook(content) ? await readWorkbook(content) : readText(content, broken);
  let seen = 0;
  for await (const { line, cells } of lines) {
    seen += 1;
    if (!heading) {
      heading = headingOf(cells);
      if (!heading && seen === HEADING_WITHIN) break;
      continue;
    }
    const named: Row['cells'] = {};
    heading.order.forEach((column, i) => {
      const cell = cells[i]?.trim();
      if (column && cell) named[column] = cell;
    });
    rows.push({ line, cells: named });
    if (rows.length > MOST_ROWS) {
      const allowed = { en: `at most ${MOST_ROWS} lines`, zh: `最多 ${MOST_ROWS} 行` };
      const found = { en: `more than ${MOST_ROWS} lines`, zh: `超过 ${MOST_ROWS} 行` };
      throw requestInvalid('body', found, allowed);
    }
  }
  if (!heading && broken.length === 0) {
    const missing = NEEDED.map((column) => `${COLUMNS[column][0]} (${column})`).join(', ');
    throw new CodedError('DELIVERY_HEADING', { missing });
  }
  return { rows, headings: heading?.names ?? new Map<Column, string>(), broken };
}

/** Which column stands where, and what the file calls it. */
interface Heading {
  order: (Column | undefined)[];
  names: Map<Column, string>;
}

/** Titles may stand above the headings. */
function headingOf(cells: readonly string[]): Heading | undefined {
  const order = cells.map(columnOf);
  const names = new Map<Column, string>();
  for (const [i, column] of order.entries()) if (column) names.set(column, cells[i] ?? column);
  return NEEDED.every((column) => names.has(column)) ? { order, names } : undefined;
}

/** The lines of a CSV; what cannot be read ends it, and is a mistake. */
async function* readText(content: Buffer, broken: DeliveryMistake[]): AsyncGenerator<Line> {
  const parser = parse(decode(content), {
    ...{ bom: true, trim: true, skip_empty_lines: true, relax_column_count: true, info: true },
    max_record_size: MAX_LINE,
  });
  try {
    for await (const parsed of parser) {
      const { record, info }: { record: string[]; info: { lines: number } } = parsed;
      yield { line: info.lines, cells: record };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number(error.lines ?? 0);
    const { message } = describe('DELIVERY_ROW', { line, reason: error.message.slice(0, 200) });
    broken.push({ line, column: undefined, code: 'DELIVERY_ROW', message });
  }
}

/** Spreadsheet programs in China save CSV as GB18030. */
function decode(content: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return new TextDecoder('gb18030').decode(content);
  }
}

function columnOf(heading: string): Column | undefined {
  const name = heading.trim();
  const byName = Object.keys(COLUMNS).filter(isColumn);
  return byName.find(
    (column) =>
      column.toLowerCase() === name.toLowerCase() ||
      COLUMNS[column].some((alias: string) => alias === name),
  );
}

/** Numbers as numbers; what is none stays a text, and the schema says what is allowed. */
function valuesOf(cells: Row['cells']): Partial<Record<Column, string | number>> {
  const { quantity, temperature } = cells;
  const read = (text: string) => (NUMBER.test(text) ? Number(text) : text);
  return {
    ...cells,
    ...(quantity === undefined ? {} : { quantity: read(quantity) }),
    ...(temperature === undefined ? {} : { temperature: read(temperature) }),
  };
}

function mistakesOf(cells: Row['cells']): { column: Column; found: string; allowed: Text }[] {
  const { received, supplier: _supplier, category: _category, ...values } = valuesOf(cells);
  const isReal = received === undefined || isDay(String(received));
  const day = { en: 'a date such as 2026-09-01', zh: '日期，例如 2026-09-01' };
  const found = schemaMistakes(Batch, { papers: [], ...values }).flatMap(({ path, allowed }) => {
    const column = String(path[0]);
    return isColumn(column) ? [{ column, found: cells[column] ?? '', allowed }] : [];
  });
  if (isReal) return found;
  return [...found, { column: 'received', found: cells.received ?? '', allowed: day }];
}

/** Suppliers and categories by id, where the file has their names. Throws where there are none. */
function named(
  books: Books,
  campus: string,
  values: Partial<Record<Column, string | number>>,
): object {
  const { supplier, category, ...rest } = values;
  return {
    papers: [],
    ...rest,
    ...(supplier === undefined ? {} : { supplier: supplierOf(books, campus, String(supplier)) }),
    ...(category === undefined ? {} : { category: categoryOf(books, campus, String(category)) }),
  };
}

function supplierOf({ sql }: Books, campus: string, named: string): string {
  const row = sql(
    `SELECT id FROM supplier WHERE campus = :campus AND (id = :named OR name = :named)
       AND removed = 0 ORDER BY id = :named DESC LIMIT 1`,
  ).get({ campus, named });
  if (row) return String(row.id);
  throw new CodedError('RECORD_UNKNOWN', { what: 'supplier', whatZh: '供货者', id: named });
}

function categoryOf(books: Books, campus: string, named: string): string {
  const { categories } = needCampus(books, campus).canteen;
  const category = categories.find(({ id, name }) => id === named || name === named);
  if (category) return category.id;
  const known = categories.map(({ name }) => name).join(', ');
  throw new CodedError('CATEGORY_UNKNOWN', { category: named, known });
}

function cellMistake(line: number, column: string, found: string, allowed: Text): DeliveryMistake {
  const { message } = describe('DELIVERY_CELL', {
    ...{ line, column, allowed: allowed.en, allowedZh: allowed.zh },
    found: JSON.stringify(found.slice(0, 60)),
  });
  return { line, column, code: 'DELIVERY_CELL', message };
}
