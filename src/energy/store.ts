import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import { type HourUse, hourOf, type Mark } from './fold.ts';
import type { Declared } from './meters.ts';
import type { QualityNote } from './registers.ts';

/** A quality note as it is kept; `revised`: figures that had been told before have changed. */
export interface QualityRecord extends Omit<QualityNote, 'kind'> {
  kind: QualityNote['kind'] | 'revised';
  recorded: Millis;
}

/** A correction of the ledger. */
export interface Correction {
  from: Millis;
  to: Millis;
  /** In the metric's unit; less than 0 takes off. */
  amount: number;
  reason: string;
  person: string;
}

/** An hour whose figure changed; `before` is undefined for a new one. */
export interface ChangedHour {
  hour: number;
  before: number | undefined;
  after: number;
}

/** A metric of meters in the database, with one connection's statements. */
export class ConsumptionStore {
  readonly #markBefore: StatementSync;
  readonly #marksAfter: StatementSync;
  readonly #readings: StatementSync;
  readonly #hours: StatementSync;
  readonly #putHour: StatementSync;
  readonly #dropHour: StatementSync;
  readonly #dropMarks: StatementSync;
  readonly #putMark: StatementSync;
  readonly #dropNotes: StatementSync;
  readonly #putNote: StatementSync;
  readonly #replacements: StatementSync;
  readonly #putReplacement: StatementSync;
  readonly #epochs: StatementSync;
  readonly #putEpochs: StatementSync;
  readonly #putCorrection: StatementSync;

