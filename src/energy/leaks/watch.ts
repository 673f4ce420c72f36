import { RuleRows } from '../../alarms/rule-rows.ts';
import { NORMAL } from '../../alarms/rules/phases.ts';
import type { Clock, Millis, Timer } from '../../clock.ts';
import type { DeviceState } from '../../pipeline/catalogue.ts';
import type { Stage } from '../../pipeline/stage.ts';
import type { Database } from '../../storage/database.ts';
import type { Runs } from '../../storage/runs.ts';
import type { RegisterStage } from '../register-stage.ts';
import { Flow, KEPT } from './flow.ts';
import { type Judgement, Judging, type JudgingOptions } from './judging.ts';
import { HOUR, LONGEST_WAIT, MINUTE, nextMultiple } from './kind.ts';
import { FlowStore } from './store.ts';
import { type MeterSlot, type Watched, watchedOf } from './watched.ts';

/** How often meters are looked at, and how long after the full five minutes. */
const EVERY: Millis = 5 * MINUTE;
const AFTER: Millis = 10_000;
/** They are looked at in portions of so many readings, so that no alarm waits for all of them. */
const PORTION = 2_000;
const PAUSE: Millis = 20;
/** A moment may be judged so much later, besides what its readings and others' may take. */
const SLACK: Millis = EVERY + MINUTE;
/** What a look costs besides its readings, a judgement, and a sum of hours, in readings. */
const LOOK = 10;
const JUDGEMENT = 5;
const SUM = 10;

export interface MeterWatchOptions extends JudgingOptions {
  database: Database;
  clock: Clock;
  registers: RegisterStage;
  runs: Runs;
  /** Runs a piece of work as a transaction of the pipeline. */
  transact: (work: () => void) => void;
  onError: (error: unknown) => void;
}

/**
 * Judges what meters use: leaks and waste. Every five minutes it reads what is new of each meter
 * from the stored readings, so ingest pays nothing for it, and judges each rule at its own moments in
 * event time: as soon as the readings reach beyond one, or will not come any more. All that it
 * finds follows from stored readings and memory, so a restart in the middle of the night changes
 * nothing.
 */
export class MeterWatch implements Stage {
  readonly #options: MeterWatchOptions;
  readonly #flows: FlowStore;
  readonly #rows: RuleRows;
  readonly #judging: Judging;
  #meters: Watched[] = [];
  #byDevice = new Map<DeviceState, MeterSlot[]>();
  #resting: MeterSlot[] = [];
  #isHeard = false;
  /** Readings that came until then may still be waited for. */
  #until = Number.NEGATIVE_INFINITY;
  #next = 0;
  #timer: Timer | undefined;

  constructor(options: MeterWatchOptions) {
    this.#options = options;
    this.#flows = new FlowStore(options.database.connection);
    this.#rows = new RuleRows(options.database);
    this.#judging = new Judging(options, this.#flows, this.#rows);
  }

  get ruleCount(): number {
    return this.#meters.reduce((count, { slots }) => count + slots.length, 0);
  }

