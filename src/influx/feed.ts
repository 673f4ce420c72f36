import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import { unpack } from './packed.ts';
import type { Part } from './part.ts';

/** Lines of the outbox. */
export interface WaitingBatch extends Part {
  /** The number of its last line. */
  through: number;
  /** When the last of them was added. */
  created: Millis;
}

/** Where an export is: everything up to this time of this series is done. */
export interface HistoryPlace {
  series: number;
  time: Millis;
}

/** Stored readings as lines; there may be none in a page, and still more behind it. */
export interface HistoryPage extends Part {
  next: HistoryPlace;
  /** How many series were finished in this page. */
  finished: number;
}

interface Head {
  since: Millis;
  text: string;
  isBoolean: boolean;
}

/** Series looked at for one page; most have no readings in a short time. */
const MAX_SERIES = 200;

/** Reads what InfluxDB is to get, and makes lines of it. */
export class Feed {
  readonly #outbox: StatementSync;
  readonly #head: StatementSync;
  readonly #headsOf: StatementSync;
  readonly #nextSeries: StatementSync;
  readonly #readings: StatementSync;
  /** By id; they never change. */
  readonly #heads = new Map<number, Head>();

  constructor(connection: DatabaseSync) {
    this.#outbox = connection.prepare('SELECT * FROM influx_outbox WHERE id > ? ORDER BY id');
    this.#head = connection.prepare('SELECT * FROM influx_head WHERE id = ?');
    this.#headsOf = connection.prepare(
      'SELECT * FROM influx_head WHERE series = ? ORDER BY since DESC, id DESC',
    );
    this.#nextSeries = connection.prepare(
      'SELECT min(series) AS series FROM influx_head WHERE series > ?',
    );
    this.#readings = connection.prepare(
      `SELECT time, value, received FROM reading
       WHERE series = ? AND time > ? AND time < ? ORDER BY time LIMIT ?`,
    );
  }

  /** The oldest lines of the outbox after the line `after`: at most `limit`, or one row. */
  waiting(after: number, limit: number): WaitingBatch | undefined {
    const said: string[] = [];
    let lines = 0;
    let through = after;
    let created = 0;
    for (const row of this.#outbox.iterate(after)) {
      const count = Number(row.lines);
      if (lines > 0 && lines + count > limit) break;
      lines += count;
      through = Number(row.id);
      created = Number(row.created);
      const { body } = row;
      if (!(body instanceof Uint8Array)) said.push(String(body));
      else
        unpack(body, (head, time, value) => said.push(sayReading(this.#byId(head), time, value)));
    }
    return lines === 0 ? undefined : { text: said.join('\n'), lines, through, created };
  }

  /** The next stored readings after a place, series by series. undefined: there are none. */
  history(
    { series, time }: HistoryPlace,
    from: Millis,
    until: Millis,
    limit: number,
  ): HistoryPage | undefined {
    const said: string[] = [];
    let next = { series, time };
    let finished = 0;
    for (let looked = 0; looked < MAX_SERIES; looked++) {
      const room = limit - said.length;
      const heads = next.series === 0 ? [] : this.#headsOf.all(next.series).map(toHead);
      const rows =
        heads.length === 0 ? [] : this.#readings.all(next.series, next.time, until, room);
      for (const row of rows) {
        // the newest that was in force when it came; before the first there was none to be known
        const head = heads.find(({ since }) => since <= Number(row.received)) ?? heads.at(-1);
        if (head) said.push(sayReading(head, Number(row.time), Number(row.value)));
      }
      if (rows.length === room) {
        next = { series: next.series, time: Number(rows.at(-1)?.time) };
        break;
      }
      if (next.series !== 0) finished += 1;
      const following = this.#nextSeries.get(next.series)?.series;
      if (following === null || following === undefined) {
        if (looked === 0 && said.length === 0) return undefined;
        next = { series: next.series, time: until };
        break;
      }
      next = { series: Number(following), time: from - 1 };
    }
    return { text: said.join('\n'), lines: said.length, next, finished };
  }

  #byId(id: number): Head {
    let head = this.#heads.get(id);
    if (!head) {
      head = toHead(this.#head.get(id) ?? {});
      this.#heads.set(id, head);
    }
    return head;
  }
}

const sayReading = ({ text, isBoolean }: Head, time: Millis, value: number): string =>
  `${text}${isBoolean ? value !== 0 : value} ${time}`;

const toHead = (row: Record<string, unknown>): Head => ({
  since: Number(row.since),
  text: String(row.head),
  isBoolean: row.is_boolean === 1,
});
