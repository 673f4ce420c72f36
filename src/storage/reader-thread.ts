import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { goToBackground } from '../background.ts';
import { epcisDocument } from '../canteen/epcis.ts';
import { ledgerTable } from '../canteen/ledgers.ts';
import { answerCanteen } from '../canteen/questions.ts';
import { auditLedgers } from '../canteen/verify.ts';
import { ConsumptionQueries } from '../energy/consumption.ts';
import { TargetQueries } from '../energy/target/target-queries.ts';
import { CodedError } from '../errors.ts';
import { writeWorkbook } from '../spreadsheet/write.ts';
import { storageError } from './database.ts';
import type { ReaderAnswer, ReaderRequest } from './query.ts';
import { queryStatistics } from './query-alarms.ts';
import { countReadings } from './query-day.ts';
import { ReadingQueries } from './query-readings.ts';

// The reader's thread: see reader.ts. One request at a time, each in one go.

goToBackground();

const file = String(workerData);
let opened: ReturnType<typeof open> | undefined;

function open() {
  const connection = new DatabaseSync(file, { readOnly: true });
  connection.exec(`
    PRAGMA query_only = ON;
    PRAGMA busy_timeout = 5000;
    PRAGMA cache_size = -16000;
    PRAGMA temp_store = MEMORY;
  `);
  return {
    connection,
    queries: new ReadingQueries(connection),
    consumption: new ConsumptionQueries(connection),
    targets: new TargetQueries(connection),
  };
}

async function answer(request: ReaderRequest): Promise<ReaderAnswer> {
  const { id } = request;
  // opened at the first request, so that a failure is an answer
  opened ??= open();
  const { connection, queries, consumption, targets } = opened;
  switch (request.kind) {
    case 'open':
      return { id };
    case 'readings':
      return { id, bytes: encode(queries.readings(request.query)) };
    case 'export': {
      const { csv, next } = queries.exportPage(request.query, request.cursor);
      return { id, bytes: encode(csv), next };
    }
    case 'alarms':
      return { id, bytes: encode(queryStatistics(connection, request.query)) };
    case 'count': {
      const { campus, from, to } = request;
      return { id, count: countReadings(connection, campus, from, to) };
    }
    case 'canteen':
      return { id, bytes: encode(answerCanteen(connection, request.rules, request.question)) };
    case 'ledger': {
      const { rules, ledger, range } = request;
      const table = ledgerTable(connection, rules, ledger, range);
      const file = await writeWorkbook([table], rules.timezone);
      return { id, bytes: new Uint8Array(file) };
    }
    case 'epcis': {
      const { rules, range } = request;
      return { id, bytes: encode(JSON.stringify(epcisDocument(connection, rules, range))) };
    }
    case 'audit':
      return { id, audit: auditLedgers(connection, file) };
    case 'consumption':
      return { id, consumption: consumption.answer(request.query) };
    case 'target':
      return { id, target: targets.answer(request.query) };
    case 'figures':
      return { id, figures: targets.changedFigures(request.query) };
    case 'check': {
      const rows = connection.prepare('PRAGMA quick_check').all();
      const found = rows.map((row) => String(row.quick_check));
      return { id, problems: found.filter((line) => line !== 'ok') };
    }
  }
}

const encode = (text: string) => new TextEncoder().encode(text);

function explain(error: unknown): ReaderAnswer['error'] {
  const known = storageError(error, file);
  if (known instanceof CodedError) return { code: known.code, params: known.params };
  const reason = error instanceof Error ? error.message : String(error);
  return { code: 'READER_FAILED', params: { reason } };
}

parentPort?.on('message', async (request: ReaderRequest) => {
  let answered: ReaderAnswer;
  try {
    answered = await answer(request);
  } catch (error) {
    answered = { id: request.id, error: explain(error) };
  }
  // handed over, not copied
  parentPort?.postMessage(answered, answered.bytes ? [answered.bytes.buffer] : []);
});
