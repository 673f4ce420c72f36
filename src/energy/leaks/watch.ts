import { RuleRows } from '../../alarms/rule-rows.ts';
import { NORMAL, type RuleState } from '../../alarms/rules/phases.ts';
import type { ServicePeriods } from '../../alarms/service-periods.ts';
import { newAlarm } from '../../alarms/slots.ts';
import type { AlarmStore } from '../../alarms/store.ts';
import type { Clock, Millis, Timer } from '../../clock.ts';
import type { Text } from '../../errors.ts';
import type { DeviceState } from '../../pipeline/catalogue.ts';
import type { Stage } from '../../pipeline/stage.ts';
import type { Database } from '../../storage/database.ts';
import type { Runs } from '../../storage/runs.ts';
import type { RegisterStage } from '../register-stage.ts';
import { Flow, KEPT } from './flow.ts';
import {
  type Facts,
  type Finding,
  type Found,
  HOUR,
  LONGEST_WAIT,
  MINUTE,
  nextMultiple,
  type Use,
} from './kind.ts';
import { FlowStore } from './store.ts';
import { type MeterSlot, sayStored, type Watched, watchedOf } from './watched.ts';
import { sayLoss } from './words.ts';

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

export interface MeterWatchOptions {
  database: Database;
  clock: Clock;
  registers: RegisterStage;
  store: AlarmStore;
  runs: Runs;
  /** When devices are out of service. */
  periods: Pick<ServicePeriods, 'current'>;
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
  #meters: Watched[] = [];
  #byDevice = new Map<DeviceState, MeterSlot[]>();
  #children = new Map<string, Watched[]>();
  #resting: MeterSlot[] = [];
  #isHeard = false;
  /** Readings that came until then may still be waited for. */
  #until = Number.NEGATIVE_INFINITY;
  #next = 0;
  /** Sums of hours asked for by the judgement under way. */
  #sums = 0;
  #timer: Timer | undefined;

  constructor(options: MeterWatchOptions) {
    this.#options = options;
    this.#flows = new FlowStore(options.database.connection);
    this.#rows = new RuleRows(options.database);
  }

