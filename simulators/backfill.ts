import { setImmediate } from 'node:timers/promises';
import type { Millis } from '../src/clock.ts';
import type { Core } from '../src/core.ts';
import { BATCH, importBatch, type PastReading } from '../src/history/import.ts';
import type { SeriesState } from '../src/pipeline/catalogue.ts';
import { RollUps } from '../src/storage/rollups.ts';
import type { CampusModel } from './physics/campus-model.ts';
import { HOUR } from './physics/school-time.ts';

/** Series that get a reading at each step from a moment to another (not included). */
export interface Stretch {
  series: readonly SeriesState[];
  from: Millis;
  to: Millis;
  step: Millis;
  /** All readings are so much later: those of amounts stand at the end of their period. */
  later?: Millis;
}

/** Values worked out without a pause. */
const VALUES_AT_ONCE = 500;

/**
 * Writes what devices would have reported while nobody listened, by the way of every imported
 * reading and in steps of some milliseconds, so that live readings and alarms go before it.
 */
export class Backfill {
  /** Readings stored so far. */
  stored = 0;
  readonly #core: Core;
  readonly #model: CampusModel;
  readonly #now: () => Millis;
  readonly #rollUps: RollUps;
  #isStopped = false;

  constructor(core: Core, model: CampusModel, now: () => Millis) {
    this.#core = core;
    this.#model = model;
    this.#now = now;
    this.#rollUps = new RollUps(core.database, core.pipeline.writer);
  }

  /** What is under way ends soon; what follows does nothing. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * Fills what lies before everything that is known, the newest first: so no register ever has a
   * long gap to guess at. A series that reaches back far enough is left alone; a second run goes on
   * where the first one ended.
   */
  async before(stretch: Stretch): Promise<void> {
    const oldest = this.#core.database.prepare(
      'SELECT min(time) AS time FROM reading WHERE series = ?',
    );
    const reach = ({ id }: SeriesState): Millis =>
      Number(oldest.get(id)?.time ?? Number.POSITIVE_INFINITY);
    for (const window of windowsOf(stretch)) {
      const first = window.from + (stretch.later ?? 0);
      const series = stretch.series.filter((one) => reach(one) > first);
      await this.#fill({ ...stretch, ...window, series }, (one) => {
        const known = reach(one);
        return (time) => time < known;
      });
    }
  }

  /** Fills what lies after everything that was known, in order of time. */
  async after(stretch: Stretch): Promise<void> {
    for (const window of [...windowsOf(stretch)].reverse()) {
      await this.#fill({ ...stretch, ...window }, () => () => true);
    }
  }

  async #fill(
    { series, from, to, step, later = 0 }: Stretch,
    fits: (series: SeriesState) => (time: Millis) => boolean,
  ): Promise<void> {
    const batches = series.map((one): [SeriesState, PastReading[]] => [one, []]);
    let worked = 0;
    // moment by moment: a meter and those above it are made of the same values
    for (let time = from + later; time < to + later && !this.#isStopped; time += step) {
      for (const [{ device, metric }, batch] of batches) {
        batch.push({ time, device, metric, value: this.#model.value(device.device, metric, time) });
      }
      worked += batches.length;
      if (worked < VALUES_AT_ONCE) continue;
      worked = 0;
      await setImmediate();
    }
    for (const [one, batch] of batches) {
      if (this.#isStopped) return;
      const isWanted = fits(one);
      const wanted = batch.filter(({ time }) => isWanted(time));
      const { database, pipeline } = this.#core;
      // all of it can be written again, so it never waits for the disk
      database.unhurried(() => {
        this.stored += importBatch(pipeline, wanted, this.#now()).stored;
      });
      await setImmediate();
      database.unhurried(() => this.#rollUps.step(this.#now()));
      await setImmediate();
    }
  }
}

/** A batch each, the newest first; all but the newest are whole hours, so no hour is told twice. */
function* windowsOf({ from, to, step }: Stretch): Generator<{ from: Millis; to: Millis }> {
  const length = Math.max(HOUR, Math.floor((BATCH * step) / HOUR) * HOUR);
  for (let end = to; end > from; ) {
    const start = Math.max(from, Math.ceil(end / HOUR) * HOUR - length);
    yield { from: start, to: end };
    end = start;
  }
}
