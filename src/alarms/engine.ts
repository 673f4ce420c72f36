import { isMeterRule } from '../campus/meter-rule.ts';
import type { Rule } from '../campus/rule.ts';

import type { Clock, Millis, Timer } from '../clock.ts';
import type { Text } from '../errors.ts';
import type { Catalogue, DeviceState, SeriesState } from '../pipeline/catalogue.ts';
import type { Reading, Stage } from '../pipeline/stage.ts';
import type { Database } from '../storage/database.ts';
import type { Runs } from '../storage/runs.ts';
import { FireCoincidence } from './fire.ts';
import { clearOrphans } from './orphans.ts';
import { isSeen, RuleRows } from './rule-rows.ts';
import {
  delayEnd,
  NO_EVENTS,
  NORMAL,
  type Observation,
  type Raised,
  type RuleEvent,
  type Step,
  withoutDelay,
} from './rules/phases.ts';
import { due, dueAt, step } from './rules/plain.ts';
import { silence } from './rules/silence.ts';
import { lapse, nextMoment, see, type TrackedStep } from './rules/tracked.ts';
import type { ServicePeriods } from './service-periods.ts';
import {
  AVAILABILITY,
  type BroughtConditions,
  isLatched,
  isPlain,
  isValueSlot,
  newAlarm,
  type PlainSlot,
  plainSlot,
  SECOND_HAND,
  type SilenceSlot,
  type Slot,
  schedules,
  silenceSlot,
  type TrackedSlot,
  trackedSlot,
  type ValueSlot,
} from './slots.ts';
import type { AlarmStore } from './store.ts';

/** A storm of silent devices is raised in portions, so that no reading waits for all of it. */
const MAX_TIMED_EVENTS = 500;
const TIMER_PAUSE: Millis = 20;

export interface EngineOptions {
  database: Database;
  clock: Clock;
  catalogue: Catalogue;
  store: AlarmStore;
  runs: Runs;
  /** When devices are out of service. */
  periods: Pick<ServicePeriods, 'current' | 'restsUntil'>;
  brought: BroughtConditions;
  /** What a part of the gateway adds to an alarm, in the transaction that raises it. Never throws. */
  explain: (device: DeviceState, rule: Rule, event: Raised) => Text | undefined;
  /** Runs a piece of work as a transaction of the pipeline. */
  transact: (work: () => void) => void;
  onError: (error: unknown) => void;
}

/** Judges readings and the passing of time by the devices' rules. */
export class AlarmEngine implements Stage {
  readonly #options: EngineOptions;
  readonly #rows: RuleRows;
  readonly #fire: FireCoincidence;
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
    const { database, store, catalogue } = options;
    this.#rows = new RuleRows(database);
    this.#fire = new FireCoincidence(database, store, catalogue);
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
    const rows = this.#rows.all();
    const heard = this.#heardSoFar();
    const judged = this.#judgedSoFar();
    const { catalogue, runs } = this.#options;
    const schedule = schedules();
    this.#bySeries = new Map();
    this.#byDevice = new Map();
    this.#running = new Set();
    for (const device of catalogue.devices.values()) {
      for (const rule of device.device.rules) {
        const key = `${device.id}/${rule.id}`;
        const row = rows.get(key);
        rows.delete(key);
        const state = row?.state ?? NORMAL;
        if (rule.kind === 'silence') {
          this.#addSilence(silenceSlot(device, rule, state, runs, heard.get(device.id)));
        } else if (isPlain(rule, device.device)) {
          this.#add(plainSlot(device, rule, state));
        } else if (!isMeterRule(rule)) {
          const since = judged.get(key) ?? runs.previousEnd;
          const within = schedule(device.device, rule.when);
          const { brought } = this.#options;
          this.#add(trackedSlot(device, rule, row, since, within, this.#rows, brought));
        }
      }
    }
    clearOrphans(this.#options, [...rows.values()], this.#rows, this.#fire);
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
    let observation: Observation | undefined;
    for (const slot of slots) {
      if (slot.tracking) {
        // one for all rules that remember it
        observation ??= { time: reading.time, value: reading.value };
        this.#track(slot, reading, observation);
      } else this.#judge(slot, reading);
    }
  }

  /** Of a rule that judges that, it is a sign of life too: the device speaks, its probe may not. */
  refuse(series: SeriesState, observation: Observation, received: Millis): void {
    for (const slot of this.#bySeries.get(series) ?? []) {
      if (slot.rule.kind !== 'refused' || !slot.tracking) continue;
      const { frame, track, staged = track } = slot.tracking;
      if (staged.last && staged.last.time >= observation.time) continue;
      this.#applyTracked(slot, see(frame, staged, slot.staged ?? slot.state, observation));
      this.#hear(series.device, received);
    }
  }

