import type { Millis } from '../clock.ts';
import { HOUR } from '../storage/readings.ts';
import type { Meter } from './meter.ts';
import { advance, emptyState, type QualityNote, type Sink, tentative } from './registers.ts';
import type { Anchor, RegisterState } from './way.ts';

/** What was used in one hour. */
export interface HourUse {
  /** In the metric's unit. */
  amount: number;
  /** The part of it that is spread over a long gap. */
  estimated: number;
  /** How much of the hour was measured (ms). */
  measured: Millis;
}

/** A settled point from which a register can be folded again, and its hour until then. */
export interface Mark extends Anchor {
  before: HourUse;
}

export const NOTHING: Readonly<HourUse> = { amount: 0, estimated: 0, measured: 0 };

export const hourOf = (time: Millis): number => Math.floor(time / HOUR);

/** Uses by hour, hours since 1970 UTC. */
type Hours = Map<number, HourUse>;

/** Spreads a use evenly over the hours it touches. */
function spread(
  hours: Hours,
  from: Millis,
  to: Millis,
  amount: number,
  isEstimated: boolean,
): void {
  let given = 0;
  for (let start = from; start < to; ) {
    const hour = hourOf(start);
    const end = Math.min(to, (hour + 1) * HOUR);
    // what is left, not a sum of roundings: the parts are the whole
    const upTo = end === to ? amount : (amount * (end - from)) / (to - from);
    const part = upTo - given;
    given = upTo;
    let use = hours.get(hour);
    if (!use) {
      use = { ...NOTHING };
      hours.set(hour, use);
    }
    use.amount += part;
    if (isEstimated) use.estimated += part;
    else use.measured += end - start;
    start = end;
  }
}

const copy = (hours: Hours): Hours => new Map([...hours].map(([hour, use]) => [hour, { ...use }]));

/** Folds the readings of one metric, by event time, into its use by hour. No I/O. */
export class Fold implements Sink {
  readonly meter: Meter;
  readonly state: RegisterState = emptyState();
  /** Settled uses and notes since the mark it began with or was last trimmed to. */
  readonly hours: Hours = new Map();
  readonly notes: QualityNote[] = [];
  /** The first anchor of every hour that has one. */
  readonly marks: Mark[] = [];
  /** The mark that `hours` and `notes` begin with. */
  since: Mark | undefined;
  /** The newest reading taken. */
  newest: Millis = Number.NEGATIVE_INFINITY;
  #markedHour = Number.NEGATIVE_INFINITY;

  /** Begins with a mark, or before the first reading. */
  constructor(meter: Meter, mark?: Mark) {
    this.meter = meter;
    this.since = mark;
    if (!mark) return;
    const { before, ...anchor } = mark;
    this.state.anchor = anchor;
    this.newest = mark.time;
    this.#markedHour = hourOf(mark.time);
    this.hours.set(this.#markedHour, { ...before });
  }

  /** Takes a reading newer than all before it. Answers the mark that was set by it, if any. */
  take(time: Millis, value: number): Mark | undefined {
    this.newest = time;
    advance(this.state, time, value, this.meter, this);
    const { anchor } = this.state;
    if (!anchor) return undefined;
    const hour = hourOf(anchor.time);
    if (hour <= this.#markedHour) return undefined;
    this.#markedHour = hour;
    const mark = { ...anchor, before: { ...(this.hours.get(hour) ?? NOTHING) } };
    this.marks.push(mark);
    return mark;
  }

  use(from: Millis, to: Millis, amount: number, isEstimated: boolean): void {
    spread(this.hours, from, to, amount, isEstimated);
  }

  note(note: QualityNote): void {
    this.notes.push(note);
  }

  /** Everything that is known by now, with what is not settled as it looks. */
  figures(): { hours: ReadonlyMap<number, HourUse>; notes: readonly QualityNote[] } {
    const hours = copy(this.hours);
    const notes = [...this.notes];
    tentative(this.state, this.meter, {
      use: (from, to, amount, isEstimated) => spread(hours, from, to, amount, isEstimated),
      note: (note) => notes.push(note),
    });
    return { hours, notes };
  }

  /** Forgets what lies before the newest mark; it was written down. */
  trim(): void {
    const last = this.marks.at(-1);
    if (!last) return;
    const hour = hourOf(last.time);
    for (const known of this.hours.keys()) if (known < hour) this.hours.delete(known);
    const kept = this.notes.filter(({ to }) => to > last.time);
    this.notes.splice(0, this.notes.length, ...kept);
    this.marks.length = 0;
    this.since = last;
  }
}
