import type { StatementSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import { CodedError } from '../errors.ts';
import type { Database } from '../storage/database.ts';

/** A person's decision that nobody is told of a rule of a device for a while. */
export interface Shelf {
  id: number;
  campus: string;
  device: string;
  rule: string;
  /** Only this alarm, not the ones after it. */
  alarm: number | undefined;
  person: string;
  reason: string;
  since: Millis;
  until: Millis;
  /** When it ended: by itself at `until`, or lifted before by a person. */
  ended: Millis | undefined;
  endedBy: string | undefined;
}

export type NewShelf = Omit<Shelf, 'id' | 'ended' | 'endedBy'>;
export type ShelfPlace = Pick<Shelf, 'campus' | 'device' | 'rule'>;

export interface ShelfFilter {
  campus?: string | undefined;
  /** true: not ended yet. */
  open?: boolean | undefined;
  /** Only those with a smaller id: the next page. */
  before?: number | undefined;
  limit: number;
}

/** The shelves, past and present. Writes in the transaction under way. */
export class Shelves {
  readonly #insert: StatementSync;
  readonly #end: StatementSync;
  readonly #get: StatementSync;
  readonly #open: StatementSync;
  readonly #due: StatementSync;
  readonly #next: StatementSync;
  readonly #list: StatementSync;

  constructor(database: Database) {
    this.#insert = database.prepare(
      `INSERT INTO shelf (campus, device, rule, alarm, person, reason, since, until)
       VALUES (:campus, :device, :rule, :alarm, :person, :reason, :since, :until)`,
    );
    this.#end = database.prepare('UPDATE shelf SET ended = ?, ended_by = ? WHERE id = ?');
    this.#get = database.prepare('SELECT * FROM shelf WHERE id = ?');
    this.#open = database.prepare(
      'SELECT * FROM shelf WHERE campus = ? AND device = ? AND rule = ? AND ended IS NULL',
    );
    this.#due = database.prepare(
      'SELECT * FROM shelf WHERE ended IS NULL AND until <= ? ORDER BY until LIMIT ?',
    );
    this.#next = database.prepare('SELECT min(until) AS until FROM shelf WHERE ended IS NULL');
    this.#list = database.prepare(
      `SELECT * FROM shelf
       WHERE (:campus IS NULL OR campus = :campus) AND (:before IS NULL OR id < :before)
         AND (:open IS NULL OR (ended IS NULL) = :open)
       ORDER BY id DESC LIMIT :limit`,
    );
  }

  /** Throws SHELVED_ALREADY. */
  add(shelf: NewShelf): Shelf {
    const open = this.open(shelf);
    if (open) {
      throw new CodedError('SHELVED_ALREADY', {
        person: open.person,
        time: new Date(open.until).toISOString(),
      });
    }
    const { lastInsertRowid } = this.#insert.run({ ...shelf, alarm: shelf.alarm ?? null });
    return { ...shelf, id: Number(lastInsertRowid), ended: undefined, endedBy: undefined };
  }

  end(id: number, now: Millis, person: string | undefined): void {
    this.#end.run(now, person ?? null, id);
  }

  /** Throws SHELF_UNKNOWN. */
  get(id: number): Shelf {
    const row = this.#get.get(id);
    if (!row) throw new CodedError('SHELF_UNKNOWN', { shelf: id });
    return toShelf(row);
  }

  /** The one under which a rule of a device lies now. */
  open({ campus, device, rule }: ShelfPlace): Shelf | undefined {
    const row = this.#open.get(campus, device, rule);
    return row && toShelf(row);
  }

  due(now: Millis, limit: number): Shelf[] {
    return this.#due.all(now, limit).map(toShelf);
  }

  /** When the next one ends. */
  next(): Millis | undefined {
    const until = this.#next.get()?.until;
    return typeof until === 'number' ? until : undefined;
  }

  /** Newest first. */
  list({ campus, open, before, limit }: ShelfFilter): Shelf[] {
    const which = open === undefined ? null : Number(open);
    const filter = { campus: campus ?? null, open: which, before: before ?? null, limit };
    return this.#list.all(filter).map(toShelf);
  }
}

function toShelf(row: Record<string, unknown>): Shelf {
  return {
    id: Number(row.id),
    campus: String(row.campus),
    device: String(row.device),
    rule: String(row.rule),
    alarm: row.alarm === null ? undefined : Number(row.alarm),
    person: String(row.person),
    reason: String(row.reason),
    since: Number(row.since),
    until: Number(row.until),
    ended: row.ended === null ? undefined : Number(row.ended),
    endedBy: row.ended_by === null ? undefined : String(row.ended_by),
  };
}