  committed(): void {
    for (const slot of this.#touched) {
      if (slot.staged) slot.state = slot.staged;
      slot.staged = undefined;
      if (!isValueSlot(slot)) continue;
      if (slot.tracking?.staged) {
        slot.tracking.track = slot.tracking.staged;
        slot.tracking.staged = undefined;
      }
      this.#watch(slot);
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
    for (const slot of this.#touched) {
      slot.staged = undefined;
      if (isValueSlot(slot) && slot.tracking) slot.tracking.staged = undefined;
    }
    for (const slot of this.#heard) slot.stagedHeard = undefined;
    this.#touched = [];
    this.#heard = [];
  }

  #judge(slot: PlainSlot, reading: Reading): void {
    const state = slot.staged ?? slot.state;
    const gap = slot.device.device.profile.silence;
    // a detector's alarm that waited in a queue must still ring; a temperature of an hour ago must not
    if (reading.timeliness === 'delayed' && !isLatched(slot.rule)) {
      this.#apply(slot, { state: withoutDelay(state), events: NO_EVENTS });
      return;
    }
    this.#apply(slot, step(slot.rule, state, reading, reading.previous, gap));
  }

  #track(slot: TrackedSlot, { timeliness, quality }: Reading, observation: Observation): void {
    const { frame, track, staged = track } = slot.tracking;
    const state = slot.staged ?? slot.state;
    if (timeliness === 'delayed') {
      this.#apply(slot, { state: withoutDelay(state), events: NO_EVENTS });
    } else if (isSeen(quality)) {
      this.#applyTracked(slot, see(frame, staged, state, observation));
    }
  }

  #applyTracked(slot: TrackedSlot, done: TrackedStep): void {
    const { tracking, device, rule } = slot;
    const before = (tracking.staged ?? tracking.track).condition;
    const { condition } = done.track;
    const memory = condition === before ? undefined : condition.stored();
    if (memory !== undefined) this.#rows.saveMemory(device.id, rule.id, memory);
    tracking.staged = done.track;
    this.#touch(slot);
    this.#apply(slot, done);
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
    this.#touch(slot);
    slot.staged = state;
    this.#rows.save(slot.device.id, slot.rule.id, state);
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

  /** Notes that the transaction under way changes a slot. */
  #touch(slot: Slot): void {
    if (slot.staged) return;
    this.#touched.push(slot);
    slot.staged = slot.state;
  }

  #record(slot: Slot, event: RuleEvent): void {
    const { store, explain } = this.#options;
    const { rule } = slot;
    const { device } = slot.device;
    const isFire = rule.kind === 'state' && rule.fire;
    if (event.event === 'cleared') {
      store.clear(device.campus.id, device.id, rule.id, event.at);
      if (isFire) this.#fire.cleared(device.campus.id, event.at);
      return;
    }
    store.raise(newAlarm(slot, event, explain(slot.device, rule, event)));
    if (isFire) this.#fire.raised(slot.device);
  }

  /** Keeps the timer no later than the next moment at which a slot changes by itself. */
  #watch(slot: ValueSlot): void {
    const at = slot.tracking
      ? nextMoment(slot.tracking.frame, slot.tracking.track, slot.state)
      : delayEnd(slot.rule, slot.state);
    if (at === undefined) {
      this.#running.delete(slot);
      return;
    }
    this.#running.add(slot);
    this.#wakeAt(at);
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
          if (budget === 0) break;
          if (this.#pass(slot, now)) budget -= 1;
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

  /** Lets time pass for a slot; true when that raised or cleared something. */
  #pass(slot: ValueSlot, now: Millis): boolean {
    const state = slot.staged ?? slot.state;
    if (slot.tracking) {
      const { frame, track, staged = track } = slot.tracking;
      const at = nextMoment(frame, staged, state);
      if (at === undefined || at > now) return false;
      const passed = lapse(frame, staged, state, now);
      this.#applyTracked(slot, passed);
      return passed.events.length > 0;
    }
    const { last } = slot.series;
    if (!last) return false;
    const passed = due(slot.rule, state, last, now, slot.device.device.profile.silence);
    this.#apply(slot, passed);
    return passed.events.length > 0;
  }

  /** Sets the timer to the next moment at which something can fall due. */
  #schedule(now: Millis): void {
    let next = Number.POSITIVE_INFINITY;
    for (const slot of this.#running) {
      const at = this.#dueAt(slot);
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

  #dueAt(slot: ValueSlot): Millis | undefined {
    if (slot.tracking) return nextMoment(slot.tracking.frame, slot.tracking.track, slot.state);
    const { last, device } = slot.series;
    return last && dueAt(slot.rule, slot.state, last, device.device.profile.silence);
  }

  #add(slot: ValueSlot | undefined): void {
    if (!slot) return;
    const slots = this.#bySeries.get(slot.series);
    if (slots) slots.push(slot);
    else this.#bySeries.set(slot.series, [slot]);
    if (this.#dueAt(slot) !== undefined) this.#running.add(slot);
  }

  #addSilence(slot: SilenceSlot): void {
    const slots = this.#byDevice.get(slot.device);
    if (slots) slots.push(slot);
    else this.#byDevice.set(slot.device, [slot]);
  }

  /** By device id; its readings alone don't tell: late ones are not the newest of their series. */
  #heardSoFar(): Map<number, Millis> {
    const heard = new Map<number, Millis>();
    for (const [device, [slot]] of this.#byDevice) if (slot) heard.set(device.id, slot.heard);
    return heard;
  }

  /** Up to when each rule with a memory or a schedule has judged, by `device id/rule id`. */
  #judgedSoFar(): Map<string, Millis> {
    const judged = new Map<string, Millis>();
    for (const slots of this.#bySeries.values()) {
      for (const { device, rule, tracking } of slots) {
        if (tracking) judged.set(`${device.id}/${rule.id}`, tracking.track.judged);
      }
    }
    return judged;
  }
}
