import type { Entry } from './ledger.ts';
import type { Supplier } from './records.ts';
import type { Tables } from './statements.ts';

export function projectSupplier({ sql }: Tables, entry: Entry, body: Supplier): void {
  const { campus, subject } = entry;
  sql(
    `INSERT INTO supplier (campus, id, version, name, address, phone) VALUES (?, ?, 1, ?, ?, ?)
     ON CONFLICT DO UPDATE SET version = version + 1, name = excluded.name,
       address = excluded.address, phone = excluded.phone, removed = 0`,
  ).run(campus, subject, body.name, body.address ?? null, body.phone ?? null);
  sql('DELETE FROM supplier_licence WHERE campus = ? AND supplier = ?').run(campus, subject);
  for (const [place, { number, from, to, file }] of body.licences.entries()) {
    sql('INSERT INTO supplier_licence VALUES (?, ?, ?, ?, ?, ?, ?)').run(
      ...[campus, subject, place, number, from, to],
      file ?? null,
    );
  }
}

export function projectRemoval({ sql }: Tables, { campus, subject }: Entry): void {
  sql('UPDATE supplier SET removed = 1, version = version + 1 WHERE campus = ? AND id = ?').run(
    campus,
    subject,
  );
}
