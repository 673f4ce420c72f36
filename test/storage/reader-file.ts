import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { VirtualClock } from '../../src/clock.ts';
import { Database } from '../../src/storage/database.ts';
import type { ReadingQuery, SeriesRef } from '../../src/storage/query.ts';
import { Reader } from '../../src/storage/reader.ts';
import { HOUR, ReadingWriter } from '../../src/storage/readings.ts';
import { RollUps } from '../../src/storage/rollups.ts';

export const MINUTE = 60_000;
export const DAY = 24 * HOUR;

export const TEMPERATURE: SeriesRef = { id: 1, metric: 'temperature', type: 'number', unit: '℃' };
export const DOOR: SeriesRef = { id: 2, metric: 'door', type: 'boolean' };

/** Midnight at the school. */
export const MIDNIGHT = Date.parse('2026-11-23T00:00:00+08:00');

export interface Answer {
  resolution: string;
  from: string;
  to: string;
  series: { metric: string; unit?: string; points: Record<string, unknown>[] }[];
  truncated: boolean;
}

/** A database with a writer and a reader, gone after the test. */
export class ReaderFile implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'campus-reader-'));
  readonly file = join(this.#folder, 'campus.db');
  readonly database = new Database(this.file);
  readonly clock = new VirtualClock(MIDNIGHT);
  readonly writer = new ReadingWriter(this.database);
  readonly #rollUps = new RollUps(this.database, this.writer);
  readonly #readers: Reader[] = [];

  reader(): Reader {
    const reader = new Reader(this.file, this.clock);
    this.#readers.push(reader);
    return reader;
  }

  /** A reader whose thread is this script. */
  readerWith(script: string): Reader {
    const file = join(this.#folder, 'thread.mjs');
    writeFileSync(file, script);
    const reader = new Reader(this.file, this.clock, pathToFileURL(file));
    this.#readers.push(reader);
    return reader;
  }

  write(series: SeriesRef, readings: readonly (readonly [time: number, value: number])[]): void {
    this.database.transaction(() => {
      for (const [time, value] of readings) this.writer.insert(series.id, time, value, time, 0);
    });
    this.writer.committed();
  }

  /** Rolls up every hour that is over at `now`. */
  rollUp(now: number): void {
    while (this.#rollUps.step(now)) {
      // until none waits
    }
  }

  /** Figures whose readings are not kept any more. */
  writeHours(series: SeriesRef, from: number, hours: number, value: (i: number) => number): void {
    const insert = this.database.prepare('INSERT INTO hourly VALUES (?, ?, 60, ?, ?, ?, ?, ?)');
    this.database.transaction(() => {
      for (let i = 0; i < hours; i++) {
        const v = value(i);
        insert.run(series.id, from / HOUR + i, v - 1, v + 1, v, v, v);
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const reader of this.#readers) await reader.stop();
    this.database.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export async function ask(
  reader: Reader,
  query: Partial<ReadingQuery> & Pick<ReadingQuery, 'from' | 'to'>,
): Promise<Answer> {
  const whole = {
    series: [TEMPERATURE],
    resolution: 'auto' as const,
    timezone: 'Asia/Shanghai',
    limit: 100_000,
    ...query,
  };
  return JSON.parse((await reader.readings(whole)).toString());
}
