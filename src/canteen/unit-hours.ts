import type { DatabaseSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import { HourlyFigures } from '../storage/query-figures.ts';
import { HOUR } from '../storage/readings.ts';
import type { Unit } from './trace-rules.ts';

/** The temperatures of a unit while something lay in it (℃). */
export interface StayFigures {
  /** % of the time that readings cover. */
  coverage: number;
  /** Undefined without readings. */
  min: number | undefined;
  max: number | undefined;
  mean: number | undefined;
}

interface Hour {
  isCovered: boolean;
  count: number;
  min: number;
  max: number;
  mean: number;
}

/** Hours read at once: a month. */
const PAGE = 720;

/**
 * What units measured while something lay in them, hour by hour, from the roll-ups: these stay when
 * the readings are past their time. An hour counts as covered when it holds at least as many readings
 * as the silence limit of its unit fits into it.
 */
export class UnitHours {
  readonly #figures: HourlyFigures;
  readonly #units: ReadonlyMap<string, Unit>;
  readonly #now: Millis;
  readonly #pages = new Map<string, (Hour | undefined)[]>();

  constructor(connection: DatabaseSync, units: readonly Unit[], now: Millis) {
    this.#figures = new HourlyFigures(connection);
    this.#units = new Map(units.map((unit) => [unit.place, unit]));
    this.#now = now;
  }

  /** undefined: the place is no cold unit, or the time has no length. */
  during(place: string, since: Millis, until: Millis = this.#now): StayFigures | undefined {
    const unit = this.#units.get(place);
    if (!unit || until <= since) return undefined;
    let covered = 0;
    let count = 0;
    let sum = 0;
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (let at = Math.floor(since / HOUR); at * HOUR < until; at++) {
      const hour = this.#hour(unit, at);
      if (!hour) continue;
      const overlap = Math.min(until, (at + 1) * HOUR) - Math.max(since, at * HOUR);
      if (hour.isCovered) covered += overlap;
      count += hour.count;
      sum += hour.mean * hour.count;
      min = Math.min(min, hour.min);
      max = Math.max(max, hour.max);
    }
    const coverage = (100 * covered) / (until - since);
    if (count === 0) return { coverage, min: undefined, max: undefined, mean: undefined };
    return { coverage, min, max, mean: sum / count };
  }

  #hour(unit: Unit, at: number): Hour | undefined {
    const page = Math.floor(at / PAGE);
    const key = `${unit.place}/${page}`;
    let hours = this.#pages.get(key);
    if (!hours) {
      hours = this.#read(unit, page);
      this.#pages.set(key, hours);
    }
    return hours[at - page * PAGE];
  }

  #read({ series, silence }: Unit, page: number): (Hour | undefined)[] {
    const hours: (Hour | undefined)[] = Array.from({ length: PAGE });
    const from = page * PAGE * HOUR;
    for (const figures of this.#figures.between(series, from, from + PAGE * HOUR)) {
      const { time, count, min, max, mean } = figures;
      // of the hour that runs, what is over
      const length = Math.min(HOUR, this.#now - time);
      const isCovered = count >= Math.floor(length / silence);
      hours[(time - from) / HOUR] = { isCovered, count, min, max, mean };
    }
    return hours;
  }
}
