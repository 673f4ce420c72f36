import type { Millis } from '../clock.ts';
import type { DeviceState, SeriesState } from '../pipeline/catalogue.ts';
import type { Reading, Stage } from '../pipeline/stage.ts';
import type { Database } from '../storage/database.ts';
import { HOUR } from '../storage/readings.ts';
import { Fold, hourOf, type Mark } from './fold.ts';
import type { Meter } from './meter.ts';
import { type Declared, firstDifference, meterOf, readEpochs, sayEpochs } from './meters.ts';
import { type ChangedHour, ConsumptionStore, type Correction } from './store.ts';

/** Marks that a recomputation looks for to see that all after them stays as it is. */
const MARKS_AHEAD = 200;
/** Less than this is the rounding of sums. */
const SAME = 1e-9;

export interface RegisterStageOptions {
  database: Database;
  now: () => Millis;
  /** How long readings are kept: figures of before that stay as they are. */
  keepReadings: () => Millis;
  /** Within the transaction: these hours of a series have new figures. */
  onHours: (series: SeriesState, hours: readonly ChangedHour[]) => void;
}

/**
 * Makes consumption out of registers inside the ingest transaction. Figures are a function of the
 * stored readings by event time: what is kept in memory is only how far it has come with each
 * register, so it writes once an hour and register, and forgets what a failed transaction touched.
 * A late reading makes it read the register again from the last settled point before it.
 */
export class RegisterStage implements Stage {
  readonly store: ConsumptionStore;
  readonly #options: RegisterStageOptions;
  /** By series id. */
  #meters: (Metered | undefined)[] = [];
  readonly #folds = new Map<number, Fold>();
  /** Of the transaction under way: registers taken further, those with a new hour, and late ones. */
  readonly #touched = new Set<number>();
  readonly #due = new Set<number>();
  readonly #late = new Map<number, { from: Millis; through: Millis }>();
  readonly #declared: Metered[] = [];

  constructor(options: RegisterStageOptions) {
    this.#options = options;
    this.store = new ConsumptionStore(options.database);
  }

  /** The meter behind a series; undefined where it is none. */
  meter(series: number): Meter | undefined {
    return this.#meters[series]?.meter;
  }

