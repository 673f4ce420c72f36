import { writeFileSync } from 'node:fs';
import { Type } from 'typebox';
import type { Campus } from '../campus/model.ts';
import { createBooks, isDay } from '../canteen/books.ts';
import { type DeliveryImport, importDeliveries } from '../canteen/deliveries.ts';
import { epcisDocument } from '../canteen/epcis.ts';
import type { LedgerRange } from '../canteen/ledger-columns.ts';
import { LEDGERS, type LedgerName, ledgerTable } from '../canteen/ledgers.ts';
import { rangeOf } from '../canteen/periods.ts';
import { type TraceRules, traceRules } from '../canteen/trace-rules.ts';
import { systemClock } from '../clock.ts';
import { CodedError } from '../errors.ts';
import { readConfiguration } from '../gateway.ts';
import { readFile } from '../read-file.ts';
import { writeWorkbook } from '../spreadsheet/write.ts';
import type { Database } from '../storage/database.ts';
import { findRunning } from '../storage/lock.ts';
import type { Arguments } from './arguments.ts';
import { campusOf, reading } from './canteen.ts';
import { withCore } from './commands.ts';
import { DEFAULT_CONFIG } from './help.ts';
import { noteLine, print } from './print.ts';
import { ask, Words } from './remote.ts';

const usage = (found: string) => new CodedError('USAGE', { found });

/** Writes a ledger of some days as XLSX. */
export async function ledger(args: Arguments): Promise<void> {
  const [, name, file] = args.words;
  const known: LedgerName | undefined = LEDGERS.find((one) => one === name);
  if (!known || file === undefined) throw usage(`ledger – ${LEDGERS.join(' | ')} FILE.xlsx?`);
  const { table, timezone } = ofDays(args, ({ connection }, rules, range) => ({
    table: ledgerTable(connection, rules, known, range),
    timezone: rules.timezone,
  }));
  write(file, await writeWorkbook([table], timezone));
  const rows = table.rows.length;
  if (args.json) print(JSON.stringify({ file, rows }));
  else print(`${table.name}：${rows} 行 rows → ${file}`);
}

/** Writes what happened to food on some days as an EPCIS 2.0 document. */
export function epcis(args: Arguments): void {
  const [, file] = args.words;
  if (file === undefined) throw usage('epcis – FILE.json?');
  const document = ofDays(args, ({ connection }, rules, range) =>
    epcisDocument(connection, rules, range),
  );
  write(file, JSON.stringify(document));
  const events = document.epcisBody.eventList.length;
  if (args.json) print(JSON.stringify({ file, events }));
  else print(`EPCIS 2.0：${events} 个事件 events → ${file}`);
}

/** Throws FILE_UNWRITABLE. */
function write(file: string, content: string | Uint8Array): void {
  try {
    writeFileSync(file, content);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CodedError('FILE_UNWRITABLE', { file, reason }, { cause: error });
  }
}

const ImportAnswer = Type.Object({
  rows: Type.Number(),
  imported: Type.Number(),
  known: Type.Number(),
  mistakes: Type.Array(
    Type.Object({
      line: Type.Number(),
      code: Type.String(),
      message: Words,
    }),
  ),
});

/** Takes a file of deliveries. */
export async function importDeliveryFile(args: Arguments): Promise<void> {
  const [, , file] = args.words;
  const { person } = args;
  if (file === undefined || person === undefined) {
    throw usage('import deliveries – FILE.xlsx | FILE.csv --person NAME?');
  }
  const content = readFile(file);
  const campus = campusOf(readConfiguration(args.config ?? DEFAULT_CONFIG), args);
  const running = findRunning(args.data);
  const query = new URLSearchParams({ campus, person });
  const { mistakes, ...counts } = running
    ? await ask(running, `/api/v1/canteen/deliveries?${query}`, ImportAnswer, content)
    : await importAlone(args, campus, person, content);
  for (const { line, code, message } of mistakes.slice(0, 20)) {
    noteLine(file, line, code, message);
  }
  const { rows, imported, known } = counts;
  if (args.json) print(JSON.stringify({ rows, imported, known, mistakes: mistakes.length }));
  else {
    print(
      `${rows} 行 rows: ${imported} 批新导入 new batches, ${known} 批已有 known, ${mistakes.length} 处有误 mistakes`,
    );
  }
}

const importAlone = (
  args: Arguments,
  campus: string,
  person: string,
  content: Buffer,
): Promise<DeliveryImport> =>
  withCore(args, (core) => {
    const { database, pipeline } = core;
    const books = createBooks({
      ...{ alarms: core, database, clock: systemClock },
      configuration: () => core.configuration,
      transact: (work) => pipeline.transact(work),
    });
    return importDeliveries(books, campus, person, content);
  });

/** Asks about the days of --from and --to. */
function ofDays<T>(
  args: Arguments,
  work: (database: Database, rules: TraceRules, range: LedgerRange) => T,
): T {
  const { from = '', to = '' } = args;
  if (!isDay(from) || !isDay(to)) throw usage(`--from ${from} --to ${to}`);
  const configuration = readConfiguration(args.config ?? DEFAULT_CONFIG);
  const id = campusOf(configuration, args);
  return reading(args, (database) => {
    const { connection } = database;
    const rules = traceRules(connection, configuration, id, systemClock.now());
    const campus: Campus | undefined = configuration.campuses.get(id);
    if (!campus) throw new CodedError('CAMPUS_UNKNOWN', { campus: id });
    return work(database, rules, rangeOf(campus, from, to));
  });
}
