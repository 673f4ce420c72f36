import type { DatabaseSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import { CodedError } from '../errors.ts';
import { BatchReader } from './batch-facts.ts';
import { temperatureRecord } from './cold-chain/temperature-record.ts';
import type { Span } from './cold-chain/time-in-range.ts';
import { readUnit, readUnits } from './cold-chain/unit-facts.ts';
import { sayTimes } from './moments.ts';
import { type Period, traceability } from './rate.ts';
import type { Meal } from './records.ts';
import { SampleChecks } from './sample-checks.ts';
import { Tracer } from './trace.ts';
import type { TraceRules } from './trace-rules.ts';

/** What can be asked about the canteen's food without writing anything. */
export type CanteenQuestion =
  | { kind: 'meal'; day: string; meal: Meal }
  | { kind: 'batch'; batch: string }
  | { kind: 'supplier'; supplier: string; from: Millis; to: Millis }
  | { kind: 'recall'; recall: string }
  | { kind: 'samples'; day: string }
  | ({ kind: 'cold-units' } & Span)
  | ({ kind: 'cold-unit'; unit: string } & Span)
  | { kind: 'temperature-record'; day: string; unit: string | undefined }
  | { kind: 'traceability'; periods: Period[]; goal: number };

/**
 * Answers a question as JSON; times are ISO 8601, absent keys are not known. Runs in the reader's
 * thread, so that no alarm waits for it. Throws RECORD_UNKNOWN.
 */
export function answerCanteen(
  connection: DatabaseSync,
  rules: TraceRules,
  question: CanteenQuestion,
): string {
  connection.exec('BEGIN');
  try {
    return JSON.stringify(answer(connection, rules, question), sayTimes);
  } finally {
    connection.exec('COMMIT');
  }
}

function answer(connection: DatabaseSync, rules: TraceRules, question: CanteenQuestion): unknown {
  const tracer = new Tracer(connection, rules);
  switch (question.kind) {
    case 'meal':
      return tracer.meal(question.day, question.meal);
    case 'batch': {
      const batch = new BatchReader(connection, rules).read(question.batch);
      if (!batch) throw unknown('batch', '批次', question.batch);
      return { batch, ...tracer.forward([question.batch]) };
    }
    case 'supplier': {
      const { supplier, from, to } = question;
      return { supplier, ...tracer.supplier(supplier, from, to) };
    }
    case 'recall':
      return tracer.recall(question.recall);
    case 'samples':
      return { dishes: new SampleChecks(connection, rules).ofDay(question.day) };
    case 'cold-units':
      return { units: readUnits(connection, rules, question) };
    case 'cold-unit': {
      const unit = readUnit(connection, rules, question.unit, question);
      if (!unit) throw unknown('cold unit', '冷链设备', question.unit);
      return unit;
    }
    case 'temperature-record': {
      const { unit, day } = question;
      const coldChain = rules.coldChain.filter(({ id }) => unit === undefined || id === unit);
      if (unit !== undefined && coldChain.length === 0)
        throw unknown('cold unit', '冷链设备', unit);
      return temperatureRecord(connection, { ...rules, coldChain }, day);
    }
    case 'traceability': {
      const { goal, periods } = question;
      const found = traceability(connection, rules, periods);
      const judged = found.periods.map((period) => ({
        ...period,
        // no data is neither reached nor missed
        isReached: period.rate === undefined ? undefined : period.rate >= goal,
      }));
      return { goal, ...found, periods: judged };
    }
  }
}

const unknown = (what: string, whatZh: string, id: string) =>
  new CodedError('RECORD_UNKNOWN', { what, whatZh, id });