  /** Takes over the catalogue's devices. What a changed ratio or replacement touches is made anew. */
  follow(devices: Iterable<DeviceState>): void {
    const next: Metered[] = [];
    for (const { device, series } of devices) {
      for (const state of series.values()) {
        const { metric, spec, id } = state;
        if (!spec.register && !spec.interval) continue;
        next[id] = {
          series: state,
          meter: meterOf(device, metric, spec, this.store.replacements(id)),
        };
      }
    }
    const known = this.#meters;
    for (const id of this.#folds.keys()) {
      if (!isSameMeter(known[id]?.meter, next[id]?.meter)) this.#folds.delete(id);
    }
    this.#meters = next;
    this.#options.database.transaction(() => {
      for (const metered of next) if (metered) this.#followEpochs(metered);
    });
    this.#forgetTransaction();
  }

  take({ series, time, value }: Reading): void {
    const { id } = series;
    if (this.#meters[id] === undefined) return;
    const fold = this.#folds.get(id);
    if (!fold || time <= fold.newest || this.#late.has(id)) {
      const late = this.#late.get(id);
      this.#late.set(id, {
        from: Math.min(time, late?.from ?? time),
        through: Math.max(time, late?.through ?? time),
      });
      return;
    }
    if (hourOf(time) > hourOf(fold.newest)) this.#due.add(id);
    this.#touched.add(id);
    fold.take(time, value);
  }

  seal(): void {
    for (const [id, { from, through }] of this.#late) this.#recompute(id, from, through);
    for (const id of this.#due) {
      const fold = this.#folds.get(id);
      if (fold && !this.#late.has(id)) this.#write(id, fold);
    }
  }

  committed(): void {
    for (const metered of this.#declared) this.#meters[metered.series.id] = metered;
    this.#forgetTransaction();
  }

  rolledBack(): void {
    for (const id of [...this.#touched, ...this.#late.keys()]) this.#folds.delete(id);
    for (const { series } of this.#declared) this.#folds.delete(series.id);
    this.#forgetTransaction();
  }

  /** Writes down a replacement that was checked, and makes the figures anew. Within `transact`. */
  declare(series: SeriesState, declared: Declared): void {
    this.store.addReplacement(series.id, declared, this.#options.now());
    const { device } = series.device;
    const all = this.store.replacements(series.id);
    const metered = { series, meter: meterOf(device, series.metric, series.spec, all) };
    this.#declared.push(metered);
    this.#followEpochs(metered);
  }

  /** Adds to the ledger of corrections. Within `transact`. */
  correct(series: SeriesState, correction: Correction): void {
    this.store.addCorrection(series.id, correction, this.#options.now());
  }

  #forgetTransaction(): void {
    this.#touched.clear();
    this.#due.clear();
    this.#late.clear();
    this.#declared.length = 0;
  }

  #followEpochs({ series: { id }, meter }: Metered): void {
    const said = sayEpochs(meter.epochs);
    const known = this.store.epochs(id);
    if (known === said) return;
    this.store.setEpochs(id, said);
    if (known === undefined) return;
    const from = firstDifference(readEpochs(known), meter.epochs);
    if (from !== undefined) this.#recompute(id, from, Number.POSITIVE_INFINITY, meter);
  }

  /** Reads a register again, from before `from` until nothing changes any more after `through`. */
  #recompute(id: number, from: Millis, through: Millis, changed?: Meter): void {
    const meter = changed ?? this.#meters[id]?.meter;
    if (!meter) return;
    const { store } = this;
    const kept = this.#options.now() - this.#options.keepReadings();
    // without the readings around it, one from before tells nothing about figures made of them all
    if (through < kept && store.marksAfter(id, through, 1).length > 0) return;
    const mark = store.markBefore(id, from);
    const ahead = Number.isFinite(through)
      ? new Map(store.marksAfter(id, through, MARKS_AHEAD).map((known) => [known.time, known]))
      : new Map<Millis, Mark>();
    const fold = new Fold(meter, mark);
    let isJoined = false;
    for (const [time, value] of store.readings(id, mark?.time ?? Number.NEGATIVE_INFINITY)) {
      const made = fold.take(time, value);
      if (!made) continue;
      const known = ahead.get(made.time);
      const joins = known !== undefined && isSameAnchor(known, made);
      // the hour of the first mark that is met has changed perhaps; that of the second has not
      if (isJoined && joins) {
        this.#write(id, fold, made);
        return;
      }
      isJoined = joins;
    }
    this.#folds.set(id, fold);
    this.#touched.add(id);
    this.#write(id, fold);
  }

  /** Writes what a fold knows of the hours that are over; up to a mark, if one is given. */
  #write(id: number, fold: Fold, until?: Mark): void {
    const { store } = this;
    const now = this.#options.now();
    const { hours, notes } = until ? fold : fold.figures();
    const since = fold.since?.time ?? Number.NEGATIVE_INFINITY;
    const end = until?.time ?? Number.POSITIVE_INFINITY;
    const lastHour = hourOf(until?.time ?? fold.newest);
    const firstHour = fold.since ? hourOf(fold.since.time) : Math.min(lastHour, ...hours.keys());
    const changed = store.replaceHours(id, firstHour, lastHour, hours);
    store.replaceMarks(
      id,
      since,
      end,
      fold.marks.filter(({ time }) => time < end),
    );
    store.replaceNotes(
      id,
      since,
      end,
      notes.filter(({ to }) => to <= end),
      now,
    );
    this.#trace(id, changed, now);
    fold.trim();
    const series = this.#meters[id]?.series;
    if (series && changed.length > 0) this.#options.onHours(series, changed);
  }

  /** Keeps what figures that were told before have become. */
  #trace(id: number, changed: readonly ChangedHour[], now: Millis): void {
    const revised = changed.filter(
      ({ before, after }) => before !== undefined && Math.abs(after - before) > SAME,
    );
    const [first] = revised;
    const last = revised.at(-1);
    if (!first || !last) return;
    const before = revised.reduce((sum, hour) => sum + (hour.before ?? 0), 0);
    const found = revised.reduce((sum, hour) => sum + hour.after, 0);
    this.store.addRecord(id, {
      kind: 'revised',
      from: first.hour * HOUR,
      to: (last.hour + 1) * HOUR,
      amount: found - before,
      readings: 0,
      before,
      found,
      recorded: now,
    });
  }
}

interface Metered {
  series: SeriesState;
  meter: Meter;
}

const isSameMeter = (a: Meter | undefined, b: Meter | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

const isSameAnchor = (a: Mark, b: Mark): boolean =>
  a.time === b.time && a.value === b.value && a.level === b.level && a.epoch === b.epoch;