  /** Takes over the catalogue's devices and their rules; a rule that stays keeps what it knows. */
  follow(devices: Iterable<DeviceState>): void {
    const rows = this.#rows.all();
    const before = new Map(this.#meters.map((watched) => [watched.series.id, watched]));
    this.#meters = [];
    this.#byDevice = new Map();
    const all = [...devices];
    for (const device of all) {
      const { silence } = device.device.profile;
      const told = this.#options.runs.previousEnd - silence - LONGEST_WAIT - SLACK;
      const meters = watchedOf(device, rows, told);
      if (meters.length === 0) continue;
      for (const watched of meters) this.#takeOver(watched, before.get(watched.series.id));
      this.#meters.push(...meters);
      this.#byDevice.set(
        device,
        meters.flatMap(({ slots }) => slots),
      );
    }
    this.#judging.follow(all);
    this.#next = 0;
    this.#isHeard = true;
    this.#listen();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Forgets what was under way for a device that is out of service. Within `transact`. */
  rest(device: DeviceState): void {
    for (const slot of this.#byDevice.get(device) ?? []) {
      slot.staged = NORMAL;
      this.#resting.push(slot);
      this.#rows.save(slot.device.id, slot.rule.id, NORMAL);
    }
  }

  take(): void {
    this.#isHeard = true;
  }

  committed(): void {
    for (const slot of this.#resting.splice(0)) {
      slot.state = slot.staged ?? slot.state;
      slot.staged = undefined;
    }
    this.#listen();
  }

  rolledBack(): void {
    for (const slot of this.#resting.splice(0)) slot.staged = undefined;
    this.#isHeard = false;
  }

  #takeOver(watched: Watched, before: Watched | undefined): void {
    if (!before) return;
    if (watched.step === before.step) watched.flow = before.flow;
    for (const slot of watched.slots) {
      const known = before.slots.find(({ rule }) => rule.id === slot.rule.id);
      if (!known) continue;
      // since the start it has told all that it judged
      slot.told = Math.max(slot.told, known.judged);
      // of an unchanged rule memory is as good as new; of a changed one it is what was stored
      if (known.rule === slot.rule) {
        const { judge, judged, next } = known;
        Object.assign(slot, { judge, judged, next });
      }
    }
  }

  /** While readings come, and as long as one may still be missing, meters are looked at. */
  #listen(): void {
    if (!this.#isHeard || this.#meters.length === 0) return;
    this.#isHeard = false;
    this.#until = this.#options.clock.now() + KEPT;
    if (!this.#timer) this.#wake();
  }

  #wake(): void {
    const { clock } = this.#options;
    const now = clock.now();
    this.#wakeAfter(nextMultiple(now - AFTER, EVERY) + AFTER - now);
  }

  #wakeAfter(delay: Millis): void {
    this.#timer = this.#options.clock.after(delay, this.#look);
  }

  /** Looks at a portion of the meters. */
  #look = (): void => {
    this.#timer = undefined;
    const now = this.#options.clock.now();
    const seen: Judgement[] = [];
    try {
      let budget = PORTION;
      while (budget > 0) {
        const watched = this.#meters[this.#next];
        if (!watched) break;
        budget -= LOOK + this.#read(watched, now, budget);
        // a day of readings takes some portions: it is judged when all are read
        if (budget <= 0) break;
        this.#next += 1;
        for (const slot of watched.slots) {
          const judgement = this.#judging.judge(watched, slot, now);
          if (!judgement) continue;
          seen.push(judgement);
          budget -= JUDGEMENT * judgement.moments + SUM * judgement.sums;
        }
      }
      this.#tell(seen);
    } catch (error) {
      this.#next = 0;
      this.#options.onError(error);
      this.#wakeAfter(EVERY);
      return;
    }
    if (this.#next < this.#meters.length) this.#wakeAfter(PAUSE);
    else {
      this.#next = 0;
      if (now <= this.#until) this.#wake();
    }
  };

  /** Reads what is new of a meter; answers how many readings that was. */
  #read(watched: Watched, now: Millis, most: number): number {
    const { series, step } = watched;
    const { registers } = this.#options;
    const meter = registers.meter(series.id);
    if (step === undefined || !meter) return 0;
    if (watched.flow?.meter !== meter) watched.flow = undefined;
    const horizon = now - KEPT - HOUR;
    const newest = Math.max(horizon, watched.flow?.newest ?? horizon);
    if (series.last === undefined || series.last.time <= newest) return 0;
    if (!watched.flow || watched.flow.newest < horizon) {
      const { silence } = series.device.device.profile;
      // a settled point before it, so that it does not begin with a bad sample
      const mark = registers.store.markBefore(series.id, horizon);
      watched.flow = new Flow(meter, step, silence, mark);
      watched.flow.newest = horizon;
    }
    const { flow } = watched;
    let count = 0;
    for (const [time, value] of this.#flows.readings(series.id, flow.newest, most)) {
      flow.take(time, value);
      count += 1;
    }
    return count;
  }

  /** Writes what was found, in one transaction; what is remembered follows its COMMIT. */
  #tell(found: readonly Judgement[]): void {
    const acts = found.flatMap((one) => one.acts);
    if (acts.length > 0) {
      this.#options.transact(() => {
        for (const act of acts) act();
      });
    }
    for (const { slot, known } of found) Object.assign(slot, known);
  }
}
