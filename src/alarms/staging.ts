import type { Rule } from '../campus/rule.ts';
import type { Clock, Millis } from '../clock.ts';
import type { Text } from '../errors.ts';
import type { DeviceState } from '../pipeline/catalogue.ts';
import type { FireCoincidence } from './fire.ts';
import type { RuleRows } from './rule-rows.ts';
import { NORMAL, type Raised, type RuleEvent, type Step } from './rules/phases.ts';
import type { TrackedStep } from './rules/tracked.ts';
import type { ServicePeriods } from './service-periods.ts';
import { isValueSlot, newAlarm, type Slot, type TrackedSlot } from './slots.ts';
import type { AlarmStore } from './store.ts';

export interface StagingOptions {
  clock: Clock;
  store: AlarmStore;
  /** When devices are out of service. */
  periods: Pick<ServicePeriods, 'current' | 'restsUntil'>;
  /** What a part of the gateway adds to an alarm, in the transaction that raises it. Never throws. */
  explain: (device: DeviceState, rule: Rule, event: Raised) => Text | undefined;
}

/**
 * What the transaction under way makes of judgements: states, memories and alarms are written at
 * once, and the slots follow only after COMMIT.
 */
export class Staging {
  readonly #options: StagingOptions;
  readonly #rows: RuleRows;
  readonly #fire: FireCoincidence;
  #touched: Slot[] = [];

  constructor(options: StagingOptions, rows: RuleRows, fire: FireCoincidence) {
    this.#options = options;
    this.#rows = rows;
    this.#fire = fire;
  }

  apply(slot: Slot, step: Step): void {
    const { state, events } = this.#rested(slot, step);
    for (const event of events) this.#record(slot, event);
    const before = slot.staged ?? slot.state;
    if (state === before) return;
    this.#touch(slot);
    slot.staged = state;
    this.#rows.save(slot.device.id, slot.rule.id, state);
  }

  applyTracked(slot: TrackedSlot, done: TrackedStep): void {
    const { tracking, device, rule } = slot;
    const before = (tracking.staged ?? tracking.track).condition;
    const { condition } = done;
    const memory = condition === before ? undefined : condition.stored();
    if (memory !== undefined) this.#rows.saveMemory(device.id, rule.id, memory);
    tracking.staged = done;
    this.#touch(slot);
    this.apply(slot, done);
  }

  /** Answers the slots that have changed. */
  committed(): readonly Slot[] {
    const changed = this.#touched;
    this.#touched = [];
    for (const slot of changed) {
      if (slot.staged) slot.state = slot.staged;
      slot.staged = undefined;
      if (!isValueSlot(slot) || !slot.tracking?.staged) continue;
      slot.tracking.track = slot.tracking.staged;
      slot.tracking.staged = undefined;
    }
    return changed;
  }

  rolledBack(): void {
    for (const slot of this.#touched) {
      slot.staged = undefined;
      if (isValueSlot(slot) && slot.tracking) slot.tracking.staged = undefined;
    }
    this.#touched = [];
  }

  #touch(slot: Slot): void {
    if (slot.staged) return;
    this.#touched.push(slot);
    slot.staged = slot.state;
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
}
