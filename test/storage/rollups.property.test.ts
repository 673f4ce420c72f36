import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Database } from '../../src/storage/database.ts';
import { HOUR, ReadingWriter } from '../../src/storage/readings.ts';
import { Retention } from '../../src/storage/retention.ts';
import { RollUps } from '../../src/storage/rollups.ts';

const BEGIN = Math.floor(Date.UTC(2026, 10, 23) / HOUR) * HOUR;

class Ledger {
  readonly database = new Database(':memory:');
  readonly writer = new ReadingWriter(this.database);
  readonly rollUps = new RollUps(this.database, this.writer);
  readonly retention = new Retention(this.database);

  constructor() {
    this.database.connection.exec(
      `INSERT INTO device VALUES (1, 'c', 'd', 0);
       INSERT INTO series VALUES (1, 1, 'a'), (2, 1, 'b'), (3, 1, 'c');`,
    );
  }

  write(list: readonly Stored[], fails = false): void {
    try {
      this.database.transaction(() => {
        for (const { series, time, value } of list)
          this.writer.insert(series, time, value, time, 0);
        if (fails) throw new Error('rolled back');
      });
      this.writer.committed();
    } catch {
      this.writer.rolledBack();
    }
  }

  rollUp(now: number): void {
    while (this.rollUps.step(now));
  }

  get figures(): unknown[] {
    return this.database.prepare('SELECT * FROM hourly ORDER BY series, hour').all();
  }
}

interface Stored {
  series: number;
  time: number;
  value: number;
}

/** By the book: the figures of each hour that was over at `now`. */
function figuresOf(list: readonly Stored[], now: number): unknown[] {
  const hours = new Map<string, Stored[]>();
  const known = new Set<string>();
  for (const stored of list) {
    const { series, time } = stored;
    const hour = Math.floor(time / HOUR);
    if (known.has(`${series} ${time}`) || hour >= Math.floor(now / HOUR)) continue;
    known.add(`${series} ${time}`);
    const key = `${series} ${hour}`;
    hours.set(key, [...(hours.get(key) ?? []), stored]);
  }
  return [...hours.values()]
    .map((readings) => {
      const inOrder = readings.toSorted((a, b) => a.time - b.time);
      const values = inOrder.map(({ value }) => value);
      return {
        series: inOrder[0]?.series ?? 0,
        hour: Math.floor((inOrder[0]?.time ?? 0) / HOUR),
        count: values.length,
        min: Math.min(...values),
        max: Math.max(...values),
        mean: values.reduce((sum, value) => sum + value, 0) / values.length,
        first: values[0],
        last: values.at(-1),
      };
    })
    .sort((a, b) => a.series - b.series || a.hour - b.hour);
}

// few moments, so that many of them come twice
const stored: fc.Arbitrary<Stored> = fc.record({
  series: fc.integer({ min: 1, max: 3 }),
  time: fc.integer({ min: 0, max: 60 }).map((part) => BEGIN + part * 300_001),
  value: fc.integer({ min: -100, max: 100 }),
});
const act = fc.oneof(
  { weight: 5, arbitrary: fc.record({ write: fc.array(stored, { maxLength: 20 }) }) },
  { weight: 1, arbitrary: fc.record({ write: fc.array(stored), fails: fc.constant(true) }) },
  { weight: 3, arbitrary: fc.record({ rollUpAt: fc.integer({ min: 0, max: 7 }) }) },
);

test('the figures are those of the readings, however late, shuffled and repeated these came', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 15 }), fc.nat(7), (acts, hours) => {
      const ledger = new Ledger();
      const all: Stored[] = [];
      for (const done of acts) {
        if ('rollUpAt' in done) ledger.rollUp(BEGIN + done.rollUpAt * HOUR);
        else {
          ledger.write(done.write, 'fails' in done);
          if (!('fails' in done)) all.push(...done.write);
        }
      }
      const end = BEGIN + 7 * HOUR;
      ledger.rollUp(BEGIN + hours * HOUR);
      ledger.rollUp(end);
      expect(ledger.figures).toEqual(figuresOf(all, end));
      expect(ledger.database.prepare('SELECT * FROM open_hour').all()).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test('they outlive the readings, and no straggler spoils them', () => {
  fc.assert(
    fc.property(fc.array(stored, { minLength: 1, maxLength: 60 }), stored, (list, straggler) => {
      const ledger = new Ledger();
      const end = BEGIN + 100 * HOUR;
      const hourOf = ({ series, time }: Stored) => `${series} ${Math.floor(time / HOUR)}`;
      fc.pre(list.some((one) => hourOf(one) === hourOf(straggler)));
      ledger.write(list);
      ledger.rollUp(end);
      while (ledger.retention.step(end, HOUR) > 0);
      expect(ledger.database.prepare('SELECT * FROM reading').all()).toEqual([]);
      ledger.write([straggler]);
      ledger.rollUp(end);
      expect(ledger.figures).toEqual(figuresOf(list, end));
    }),
    { numRuns: 100 },
  );
});

test('the hour under way has no figures yet', () => {
  const ledger = new Ledger();
  ledger.write([{ series: 1, time: BEGIN, value: 1 }]);
  ledger.rollUp(BEGIN + HOUR - 1);
  expect(ledger.figures).toEqual([]);
  ledger.rollUp(BEGIN + HOUR);
  expect(ledger.figures).toHaveLength(1);
});

test('a backlog is worked off two hundred hours at a step', () => {
  const ledger = new Ledger();
  ledger.write(
    Array.from({ length: 450 }, (_, i) => ({ series: 1, time: BEGIN + i * HOUR, value: i })),
  );
  const now = BEGIN + 1000 * HOUR;
  expect([1, 2, 3, 4].map(() => ledger.rollUps.step(now))).toEqual([true, true, false, false]);
  expect(ledger.figures).toHaveLength(450);
});
