import type { Static } from 'typebox';
import { localMoment } from '../campus/school-days.ts';
import type { Entry } from './ledger.ts';
import type { Batch, BatchChanges, Paper, Recalled } from './records.ts';
import { settle } from './settle.ts';
import { type Tables, toThousandths } from './statements.ts';

type Row = Record<string, string | number | null>;

/** What is absent stays as it is. */
function update({ sql }: Tables, { campus, subject }: Entry, columns: Row): void {
  const names = Object.keys(columns);
  const set = names.map((name) => `${name} = :${name}`).join(', ');
  sql(
    `UPDATE food_batch SET version = version + 1, ${set} WHERE campus = :campus AND id = :subject`,
  ).run({ ...columns, campus, subject });
}

/** The columns that a record or a correction of a batch sets. */
function columnsOf(tables: Tables, campus: string, body: Partial<Batch> & BatchChanges): Row {
  const { quantity, received, sensory } = body;
  const columns: Record<string, string | number | undefined> = {
    product: body.product,
    specification: body.specification,
    category: body.category,
    quantity: quantity === undefined ? undefined : toThousandths(quantity),
    unit: body.unit,
    produced: body.produced,
    lot: body.lot,
    expires: body.expires,
    no_shelf_life: body.noShelfLife === undefined ? undefined : Number(body.noShelfLife),
    received,
    received_day:
      received === undefined ? undefined : localMoment(received, tables.timezone(campus)).day,
    place: body.place,
    supplier: body.supplier,
    temperature: body.temperature,
    sensory_ok: sensory && Number(sensory.ok),
    sensory_note: sensory?.note,
    signed_by: body.signedBy,
    code: body.code,
  };
  const row: Row = {};
  for (const [name, value] of Object.entries(columns)) if (value !== undefined) row[name] = value;
  return row;
}

export function projectBatch(tables: Tables, entry: Entry, body: Batch): void {
  const { campus, subject, time, person } = entry;
  addUnknown(tables, entry, subject, body.product, body.unit);
  update(tables, entry, {
    ...columnsOf(tables, campus, { ...body, received: time }),
    known_by: person,
  });
  for (const paper of body.papers) projectPaper(tables, entry, paper);
  settle(tables, campus, subject);
}

/** A batch of which nobody has written down the receipt: it is known by its use alone. */
export function addUnknown(
  { sql }: Tables,
  { campus, time, person }: Entry,
  batch: string,
  product: string,
  unit: string,
): void {
  sql(
    `INSERT INTO food_batch (campus, id, version, product, unit, first_known, known_by)
     VALUES (?, ?, 0, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  ).run(campus, batch, product, unit, time, person);
}

export function projectCorrection(tables: Tables, entry: Entry, body: BatchChanges): void {
  update(tables, entry, columnsOf(tables, entry.campus, body));
  settle(tables, entry.campus, entry.subject);
}

export function projectPaper({ sql }: Tables, entry: Entry, body: Static<typeof Paper>): void {
  sql('INSERT INTO batch_paper VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING').run(
    ...[entry.campus, entry.subject, body.kind, body.file, body.number ?? null],
  );
}

export function projectRecall(
  { sql }: Tables,
  { campus, subject, time, person, reason }: Entry,
  { batches, supplier }: Static<typeof Recalled>,
): void {
  sql('INSERT INTO food_recall VALUES (?, ?, ?, ?, ?, ?, NULL, NULL)').run(
    ...[campus, subject, time, person, reason ?? '', supplier ?? null],
  );
  for (const batch of batches) {
    sql('UPDATE food_batch SET recall = ? WHERE campus = ? AND id = ?').run(subject, campus, batch);
  }
}

export function projectLift({ sql }: Tables, { campus, subject, time, person }: Entry): void {
  sql('UPDATE food_recall SET lifted = ?, lifted_by = ? WHERE campus = ? AND id = ?').run(
    ...[time, person, campus, subject],
  );
  sql('UPDATE food_batch SET recall = NULL WHERE campus = ? AND recall = ?').run(campus, subject);
}
