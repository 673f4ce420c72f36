import type { RuleRows } from '../../alarms/rule-rows.ts';
import { NORMAL, type RuleState } from '../../alarms/rules/phases.ts';
import type { ServicePeriods } from '../../alarms/service-periods.ts';
import { newAlarm } from '../../alarms/slots.ts';
import type { AlarmStore } from '../../alarms/store.ts';
import { meteredMetrics } from '../../campus/meter.ts';
import type { Millis } from '../../clock.ts';
import type { Text } from '../../errors.ts';
import type { DeviceState, SeriesState } from '../../pipeline/catalogue.ts';
import { KEPT } from './flow.ts';
import { type Facts, type Finding, type Found, HOUR } from './kind.ts';
import type { FlowStore } from './store.ts';
import { type MeterSlot, sayStored, type Watched } from './watched.ts';
import { sayLoss } from './words.ts';

export interface JudgingOptions {
  store: AlarmStore;
  /** When devices are out of service. */
  periods: Pick<ServicePeriods, 'current'>;
}

/** Judges rules by what is known of their meters, and gathers what that writes. */
export class Judging {
  readonly #options: JudgingOptions;
  readonly #flows: FlowStore;
  readonly #rows: RuleRows;
  /** The first register of each meter, by the full name of the one that feeds it. */
  #children: ReadonlyMap<string, SeriesState[]> = new Map();

  constructor(options: JudgingOptions, flows: FlowStore, rows: RuleRows) {
    this.#options = options;
    this.#flows = flows;
    this.#rows = rows;
  }

  /** Takes over which meter feeds which, whether or not they have rules of their own. */
  follow(devices: readonly DeviceState[]): void {
    const children = new Map<string, SeriesState[]>();
    for (const { device, series } of devices) {
      const state = series.get(meteredMetrics(device.profile)[0] ?? '');
      if (!state || device.parent === undefined) continue;
      const parent = `${device.campus.id}/${device.parent}`;
      children.set(parent, [...(children.get(parent) ?? []), state]);
    }
    this.#children = children;
  }

  /** Judges a rule at all its moments that are due. */
  judge(watched: Watched, slot: MeterSlot, now: Millis): Judgement | undefined {
    const { device } = slot.device;
    const newest = watched.series.last?.time;
    if (newest === undefined) return undefined;
    const oldest = Math.max(now - KEPT, slot.told - slot.judge.lookBack);
    if (slot.judged < oldest) {
      slot.judged = Math.floor(oldest / HOUR) * HOUR;
      slot.next = slot.judge.next(slot.judged, device.campus);
    }
    if (slot.next > now && slot.state.phase === 'normal') return undefined;
    const found: Judgement = { slot, known: pick(slot), acts: [], moments: 0, sums: 0 };
    const facts = this.#factsOf(watched, found);
    for (;;) {
      const at = found.known.next;
      const isDue = at <= newest || at + device.profile.silence <= now;
      if (!isDue || at + found.known.judge.wait > now) break;
      found.moments += 1;
      found.known.judged = at;
      const { judge, finding } = found.known.judge.judge(at, facts);
      found.known.judge = judge;
      found.known.next = judge.next(at, device.campus);
      if (at > slot.told) this.#follow(found, finding, at, now);
    }
    if (found.known.state.phase === 'active') this.#describe(found, now);
    if (found.moments === 0 && found.acts.length === 0) return undefined;
    const stored = sayStored(found.known);
    if (stored !== slot.stored && (slot.stored !== undefined || stored !== NOTHING)) {
      found.known.stored = stored;
      found.acts.push(() => this.#rows.saveMemory(slot.device.id, slot.rule.id, stored));
    }
    return found;
  }

  #factsOf({ series, flow }: Watched, found: Judgement): Facts {
    const { device } = series.device;
    const { campus, key, profile } = device;
    const kept = (of: SeriesState, from: Millis, to: Millis) => {
      found.sums += 1;
      return this.#flows.kept(of.id, from, to);
    };
    return {
      campus,
      get isActive() {
        return found.known.state.phase === 'active';
      },
      recent: (from, to) => flow?.between(from, to) ?? { amount: 0, measured: 0 },
      kept: (from, to) => kept(series, from, to),
      reports: (metric, at) => {
        const last = series.device.series.get(metric)?.last;
        return last !== undefined && last.time > at - profile.silence;
      },
      children: (this.#children.get(key) ?? [])
        .filter(({ spec }) => spec.unit === series.spec.unit)
        .map((child) => ({
          name: child.device.device.name,
          kept: (from, to) => kept(child, from, to),
        })),
    };
  }

  /** What a finding makes of the alarm. */
  #follow(found: Judgement, finding: Finding, at: Millis, now: Millis): void {
    if (finding === undefined) return;
    const { device, rule } = found.slot;
    const { campus, id, key } = device.device;
    const isActive = found.known.state.phase === 'active';
    if (!finding.holds) {
      found.known.said = undefined;
      if (!isActive) return;
      found.known.state = NORMAL;
      found.known.changed = at;
      found.acts.push(() => {
        this.#rows.save(device.id, rule.id, NORMAL);
        this.#options.store.clear(campus.id, id, rule.id, at);
      });
      return;
    }
    const { periods, store } = this.#options;
    if (periods.current(key, now) || periods.current(key, at)) return;
    const { loss, about } = finding;
    const since =
      found.known.said && isActive ? Math.min(found.known.said.since, loss.since) : loss.since;
    found.known.said = { rate: loss.rate, since, about };
    if (isActive) return;
    const state: RuleState = { phase: 'active', since: at };
    const alarm = alarmOf(found.slot, finding, at, this.#detail(found, now));
    found.known.state = state;
    found.known.changed = at;
    found.known.described = Math.floor(now / HOUR);
    found.acts.push(() => {
      this.#rows.save(device.id, rule.id, state);
      store.raise(alarm);
    });
  }

  /** Once an hour the alarm says anew what was lost so far. */
  #describe(found: Judgement, now: Millis): void {
    const hour = Math.floor(now / HOUR);
    if (found.known.said === undefined || found.known.described === hour) return;
    found.known.described = hour;
    const { rule, device } = found.slot;
    const { campus, id } = device.device;
    const detail = this.#detail(found, now);
    const alarm = { campus: campus.id, device: id, rule: rule.id };
    found.acts.push(() => this.#options.store.describe(alarm, detail));
  }

  #detail({ slot, known: { said } }: Judgement, now: Millis): Text {
    const { device } = slot.device;
    const unit = device.profile.metrics[slot.rule.metric]?.unit ?? '';
    const loss = said ? sayLoss(said, unit, now, device.campus) : NO_WORDS;
    const about = said?.about ?? NO_WORDS;
    return { zh: `${loss.zh}${about.zh}`, en: `${loss.en} ${about.en}`.trim() };
  }
}

/** What the judgements of a look make of a slot, until they are written. */
export interface Judgement {
  slot: MeterSlot;
  known: Known;
  /** What it writes. */
  acts: (() => void)[];
  /** How many moments were judged, and sums of hours asked for. */
  moments: number;
  sums: number;
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
