import type { StatementSync } from 'node:sqlite';
import type { Clock, Millis } from '../clock.ts';
import type { DeviceState } from '../pipeline/catalogue.ts';
import type { DeadLetter } from '../pipeline/dead-letters.ts';
import type { Reading, Stage } from '../pipeline/stage.ts';
import type { Database } from '../storage/database.ts';
import { lineHead, type Point, toLine } from './lines.ts';
import { Packer } from './packed.ts';

/** A row holds at most so many readings, so that batches can be made of whole rows. */
const MAX_PACKED = 1_000;
/** Rows looked at in one step of trimming. */
const MAX_TRIMMED = 1_000;

/** The reason of dead letters that InfluxDB has turned away. */
const REFUSED = 'INFLUX_REFUSED';

/**
 * What InfluxDB is owed: written in the transaction of the readings themselves, one row for all of
 * them. Lines are numbered; those up to `settled` are done with, those after it wait.
 */
export class InfluxOutbox implements Stage {
  /** Called after something was added; at the next turn of the event loop it is committed. */
  onAdded: () => void = () => undefined;
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;
  readonly #newest: StatementSync;
  readonly #oldest: StatementSync;
  readonly #ahead: StatementSync;
  readonly #packer = new Packer(MAX_PACKED);
  /** By series: its row of influx_head. */
  #heads: number[] = [];
  #last: number;
  #settled: number;
  #hasNew = false;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#insert = database.prepare('INSERT INTO influx_outbox VALUES (?, ?, ?, ?)');
    this.#delete = database.prepare('DELETE FROM influx_outbox WHERE id <= ?');
    this.#newest = database.prepare('SELECT max(id) AS id FROM influx_outbox');
    this.#oldest = database.prepare(
      'SELECT id, lines, created FROM influx_outbox WHERE id > ? ORDER BY id LIMIT 1',
    );
    this.#ahead = database.prepare(
      'SELECT id, lines, created FROM influx_outbox WHERE id > ? ORDER BY id LIMIT ?',
    );
    const first = this.#oldest.get(0);
    this.#last = this.#readLast() ?? 0;
    this.#settled = first ? Number(first.id) - Number(first.lines) : this.#last;
  }

  /** The number of the last line. */
  get last(): number {
    return this.#last;
  }

  /** The number of the last line that is done with. */
  get settled(): number {
    return this.#settled;
  }

  /** How many lines wait. */
  get waiting(): number {
    return this.#last - this.#settled;
  }

  /** Since when the oldest of them waits. */
  oldest(): Millis | undefined {
    const row = this.#oldest.get(this.#settled);
    return row && Number(row.created);
  }

  /** Takes over the catalogue's devices. One that has moved gets new heads for its series. */
  follow(devices: Iterable<DeviceState>): void {
    const newest = new Map<number, { id: number; text: string }>();
    const rows = this.#database.prepare('SELECT * FROM influx_head ORDER BY id').iterate();
    for (const { id, series, head, is_boolean } of rows) {
      newest.set(Number(series), { id: Number(id), text: `${is_boolean} ${head}` });
    }
    const insert = this.#database.prepare(
      'INSERT INTO influx_head (series, since, head, is_boolean) VALUES (?, ?, ?, ?)',
    );
    const heads: number[] = [];
    const now = this.#clock.now();
    this.#database.transaction(() => {
      for (const { device, series } of devices) {
        for (const { id, metric, spec } of series.values()) {
          const head = lineHead(device, metric);
          const isBoolean = spec.type === 'boolean' ? 1 : 0;
          const known = newest.get(id);
          heads[id] =
            known?.text === `${isBoolean} ${head}`
              ? known.id
              : Number(insert.run(id, now, head, isBoolean).lastInsertRowid);
        }
      }
    });
    this.#heads = heads;
  }

  take({ series, time, value }: Reading): void {
    const head = this.#heads[series.id];
    if (head === undefined) return;
    this.#packer.add(head, time, value);
    if (this.#packer.isFull) this.#writePacked();
  }

  seal(): void {
    if (this.#packer.count > 0) this.#writePacked();
  }

  committed(): void {
    if (!this.#hasNew) return;
    this.#hasNew = false;
    this.onAdded();
  }

  rolledBack(): void {
    this.#packer.clear();
    this.#hasNew = false;
    try {
      this.recount();
    } catch {
      // the numbers that were given away stay unused: nothing needs them to be without gaps
    }
  }

  /** Looks at how many wait. */
  recount(): void {
    this.#last = Math.max(this.#settled, this.#readLast() ?? 0);
  }

  /** Adds points in the transaction under way, whoever began it. */
  enqueue(...points: readonly Point[]): void {
    const lines = points.map(toLine).filter((line) => line !== undefined);
    if (lines.length === 0) return;
    this.#write(lines.length, lines.join('\n'));
    this.onAdded();
  }

  /** Takes back what was InfluxDB's and became a dead letter; false when it is not. */
  takeBack({ reason, payload }: DeadLetter): boolean {
    if (reason !== REFUSED) return false;
    this.#write(1, payload.toString('utf8'));
    this.onAdded();
    return true;
  }

  /**
   * Everything up to this line is done with. Does not wait for the disk: should the power fail, it
   * is sent once more.
   */
  settle(line: number): void {
    const database = this.#database;
    database.unhurried(() => database.transaction(() => this.#delete.run(line)));
    this.#settled = line;
  }

  /** The same together with other work, which `transact` makes one transaction. */
  settleWith(line: number, work: () => void, transact: (work: () => void) => void): void {
    transact(() => {
      work();
      this.#delete.run(line);
    });
    this.#settled = line;
  }

  /**
   * Gives up the oldest lines where more than `most` wait, and those added before `before`; some at
   * a time. Answers how many.
   */
  trim(most: number, before: Millis): number {
    const excess = this.waiting - most;
    if (excess <= 0 && before <= 0) return 0;
    let dropped = 0;
    let cut = this.#settled;
    for (const { id, lines, created } of this.#ahead.iterate(this.#settled, MAX_TRIMMED)) {
      if (dropped >= excess && Number(created) >= before) break;
      dropped += Number(lines);
      cut = Number(id);
    }
    if (dropped === 0) return 0;
    this.#database.transaction(() => this.#delete.run(cut));
    this.#settled = cut;
    return dropped;
  }

  #writePacked(): void {
    this.#write(this.#packer.count, this.#packer.take());
  }

  #write(lines: number, body: string | Uint8Array): void {
    this.#insert.run(this.#last + lines, lines, this.#clock.now(), body);
    this.#last += lines;
    this.#hasNew = true;
  }

  #readLast(): number | undefined {
    const id = this.#newest.get()?.id;
    return id === null || id === undefined ? undefined : Number(id);
  }
}
