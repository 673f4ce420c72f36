import type { StatementSync } from 'node:sqlite';
import { GATEWAY } from '../campus/model.ts';
import type { Rule, SilenceRule } from '../campus/rule.ts';
import type { Clock, Millis, Timer } from '../clock.ts';
import type { Catalogue, DeviceState, SeriesState } from '../pipeline/catalogue.ts';
import { QUALITY } from '../pipeline/quality.ts';
import type { Reading, Stage } from '../pipeline/stage.ts';
import type { Database } from '../storage/database.ts';
import type { Runs } from '../storage/runs.ts';
import {
  due,
  dueAt,
  isLatched,
  NORMAL,
  type RuleEvent,
  type RuleState,
  type Step,
  silence,
  step,
  type ValueRule,
} from './rules.ts';
import type { ServicePeriods } from './service-periods.ts';
import type { AlarmStore } from './store.ts';
import { STORM_RULES } from './storm/orphans.ts';

/** One rule of one device. */
interface Slot {
  device: DeviceState;
  rule: Rule;
  state: RuleState;
  /** The state of the transaction under way. */
  staged: RuleState | undefined;
}

interface ValueSlot extends Slot {
  rule: ValueRule;
  series: SeriesState;
}

interface SilenceSlot extends Slot {
  rule: SilenceRule;
  heard: Millis;
  stagedHeard: Millis | undefined;
  /** Our own downtime since it was heard (ms). */
  excused: Millis;
}

/** A storm of silent devices is raised in portions, so that no reading waits for all of it. */
const MAX_TIMED_EVENTS = 500;
const TIMER_PAUSE: Millis = 20;

/** What a bridge says of a device, not the device of itself. */
const AVAILABILITY = 'online';
const SECOND_HAND = QUALITY.replayed | QUALITY.imported;

export interface EngineOptions {
  database: Database;
  clock: Clock;
  catalogue: Catalogue;
  store: AlarmStore;
  runs: Runs;
  /** When devices are out of service. */
  periods: Pick<ServicePeriods, 'current' | 'restsUntil'>;
  /** Runs a piece of work as a transaction of the pipeline. */
  transact: (work: () => void) => void;
  onError: (error: unknown) => void;
}