  /** Takes over the catalogue's devices and their rules; a rule that stays keeps what it knows. */
  follow(devices: Iterable<DeviceState>): void {
    const rows = this.#rows.all();
    const before = new Map(this.#meters.map((watched) => [watched.series.id, watched]));
    this.#meters = [];
    this.#byDevice = new Map();
    for (const device of devices) {
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
    this.#children = Map.groupBy(this.#meters, ({ series: { metric, device } }) => {
      const { campus, parent } = device.device;
      return `${campus.id}/${parent ?? ''} ${metric}`;
    });
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
          const judgement = this.#judge(watched, slot, now);
          if (!judgement) continue;
          seen.push(judgement);
          budget -= JUDGEMENT * judgement.moments + SUM * this.#sums;
          this.#sums = 0;
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

  /** Judges a rule at all its moments that are due. */
  #judge(watched: Watched, slot: MeterSlot, now: Millis): Judgement | undefined {
    const { device } = slot.device;
    const newest = watched.series.last?.time;
    if (newest === undefined) return undefined;
    const oldest = Math.max(now - KEPT, slot.told - slot.judge.lookBack);
    if (slot.judged < oldest) {
      slot.judged = Math.floor(oldest / HOUR) * HOUR;
      slot.next = slot.judge.next(slot.judged, device.campus);
    }
    if (slot.next > now && slot.state.phase === 'normal') return undefined;
    const found: Judgement = { slot, ...pick(slot), acts: [], moments: 0 };
    const facts = this.#factsOf(watched, found);
    for (;;) {
      const at = found.next;
      const isDue = at <= newest || at + device.profile.silence <= now;
      if (!isDue || at + found.judge.wait > now) break;
      found.moments += 1;
      found.judged = at;
      const { judge, finding } = found.judge.judge(at, facts);
      found.judge = judge;
      found.next = judge.next(at, device.campus);
      if (at > slot.told) this.#follow(found, finding, at, now);
    }
    if (found.state.phase === 'active') this.#describe(found, now);
    if (found.moments === 0 && found.acts.length === 0) return undefined;
    const stored = sayStored(found);
    if (stored !== slot.stored && (slot.stored !== undefined || stored !== NOTHING)) {
      found.stored = stored;
      found.acts.push(() => this.#rows.saveMemory(slot.device.id, slot.rule.id, stored));
    }
    return found;
  }

  #factsOf({ series, flow }: Watched, found: Known): Facts {
    const { device } = series.device;
    const { campus, id, profile } = device;
    return {
      campus,
      get isActive() {
        return found.state.phase === 'active';
      },
      recent: (from, to) => flow?.between(from, to) ?? { amount: 0, measured: 0 },
      kept: (from, to) => this.#kept(series.id, from, to),
      reports: (metric, at) => {
        const last = series.device.series.get(metric)?.last;
        return last !== undefined && last.time > at - profile.silence;
      },
      children: (this.#children.get(`${campus.id}/${id} ${series.metric}`) ?? []).map((child) => ({
        name: child.series.device.device.name,
        kept: (from, to) => this.#kept(child.series.id, from, to),
      })),
    };
  }

  #kept(series: number, from: Millis, to: Millis): Use {
    this.#sums += 1;
    return this.#flows.kept(series, from, to);
  }

  /** What a finding makes of the alarm. */
  #follow(found: Judgement, finding: Finding, at: Millis, now: Millis): void {
    if (finding === undefined) return;
    const { device, rule } = found.slot;
    const { campus, id, key } = device.device;
    const isActive = found.state.phase === 'active';
    if (!finding.holds) {
      found.said = undefined;
      if (!isActive) return;
      found.state = NORMAL;
      found.changed = at;
      found.acts.push(() => {
        this.#rows.save(device.id, rule.id, NORMAL);
        this.#options.store.clear(campus.id, id, rule.id, at);
      });
      return;
    }
    const { periods, store } = this.#options;
    if (periods.current(key, now) || periods.current(key, at)) return;
    const { loss, about } = finding;
    const since = found.said && isActive ? Math.min(found.said.since, loss.since) : loss.since;
    found.said = { rate: loss.rate, since, about };
    if (isActive) return;
    const state: RuleState = { phase: 'active', since: at };
    const alarm = alarmOf(found.slot, finding, at, this.#detail(found, now));
    found.state = state;
    found.changed = at;
    found.described = Math.floor(now / HOUR);
    found.acts.push(() => {
      this.#rows.save(device.id, rule.id, state);
      store.raise(alarm);
    });
  }

  /** Once an hour the alarm says anew what was lost so far. */
  #describe(found: Judgement, now: Millis): void {
    const hour = Math.floor(now / HOUR);
    if (found.said === undefined || found.described === hour) return;
    found.described = hour;
    const { rule, device } = found.slot;
    const { campus, id } = device.device;
    const detail = this.#detail(found, now);
    const alarm = { campus: campus.id, device: id, rule: rule.id };
    found.acts.push(() => this.#options.store.describe(alarm, detail));
  }

  #detail({ slot, said }: Judgement, now: Millis): Text {
    const { device } = slot.device;
    const unit = device.profile.metrics[slot.rule.metric]?.unit ?? '';
    const loss = said ? sayLoss(said, unit, now, device.campus) : NO_WORDS;
    const about = said?.about ?? NO_WORDS;
    return { zh: `${loss.zh}${about.zh}`, en: `${loss.en} ${about.en}`.trim() };
  }

  /** Writes what was found, in one transaction; what is remembered follows its COMMIT. */
  #tell(found: readonly Judgement[]): void {
    const acts = found.flatMap((one) => one.acts);
    if (acts.length > 0) {
      this.#options.transact(() => {
        for (const act of acts) act();
      });
    }
    for (const { slot, acts: _, moments: __, ...known } of found) Object.assign(slot, known);
  }
}

/** What the judgements of a look make of a slot, until they are written. */
interface Judgement extends Known {
  slot: MeterSlot;
  acts: (() => void)[];
  moments: number;
}

type Known = Pick<
  MeterSlot,
  'state' | 'judge' | 'said' | 'changed' | 'stored' | 'judged' | 'next' | 'described'
>;

const pick = (slot: MeterSlot): Known => ({
  state: slot.state,
  judge: slot.judge,
  said: slot.said,
  changed: slot.changed,
  stored: slot.stored,
  judged: slot.judged,
  next: slot.next,
  described: slot.described,
});

const NO_WORDS: Text = { zh: '', en: '' };
const NOTHING = JSON.stringify({ memory: null });

function alarmOf(slot: MeterSlot, { value, limit, unit, loss }: Found, at: Millis, detail: Text) {
  const event = { event: 'raised', at, since: loss.since, value, limit } as const;
  const alarm = newAlarm(slot, event, detail);
  return { ...alarm, unit: unit ?? alarm.unit };
}
