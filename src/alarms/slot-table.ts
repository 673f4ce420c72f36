import { isMeterRule } from '../campus/meter-rule.ts';
import type { Millis } from '../clock.ts';
import type { Catalogue, DeviceState, SeriesState } from '../pipeline/catalogue.ts';
import type { Runs } from '../storage/runs.ts';
import type { RuleRow, RuleRows } from './rule-rows.ts';
import { NORMAL } from './rules/phases.ts';
import {
  type BroughtConditions,
  isPlain,
  plainSlot,
  type SilenceSlot,
  schedules,
  silenceSlot,
  trackedSlot,
  type ValueSlot,
} from './slots.ts';

export interface SlotTableOptions {
  catalogue: Catalogue;
  runs: Runs;
  brought: BroughtConditions;
}

/** Which rules of which devices there are, and where each is found. */
export class SlotTable {
  readonly #options: SlotTableOptions;
  readonly #rows: RuleRows;
  #bySeries = new Map<SeriesState, ValueSlot[]>();
  #byDevice = new Map<DeviceState, SilenceSlot[]>();
  #values: ValueSlot[] = [];
  #silences: SilenceSlot[] = [];

  constructor(options: SlotTableOptions, rows: RuleRows) {
    this.#options = options;
    this.#rows = rows;
  }

  /** All that judge values. */
  get values(): readonly ValueSlot[] {
    return this.#values;
  }

  get silences(): readonly SilenceSlot[] {
    return this.#silences;
  }

  ofSeries(series: SeriesState): readonly ValueSlot[] {
    return this.#bySeries.get(series) ?? NONE;
  }

  silencesOf(device: DeviceState): readonly SilenceSlot[] {
    return this.#byDevice.get(device) ?? NONE;
  }

  /**
   * Takes over the catalogue's devices and their rules; a rule that stays keeps its state. Answers
   * what is stored of rules that are no longer there.
   */
  follow(): RuleRow[] {
    const { catalogue, runs, brought } = this.#options;
    const rows = this.#rows.all();
    const heard = this.#heardSoFar();
    const judged = this.#judgedSoFar();
    const schedule = schedules();
    this.#bySeries = new Map();
    this.#byDevice = new Map();
    this.#values = [];
    this.#silences = [];
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
          this.#add(trackedSlot(device, rule, row, since, within, this.#rows, brought));
        }
      }
    }
    return [...rows.values()];
  }

  /** Nothing was heard, and nobody fell silent, after `now`. */
  heardBy(now: Millis): void {
    for (const slot of this.#silences) {
      slot.heard = Math.min(slot.heard, now);
      const { state } = slot;
      if (state.phase === 'active' && state.since > now) slot.state = { ...state, since: now };
    }
  }

  #add(slot: ValueSlot | undefined): void {
    if (!slot) return;
    this.#values.push(slot);
    const slots = this.#bySeries.get(slot.series);
    if (slots) slots.push(slot);
    else this.#bySeries.set(slot.series, [slot]);
  }

  #addSilence(slot: SilenceSlot): void {
    this.#silences.push(slot);
    const slots = this.#byDevice.get(slot.device);
    if (slots) slots.push(slot);
    else this.#byDevice.set(slot.device, [slot]);
  }

  /** By device id; its readings alone don't tell: late ones are not the newest of their series. */
  #heardSoFar(): Map<number, Millis> {
    return new Map(this.#silences.map(({ device, heard }) => [device.id, heard]));
  }

  /** Up to when each rule with a memory or a schedule has judged, by `device id/rule id`. */
  #judgedSoFar(): Map<string, Millis> {
    const judged = new Map<string, Millis>();
    for (const { device, rule, tracking } of this.#values) {
      if (tracking) judged.set(`${device.id}/${rule.id}`, tracking.track.judged);
    }
    return judged;
  }
}

const NONE: readonly never[] = [];
