import type { Millis } from '../clock.ts';
import type { Point, Refusal } from '../decode/adapter.ts';
import type { Database } from '../storage/database.ts';
import { ReadingWriter } from '../storage/readings.ts';
import { admitValue, type EventTime, eventTime, jump, place } from './admission.ts';
import type { DeviceState, Sample, SeriesState } from './catalogue.ts';
import { QUALITY, SUBSTITUTED } from './quality.ts';
import type { Reading, Stage } from './stage.ts';

/** How points came in. */
export interface Arrival {
  received: Millis;
  /** When they are judged: later than `received` where a dead letter is taken again. */
  now: Millis;
  replayed: boolean;
  quality: number;
}

export interface PipelineCounters {
  messages: number;
  readings: number;
  duplicates: number;
  late: number;
  /**
   * Messages with nothing to keep, and retained ones without a time of their own: their age is
   * unknown, so they are no readings.
   */
  ignored: number;
  refused: number;
  transactions: number;
}

/**
 * Makes readings of a device's points, within the transaction under way: what is new and can be true
 * is written and shown to the stages. Series follow only after COMMIT.
 */
export class Admitter {
  readonly writer: ReadingWriter;
  readonly #stages: readonly Stage[];
  readonly #counted: PipelineCounters;
  #readings: Reading[] = [];
  #touched: SeriesState[] = [];

  /** `counted` is what the transaction under way has counted. */
  constructor(database: Database, stages: readonly Stage[], counted: PipelineCounters) {
    this.writer = new ReadingWriter(database);
    this.#stages = stages;
    this.#counted = counted;
  }

  /** Writes what is good of a device's points; answers what was not. Within a transaction. */
  admit(device: DeviceState, points: readonly Point[], arrival: Arrival): Refusal[] {
    const refusals: Refusal[] = [];
    for (const point of points) {
      const at = eventTime(point.time, arrival.received);
      if (arrival.replayed && (at.quality & SUBSTITUTED) !== 0) {
        this.#counted.ignored += 1;
        continue;
      }
      for (const pair of point.values) {
        // taken apart by index: every value of every message comes by here
        const metric = pair[0];
        const raw = pair[1];
        const series = device.series.get(metric);
        if (!series) {
          const { profile } = device.device;
          refusals.push({
            code: 'METRIC_UNKNOWN',
            params: { profile: profile.id, metric: metric.slice(0, 64) },
          });
          continue;
        }
        const value = admitValue(metric, series.spec, raw);
        const refusal = typeof value === 'number' ? jumpOf(series, value, at) : value;
        if (typeof value !== 'number' || refusal) {
          if (refusal) refusals.push(refusal);
          this.#refuse(series, raw, at, arrival);
          continue;
        }
        const conflict = this.#take(series, value, at, arrival);
        if (conflict) refusals.push(conflict);
      }
    }
    return refusals;
  }

  /** Tells of a value that can't be true, if it is one of now. */
  #refuse(series: SeriesState, raw: unknown, at: EventTime, arrival: Arrival): void {
    const { received, now, replayed, quality } = arrival;
    if (replayed || quality !== 0) return;
    const { time, timeliness } = place(at, now, series.staged ?? series.last);
    if (timeliness !== 'live') return;
    const value = typeof raw === 'number' ? raw : Number.NaN;
    for (const stage of this.#stages) {
      stage.refuse?.(series, { time, value, isRefused: true }, received);
    }
  }

  #take(
    series: SeriesState,
    value: number,
    at: EventTime,
    { received, now, replayed, quality: extraQuality }: Arrival,
  ): Refusal | undefined {
    const { writer } = this;
    const previous = series.staged ?? series.last;
    const placed = place(at, now, previous);
    let { timeliness } = placed;
    const { time } = placed;
    let quality = placed.quality | extraQuality;
    if (replayed) {
      quality |= QUALITY.replayed;
      // without an earlier reading to compare with, a retained message proves nothing new
      if (!previous) timeliness = 'late';
    }
    if ((extraQuality & QUALITY.imported) !== 0) timeliness = 'late';
    const sample: Sample = { time, value, received, quality };
    if (previous && time <= previous.time) {
      const kept = writer.insert(series.id, time, value, received, quality);
      if (kept !== undefined) {
        this.#counted.duplicates += 1;
        if (kept === value) return undefined;
        const params = {
          metric: series.metric,
          time: new Date(time).toISOString(),
          kept,
          found: value,
        };
        return { code: 'VALUE_CONFLICT', params };
      }
    } else {
      writer.append(series.id, time, value, received, quality);
      if (!series.staged) this.#touched.push(series);
      series.staged = sample;
    }
    this.#counted.readings += 1;
    if (timeliness !== 'live') this.#counted.late += 1;
    const { claimed } = at;
    const reading = { series, time, value, received, quality, timeliness, claimed, previous };
    this.#readings.push(reading);
    for (const stage of this.#stages) stage.take(reading);
    return undefined;
  }

  /** Answers the new readings. */
  committed(): readonly Reading[] {
    const readings = this.#readings;
    for (const series of this.#touched) {
      series.last = series.staged;
      series.staged = undefined;
    }
    this.#touched = [];
    this.#readings = [];
    this.writer.committed();
    return readings;
  }

  rolledBack(): void {
    for (const series of this.#touched) series.staged = undefined;
    this.#touched = [];
    this.#readings = [];
    this.writer.rolledBack();
  }
}

/** Why a value can't follow the newest of its series. */
function jumpOf(series: SeriesState, value: number, { time }: EventTime): Refusal | undefined {
  const { metric, spec, device } = series;
  const newest = series.staged ?? series.last;
  if (spec.jump === undefined || !newest) return undefined;
  return jump(metric, spec.jump, value, time, newest, device.device.profile.silence);
}
