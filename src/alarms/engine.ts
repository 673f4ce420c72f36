import type { Millis } from '../clock.ts';
import { ClockJumps } from '../clock-jumps.ts';
import type { DeviceState, SeriesState } from '../pipeline/catalogue.ts';
import type { Reading, Stage } from '../pipeline/stage.ts';
import type { Database } from '../storage/database.ts';
import { FireCoincidence } from './fire.ts';
import { clearOrphans } from './orphans.ts';
import { isSeen, RuleRows } from './rule-rows.ts';
import { delayEnd, NO_EVENTS, NORMAL, type Observation, withoutDelay } from './rules/phases.ts';
import { due, dueAt, step } from './rules/plain.ts';
import { silence } from './rules/silence.ts';
import { lapse, nextMoment, see } from './rules/tracked.ts';
import { SlotTable, type SlotTableOptions } from './slot-table.ts';
import {
  AVAILABILITY,
  isLatched,
  isValueSlot,
  type PlainSlot,
  SECOND_HAND,
  type SilenceSlot,
  type TrackedSlot,
  type ValueSlot,
} from './slots.ts';
import { Staging, type StagingOptions } from './staging.ts';
import { WakeTimer } from './wake-timer.ts';

/** A storm of silent devices is raised in portions, so that no reading waits for all of it. */
const MAX_TIMED_EVENTS = 500;
const RETRY_AFTER: Millis = 1_000;

export interface EngineOptions extends SlotTableOptions, StagingOptions {
  database: Database;
  /** Runs a piece of work as a transaction of the pipeline. */
  transact: (work: () => void) => void;
  onError: (error: unknown) => void;
}

