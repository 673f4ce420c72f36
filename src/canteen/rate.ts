import type { DatabaseSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import { BatchReader } from './batch-facts.ts';
import type { Job, Missing } from './missing.ts';
import type { TraceRules } from './trace-rules.ts';

/** A day, a month or a term. */
export interface Period {
  name: string;
  from: Millis;
  /** Excluded. */
  to: Millis;
}

/** The rate of traceability (溯源率) of a period. */
export interface PeriodRate extends Period {
  /** Received or used in it, those that nobody received too. */
  batches: number;
  traceable: number;
  /** %; undefined where there were no batches: no data is not 100 %. */
  rate: number | undefined;
}

/** A batch that is not traceable, and why. */
export interface Untraceable {
  batch: string;
  product: string;
  missing: Missing[];
}

export interface Traceability {
  periods: PeriodRate[];
  /** The first of them, by id. */
  untraceable: Untraceable[];
  /** How many there are in all. */
  untraceableCount: number;
  /** How many things are missing, by whose job it is to add them. */
  jobs: Record<Job, number>;
}

const MOST_LISTED = 1_000;

/**
 * Traceable batches of all that were received or used in each period. The periods do not overlap and
 * come in order. Each batch is judged by all that is known of it now.
 */
export function traceability(
  connection: DatabaseSync,
  rules: TraceRules,
  periods: readonly Period[],
): Traceability {
  const from = periods[0]?.from ?? 0;
  const to = periods.at(-1)?.to ?? 0;
  const seen = periods.map(() => new Set<string>());
  const { campus } = rules;
  const rows = connection
    .prepare(
      `SELECT id, received AS time FROM food_batch
       WHERE campus = :campus AND received >= :from AND received < :to
       UNION ALL
       SELECT batch, time FROM stock_movement
       WHERE campus = :campus AND kind = 'used' AND reversed = 0 AND time >= :from AND time < :to`,
    )
    .iterate({ campus, from, to });
  for (const { id, time } of rows) {
    seen[periodOf(periods, Number(time))]?.add(String(id));
  }
  const missing = judge(new BatchReader(connection, rules), seen);
  const result = periods.map((period, i) => {
    const ids = seen[i] ?? new Set();
    const batches = ids.size;
    const traceable = [...ids].filter((id) => !missing.has(id)).length;
    const rate = batches === 0 ? undefined : (100 * traceable) / batches;
    return { ...period, batches, traceable, rate };
  });
  const jobs = { receiver: 0, buyer: 0, storekeeper: 0 };
  for (const list of missing.values()) for (const { job } of list) jobs[job] += 1;
  const productOf = connection.prepare(
    'SELECT product FROM food_batch WHERE campus = ? AND id = ?',
  );
  const untraceable = [...missing]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, MOST_LISTED)
    .map(([batch, list]) => {
      const product = String(productOf.get(campus, batch)?.product ?? '');
      return { batch, product, missing: list };
    });
  return { periods: result, untraceable, untraceableCount: missing.size, jobs };
}

/** What each batch lacks; those that lack nothing are absent. */
function judge(reader: BatchReader, seen: readonly Set<string>[]): Map<string, Missing[]> {
  const missing = new Map<string, Missing[]>();
  for (const id of new Set(seen.flatMap((ids) => [...ids]))) {
    const list = reader.missing(id);
    if (list.length > 0) missing.set(id, list);
  }
  return missing;
}

/** The place of the period that holds a moment; −1: none does. */
function periodOf(periods: readonly Period[], time: Millis): number {
  let low = 0;
  let high = periods.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const period = periods[middle];
    if (!period || time < period.from) high = middle - 1;
    else if (time >= period.to) low = middle + 1;
    else return middle;
  }
  return -1;
}
