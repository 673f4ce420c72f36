import { join } from 'node:path';
import type { Configuration } from '../campus/model.ts';
import type { BatchFacts } from '../canteen/batch-facts.ts';
import { BatchReader } from '../canteen/batch-facts.ts';
import { isDay, timezoneOf } from '../canteen/books.ts';
import { sayTimes } from '../canteen/moments.ts';
import { type Division, periodsOf } from '../canteen/periods.ts';
import { rebuild } from '../canteen/projection.ts';
import { traceability } from '../canteen/rate.ts';
import { type ForwardTrace, Tracer } from '../canteen/trace.ts';
import { type TraceRules, traceRules } from '../canteen/trace-rules.ts';
import { auditLedgers } from '../canteen/verify.ts';
import { systemClock } from '../clock.ts';
import { CodedError } from '../errors.ts';
import { readConfiguration } from '../gateway.ts';
import { DATABASE_FILE } from '../storage/backup.ts';
import { Database } from '../storage/database.ts';
import type { Arguments } from './arguments.ts';
import { withCore } from './commands.ts';
import { DEFAULT_CONFIG } from './help.ts';
import { print } from './print.ts';

const usage = (found: string) => new CodedError('USAGE', { found });

/** Reading beside a running gateway is harmless: SQLite lets both. */
export function reading<T>({ data }: Arguments, work: (database: Database) => T): T {
  const database = new Database(join(data, DATABASE_FILE));
  try {
    return work(database);
  } finally {
    database.close();
  }
}

/** The campus that is asked about; without --campus the only one. Throws USAGE. */
export function campusOf({ campuses }: Configuration, { campus }: Arguments): string {
  const [only] = campuses.keys();
  if (campus !== undefined) return campus;
  if (only !== undefined && campuses.size === 1) return only;
  throw usage(`--campus ${[...campuses.keys()].join(' | ')}?`);
}

export const say = (facts: object): void => print(JSON.stringify(facts, sayTimes));

/** Follows food: a meal back to its batches, a batch or a supplier forward to who ate of it. */
export function trace(args: Arguments): void {
  const [, what, id, meal] = args.words;
  if (id === undefined) throw usage('trace – meal DAY MEAL | batch ID | supplier ID?');
  const configuration = readConfiguration(args.config ?? DEFAULT_CONFIG);
  const campus = campusOf(configuration, args);
  reading(args, ({ connection }) => {
    const rules = traceRules(connection, configuration, campus, systemClock.now());
    const tracer = new Tracer(connection, rules);
    if (what === 'meal') {
      if (!isDay(id) || (meal !== 'breakfast' && meal !== 'lunch' && meal !== 'dinner')) {
        throw usage(`trace meal ${id} ${meal ?? ''}`);
      }
      const facts = tracer.meal(id, meal);
      if (args.json) return say(facts);
      for (const dish of facts.dishes) {
        print(`${dish.name} (${dish.id})  ${dish.classes.join('、') || '全校 whole school'}`);
        for (const { text } of dish.findings) print(`  ✗ ${text.zh} ${text.en}`);
        for (const use of dish.uses) {
          const batch = facts.batches.find((one) => one.id === use.batch);
          print(`  ${use.quantity} ${use.unit}  ${batch ? sayBatch(batch) : use.batch}`);
          for (const { text } of batch?.missing ?? []) print(`    ✗ ${text.zh} ${text.en}`);
        }
      }
      return undefined;
    }
    if (what === 'batch') return traceBatch(args, tracer, new BatchReader(connection, rules), id);
    if (what !== 'supplier') throw usage(`trace ${what}`);
    const facts = tracer.supplier(id, 0, Number.MAX_SAFE_INTEGER);
    if (args.json) say({ supplier: id, ...facts });
    else sayForward(facts);
    return undefined;
  });
}

function traceBatch(args: Arguments, tracer: Tracer, reader: BatchReader, id: string): void {
  const batch = reader.read(id);
  if (!batch) throw new CodedError('RECORD_UNKNOWN', { what: 'batch', whatZh: '批次', id });
  const forward = tracer.forward([id]);
  if (args.json) {
    say({ batch, ...forward });
    return;
  }
  print(sayBatch(batch));
  for (const { text } of batch.missing) print(`  ✗ ${text.zh} ${text.en}`);
  sayForward(forward);
}