  constructor(connection: Pick<DatabaseSync, 'prepare'>) {
    const prepare = (sql: string) => connection.prepare(sql);
    this.#markBefore = prepare(
      'SELECT * FROM register_mark WHERE series = ? AND hour <= ? AND time < ? ORDER BY hour DESC LIMIT 1',
    );
    this.#marksAfter = prepare(
      'SELECT * FROM register_mark WHERE series = ? AND hour > ? ORDER BY hour LIMIT ?',
    );
    this.#readings = prepare(
      'SELECT time, value FROM reading WHERE series = ? AND time > ? ORDER BY time',
    );
    this.#hours = prepare(
      'SELECT * FROM consumption_hour WHERE series = ? AND hour >= ? AND hour < ?',
    );
    this.#putHour = prepare(
      `INSERT INTO consumption_hour VALUES (?, ?, ?, ?, ?) ON CONFLICT (series, hour)
       DO UPDATE SET amount = excluded.amount, estimated = excluded.estimated,
         measured = excluded.measured`,
    );
    this.#dropHour = prepare('DELETE FROM consumption_hour WHERE series = ? AND hour = ?');
    this.#dropMarks = prepare(
      'DELETE FROM register_mark WHERE series = ? AND time > ? AND time < ?',
    );
    this.#putMark = prepare('INSERT INTO register_mark VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#dropNotes = prepare(
      `DELETE FROM quality_record
       WHERE series = ? AND to_time > ? AND to_time <= ? AND kind <> 'revised'`,
    );
    this.#putNote = prepare(
      `INSERT INTO quality_record
         (series, kind, from_time, to_time, amount, readings, before, found, recorded)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#replacements = prepare('SELECT * FROM replacement WHERE series = ? ORDER BY at');
    this.#putReplacement = prepare('INSERT INTO replacement VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.#epochs = prepare('SELECT epochs FROM register_epochs WHERE series = ?');
    this.#putEpochs = prepare(
      `INSERT INTO register_epochs VALUES (?, ?)
       ON CONFLICT (series) DO UPDATE SET epochs = excluded.epochs`,
    );
    this.#putCorrection = prepare(
      `INSERT INTO correction (series, from_time, to_time, amount, reason, person, recorded)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  /** The newest mark before a moment. */
  markBefore(series: number, time: Millis): Mark | undefined {
    const hour = Number.isFinite(time) ? hourOf(time) : Number.MAX_SAFE_INTEGER;
    const before = Number.isFinite(time) ? time : Number.MAX_SAFE_INTEGER;
    const row = this.#markBefore.get(series, hour, before);
    return row && toMark(row);
  }

  /** Marks of hours after the one of a moment, at most so many. */
  marksAfter(series: number, time: Millis, limit: number): Mark[] {
    return this.#marksAfter.all(series, hourOf(time), limit).map(toMark);
  }

  /** Readings after a moment, by event time. */
  *readings(series: number, after: Millis): Generator<[time: Millis, value: number]> {
    const from = Number.isFinite(after) ? after : Number.MIN_SAFE_INTEGER;
    for (const { time, value } of this.#readings.iterate(series, from)) {
      yield [Number(time), Number(value)];
    }
  }

  /** Puts these figures in the place of all from an hour to another (not included). */
  replaceHours(
    series: number,
    from: number,
    to: number,
    hours: ReadonlyMap<number, HourUse>,
  ): ChangedHour[] {
    const known = new Map(this.#hours.all(series, from, to).map((row) => [Number(row.hour), row]));
    const changed: ChangedHour[] = [];
    for (const [hour, { amount, estimated, measured }] of hours) {
      if (hour < from || hour >= to) continue;
      const row = known.get(hour);
      known.delete(hour);
      const isSame =
        row?.amount === amount && row.estimated === estimated && row.measured === measured;
      if (isSame) continue;
      this.#putHour.run(series, hour, amount, estimated, measured);
      changed.push({ hour, before: row && Number(row.amount), after: amount });
    }
    for (const [hour, row] of known) {
      this.#dropHour.run(series, hour);
      changed.push({ hour, before: Number(row.amount), after: 0 });
    }
    return changed.sort((a, b) => a.hour - b.hour);
  }

  /** Puts marks in the place of all between two moments. */
  replaceMarks(series: number, after: Millis, before: Millis, marks: readonly Mark[]): void {
    this.#dropMarks.run(series, bounded(after), bounded(before));
    for (const { time, value, level, epoch, before: so } of marks) {
      const { amount, estimated, measured } = so;
      const hour = hourOf(time);
      this.#putMark.run(series, hour, time, value, level, epoch, amount, estimated, measured);
    }
  }

  /** Puts quality notes in the place of all that end between two moments. */
  replaceNotes(
    series: number,
    after: Millis,
    until: Millis,
    notes: readonly QualityNote[],
    recorded: Millis,
  ): void {
    this.#dropNotes.run(series, bounded(after), bounded(until));
    for (const note of notes) this.addRecord(series, { ...note, recorded });
  }

  addRecord(series: number, record: QualityRecord): void {
    const { kind, from, to, amount, readings, before, found, recorded } = record;
    this.#putNote.run(series, kind, from, to, amount, readings, before, found, recorded);
  }

  replacements(series: number): Declared[] {
    return this.#replacements.all(series).map((row) => ({
      at: Number(row.at),
      oldFinal: Number(row.old_final),
      newInitial: Number(row.new_initial),
      newSerial: typeof row.new_serial === 'string' ? row.new_serial : undefined,
      multiplier: row.multiplier === null ? undefined : Number(row.multiplier),
      digits: row.digits === null ? undefined : Number(row.digits),
    }));
  }

  addReplacement(series: number, declared: Declared, now: Millis): void {
    const { at, oldFinal, newInitial, newSerial = null, multiplier = null } = declared;
    const { digits = null } = declared;
    this.#putReplacement.run(series, at, oldFinal, newInitial, newSerial, multiplier, digits, now);
  }

  /** With which epochs the figures were made; undefined: there are none yet. */
  epochs(series: number): string | undefined {
    const row = this.#epochs.get(series);
    return typeof row?.epochs === 'string' ? row.epochs : undefined;
  }

  setEpochs(series: number, epochs: string): void {
    this.#putEpochs.run(series, epochs);
  }

  addCorrection(series: number, correction: Correction, now: Millis): void {
    const { from, to, amount, reason, person } = correction;
    this.#putCorrection.run(series, from, to, amount, reason, person, now);
  }
}

const bounded = (time: Millis): number =>
  Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, time));

const toMark = (row: Record<string, unknown>): Mark => ({
  time: Number(row.time),
  value: Number(row.value),
  level: Number(row.level),
  epoch: Number(row.epoch),
  before: {
    amount: Number(row.amount),
    estimated: Number(row.estimated),
    measured: Number(row.measured),
  },
});
