import type { DatabaseSync } from 'node:sqlite';
import { Temporal } from 'temporal-polyfill';
import { localMoment } from '../campus/school-days.ts';
import type { Millis } from '../clock.ts';
import { type Missing, missingOf } from './missing.ts';
import {
  createStatements,
  optionalNumber,
  optionalQuantity,
  optionalText,
  type Statements,
} from './statements.ts';
import { placeName, type TraceRules } from './trace-rules.ts';
import { type StayFigures, UnitHours } from './unit-hours.ts';

/** A time in which a batch lay in a place, and how cold it was where the place is a cold unit. */
export interface StayFacts extends Partial<StayFigures> {
  place: string;
  name: string;
  since: Millis;
  until: Millis | undefined;
}

/** What was written down about a batch and where it lay. Quantities are in its unit. */
export interface BatchRecord {
  id: string;
  version: number;
  product: string;
  specification: string | undefined;
  category: string | undefined;
  quantity: number | undefined;
  unit: string;
  produced: string | undefined;
  lot: string | undefined;
  expires: string | undefined;
  noShelfLife: boolean;
  received: Millis | undefined;
  receivedDay: string | undefined;
  temperature: number | undefined;
  sensory: { ok: boolean; note: string | undefined } | undefined;
  signedBy: string | undefined;
  code: string | undefined;
  supplier: SupplierFacts | undefined;
  papers: { kind: string; file: string; number: string | undefined }[];
  stays: StayFacts[];
}

/** All that is known of a batch. */
export interface BatchFacts extends BatchRecord {
  /** in − used − thrown; undefined where nobody recorded its receipt. */
  left: number | undefined;
  /** Where that lies; '' where it was not put anywhere. */
  lies: { place: string; name: string; quantity: number }[];
  recall: { id: string; reason: string } | undefined;
  /** The last day on which its records must be there (食品安全法 art. 50). */
  keepUntil: string;
  missing: Missing[];
}

export interface SupplierFacts {
  id: string;
  name: string;
  address: string | undefined;
  phone: string | undefined;
  /** The one that was valid on the day of receipt. */
  licence: { number: string; to: string; file: string | undefined } | undefined;
}

/** Reads what is known of batches and says what is missing. */
export class BatchReader {
  readonly #rules: TraceRules;
  readonly #sql: Statements;
  readonly #hours: UnitHours;

  constructor(connection: DatabaseSync, rules: TraceRules) {
    this.#rules = rules;
    this.#sql = createStatements(connection);
    this.#hours = new UnitHours(connection, rules.units, rules.now);
  }

