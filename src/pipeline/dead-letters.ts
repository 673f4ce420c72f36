import type { StatementSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import type { Database } from '../storage/database.ts';

/** A payload that could not be decoded or admitted, with the reason. */
export interface DeadLetter {
  id: number;
  received: Millis;
  topic: string;
  payload: Buffer;
  /** A broker had played it back from its store of retained messages. */
  replayed: boolean;
  /** A code of the error catalogue. */
  reason: string;
  /** What was found, in words. */
  detail: string;
}

const MAX_BYTES = 256 * 1024 * 1024;
const COLUMNS = 'id, received, topic, payload, replayed, reason, detail';

/** Keeps dead letters, bounded by number and bytes; the oldest go first. */
export class DeadLetters {
  /** By reason, since start; for the metrics. */
  readonly counts = new Map<string, number>();
  readonly #limit: () => number;
  readonly #insert: StatementSync;
  readonly #list: StatementSync;
  readonly #newest: StatementSync;
  readonly #has: StatementSync;
  readonly #get: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteOldest: StatementSync;
  readonly #expire: StatementSync;
  /** Reasons of the transaction under way. */
  #staged: string[] = [];
  #kept: number;
  #bytes: number;
  /** As it was at the last COMMIT: a disk that fails can't be asked. */
  #committed: { kept: number; bytes: number };

  constructor(database: Database, limit: () => number) {
    this.#limit = limit;
    this.#insert = database.prepare(
      `INSERT INTO dead_letter (received, topic, payload, replayed, reason, detail)
       VALUES (:received, :topic, :payload, :replayed, :reason, :detail)`,
    );
    this.#list = database.prepare(
      `SELECT ${COLUMNS} FROM dead_letter
       WHERE id > :after AND (:reason IS NULL OR reason = :reason) ORDER BY id LIMIT :limit`,
    );
    this.#newest = database.prepare('SELECT coalesce(max(id), 0) AS id FROM dead_letter');
    this.#has = database.prepare('SELECT 1 FROM dead_letter WHERE id = ?');
    this.#get = database.prepare(`SELECT ${COLUMNS} FROM dead_letter WHERE id = ?`);
    this.#delete = database.prepare(
      'DELETE FROM dead_letter WHERE id = ? RETURNING length(payload) AS bytes',
    );
    this.#deleteOldest = database.prepare(
      `DELETE FROM dead_letter WHERE id = (SELECT min(id) FROM dead_letter)
       RETURNING length(payload) AS bytes`,
    );
    this.#expire = database.prepare(
      `DELETE FROM dead_letter
       WHERE id IN (SELECT id FROM dead_letter ORDER BY id LIMIT :limit) AND received < :before
       RETURNING length(payload) AS bytes`,
    );
    const sum = database
      .prepare(
        'SELECT count(*) AS kept, coalesce(sum(length(payload)), 0) AS bytes FROM dead_letter',
      )
      .get();
    this.#kept = Number(sum?.kept);
    this.#bytes = Number(sum?.bytes);
    this.#committed = { kept: this.#kept, bytes: this.#bytes };
  }

  get kept(): number {
    return this.#kept;
  }

  /** Adds one within the transaction under way. */
  add(letter: Omit<DeadLetter, 'id'>): void {
    const { topic, payload, replayed, reason, detail } = letter;
    this.#insert.run({
      ...letter,
      topic: topic.slice(0, 1000),
      replayed: Number(replayed),
      detail: detail.slice(0, 2000),
    });
    this.#kept += 1;
    this.#bytes += payload.length;
    this.#staged.push(reason);
    while (this.#kept > 1 && (this.#kept > this.#limit() || this.#bytes > MAX_BYTES)) {
      this.#gone(this.#deleteOldest.all());
    }
  }

  /** Those after the id `after`, oldest first. */
  list(options: { after?: number; limit: number; reason?: string | undefined }): DeadLetter[] {
    const { after = 0, limit, reason = null } = options;
    return this.#list.all({ after, limit, reason }).map(toLetter);
  }

  /** The id of the newest; 0: there is none. */
  newest(): number {
    return Number(this.#newest.get()?.id);
  }

  has(id: number): boolean {
    return this.#has.get(id) !== undefined;
  }

  get(id: number): DeadLetter | undefined {
    const row = this.#get.get(id);
    return row && toLetter(row);
  }

  remove(id: number): void {
    this.#gone(this.#delete.all(id));
  }

  /** Removes some of those received before `before`, on its own; returns how many. */
  expire(before: Millis, limit: number): number {
    const rows = this.#expire.all({ before, limit });
    this.#gone(rows);
    this.#committed = { kept: this.#kept, bytes: this.#bytes };
    return rows.length;
  }

  committed(): void {
    for (const reason of this.#staged) this.counts.set(reason, (this.counts.get(reason) ?? 0) + 1);
    this.#staged = [];
    this.#committed = { kept: this.#kept, bytes: this.#bytes };
  }

  rolledBack(): void {
    this.#staged = [];
    this.#kept = this.#committed.kept;
    this.#bytes = this.#committed.bytes;
  }

  #gone(rows: Record<string, unknown>[]): void {
    this.#kept -= rows.length;
    for (const row of rows) this.#bytes -= Number(row.bytes);
  }
}

function toLetter(row: Record<string, unknown>): DeadLetter {
  return {
    id: Number(row.id),
    received: Number(row.received),
    topic: String(row.topic),
    payload: row.payload instanceof Uint8Array ? Buffer.from(row.payload) : Buffer.alloc(0),
    replayed: row.replayed === 1,
    reason: String(row.reason),
    detail: String(row.detail),
  };
}