const sayBatch = ({ id, product, lot, produced, supplier, receivedDay, signedBy }: BatchFacts) =>
  [
    `${product} (${id})`,
    lot ?? produced ?? '–',
    supplier?.name ?? '–',
    `进货 received ${receivedDay ?? '–'}`,
    `验收 signed ${signedBy ?? '–'}`,
  ].join('  ');

function sayForward({ batches, dishes, classes, wholeSchool, isTruncated }: ForwardTrace): void {
  for (const { id, product, left, unit, isRecalled } of batches) {
    const mark = isRecalled ? '  已召回 recalled' : '';
    print(`${product} (${id})  结存 left ${left ?? '–'} ${unit}${mark}`);
  }
  for (const { day, meal, name, uses } of dishes) {
    print(`→ ${day} ${meal} ${name}: ${uses.map(({ quantity, unit }) => `${quantity} ${unit}`)}`);
  }
  print(`就餐 fed: ${wholeSchool ? '全校 whole school' : classes.join('、') || '–'}`);
  if (isTruncated) print('… 未列全 there are more');
}

const DIVISIONS: readonly Division[] = ['whole', 'day', 'month', 'term'];

/** How the school stands against its target of traceable food. */
export function traceabilityTarget(args: Arguments): void {
  const { from, to, by = 'whole' } = args;
  if (from === undefined || to === undefined) {
    throw usage('target traceability – --from 2026-09-01 --to 2026-09-30?');
  }
  const division = DIVISIONS.find((one) => one === by);
  if (!division || !isDay(from) || !isDay(to)) {
    throw usage(`target --from ${from} --to ${to} --by ${by}`);
  }
  const configuration = readConfiguration(args.config ?? DEFAULT_CONFIG);
  const id = campusOf(configuration, args);
  reading(args, ({ connection }) => {
    const rules: TraceRules = traceRules(connection, configuration, id, systemClock.now());
    const campus = configuration.campuses.get(id);
    if (!campus) return;
    const goal = campus.targets.traceability;
    const found = traceability(connection, rules, periodsOf(campus, from, to, division));
    if (args.json) {
      say({ goal, ...found });
      return;
    }
    for (const { name, batches, traceable, rate } of found.periods) {
      const said = rate === undefined ? '无数据 no data' : `${Math.floor(rate * 10) / 10} %`;
      print(`${name}  ${said}  ${traceable}/${batches} 批 batches  目标 goal ${goal} %`);
    }
    for (const { batch, product, missing } of found.untraceable) {
      print(`${product} (${batch})  ${missing.map(({ text }) => text.zh).join('；')}`);
    }
  });
}

/** Proves the canteen's ledgers, or works its tables out anew from them. */
export async function audit(args: Arguments): Promise<void> {
  const [, action] = args.words;
  if (action === 'rebuild') {
    const entries = await withCore(args, ({ database, configuration }) =>
      rebuild(database, (campus) => timezoneOf(configuration, campus)),
    );
    if (args.json) say({ entries });
    else print(`已由 ${entries} 条记录重建 rebuilt from ${entries} entries`);
    return;
  }
  if (action !== 'verify') throw usage(`audit ${action ?? '– verify | rebuild?'}`);
  const found = reading(args, ({ connection, file }) => auditLedgers(connection, file));
  if (args.json) say(found);
  else {
    for (const { campus, ledger, entries, head } of found.chains) {
      print(`${campus} ${ledger}  ${entries} 条 entries  ${head}`);
    }
  }
  const { broken, brokenFiles } = found;
  if (broken) throw new CodedError('LEDGER_BROKEN', { ...broken });
  const [hash] = brokenFiles;
  if (hash !== undefined) throw new CodedError('FILE_MISSING', { hash });
  if (!args.json) print(`台账完整 all ${found.entries} entries are as they were written`);
}
