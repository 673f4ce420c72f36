import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Database } from '../storage/database.ts';
import { type Entry, toEntry } from './ledger.ts';
import {
  projectBatch,
  projectCorrection,
  projectLift,
  projectPaper,
  projectRecall,
} from './project-batches.ts';
import {
  projectCancelled,
  projectDish,
  projectDisposal,
  projectDrill,
  projectDrillEnd,
  projectMovement,
  projectReversal,
  projectSample,
} from './project-kitchen.ts';
import { projectRemoval, projectSupplier } from './project-suppliers.ts';
import {
  Batch,
  BatchChanges,
  Dish,
  Drill,
  DrillEnd,
  Moved,
  Nothing,
  Paper,
  Recalled,
  Reversed,
  Sample,
  Supplier,
  Thrown,
  Used,
} from './records.ts';
import { createStatements, type Tables } from './statements.ts';

interface KindOfEntry<S extends TSchema> {
  ledger: string;
  schema: S;
  apply(tables: Tables, entry: Entry): void;
}

function kind<S extends TSchema>(
  ledger: string,
  schema: S,
  project: (tables: Tables, entry: Entry, body: Static<S>) => void,
): KindOfEntry<S> {
  return {
    ledger,
    schema,
    apply: (tables, entry) => project(tables, entry, Value.Parse(schema, JSON.parse(entry.body))),
  };
}

/** Every kind of entry: its ledger, what it says, and what follows from it. */
export const KINDS = {
  'supplier-set': kind('suppliers', Supplier, projectSupplier),
  'supplier-removed': kind('suppliers', Nothing, projectRemoval),
  'batch-received': kind('receiving', Batch, projectBatch),
  'batch-corrected': kind('receiving', BatchChanges, projectCorrection),
  'paper-added': kind('receiving', Paper, projectPaper),
  moved: kind('stock', Moved, projectMovement),
  used: kind('stock', Used, projectMovement),
  thrown: kind('stock', Thrown, projectMovement),
  reversed: kind('stock', Reversed, projectReversal),
  'dish-served': kind('meals', Dish, projectDish),
  'dish-cancelled': kind('meals', Nothing, projectCancelled),
  'sample-taken': kind('samples', Sample, projectSample),
  'sample-disposed': kind('samples', Nothing, projectDisposal),
  recalled: kind('recalls', Recalled, projectRecall),
  'recall-lifted': kind('recalls', Nothing, projectLift),
  'drill-started': kind('drills', Drill, projectDrill),
  'drill-finished': kind('drills', DrillEnd, projectDrillEnd),
};

export type Kind = keyof typeof KINDS;
export type Body<K extends Kind> = Static<(typeof KINDS)[K]['schema']>;

const KindName = Type.Enum(Object.keys(KINDS));

/** Brings the tables to where an entry takes them. Throws STOCK_SHORT; then nothing may be kept. */
export function project(tables: Tables, entry: Entry): void {
  if (isKind(entry.kind)) KINDS[entry.kind].apply(tables, entry);
}

const isKind = (name: string): name is Kind => Value.Check(KindName, name);

const TABLES = [
  ...['supplier', 'supplier_licence', 'food_batch', 'batch_paper', 'stock_movement'],
  ...['batch_stock', 'batch_stay', 'dish', 'food_sample', 'food_recall', 'trace_drill'],
];

/** Works all tables out anew from the ledgers; answers how many entries there were. */
export function rebuild(database: Database, timezone: Tables['timezone']): number {
  const tables = { sql: createStatements(database), timezone };
  return database.transaction(() => {
    for (const table of TABLES) database.connection.exec(`DELETE FROM ${table}`);
    const page = database.prepare(
      'SELECT * FROM ledger_entry WHERE number > ? ORDER BY number LIMIT 500',
    );
    let entries = 0;
    for (let after = 0; ; ) {
      const rows = page.all(after).map(toEntry);
      for (const entry of rows) project(tables, entry);
      entries += rows.length;
      const last = rows.at(-1);
      if (!last) return entries;
      after = last.number;
    }
  });
}
