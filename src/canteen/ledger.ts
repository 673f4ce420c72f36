import { createHash } from 'node:crypto';
import type { StatementSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import type { Database } from '../storage/database.ts';
import { canonicalJson } from './canonical-json.ts';

/** What a person writes into a ledger. */
export interface Draft {
  campus: string;
  /** Each campus has a chain of its own for each ledger. */
  ledger: string;
  /** Made by the client, unique in the campus: what is sent twice is written once. */
  id: string;
  kind: string;
  /** The id of what it is about. */
  subject: string;
  /** When it happened; it may be written down later. */
  time: Millis;
  person: string;
  /** Why, where something is corrected or thrown away. */
  reason: string | undefined;
  /** As canonical JSON. */
  body: string;
}

/** One entry of a ledger; it is never changed and never removed. */
export interface Entry extends Draft {
  /** 1, 2, 3 … over all ledgers, in the order of writing. */
  number: number;
  /** 1, 2, 3 … in its own chain. */
  position: number;
  /** When it was written. */
  recorded: Millis;
  /** SHA-256, in hex, over the entry and the hash of the one before it in its chain. */
  hash: string;
}

/** What an entry's chain goes on from where it is the first. */
const START = '';

/** The hash that chains an entry to the one before it. */
export function hashOf(entry: Omit<Entry, 'hash'>, previous: string): string {
  return createHash('sha256')
    .update(canonicalJson({ ...entry, previous }))
    .digest('hex');
}

/** Appends entries to hash-chained ledgers. To be used within a transaction. */
export class Ledger {
  readonly #last: StatementSync;
  readonly #insert: StatementSync;
  readonly #byId: StatementSync;
  readonly #ofSubject: StatementSync;
  readonly #given: StatementSync;

  constructor(database: Database) {
    this.#last = database.prepare(
      `SELECT position, hash FROM ledger_entry WHERE campus = ? AND ledger = ?
       ORDER BY position DESC LIMIT 1`,
    );
    // what SQLite remembers, not the greatest there is: a removed entry leaves its gap for ever
    this.#given = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'ledger_entry'");
    this.#insert = database.prepare(
      `INSERT INTO ledger_entry
         (number, campus, ledger, position, id, kind, subject, time, recorded, person, reason, body, hash)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#byId = database.prepare('SELECT * FROM ledger_entry WHERE campus = ? AND id = ?');
    this.#ofSubject = database.prepare(
      'SELECT * FROM ledger_entry WHERE campus = ? AND subject = ? ORDER BY number LIMIT ?',
    );
  }

  append(draft: Draft, recorded: Millis): Entry {
    const { campus, ledger } = draft;
    const last = this.#last.get(campus, ledger);
    const entry = {
      ...draft,
      number: Number(this.#given.get()?.seq ?? 0) + 1,
      position: last ? Number(last.position) + 1 : 1,
      recorded,
    };
    const hash = hashOf(entry, last ? String(last.hash) : START);
    const { number, position, id, kind, subject, time, person, reason, body } = entry;
    this.#insert.run(
      ...[number, campus, ledger, position, id, kind, subject, time, recorded, person],
      ...[reason ?? null, body, hash],
    );
    return { ...entry, hash };
  }

  find(campus: string, id: string): Entry | undefined {
    const row = this.#byId.get(campus, id);
    return row && toEntry(row);
  }

  /** All that was written about something, oldest first, at most `limit` entries. */
  about(campus: string, subject: string, limit: number): Entry[] {
    return this.#ofSubject.all(campus, subject, limit).map(toEntry);
  }
}

/** A row of `ledger_entry`. */
export function toEntry(row: Record<string, unknown>): Entry {
  return {
    number: Number(row.number),
    campus: String(row.campus),
    ledger: String(row.ledger),
    position: Number(row.position),
    id: String(row.id),
    kind: String(row.kind),
    subject: String(row.subject),
    time: Number(row.time),
    recorded: Number(row.recorded),
    person: String(row.person),
    reason: row.reason === null ? undefined : String(row.reason),
    body: String(row.body),
    hash: String(row.hash),
  };
}