  /** undefined: there is no such batch. */
  read(id: string): BatchFacts | undefined {
    const row = this.#row(id);
    if (!row) return undefined;
    const record = this.#record(row);
    return {
      ...record,
      left: optionalQuantity(row, 'remaining'),
      lies: this.#lies(id),
      recall: this.#recall(optionalText(row, 'recall')),
      keepUntil: keepUntil(record, this.#dayOf(Number(row.first_known))),
      missing: this.#missing(row, record),
    };
  }

  /** What it lacks to be traceable: empty when nothing. */
  missing(id: string): Missing[] {
    const row = this.#row(id);
    return row ? this.#missing(row, this.#record(row)) : [];
  }

  #row(id: string): Record<string, unknown> | undefined {
    return this.#sql('SELECT * FROM food_batch WHERE campus = ? AND id = ?').get(
      this.#rules.campus,
      id,
    );
  }

  #record(row: Record<string, unknown>): BatchRecord {
    const receivedDay = optionalText(row, 'received_day');
    const sensoryOk = optionalNumber(row, 'sensory_ok');
    const note = optionalText(row, 'sensory_note');
    return {
      id: String(row.id),
      version: Number(row.version),
      product: String(row.product),
      specification: optionalText(row, 'specification'),
      category: optionalText(row, 'category'),
      quantity: optionalQuantity(row, 'quantity'),
      unit: String(row.unit),
      produced: optionalText(row, 'produced'),
      lot: optionalText(row, 'lot'),
      expires: optionalText(row, 'expires'),
      noShelfLife: row.no_shelf_life === 1,
      received: optionalNumber(row, 'received'),
      receivedDay,
      temperature: optionalNumber(row, 'temperature'),
      sensory: sensoryOk === undefined ? undefined : { ok: sensoryOk === 1, note },
      signedBy: optionalText(row, 'signed_by'),
      code: optionalText(row, 'code'),
      supplier: this.#supplier(optionalText(row, 'supplier'), receivedDay),
      papers: this.#papers(String(row.id)),
      stays: this.#stays(String(row.id)),
    };
  }

  #missing(row: Record<string, unknown>, record: BatchRecord): Missing[] {
    const { supplier, papers, received, stays } = record;
    const knowledge = {
      ...record,
      isReceived: received !== undefined,
      knownBy: String(row.known_by),
      supplier: supplier && { ...supplier, isLicensed: supplier.licence !== undefined },
      papers: papers.map(({ kind }) => kind),
      coverage: coverageOf(stays, this.#rules.now),
    };
    return missingOf(knowledge, this.#rules.canteen);
  }

  #supplier(id: string | undefined, day: string | undefined): SupplierFacts | undefined {
    if (id === undefined) return undefined;
    const { campus } = this.#rules;
    const row = this.#sql('SELECT * FROM supplier WHERE campus = ? AND id = ?').get(campus, id);
    if (!row) return undefined;
    const licence = this.#sql(
      `SELECT * FROM supplier_licence WHERE campus = ? AND supplier = ?
         AND valid_from <= ? AND valid_to >= ? ORDER BY valid_to DESC LIMIT 1`,
    ).get(campus, id, day ?? '', day ?? '');
    return {
      id,
      name: String(row.name),
      address: optionalText(row, 'address'),
      phone: optionalText(row, 'phone'),
      licence: licence && {
        number: String(licence.number),
        to: String(licence.valid_to),
        file: optionalText(licence, 'file'),
      },
    };
  }

  #papers(batch: string): BatchRecord['papers'] {
    return this.#sql('SELECT * FROM batch_paper WHERE campus = ? AND batch = ?')
      .all(this.#rules.campus, batch)
      .map((row) => ({
        kind: String(row.kind),
        file: String(row.file),
        number: optionalText(row, 'number'),
      }));
  }

  #stays(batch: string): StayFacts[] {
    return this.#sql('SELECT * FROM batch_stay WHERE campus = ? AND batch = ? ORDER BY since')
      .all(this.#rules.campus, batch)
      .map((row) => {
        const place = String(row.place);
        const since = Number(row.since);
        const until = optionalNumber(row, 'until');
        const figures = this.#hours.during(place, since, until);
        return { place, name: placeName(this.#rules, place), since, until, ...figures };
      });
  }

  #lies(batch: string): BatchFacts['lies'] {
    return this.#sql('SELECT * FROM batch_stock WHERE campus = ? AND batch = ?')
      .all(this.#rules.campus, batch)
      .map((row) => {
        const place = String(row.place);
        return {
          place,
          name: placeName(this.#rules, place),
          quantity: Number(row.quantity) / 1000,
        };
      });
  }

  #recall(id: string | undefined): BatchFacts['recall'] {
    if (id === undefined) return undefined;
    const { campus } = this.#rules;
    const row = this.#sql('SELECT * FROM food_recall WHERE campus = ? AND id = ?').get(campus, id);
    return row && { id, reason: String(row.reason) };
  }

  #dayOf(time: Millis): string {
    return localMoment(time, this.#rules.timezone).day;
  }
}

/** Over all its time in cold units; undefined: it lay in none. */
function coverageOf(stays: readonly StayFacts[], now: Millis): number | undefined {
  let covered = 0;
  let total = 0;
  for (const { since, until, coverage } of stays) {
    if (coverage === undefined) continue;
    const length = (until ?? now) - since;
    covered += coverage * length;
    total += length;
  }
  return total === 0 ? undefined : covered / total;
}

/**
 * 食品安全法 art. 50: at least six months after the end of the shelf life; without one at least two
 * years from its receipt, or from when it was first known. What is kept here is never removed at all.
 */
export function keepUntil(
  { expires, receivedDay }: Pick<BatchRecord, 'expires' | 'receivedDay'>,
  firstKnown: string,
): string {
  if (expires !== undefined) return Temporal.PlainDate.from(expires).add({ months: 6 }).toString();
  return Temporal.PlainDate.from(receivedDay ?? firstKnown)
    .add({ years: 2 })
    .toString();
}
