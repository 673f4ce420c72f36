import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { Core } from '../core.ts';
import { CodedError } from '../errors.ts';
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

const BATCH = 500;
const MAX_REFUSALS = 100;

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
  const { counters } = core.pipeline;
  const before = { readings: 0, duplicates: 0 };
  const result: ImportResult = { rows: 0, stored: 0, duplicates: 0, refused: 0, refusals: [] };
  const refuse = (line: number, error: CodedError) => {
    result.refused += 1;
    if (result.refusals.length < MAX_REFUSALS) result.refusals.push({ line, error });
  };
  let batch: CsvReading[] = [];

  const flush = async () => {
    before.readings = counters.readings;
    before.duplicates = counters.duplicates;
    const received = now();
    const refused: [number, CodedError][] = [];
    core.pipeline.transact(() => {
      for (const { line, time, device, metric, value } of batch) {
        const points = [{ time, values: [[metric, value]] as const }];
        const [refusal] = core.pipeline.admit(device, points, received, QUALITY.imported);
        if (refusal) refused.push([line, new CodedError(refusal.code, refusal.params)]);
      }
    });
    for (const [line, error] of refused) refuse(line, error);
    // this ran without a pause: the counters moved by this batch only
    result.stored += counters.readings - before.readings;
    result.duplicates +=
      counters.duplicates -
      before.duplicates -
      refused.filter(([, { code }]) => code === 'VALUE_CONFLICT').length;
    batch = [];
    onProgress(result.rows);
    await setImmediate();
  };

  for await (const row of readCsv(source, core.catalogue)) {
    result.rows += 1;
    if ('error' in row) refuse(row.line, row.error);
    else batch.push(row);
    if (batch.length >= BATCH) await flush();
  }
  await flush();
  // those of a batch come after those that could not be read at all
  result.refusals.sort((a, b) => a.line - b.line);
  return result;
}
