import type { Campus, Configuration } from '../campus/model.ts';
import { localMoment } from '../campus/school-days.ts';
import type { Clock, Millis } from '../clock.ts';
import { CodedError, type Text } from '../errors.ts';
import { requestInvalid } from '../http/validator.ts';
import type { Database } from '../storage/database.ts';
import { type FoodAlarms, ring } from './alarms.ts';
import { canonicalJson } from './canonical-json.ts';
import { type Entry, Ledger } from './ledger.ts';
import { type Body, KINDS, type Kind, project } from './projection.ts';
import { createStatements, type Statements, type Tables } from './statements.ts';

/** As for readings: a clock may be a little fast. */
const TOLERANCE: Millis = 5 * 60_000;

/** The canteen's ledgers and tables, and what is needed to write into them. */
export interface Books extends Tables {
  sql: Statements;
  database: Database;
  ledger: Ledger;
  clock: Clock;
  alarms: FoodAlarms;
  configuration(): Configuration;
  /** Runs `work` in one transaction; a throw leaves nothing. */
  transact<T>(work: () => T): T;
}

export function createBooks(
  parts: Pick<Books, 'database' | 'clock' | 'alarms' | 'configuration' | 'transact'>,
): Books {
  const { database, configuration } = parts;
  return {
    ...parts,
    sql: createStatements(database),
    ledger: new Ledger(database),
    timezone: (campus) => timezoneOf(configuration(), campus),
  };
}

/** Of a campus that is no longer configured, the default. */
export const timezoneOf = ({ campuses }: Configuration, campus: string): string =>
  campuses.get(campus)?.timezone ?? 'Asia/Shanghai';

/** Who writes, and when it happened. */
export interface Act {
  campus: string;
  /** The entry's id, made by the client. */
  id: string;
  person: string;
  /** Else now. */
  time?: Millis | undefined;
  reason?: string | undefined;
}

/**
 * Writes an entry, what follows from it and what it rings, once: an act with an id that is known already changes
 * nothing if it says the same. `check` runs only for a new one. Throws CAMPUS_UNKNOWN,
 * RECORD_IN_FUTURE, RECORD_ID_TAKEN, STOCK_SHORT, what `check` throws, or a storage error.
 */
export function record<K extends Kind>(
  books: Books,
  kind: K,
  subject: string,
  { campus, id, person, time, reason }: Act,
  content: Body<K>,
  check: (at: Millis) => void = () => undefined,
): Entry {
  needCampus(books, campus);
  const now = books.clock.now();
  const at = time ?? now;
  if (at > now + TOLERANCE) {
    throw new CodedError('RECORD_IN_FUTURE', { time: new Date(at).toISOString() });
  }
  const body = canonicalJson(content);
  return books.transact(() => {
    const known = books.ledger.find(campus, id);
    if (known) {
      const isSame = known.kind === kind && known.subject === subject && known.body === body;
      if (isSame && known.person === person && known.reason === reason) return known;
      throw new CodedError('RECORD_ID_TAKEN', { id, person: known.person });
    }
    check(at);
    const { ledger } = KINDS[kind];
    const draft = { campus, ledger, id, kind, subject, time: at, person, reason, body };
    const entry = books.ledger.append(draft, now);
    project(books, entry);
    ring(books, entry);
    return entry;
  });
}

/** Throws CAMPUS_UNKNOWN. */
export function needCampus({ configuration }: Pick<Books, 'configuration'>, id: string): Campus {
  const campus = configuration().campuses.get(id);
  if (!campus) throw new CodedError('CAMPUS_UNKNOWN', { campus: id });
  return campus;
}

/** What people call the records. */
const WHAT = {
  supplier: { zh: '供货者', en: 'supplier' },
  food_batch: { zh: '批次', en: 'batch' },
  stock_movement: { zh: '库存变动', en: 'movement' },
  dish: { zh: '菜品', en: 'dish' },
  food_sample: { zh: '留样', en: 'sample' },
  food_recall: { zh: '召回', en: 'recall' },
  trace_drill: { zh: '溯源演练', en: 'trace drill' },
} satisfies Record<string, Text>;

/** The row of a record. Throws RECORD_UNKNOWN. */
export function need(
  { sql }: Pick<Tables, 'sql'>,
  table: keyof typeof WHAT,
  campus: string,
  id: string,
): Record<string, unknown> {
  const row = sql(`SELECT * FROM ${table} WHERE campus = ? AND id = ?`).get(campus, id);
  if (!row) {
    const { zh, en } = WHAT[table];
    throw new CodedError('RECORD_UNKNOWN', { what: en, whatZh: zh, id });
  }
  return row;
}

/** Two phones changed one record: the second is told. Throws RECORD_CHANGED. */
export function checkVersion(row: Record<string, unknown>, yours: number): void {
  const version = Number(row.version);
  if (version !== yours) {
    throw new CodedError('RECORD_CHANGED', { id: String(row.id), version, yours });
  }
}

/** A cold unit or a zone of the campus. Throws PLACE_UNKNOWN. */
export function checkPlace(books: Books, campus: string, place: string | undefined): void {
  if (place === undefined) return;
  const { devices, campuses } = books.configuration();
  const isUnit = devices.get(`${campus}/${place}`)?.profile.kind === 'cold_storage';
  if (!isUnit && !campuses.get(campus)?.zones.has(place)) {
    throw new CodedError('PLACE_UNKNOWN', { place });
  }
}

/** A file that a record names must have been uploaded. Throws FILE_MISSING. */
export function checkFile({ sql }: Books, hash: string): void {
  if (!sql('SELECT 1 FROM attachment WHERE hash = ?').get(hash)) {
    throw new CodedError('FILE_MISSING', { hash });
  }
}

/** The schema lets a 31st of February and a ten-thousandth through. Throws REQUEST_INVALID. */
export function checkValues(where: string, values: object): void {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !isDay(value)) {
      const allowed = { en: 'a day that exists', zh: '存在的日期' };
      throw requestInvalid(`${where}.${name}`, JSON.stringify(value), allowed);
    }
    if (name === 'quantity' && typeof value === 'number' && !isThousandths(value)) {
      const allowed = { en: 'a number with at most three decimals', zh: '最多三位小数' };
      throw requestInvalid(`${where}.${name}`, String(value), allowed);
    }
  }
}

const isThousandths = (value: number): boolean =>
  Math.abs(value * 1000 - Math.round(value * 1000)) < 1e-4 && Math.round(value * 1000) > 0;

/** A day that exists, as YYYY-MM-DD. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** The campus's day of a moment. */
export const dayOf = (books: Books, campus: string, time: Millis): string =>
  localMoment(time, books.timezone(campus)).day;
