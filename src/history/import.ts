import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { Millis } from '../clock.ts';
import type { Core } from '../core.ts';
import { CodedError } from '../errors.ts';
import { eventTime } from '../pipeline/admission.ts';
import type { DeviceState } from '../pipeline/catalogue.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { QUALITY } from '../pipeline/quality.ts';
import { type CsvReading, readCsv } from './csv.ts';

/** What became of an import. */
export interface ImportResult {
  /** Lines read, without the heading. */
  rows: number;
  stored: number;
  /** Already kept with the same value. */
  duplicates: number;
  /** How many lines were refused; `refusals` holds the first of them. */
  refused: number;
  refusals: { line: number; error: CodedError }[];
}

/** A reading of the past. */
export interface PastReading {
  time: Millis;
  device: DeviceState;
  metric: string;
  value: unknown;
}

/** What became of a batch; refusals by place. */
interface BatchResult {
  stored: number;
  duplicates: number;
  refusals: { at: number; error: CodedError }[];
}

/** So few that live readings are not held up. */
export const BATCH = 500;
const MAX_REFUSALS = 100;

/**
 * Brings some readings in as history, in one transaction: kept and rolled up, raising and clearing
 * nothing. Those of a register should come newest first where there are later ones already: what it
 * used between is then never guessed over a long gap. Throws a storage error.
 */
export function importBatch(
  pipeline: Pipeline,
  batch: readonly PastReading[],
  received: Millis,
): BatchResult {
  const { counters } = pipeline;
  // this runs without a pause: the counters move by this batch only
  const { readings, duplicates } = counters;
  const refusals: BatchResult['refusals'] = [];
  pipeline.transact(() => {
    batch.forEach(({ time, device, metric, value }, at) => {
      const points = [{ time, values: [[metric, value]] as const }];
      const [refusal] = pipeline.admit(device, points, received, QUALITY.imported);
      if (refusal) refusals.push({ at, error: new CodedError(refusal.code, refusal.params) });
    });
  });
  const conflicts = refusals.filter(({ error }) => error.code === 'VALUE_CONFLICT').length;
  return {
    stored: counters.readings - readings,
    duplicates: counters.duplicates - duplicates - conflicts,
    refusals,
  };
}

/**
 * Brings a CSV of readings in as history: kept and rolled up, raising and clearing nothing. Goes in
 * small transactions, so that live readings are not held up. What was imported before an error
 * stays; importing the file again changes nothing. Throws CSV_HEADING or a storage error.
 */
export async function importReadings(
  core: Core,
  source: Readable,
  now: () => number,
  onProgress: (rows: number) => void = () => undefined,
): Promise<ImportResult> {
  const result: ImportResult = { rows: 0, stored: 0, duplicates: 0, refused: 0, refusals: [] };
  const refuse = (line: number, error: CodedError) => {
    result.refused += 1;
    if (result.refusals.length < MAX_REFUSALS) result.refusals.push({ line, error });
  };
  let batch: CsvReading[] = [];

  const flush = async () => {
    const { stored, duplicates, refusals } = importBatch(core.pipeline, batch, now());
    result.stored += stored;
    result.duplicates += duplicates;
    for (const { at, error } of refusals) refuse(batch[at]?.line ?? 0, error);
    batch = [];
    onProgress(result.rows);
    await setImmediate();
  };

  for await (const row of readCsv(source, core.catalogue)) {
    result.rows += 1;
    if ('error' in row) refuse(row.line, row.error);
    // admission would keep it as of now: a reading that nobody took, and another one each time
    else if (eventTime(row.time, now()).quality !== 0) refuse(row.line, notOfThePast(row.time));
    else batch.push(row);
    if (batch.length >= BATCH) await flush();
  }
  await flush();
  // those of a batch come after those that could not be read at all
  result.refusals.sort((a, b) => a.line - b.line);
  return result;
}

const notOfThePast = (time: Millis): CodedError =>
  new CodedError('CSV_TIME_INSANE', { time: new Date(time).toISOString() });
