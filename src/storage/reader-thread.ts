import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { goToBackground } from '../background.ts';
import { ConsumptionQueries } from '../energy/consumption.ts';
import type { TargetQueries } from '../energy/target/target-queries.ts';
import { CodedError } from '../errors.ts';
import { storageError } from './database.ts';
import { END, type ReaderAnswer, type ReaderRequest } from './query.ts';
import { queryStatistics } from './query-alarms.ts';
import { countReadings } from './query-day.ts';
import { ReadingQueries } from './query-readings.ts';

// The reader's thread: see reader.ts. Each request is read in one go. What is seldom asked for, and
// large, is loaded by the first question: a thread has modules of its own, 20 MB of them.

goToBackground();

const file = String(workerData);
let opened: ReturnType<typeof open> | undefined;
let targets: TargetQueries | undefined;

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
  };
}

async function answer(request: ReaderRequest): Promise<ReaderAnswer> {
  const { id } = request;
  // opened at the first request, so that a failure is an answer
  opened ??= open();
  const { connection, queries, consumption } = opened;
  switch (request.kind) {
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
    case 'canteen': {
      const { answerCanteen } = await import('../canteen/questions.ts');
      return { id, bytes: encode(answerCanteen(connection, request.rules, request.question)) };
    }
    case 'ledger': {
      const { rules, ledger, range } = request;
      const { ledgerTable } = await import('../canteen/ledgers.ts');
      const { writeWorkbook } = await import('../spreadsheet/write.ts');
      const table = ledgerTable(connection, rules, ledger, range);
      const file = await writeWorkbook([table], rules.timezone);
      return { id, bytes: new Uint8Array(file) };
    }
    case 'epcis': {
      const { rules, range } = request;
      const { epcisDocument } = await import('../canteen/epcis.ts');
      return { id, bytes: encode(JSON.stringify(epcisDocument(connection, rules, range))) };
    }
    case 'audit': {
      const { auditLedgers } = await import('../canteen/verify.ts');
      return { id, audit: auditLedgers(connection, file) };
    }
    case 'consumption':
      return { id, consumption: consumption.answer(request.query) };
    case 'target':
      targets ??= await openTargets(connection);
      return { id, target: targets.answer(request.query) };
    case 'figures':
      targets ??= await openTargets(connection);
      return { id, figures: targets.changedFigures(request.query) };
    case 'check': {
      const rows = connection.prepare('PRAGMA quick_check').all();
      const found = rows.map((row) => String(row.quick_check));
      return { id, problems: found.filter((line) => line !== 'ok') };
    }
  }
}

async function openTargets(connection: DatabaseSync): Promise<TargetQueries> {
  const { TargetQueries } = await import('../energy/target/target-queries.ts');
  return new TargetQueries(connection);
}

const encode = (text: string) => new TextEncoder().encode(text);

function explain(error: unknown): ReaderAnswer['error'] {
  const known = storageError(error, file);
  if (known instanceof CodedError) return { code: known.code, params: known.params };
  const reason = error instanceof Error ? error.message : String(error);
  return { code: 'READER_FAILED', params: { reason } };
}

parentPort?.on('message', async (request: ReaderRequest | typeof END) => {
  if (request === END) {
    opened?.connection.close();
    parentPort?.close();
    return;
  }
  let answered: ReaderAnswer;
  try {
    answered = await answer(request);
  } catch (error) {
    answered = { id: request.id, error: explain(error) };
  }
  // handed over, not copied
  parentPort?.postMessage(answered, answered.bytes ? [answered.bytes.buffer] : []);
});
