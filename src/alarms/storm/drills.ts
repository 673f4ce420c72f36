import type { StatementSync } from 'node:sqlite';
import type { Millis } from '../../clock.ts';
import { CodedError } from '../../errors.ts';
import type { Database } from '../../storage/database.ts';

/** 消防, 防震, 防踩踏, 其他 */
export const DRILL_KINDS = ['fire', 'earthquake', 'crowd', 'other'] as const;
export type DrillKind = (typeof DRILL_KINDS)[number];

/** A drill is over by itself, after four hours at most. */
export const LONGEST_DRILL: Millis = 4 * 3_600_000;

/** A time in which what a zone reports is a drill. */
export interface Drill {
  id: number;
  campus: string;
  /** It and every zone within it. */
  zone: string;
  kind: DrillKind;
  /** Who holds it: the id of a person of the campus. */
  person: string;
  started: Millis;
  ends: Millis;
  ended: Millis | undefined;
  /** Who ended it early; undefined: it ended by itself. */
  endedBy: string | undefined;
}

export type NewDrill = Pick<Drill, 'campus' | 'zone' | 'kind' | 'person' | 'started' | 'ends'>;

/** The drills' ledger. It writes in the transaction under way. */
export class Drills {
  readonly #insert: StatementSync;
  readonly #end: StatementSync;
  readonly #get: StatementSync;
  readonly #running: StatementSync;
  readonly #list: StatementSync;
  readonly #due: StatementSync;
  readonly #nextDue: StatementSync;
  readonly #open: StatementSync;

  constructor(database: Database) {
    this.#insert = database.prepare(
      `INSERT INTO drill (campus, zone, kind, person, started, ends)
       VALUES (:campus, :zone, :kind, :person, :started, :ends)`,
    );
    this.#end = database.prepare('UPDATE drill SET ended = ?, ended_by = ? WHERE id = ?');
    this.#get = database.prepare('SELECT * FROM drill WHERE id = ?');
    this.#running = database.prepare(
      'SELECT * FROM drill WHERE campus = ? AND ended IS NULL AND ends > ?',
    );
    this.#list = database.prepare('SELECT * FROM drill ORDER BY id DESC LIMIT ?');
    this.#due = database.prepare('SELECT id FROM drill WHERE ended IS NULL AND ends <= ?');
    this.#nextDue = database.prepare('SELECT min(ends) AS at FROM drill WHERE ended IS NULL');
    this.#open = database.prepare('SELECT id FROM alarm WHERE drill = ? AND closed IS NULL');
  }

  /** Throws DRILL_RUNNING where one is held in this zone already. */
  start(drill: NewDrill): Drill {
    const { campus, zone, started } = drill;
    const running = this.covering(campus, [zone], started);
    if (running) throw new CodedError('DRILL_RUNNING', { zone, drill: running.id });
    return this.get(Number(this.#insert.run({ ...drill }).lastInsertRowid));
  }

  /** Throws DRILL_UNKNOWN or DRILL_OVER. `person` is absent when its time has run out. */
  end(id: number, now: Millis, person?: string): Drill {
    const { ended } = this.get(id);
    if (ended !== undefined) {
      throw new CodedError('DRILL_OVER', { time: new Date(ended).toISOString() });
    }
    this.#end.run(now, person ?? null, id);
    return this.get(id);
  }

  /** Throws DRILL_UNKNOWN. */
  get(id: number): Drill {
    const row = this.#get.get(id);
    if (!row) throw new CodedError('DRILL_UNKNOWN', { drill: id });
    return toDrill(row);
  }

  /** Newest first. */
  list(limit: number): Drill[] {
    return this.#list.all(limit).map(toDrill);
  }

  /** The drill that is held in one of these zones of a campus. */
  covering(campus: string, zones: readonly string[], now: Millis): Drill | undefined {
    const row = this.#running.all(campus, now).find(({ zone }) => zones.includes(String(zone)));
    return row && toDrill(row);
  }

  /** Alarms of a drill that are not closed yet. */
  openAlarms(id: number): number[] {
    return this.#open.all(id).map((row) => Number(row.id));
  }

  due(now: Millis): number[] {
    return this.#due.all(now).map(({ id }) => Number(id));
  }

  nextDue(): Millis | undefined {
    const at = this.#nextDue.get()?.at;
    return at === null || at === undefined ? undefined : Number(at);
  }
}

function toDrill(row: Record<string, unknown>): Drill {
  return {
    id: Number(row.id),
    campus: String(row.campus),
    zone: String(row.zone),
    kind: DRILL_KINDS.find((kind) => kind === row.kind) ?? 'other',
    person: String(row.person),
    started: Number(row.started),
    ends: Number(row.ends),
    ended: row.ended === null ? undefined : Number(row.ended),
    endedBy: row.ended_by === null ? undefined : String(row.ended_by),
  };
}