/** Judges readings and the passing of time by the devices' rules. */
export class AlarmEngine implements Stage {
  readonly #options: EngineOptions;
  readonly #rows: RuleRows;
  readonly #fire: FireCoincidence;
  readonly #table: SlotTable;
  readonly #staging: Staging;
  readonly #timer: WakeTimer;
  readonly #jumps: ClockJumps;
  /** When that was received at which the clock was last looked at. */
  #lookedAt: Millis | undefined;
  /** Slots whose delay is running. */
  #running = new Set<ValueSlot>();
  /** Slots whose device the transaction under way has heard. */
  #heard: SilenceSlot[] = [];
  #pausedAt: Millis | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    const { database, store, catalogue, clock } = options;
    this.#rows = new RuleRows(database);
    this.#fire = new FireCoincidence(database, store, catalogue);
    this.#table = new SlotTable(options, this.#rows);
    this.#staging = new Staging(options, this.#rows, this.#fire);
    this.#timer = new WakeTimer(clock, () => this.#tick());
    this.#jumps = new ClockJumps(clock);
  }

  get ruleCount(): number {
    return this.#table.values.length + this.#table.silences.length;
  }

  /** Whether it is silent beyond its limit; undefined where no rule watches over that. */
  isSilent(device: DeviceState): boolean | undefined {
    const slots = this.#table.silencesOf(device);
    return slots.length === 0 ? undefined : slots.some(({ state }) => state.phase === 'active');
  }

  /** Takes over the catalogue's devices and their rules; a rule that stays keeps its state. */
  follow(): void {
    const orphans = this.#table.follow();
    // what the newest readings tell may be of before the clock was set back
    this.#table.heardBy(this.#options.clock.now());
    this.#running = new Set(this.#table.values.filter((slot) => dueOf(slot) !== undefined));
    clearOrphans(this.#options, orphans, this.#rows, this.#fire);
    this.#schedule();
  }

  stop(): void {
    this.#timer.stop();
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
    this.#followClock();
    runs.missed(this.#pausedAt, clock.now());
    this.#pausedAt = undefined;
    for (const slot of this.#table.silences) slot.excused = runs.downSince(slot.heard);
    this.#schedule();
  }

  /** Forgets what was under way for a device that is out of service. Within `transact`. */
  rest(device: DeviceState): void {
    const byValue = [...device.series.values()].flatMap((one) => this.#table.ofSeries(one));
    for (const slot of [...byValue, ...this.#table.silencesOf(device)]) {
      this.#staging.apply(slot, { state: NORMAL, events: [] });
    }
  }

  /** When devices rest has changed. */
  reconsider(): void {
    this.#schedule();
  }

  take(reading: Reading): void {
    const { series, timeliness, quality } = reading;
    const isLife = series.metric !== AVAILABILITY && (quality & SECOND_HAND) === 0;
    if (isLife) this.#hear(series.device, reading.received);
    if (timeliness === 'late') return;
    let observation: Observation | undefined;
    for (const slot of this.#table.ofSeries(series)) {
      if (slot.tracking) {
        // one for all rules that remember it
        observation ??= { time: reading.time, value: reading.value };
        this.#track(slot, reading, observation);
      } else this.#judge(slot, reading);
    }
  }

  /** Of a rule that judges that, it is a sign of life too: the device speaks, its probe may not. */
  refuse(series: SeriesState, observation: Observation, received: Millis): void {
    for (const slot of this.#table.ofSeries(series)) {
      if (slot.rule.kind !== 'refused' || !slot.tracking) continue;
      const { frame, track, staged = track } = slot.tracking;
      if (staged.last && staged.last.time >= observation.time) continue;
      this.#staging.applyTracked(slot, see(frame, staged, slot.staged ?? slot.state, observation));
      this.#hear(series.device, received);
    }
  }

  committed(): void {
    for (const slot of this.#staging.committed()) if (isValueSlot(slot)) this.#watch(slot);
    const now = this.#options.clock.now();
    for (const slot of this.#heard) {
      // what waited for the disk may be of before the clock was set back
      if (slot.stagedHeard !== undefined) slot.heard = Math.min(slot.stagedHeard, now);
      slot.stagedHeard = undefined;
      slot.excused = this.#options.runs.downSince(slot.heard);
      // no timer may be set: all others may be silent
      this.#wakeAt(this.#deadline(slot));
    }
    this.#heard = [];
  }

  rolledBack(): void {
    this.#staging.rolledBack();
    for (const slot of this.#heard) slot.stagedHeard = undefined;
    this.#heard = [];
  }

  #judge(slot: PlainSlot, reading: Reading): void {
    const state = slot.staged ?? slot.state;
    const gap = slot.device.device.profile.silence;
    // a detector's alarm that waited in a queue must still ring; a temperature of an hour ago must not
    if (reading.timeliness === 'delayed' && !isLatched(slot.rule)) {
      this.#staging.apply(slot, { state: withoutDelay(state), events: NO_EVENTS });
      return;
    }
    this.#staging.apply(slot, step(slot.rule, state, reading, reading.previous, gap));
  }

  #track(slot: TrackedSlot, { timeliness, quality }: Reading, observation: Observation): void {
    const { frame, track, staged = track } = slot.tracking;
    const state = slot.staged ?? slot.state;
    if (timeliness === 'delayed') {
      this.#staging.apply(slot, { state: withoutDelay(state), events: NO_EVENTS });
    } else if (isSeen(quality)) {
      this.#staging.applyTracked(slot, see(frame, staged, state, observation));
    }
  }

  #hear(device: DeviceState, received: Millis): void {
    if (received !== this.#lookedAt) {
      this.#lookedAt = received;
      this.#followClock();
    }
    for (const slot of this.#table.silencesOf(device)) {
      // a dead letter taken again is an old sign of life
      if (received < (slot.stagedHeard ?? slot.heard)) continue;
      if (slot.stagedHeard === undefined) this.#heard.push(slot);
      slot.stagedHeard = received;
      const state = slot.staged ?? slot.state;
      if (state.phase === 'active') {
        this.#staging.apply(slot, silence(state, received, 0, slot.rule.after, received));
      }
    }
  }

  /** What the clock has jumped over nobody could hear; set back, it makes nothing heard later than now. */
  #followClock(): void {
    const jump = this.#jumps.look();
    if (!jump) return;
    const { by, since } = jump;
    const { runs } = this.#options;
    runs.missed(since - Math.max(0, by), since);
    if (this.#pausedAt !== undefined) this.#pausedAt = Math.min(this.#pausedAt, since);
    this.#table.heardBy(since);
    for (const slot of this.#table.silences) slot.excused = runs.downSince(slot.heard);
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
    if (this.#pausedAt === undefined) this.#timer.at(time);
  }

  /** Lets time pass: ends delays that have run out and finds devices that fell silent. */
  #tick(): void {
    this.#followClock();
    const now = this.#options.clock.now();
    let budget = MAX_TIMED_EVENTS;
    try {
      this.#options.transact(() => {
        for (const slot of this.#running) {
          if (budget === 0) break;
          if (this.#pass(slot, now)) budget -= 1;
        }
        for (const slot of this.#table.silences) {
          if (budget === 0) break;
          if (slot.state.phase === 'active') continue;
          const { heard, excused } = this.#silentSince(slot);
          const passed = silence(slot.state, heard, excused, slot.rule.after, now);
          if (passed.events.length > 0) budget -= 1;
          this.#staging.apply(slot, passed);
        }
      });
      this.#schedule();
    } catch (error) {
      this.#options.onError(error);
      this.#wakeAt(now + RETRY_AFTER);
    }
  }

  /** Lets time pass for a slot; true when that raised or cleared something. */
  #pass(slot: ValueSlot, now: Millis): boolean {
    const state = slot.staged ?? slot.state;
    if (slot.tracking) {
      const { frame, track, staged = track } = slot.tracking;
      const at = nextMoment(frame, staged, state);
      if (at === undefined || at > now) return false;
      const passed = lapse(frame, staged, state, now);
      this.#staging.applyTracked(slot, passed);
      return passed.events.length > 0;
    }
    const { last } = slot.series;
    if (!last) return false;
    const passed = due(slot.rule, state, last, now, slot.device.device.profile.silence);
    this.#staging.apply(slot, passed);
    return passed.events.length > 0;
  }

  /** Sets the timer to the next moment at which something can fall due. */
  #schedule(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const slot of this.#running) {
      const at = dueOf(slot);
      // an unknown stretch lies before its end: only a reading can move it on
      if (at === undefined) this.#running.delete(slot);
      else next = Math.min(next, at);
    }
    for (const slot of this.#table.silences) {
      if (slot.state.phase !== 'active') next = Math.min(next, this.#deadline(slot));
    }
    if (next !== Number.POSITIVE_INFINITY) this.#wakeAt(next);
  }
}

/** When a slot changes by itself; undefined: only a reading can change it. */
function dueOf(slot: ValueSlot): Millis | undefined {
  if (slot.tracking) return nextMoment(slot.tracking.frame, slot.tracking.track, slot.state);
  const { last, device } = slot.series;
  return last && dueAt(slot.rule, slot.state, last, device.device.profile.silence);
}
