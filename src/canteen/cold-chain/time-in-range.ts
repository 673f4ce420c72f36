import type { Observation } from '../../alarms/rules/phases.ts';
import type { Millis } from '../../clock.ts';

/** From inclusive, to exclusive. */
export interface Span {
  from: Millis;
  to: Millis;
}

/** What a unit is judged by when its record is made. */
export interface UnitRange {
  /** ℃ */
  high?: number | undefined;
  low?: number | undefined;
  /** A value holds until the next, but no longer (ms). */
  gap: Millis;
  /** The same value for so long is that of a broken probe (ms). */
  stuck: Millis;
}

/** A value (℃) that was known to hold. */
export interface Held extends Span {
  value: number;
}

/** A time out of range, and the value farthest out of it (℃). */
export interface Excursion extends Span {
  farthest: number;
}

/**
 * How a unit was while it was in use. In range, out of range and unknown add up to the whole, ms; a
 * gap and a broken probe are unknown, never in range.
 */
export interface UnitFigures {
  whole: Millis;
  inRange: Millis;
  outOfRange: Millis;
  unknown: Millis;
  /** ℃, weighted by time; undefined where nothing is known. */
  min: number | undefined;
  max: number | undefined;
  mean: number | undefined;
  /** Mean kinetic temperature, ℃. */
  mkt: number | undefined;
}

/** ΔH/R, K: activation energy over the gas constant, by convention for stored goods. */
const ACTIVATION = 10_000;
const KELVIN = 273.15;

/** What an hour at a temperature weighs in the mean kinetic temperature. */
export const kineticWeight = (celsius: number): number =>
  Math.exp(-ACTIVATION / (celsius + KELVIN));

/**
 * Mean kinetic temperature (Haynes): ΔH/R ÷ −ln(mean of exp(−ΔH/R ÷ T)), T in K; ℃. `mean`: of the
 * weights, by time. For trends only: it never excuses an excursion.
 */
export const meanKinetic = (mean: number): number => ACTIVATION / -Math.log(mean) - KELVIN;

/**
 * The values of a series and how long each held, in order; equal ones that follow each other are one.
 * `until`: the last one holds no longer. A stuck probe's value held never.
 */
export function* heldValues(
  observations: Iterable<Observation>,
  { gap, stuck }: UnitRange,
  until: Millis,
): Generator<Held> {
  let run: Held | undefined;
  let last = 0;
  for (const { time, value } of observations) {
    const isKnown = run !== undefined && time - last <= gap;
    if (!run || !isKnown || value !== run.value) {
      if (run && last - run.from < stuck) {
        run.to = isKnown ? time : last + gap;
        yield run;
      }
      run = { from: time, to: time, value };
    }
    last = time;
  }
  if (!run || last - run.from >= stuck) return;
  run.to = Math.min(last + gap, until);
  if (run.to > run.from) yield run;
}

/** Adds up held values within the spans in which a unit was in use, both in order of time. */
export class TimeInRange {
  readonly excursions: Excursion[] = [];
  readonly #range: UnitRange;
  readonly #spans: readonly Span[];
  #next = 0;
  #inRange = 0;
  #outOfRange = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #sum = 0;
  #kinetic = 0;

  constructor(range: UnitRange, spans: readonly Span[]) {
    this.#range = range;
    this.#spans = spans;
  }

  /** `isOut`: by its own extremes, of an hour of which only these are known. */
  add({ from, to, value }: Held, isOut = isOutOfRange(this.#range, value)): void {
    const spans = this.#spans;
    while ((spans[this.#next]?.to ?? Number.POSITIVE_INFINITY) <= from) this.#next += 1;
    for (let i = this.#next; i < spans.length; i++) {
      const span = spans[i];
      if (!span || span.from >= to) return;
      const [begin, end] = [Math.max(from, span.from), Math.min(to, span.to)];
      if (end > begin) this.#count(begin, end, value, isOut);
    }
  }

  /** What an hour measured at its extremes, ℃. */
  widen(min: number, max: number): void {
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
  }

  get figures(): UnitFigures {
    const whole = this.#spans.reduce((sum, { from, to }) => sum + (to - from), 0);
    const [inRange, outOfRange] = [this.#inRange, this.#outOfRange];
    const known = inRange + outOfRange;
    const time = { whole, inRange, outOfRange, unknown: whole - known };
    if (known === 0)
      return { ...time, min: undefined, max: undefined, mean: undefined, mkt: undefined };
    const mkt = meanKinetic(this.#kinetic / known);
    return { ...time, min: this.#min, max: this.#max, mean: this.#sum / known, mkt };
  }

  #count(from: Millis, to: Millis, value: number, isOut: boolean): void {
    const length = to - from;
    this.widen(value, value);
    this.#sum += value * length;
    this.#kinetic += kineticWeight(value) * length;
    if (!isOut) {
      this.#inRange += length;
      return;
    }
    this.#outOfRange += length;
    const last = this.excursions.at(-1);
    if (last?.to !== from) {
      this.excursions.push({ from, to, farthest: value });
      return;
    }
    last.to = to;
    if (excess(this.#range, value) > excess(this.#range, last.farthest)) last.farthest = value;
  }
}

type Limits = Pick<UnitRange, 'high' | 'low'>;

const excess = ({ high, low }: Limits, value: number): number =>
  Math.max(value - (high ?? value), (low ?? value) - value);

export const isOutOfRange = (limits: Limits, value: number): boolean => excess(limits, value) > 0;
