import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/canteen/canonical-json.ts';
import { Ledger } from '../../src/canteen/ledger.ts';
import { verifyLedgers } from '../../src/canteen/verify.ts';
import { Database } from '../../src/storage/database.ts';

const NOW = Date.parse('2026-11-23T08:30:00+08:00');

interface Written {
  campus: string;
  ledger: string;
  person: string;
  reason: string | undefined;
  body: string;
}

const written: fc.Arbitrary<Written> = fc.record({
  campus: fc.constantFrom('qingcheng', 'hexi'),
  ledger: fc.constantFrom('receiving', 'samples'),
  person: fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }),
  reason: fc.option(fc.string({ maxLength: 8 }), { nil: undefined }),
  body: fc
    .dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 2 }))
    .map(canonicalJson),
});

function ledgersOf(entries: readonly Written[]): Database {
  const database = new Database(':memory:');
  const ledger = new Ledger(database);
  entries.forEach((entry, i) => {
    const draft = { ...entry, id: `${i}${i}`, kind: 'noted', subject: 's', time: NOW + i };
    database.transaction(() => ledger.append(draft, NOW + i));
  });
  return database;
}

/** What somebody can do who has the file: the guards are part of it. */
function tamper(database: Database, sql: string, ...values: (string | number | null)[]): void {
  for (const name of ['update', 'delete', 'replace']) {
    database.connection.exec(`DROP TRIGGER ledger_entry_no_${name}`);
  }
  database.prepare(sql).run(...values);
}

const COLUMNS = [
  ...['campus', 'ledger', 'position', 'id', 'kind', 'subject'],
  ...['time', 'recorded', 'person', 'reason', 'body', 'hash'],
];

/** The same value with one bit of it turned, so that it is no other entry's. */
function flipped(value: unknown, place: number, bit: number): string | number {
  if (typeof value === 'number') return value ^ (1 << (4 + (bit % 16)));
  const bytes = Buffer.from(typeof value === 'string' && value !== '' ? value : 'x');
  const at = place % bytes.length;
  bytes.writeUInt8((bytes[at] ?? 0) ^ (1 << (bit % 7)), at);
  return bytes.toString('latin1');
}

describe('ledgers', () => {
  test('as they were written are whole, and their heads can be noted', () => {
    fc.assert(
      fc.property(fc.array(written, { maxLength: 12 }), (entries) => {
        using _ = closing(ledgersOf(entries));
        const audit = verifyLedgers(_.database.connection);
        expect(audit.broken).toBeUndefined();
        expect(audit.entries).toBe(entries.length);
        const sum = audit.chains.reduce((total, chain) => total + chain.entries, 0);
        expect(sum).toBe(entries.length);
      }),
      { numRuns: 50 },
    );
  });

  test('show any flipped bit of any column, at the entry it stands in', () => {
    fc.assert(
      fc.property(
        fc.array(written, { minLength: 1, maxLength: 8 }),
        fc.nat(),
        fc.constantFrom(...COLUMNS),
        fc.nat(),
        fc.nat({ max: 30 }),
        (entries, which, column, place, bit) => {
          using _ = closing(ledgersOf(entries));
          const { database } = _;
          const number = (which % entries.length) + 1;
          const row = database.prepare('SELECT * FROM ledger_entry WHERE number = ?').get(number);
          const value = flipped(row?.[column], place, bit);
          tamper(database, `UPDATE ledger_entry SET ${column} = ? WHERE number = ?`, value, number);
          const { broken, entries: good } = verifyLedgers(database.connection);
          expect(broken?.problem).toBe('changed');
          expect(good).toBe(number - 1);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('show a removed entry, the newest too, even after others were written', () => {
    fc.assert(
      fc.property(
        fc.array(written, { minLength: 1, maxLength: 8 }),
        fc.nat(),
        fc.boolean(),
        (entries, which, isContinued) => {
          using _ = closing(ledgersOf(entries));
          const { database } = _;
          const number = (which % entries.length) + 1;
          tamper(database, 'DELETE FROM ledger_entry WHERE number = ?', number);
          const [first] = entries;
          if (isContinued && first) {
            const more = { ...first, id: 'more', kind: 'noted', subject: 's', time: NOW };
            new Ledger(database).append(more, NOW);
          }
          expect(verifyLedgers(database.connection).broken?.problem).toBeDefined();
        },
      ),
      { numRuns: 100 },
    );
  });
});

test.each([
  ["UPDATE ledger_entry SET person = '别人'", 'never changed'],
  ['DELETE FROM ledger_entry', 'never removed'],
  [
    "INSERT OR REPLACE INTO ledger_entry SELECT number, campus, ledger, position, id, kind, subject, time, recorded, '别人', reason, body, hash FROM ledger_entry",
    'never replaced',
  ],
])('the database itself refuses %s', (sql, words) => {
  using _ = closing(
    ledgersOf([{ campus: 'c', ledger: 'l', person: '张伟', reason: undefined, body: '{}' }]),
  );
  expect(() => _.database.connection.exec(sql)).toThrow(words);
  expect(verifyLedgers(_.database.connection)).toMatchObject({ entries: 1, broken: undefined });
});

const closing = (database: Database) => ({
  database,
  [Symbol.dispose]: () => database.close(),
});
