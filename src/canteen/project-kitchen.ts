import type { Static } from 'typebox';
import type { Entry } from './ledger.ts';
import { addUnknown } from './project-batches.ts';
import type { Dish, Drill, DrillEnd, Reversed, Sample } from './records.ts';
import { settle } from './settle.ts';
import { type Tables, toThousandths } from './statements.ts';

/** What is moved, used and thrown away has in common; each has a part of the rest. */
interface MovementBody {
  batch: string;
  quantity: number;
  from?: string;
  to?: string;
  dish?: string;
  product?: string;
  unit?: string;
}

export function projectMovement(tables: Tables, entry: Entry, body: MovementBody): void {
  const { campus, id, number, kind, time, person, reason } = entry;
  const { batch, product, unit } = body;
  if (product !== undefined) addUnknown(tables, entry, batch, product, unit ?? '');
  tables
    .sql('INSERT INTO stock_movement VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)')
    .run(
      ...[campus, id, number, batch, kind, time, toThousandths(body.quantity)],
      ...[body.from ?? null, body.to ?? null, body.dish ?? null, person, reason ?? null],
    );
  settle(tables, campus, batch);
}

export function projectReversal(
  tables: Tables,
  { campus }: Entry,
  { movement }: Static<typeof Reversed>,
): void {
  const row = tables
    .sql('UPDATE stock_movement SET reversed = 1 WHERE campus = ? AND id = ? RETURNING batch')
    .get(campus, movement);
  if (row) settle(tables, campus, String(row.batch));
}

export function projectDish({ sql }: Tables, entry: Entry, body: Static<typeof Dish>): void {
  sql('INSERT INTO dish VALUES (?, ?, ?, ?, ?, ?, 0)').run(
    ...[entry.campus, entry.subject, body.day, body.meal, body.name, JSON.stringify(body.classes)],
  );
}

export function projectCancelled({ sql }: Tables, { campus, subject }: Entry): void {
  sql('UPDATE dish SET cancelled = 1 WHERE campus = ? AND id = ?').run(campus, subject);
}

export function projectSample({ sql }: Tables, entry: Entry, body: Static<typeof Sample>): void {
  const { campus, subject, time, person } = entry;
  sql('INSERT INTO food_sample VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL)').run(
    ...[campus, subject, body.dish, body.grams, time, person, body.place],
  );
}

export function projectDisposal({ sql }: Tables, entry: Entry): void {
  const { campus, subject, time, person, reason } = entry;
  sql(
    `UPDATE food_sample SET disposed = ?, disposed_by = ?, disposal_reason = ?
     WHERE campus = ? AND id = ?`,
  ).run(time, person, reason ?? null, campus, subject);
}

export function projectDrill({ sql }: Tables, entry: Entry, body: Static<typeof Drill>): void {
  const { campus, subject, time, person } = entry;
  sql('INSERT INTO trace_drill VALUES (?, ?, ?, ?, ?, NULL, NULL, NULL)').run(
    ...[campus, subject, time, person, body.topic],
  );
}

export function projectDrillEnd(
  { sql }: Tables,
  entry: Entry,
  body: Static<typeof DrillEnd>,
): void {
  const { campus, subject, time, person } = entry;
  sql(
    `UPDATE trace_drill SET finished = ?, finished_by = ?, findings = ? WHERE campus = ? AND id = ?`,
  ).run(time, person, body.findings, campus, subject);
}