/** Judges readings and the passing of time by the devices' rules. */
export class AlarmEngine implements Stage {
  readonly #options: EngineOptions;
  readonly #save: StatementSync;
  readonly #remove: StatementSync;
  #bySeries = new Map<SeriesState, ValueSlot[]>();
  #byDevice = new Map<DeviceState, SilenceSlot[]>();
  /** Slots whose delay is running. */
  #running = new Set<ValueSlot>();
  #touched: Slot[] = [];
  #heard: SilenceSlot[] = [];
  #timer: Timer | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #pausedAt: Millis | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#save = options.database.prepare(
      `INSERT INTO rule_state VALUES (?, ?, ?, ?)
       ON CONFLICT (device, rule) DO UPDATE SET phase = excluded.phase, since = excluded.since`,
    );
    this.#remove = options.database.prepare('DELETE FROM rule_state WHERE device = ? AND rule = ?');
  }

  get ruleCount(): number {
    let count = 0;
    for (const slots of this.#bySeries.values()) count += slots.length;
    for (const slots of this.#byDevice.values()) count += slots.length;
    return count;
  }

  /** Whether it is silent beyond its limit; undefined where no rule watches over that. */
  isSilent(device: DeviceState): boolean | undefined {
    return this.#byDevice.get(device)?.some(({ state }) => state.phase === 'active');
  }

  /** Takes over the catalogue's devices and their rules; a rule that stays keeps its state. */
  follow(): void {
    const saved = this.#savedStates();
    const heard = this.#heardSoFar();
    this.#bySeries = new Map();
    this.#byDevice = new Map();
    this.#running = new Set();
    for (const device of this.#options.catalogue.devices.values()) {
      for (const rule of device.device.rules) {
        const key = `${device.id}/${rule.id}`;
        const state = saved.get(key) ?? NORMAL;
        saved.delete(key);
        if (rule.kind === 'silence') this.#addSilence(device, rule, state, heard.get(device.id));
        else this.#addValue(device, rule, state);
      }
    }
    this.#clearOrphans();
    this.#schedule(this.#options.clock.now());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timerAt = Number.POSITIVE_INFINITY;
  }

  /** Nothing can be written: nobody listens, so time is not judged until `resume`. */
  pause(): void {
    this.stop();
    this.#pausedAt ??= this.#options.clock.now();
  }

  /** What passed since `pause` is not held against the devices. */
  resume(): void {
    if (this.#pausedAt === undefined) return;
    const { runs, clock } = this.#options;
    runs.missed(this.#pausedAt, clock.now());
    this.#pausedAt = undefined;
    for (const slots of this.#byDevice.values()) {
      for (const slot of slots) slot.excused = runs.downSince(slot.heard);
    }
    this.#schedule(clock.now());
  }

  /** Forgets what was under way for a device that is out of service. Within `transact`. */
  rest(device: DeviceState): void {
    const byValue = [...device.series.values()].flatMap((one) => this.#bySeries.get(one) ?? []);
    for (const slot of [...byValue, ...(this.#byDevice.get(device) ?? [])]) {
      this.#apply(slot, { state: NORMAL, events: [] });
    }
  }

  /** When devices rest has changed. */
  reconsider(): void {
    this.#schedule(this.#options.clock.now());
  }

  take(reading: Reading): void {
    const { series, timeliness, quality } = reading;
    const isLife = series.metric !== AVAILABILITY && (quality & SECOND_HAND) === 0;
    if (isLife) this.#hear(series.device, reading.received);
    const slots = this.#bySeries.get(series);
    if (!slots || timeliness === 'late') return;
    for (const slot of slots) this.#judge(slot, reading);
  }

  committed(): void {
    for (const slot of this.#touched) {
      if (slot.staged) slot.state = slot.staged;
      slot.staged = undefined;
      if (isValueSlot(slot)) this.#watch(slot);
    }
    for (const slot of this.#heard) {
      if (slot.stagedHeard !== undefined) slot.heard = slot.stagedHeard;
      slot.stagedHeard = undefined;
      slot.excused = this.#options.runs.downSince(slot.heard);
      // no timer may be set: all others may be silent
      this.#wakeAt(this.#deadline(slot));
    }
    this.#touched = [];
    this.#heard = [];
  }

  rolledBack(): void {
    for (const slot of this.#touched) slot.staged = undefined;
    for (const slot of this.#heard) slot.stagedHeard = undefined;
    this.#touched = [];
    this.#heard = [];
  }

  #judge(slot: ValueSlot, { time, value, previous, timeliness }: Reading): void {
    const state = slot.staged ?? slot.state;
    const gap = slot.device.device.profile.silence;
    // a detector's alarm that waited in a queue must still ring; a temperature of an hour ago must not
    if (timeliness === 'delayed' && !isLatched(slot.rule)) {
      this.#apply(slot, { state: withoutDelay(state), events: [] });
      return;
    }
    this.#apply(slot, step(slot.rule, state, { time, value }, previous, gap));
  }

  #hear(device: DeviceState, received: Millis): void {
    for (const slot of this.#byDevice.get(device) ?? []) {
      // a dead letter taken again is an old sign of life
      if (received < (slot.stagedHeard ?? slot.heard)) continue;
      if (slot.stagedHeard === undefined) this.#heard.push(slot);
      slot.stagedHeard = received;
      const state = slot.staged ?? slot.state;
      if (state.phase === 'active') {
        this.#apply(slot, silence(state, received, 0, slot.rule.after, received));
      }
    }
  }

  #apply(slot: Slot, step: Step): void {
    const { state, events } = this.#rested(slot, step);
    for (const event of events) this.#record(slot, event);
    const before = slot.staged ?? slot.state;
    if (state === before) return;
    if (!slot.staged) this.#touched.push(slot);
    slot.staged = state;
    if (state.phase === 'normal') this.#remove.run(slot.device.id, slot.rule.id);
    else this.#save.run(slot.device.id, slot.rule.id, state.phase, state.since);
  }

  /** A device out of service raises nothing and begins no delay; what is over is still said. */
  #rested({ device: { device } }: Slot, step: Step): Step {
    const { state, events } = step;
    if (events.length === 0 && state.phase !== 'pending') return step;
    const { periods, clock } = this.#options;
    const rests = (time: Millis) => periods.current(device.key, time) !== undefined;
    const isNow = rests(clock.now());
    const raises = events.some(({ event, at }) => event === 'raised' && (isNow || rests(at)));
    if (!raises && !(isNow && state.phase === 'pending')) return step;
    return { state: NORMAL, events: events.filter(({ event }) => event === 'cleared') };
  }

  /** Since when a device is silent, and how much of that is excused: so is all that it rested. */
  #silentSince({ device: { device }, heard, excused }: SilenceSlot) {
    const { periods, clock, runs } = this.#options;
    const rests = periods.restsUntil(device.key, clock.now());
    return rests <= heard ? { heard, excused } : { heard: rests, excused: runs.downSince(rests) };
  }

  #deadline(slot: SilenceSlot): Millis {
    const { heard, excused } = this.#silentSince(slot);
    return heard + excused + slot.rule.after;
  }

  #record({ device: { device }, rule }: Slot, event: RuleEvent): void {
    const { store } = this.#options;
    if (event.event === 'cleared') {
      store.clear(device.campus.id, device.id, rule.id, event.at);
      return;
    }
    const metric = rule.kind === 'silence' ? undefined : rule.metric;
    store.raise({
      campus: device.campus.id,
      device: device.id,
      deviceName: device.name,
      zone: device.zone.path,
      rule: rule.id,
      severity: rule.severity,
      latched: isLatched(rule),
      metric,
      value: event.value,
      limit: event.limit,
      unit: metric === undefined ? '' : (device.profile.metrics[metric]?.unit ?? ''),
      title: rule.name,
      action: rule.action,
      since: event.since,
      raised: event.at,
    });
  }

  /** Keeps the timer no later than the end of a running delay. */
  #watch(slot: ValueSlot): void {
    const { state } = slot;
    if (state.phase !== 'pending' && state.phase !== 'clearing') {
      this.#running.delete(slot);
      return;
    }
    this.#running.add(slot);
    const delay = state.phase === 'pending' ? slot.rule.onDelay : slot.rule.offDelay;
    this.#wakeAt(state.since + delay);
  }

  #wakeAt(time: Millis): void {
    if (time >= this.#timerAt || this.#pausedAt !== undefined) return;
    this.#timer?.cancel();
    this.#timerAt = time;
    const { clock } = this.#options;
    this.#timer = clock.after(Math.max(TIMER_PAUSE, time - clock.now()), this.#tick);
  }

  /** Lets time pass: ends delays that have run out and finds devices that fell silent. */
  #tick = (): void => {
    const now = this.#options.clock.now();
    this.#timerAt = Number.POSITIVE_INFINITY;
    let budget = MAX_TIMED_EVENTS;
    try {
      this.#options.transact(() => {
        for (const slot of this.#running) {
          const last = slot.series.last;
          const state = slot.staged ?? slot.state;
          if (!last || budget === 0) continue;
          const gap = slot.device.device.profile.silence;
          const passed = due(slot.rule, state, last, now, gap);
          if (passed.events.length > 0) budget -= 1;
          this.#apply(slot, passed);
        }
        for (const slots of this.#byDevice.values()) {
          for (const slot of slots) {
            if (slot.state.phase === 'active' || budget === 0) continue;
            const { heard, excused } = this.#silentSince(slot);
            const passed = silence(slot.state, heard, excused, slot.rule.after, now);
            if (passed.events.length > 0) budget -= 1;
            this.#apply(slot, passed);
          }
        }
      });
      this.#schedule(now);
    } catch (error) {
      this.#options.onError(error);
      this.#wakeAt(now + 1000);
    }
  };

  /** Sets the timer to the next moment at which something can fall due. */
  #schedule(now: Millis): void {
    let next = Number.POSITIVE_INFINITY;
    for (const slot of this.#running) {
      const { last } = slot.series;
      const gap = slot.device.device.profile.silence;
      const at = last && dueAt(slot.rule, slot.state, last, gap);
      // an unknown stretch lies before its end: only a reading can move it on
      if (at === undefined) this.#running.delete(slot);
      else next = Math.min(next, at);
    }
    for (const slots of this.#byDevice.values()) {
      for (const slot of slots) {
        if (slot.state.phase !== 'active') next = Math.min(next, this.#deadline(slot));
      }
    }
    if (next !== Number.POSITIVE_INFINITY) this.#wakeAt(Math.max(next, now + TIMER_PAUSE));
  }

  #addValue(device: DeviceState, rule: ValueRule, state: RuleState): void {
    const series = device.series.get(rule.metric);
    if (!series) return;
    const slot: ValueSlot = { device, rule, series, state, staged: undefined };
    const slots = this.#bySeries.get(series);
    if (slots) slots.push(slot);
    else this.#bySeries.set(series, [slot]);
    if (state.phase === 'pending' || state.phase === 'clearing') this.#running.add(slot);
  }

  #addSilence(device: DeviceState, rule: SilenceRule, state: RuleState, known = 0): void {
    const heard = Math.max(known, lastSign(device));
    const excused = this.#options.runs.downSince(heard);
    const slot: SilenceSlot = {
      device,
      rule,
      state,
      staged: undefined,
      heard,
      stagedHeard: undefined,
      excused,
    };
    const slots = this.#byDevice.get(device);
    if (slots) slots.push(slot);
    else this.#byDevice.set(device, [slot]);
  }

  /** By device id; its readings alone don't tell: late ones are not the newest of their series. */
  #heardSoFar(): Map<number, Millis> {
    const heard = new Map<number, Millis>();
    for (const [device, [slot]] of this.#byDevice) if (slot) heard.set(device.id, slot.heard);
    return heard;
  }

  #savedStates(): Map<string, RuleState> {
    const rows = this.#options.database.prepare('SELECT * FROM rule_state').all();
    const states = new Map<string, RuleState>();
    for (const { device, rule, phase, since } of rows) {
      if (phase === 'pending' || phase === 'active' || phase === 'clearing') {
        states.set(`${device}/${rule}`, { phase, since: Number(since) });
      }
    }
    return states;
  }

  /** Clears alarms whose device or rule is no longer configured: nothing would ever do it. */
  #clearOrphans(): void {
    const { store, catalogue, clock, database } = this.#options;
    const orphans = store.allOpen().filter(({ campus, device, rule, cleared }) => {
      const state = catalogue.devices.get(`${campus}/${device}`);
      return (
        device !== GATEWAY &&
        cleared === undefined &&
        !STORM_RULES.has(rule) &&
        !state?.device.rules.some(({ id }) => id === rule)
      );
    });
    if (orphans.length === 0) return;
    const forget = database.prepare(
      `DELETE FROM rule_state WHERE rule = ? AND device IN
         (SELECT id FROM device WHERE campus = ? AND name = ?)`,
    );
    this.#options.transact(() => {
      for (const { campus, device, rule } of orphans) {
        store.clear(campus, device, rule, clock.now(), 'no longer configured');
        forget.run(rule, campus, device);
      }
    });
  }
}

/** When a device last gave a sign of life, as its newest readings tell. */
function lastSign(device: DeviceState): Millis {
  let heard = device.added;
  for (const { metric, last } of device.series.values()) {
    if (!last || metric === AVAILABILITY) continue;
    // what did not come from the device itself tells of its own time only
    const isSecondHand = (last.quality & SECOND_HAND) !== 0;
    heard = Math.max(heard, isSecondHand ? Math.min(last.time, last.received) : last.received);
  }
  return heard;
}

const isValueSlot = (slot: Slot): slot is ValueSlot => slot.rule.kind !== 'silence';

/** The state once a running delay is given up because what lies between is unknown. */
function withoutDelay(state: RuleState): RuleState {
  if (state.phase === 'pending') return NORMAL;
  if (state.phase === 'clearing') return { phase: 'active', since: state.since };
  return state;
}
