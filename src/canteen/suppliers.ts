import { addDays } from '../campus/school-days.ts';
import { parseDuration } from '../duration.ts';
import { CodedError } from '../errors.ts';
import { requestInvalid } from '../http/validator.ts';
import {
  type Act,
  type Books,
  checkFile,
  checkValues,
  checkVersion,
  dayOf,
  need,
  needCampus,
  record,
} from './books.ts';
import type { Supplier } from './records.ts';
import { optionalText } from './statements.ts';

const DAY = 86_400_000;

/** A supplier as the tables have it. */
export interface KnownSupplier extends Supplier {
  id: string;
  /** Goes up with every change; a change says which one it read. */
  version: number;
}

/**
 * Adds a supplier, or replaces what is known of it; a new one has no `version`. Throws
 * RECORD_CHANGED where somebody else changed it meanwhile, or what `record` throws.
 */
export function setSupplier(
  books: Books,
  act: Act,
  id: string,
  version: number | undefined,
  supplier: Supplier,
): KnownSupplier {
  for (const licence of supplier.licences) {
    checkValues('body.licences', licence);
    if (licence.to < licence.from) {
      const allowed = { en: 'a day not before `from`', zh: '不早于 from 的日期' };
      throw requestInvalid('body.licences.to', JSON.stringify(licence.to), allowed);
    }
  }
  record(books, 'supplier-set', id, act, supplier, () => {
    const row = find(books, act.campus, id);
    checkVersion(row ?? { id, version: 0 }, version ?? 0);
    for (const { file } of supplier.licences) if (file) checkFile(books, file);
  });
  return getSupplier(books, act.campus, id);
}

/** Throws SUPPLIER_IN_USE: art. 50 keeps the records of its deliveries, and they name it. */
export function removeSupplier(books: Books, act: Act, id: string, version: number): void {
  record(books, 'supplier-removed', id, act, {}, () => {
    checkVersion(need(books, 'supplier', act.campus, id), version);
    const batches = books
      .sql('SELECT count(*) AS count FROM food_batch WHERE campus = ? AND supplier = ?')
      .get(act.campus, id);
    const count = Number(batches?.count);
    if (count > 0) throw new CodedError('SUPPLIER_IN_USE', { supplier: id, batches: count });
  });
}

/** Throws RECORD_UNKNOWN. */
export function getSupplier(books: Books, campus: string, id: string): KnownSupplier {
  return toSupplier(books, campus, need(books, 'supplier', campus, id));
}

/** By id, from after `after` on. */
export function listSuppliers(
  books: Books,
  campus: string,
  after: string,
  limit: number,
): KnownSupplier[] {
  needCampus(books, campus);
  return books
    .sql('SELECT * FROM supplier WHERE campus = ? AND id > ? AND removed = 0 ORDER BY id LIMIT ?')
    .all(campus, after, limit)
    .map((row) => toSupplier(books, campus, row));
}

/** A supplier whose last licence ends soon, has ended, or was never given. */
export interface EndingLicence {
  supplier: string;
  name: string;
  /** The last day; absent where there is no licence. */
  to: string | undefined;
  /** Negative: it has ended. */
  daysLeft: number | undefined;
}

/** Suppliers whose licence ends within canteen.licenceWarning, the most urgent first. */
export function endingLicences(books: Books, campus: string): EndingLicence[] {
  const { canteen } = needCampus(books, campus);
  const today = dayOf(books, campus, books.clock.now());
  const until = addDays(today, Math.ceil(parseDuration(canteen.licenceWarning) / DAY));
  const rows = books
    .sql(
      `SELECT id, name, max(valid_to) AS valid_to FROM supplier
       LEFT JOIN supplier_licence l ON l.campus = supplier.campus AND l.supplier = supplier.id
       WHERE supplier.campus = ? AND removed = 0 GROUP BY id
       HAVING max(valid_to) IS NULL OR max(valid_to) <= ? ORDER BY valid_to, id`,
    )
    .all(campus, until);
  return rows.map((row) => {
    const to = optionalText(row, 'valid_to');
    const daysLeft =
      to === undefined ? undefined : Math.round((Date.parse(to) - Date.parse(today)) / DAY);
    return { supplier: String(row.id), name: String(row.name), to, daysLeft };
  });
}

const find = ({ sql }: Books, campus: string, id: string) =>
  sql('SELECT * FROM supplier WHERE campus = ? AND id = ?').get(campus, id);

function toSupplier({ sql }: Books, campus: string, row: Record<string, unknown>): KnownSupplier {
  const id = String(row.id);
  const licences = sql(
    'SELECT * FROM supplier_licence WHERE campus = ? AND supplier = ? ORDER BY place',
  ).all(campus, id);
  return {
    id,
    version: Number(row.version),
    name: String(row.name),
    ...present({ address: optionalText(row, 'address'), phone: optionalText(row, 'phone') }),
    licences: licences.map((licence) => ({
      number: String(licence.number),
      from: String(licence.valid_from),
      to: String(licence.valid_to),
      ...present({ file: optionalText(licence, 'file') }),
    })),
  };
}

/** Without the keys that have no value. */
function present<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const kept: { [K in keyof T]?: NonNullable<T[K]> } = {};
  for (const key in values) {
    const value = values[key];
    if (value !== undefined && value !== null) kept[key] = value;
  }
  return kept;
}
