import type { DatabaseSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import type { Text } from '../errors.ts';
import {
  type DishFacts,
  KEEP_SAMPLE,
  type SampleRecord,
  toDish,
  toSample,
} from './kitchen-rows.ts';
import { createStatements, type Statements } from './statements.ts';
import type { TraceRules, Unit } from './trace-rules.ts';
import { UnitHours } from './unit-hours.ts';

const DAY: Millis = 86_400_000;

/** A sample fridge stays within (℃). */
const COLDEST = 0;
const WARMEST = 8;

const NOTHING = { min: undefined, max: undefined, coverage: 0 };

interface Temperature {
  time: Millis;
  value: number;
}

/** Something that is not as it must be with the sample of a dish. */
export interface Finding {
  /** Stable: no-sample, too-small, out-of-range, not-covered, destroyed-early. */
  what: string;
  text: Text;
}

/** A sample, how cold it was kept, and what is wrong with it. */
export interface CheckedSample extends SampleRecord {
  min: number | undefined;
  max: number | undefined;
  findings: Finding[];
}

/** A served dish and its samples; without one that is the finding. */
export interface DishSamples extends DishFacts {
  samples: CheckedSample[];
  findings: Finding[];
}

/** Checks the samples of dishes against what the facts ask: weight, 0–8 ℃ for all 48 h, not destroyed early. */
export class SampleChecks {
  readonly #sql: Statements;
  readonly #rules: TraceRules;
  readonly #hours: UnitHours;
  /** Readings by series and day (of UTC). */
  readonly #days = new Map<string, Temperature[]>();

  constructor(connection: DatabaseSync, rules: TraceRules) {
    this.#sql = createStatements(connection);
    this.#rules = rules;
    this.#hours = new UnitHours(connection, rules.units, rules.now);
  }

  /** Every dish of a day, in the order of its meals. */
  ofDay(day: string): DishSamples[] {
    const rows = this.#sql(
      'SELECT * FROM dish WHERE campus = ? AND day = ? AND cancelled = 0 ORDER BY meal, id',
    ).all(this.#rules.campus, day);
    return rows.map((row) => this.ofDish(toDish(row)));
  }

  ofDish(dish: DishFacts): DishSamples {
    const samples = this.#sql('SELECT * FROM food_sample WHERE campus = ? AND dish = ?')
      .all(this.#rules.campus, dish.id)
      .map((row) => this.ofSample(toSample(row)));
    const none = finding('no-sample', '没有留样', 'no sample was taken');
    return { ...dish, samples, findings: samples.length === 0 ? [none] : [] };
  }

  ofSample(sample: SampleRecord): CheckedSample {
    const { units, canteen, now } = this.#rules;
    const { grams, taken, place, disposed, keepUntil } = sample;
    const findings: Finding[] = [];
    const add = (what: string, zh: string, en: string) => findings.push(finding(what, zh, en));
    const least = canteen.sampleGrams;
    if (grams < least) add('too-small', `不足 ${least} 克`, `less than ${least} g`);
    const unit = units.find((one) => one.place === place);
    const until = Math.min(taken + KEEP_SAMPLE, disposed ?? now, now);
    const { min, max, gap } = unit
      ? this.#temperatures(unit, taken, until)
      : { min: undefined, max: undefined, gap: Number.POSITIVE_INFINITY };
    if ((min ?? COLDEST) < COLDEST || (max ?? WARMEST) > WARMEST) {
      add('out-of-range', `温度曾达 ${min}～${max} ℃`, `it was ${min} to ${max} ℃`);
    }
    // missing time counts neither as in range nor as out of it: it is said
    if (until > taken && gap > (unit?.silence ?? 0)) {
      add('not-covered', '部分时间没有温度记录', 'some of the time there are no readings');
    }
    if (disposed !== undefined && disposed < keepUntil) {
      add('destroyed-early', '不足 48 小时即销毁', 'destroyed before 48 h were over');
    }
    return { ...sample, min, max, findings };
  }

  /** The extremes (℃), and the longest time without a reading. */
  #temperatures(unit: Unit, from: Millis, to: Millis) {
    const { series } = unit;
    if (from < this.#oldestReading(series)) return this.#byHours(unit, from, to);
    let min: number | undefined;
    let max: number | undefined;
    let gap = 0;
    let last = from;
    for (let day = Math.floor(from / DAY); day * DAY < to; day++) {
      for (const { time, value } of this.#readingsOf(series, day)) {
        if (time < from || time >= to) continue;
        gap = Math.max(gap, time - last);
        last = time;
        min = Math.min(min ?? value, value);
        max = Math.max(max ?? value, value);
      }
    }
    return { min, max, gap: Math.max(gap, to - last) };
  }

  /** Of readings that are past their time the hours stay: they judge as a whole. */
  #byHours({ place }: Unit, from: Millis, to: Millis) {
    const { min, max, coverage } = this.#hours.during(place, from, to) ?? NOTHING;
    return { min, max, gap: coverage === 100 ? 0 : Number.POSITIVE_INFINITY };
  }

  #oldestReading(series: number): Millis {
    const row = this.#sql('SELECT min(time) AS time FROM reading WHERE series = ?').get(series);
    return Number(row?.time ?? Number.POSITIVE_INFINITY);
  }

  /** The samples of a day share their fridge and their days. */
  #readingsOf(series: number, day: number): Temperature[] {
    const key = `${series}/${day}`;
    let readings = this.#days.get(key);
    if (!readings) {
      readings = this.#sql(
        'SELECT time, value FROM reading WHERE series = ? AND time >= ? AND time < ? ORDER BY time',
      )
        .all(series, day * DAY, (day + 1) * DAY)
        .map((row) => ({ time: Number(row.time), value: Number(row.value) }));
      this.#days.set(key, readings);
    }
    return readings;
  }
}

const finding = (what: string, zh: string, en: string): Finding => ({ what, text: { zh, en } });
