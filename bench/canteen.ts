import { answerCanteen, type CanteenQuestion } from '../src/canteen/questions.ts';
import { traceRules } from '../src/canteen/trace-rules.ts';
import { systemClock } from '../src/clock.ts';
import { readConfiguration } from '../src/gateway.ts';
import { Database } from '../src/storage/database.ts';
import { percentile } from './figures.ts';
import { fillHistory } from './history.ts';
import type { Measurement } from './measurement.ts';
import { School } from './school.ts';

const UNITS = 9;
const SUPPLIERS = 200;
const DAY = 86_400_000;
const YEARS = 3;
/** Traces fall into days whose readings are there. */
const DAYS_READ = 10;
const ROUNDS = 50;

/** Three years of deliveries, each batch in one dish, each dish with a sample: straight in SQL. */
function fillCanteen(database: Database, batches: number, dishes: number, now: number): void {
  const values = {
    last: batches - 1,
    dishes,
    perDish: batches / dishes,
    from: now - YEARS * 365 * DAY,
    step: (YEARS * 365 * DAY) / batches,
  };
  const numbers =
    'WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :last)';
  const time = 'CAST(:from + i * :step AS INTEGER)';
  const day = `date(${time} / 1000, 'unixepoch')`;
  const fill = (sql: string, names: (keyof typeof values)[], last = values.last) => {
    const given = Object.fromEntries(names.map((name) => [name, values[name]]));
    database.prepare(`${numbers} ${sql}`).run({ ...given, last });
  };
  database.connection.exec('PRAGMA synchronous = OFF');
  database.transaction(() => {
    fill(
      `INSERT INTO supplier SELECT 'bench', 's' || i, 1, '供货者 ' || i, '青城路', '0532', 0 FROM n`,
      [],
      SUPPLIERS - 1,
    );
    fill(
      `INSERT INTO supplier_licence
       SELECT 'bench', 's' || i, 0, 'JY' || i, '2000-01-01', '2099-12-31', NULL FROM n`,
      [],
      SUPPLIERS - 1,
    );
    fill(
      `INSERT INTO food_batch
       SELECT 'bench', 'b' || i, 1, '食材 ' || (i % 300), '散装', 'packaged', 10000, 'kg', ${day},
         'L' || i, date(${day}, '+90 days'), 0, ${time}, ${day}, 'freezer-' || (i % ${UNITS}),
         's' || (i % ${SUPPLIERS}), 3.5, 1, NULL, '李梅', NULL, ${time}, '李梅', 0, NULL FROM n`,
      ['from', 'step'],
    );
    fill(
      `INSERT INTO batch_paper
       SELECT 'bench', 'b' || i, 'conformity', 'f' || i, NULL FROM n`,
      [],
    );
    fill(
      `INSERT INTO stock_movement
       SELECT 'bench', 'u' || i, i, 'b' || i, 'used', ${time} + ${DAY}, 10000, NULL, NULL,
         'd' || CAST(i / :perDish AS INTEGER), '王强', NULL, 0 FROM n`,
      ['from', 'step', 'perDish'],
    );
    fill(
      `INSERT INTO batch_stay
       SELECT 'bench', 'b' || i, 'freezer-' || (i % ${UNITS}), ${time}, ${time} + ${DAY} FROM n`,
      ['from', 'step'],
    );
    values.step *= values.perDish;
    fill(
      `INSERT INTO dish
       SELECT 'bench', 'd' || i, date((${time} + ${DAY}) / 1000, 'unixepoch'),
         CASE i % 3 WHEN 0 THEN 'breakfast' WHEN 1 THEN 'lunch' ELSE 'dinner' END,
         '菜品 ' || (i % 200), '["三年级一班","三年级二班"]', 0 FROM n`,
      ['from', 'step'],
      dishes - 1,
    );
    fill(
      `INSERT INTO food_sample
       SELECT 'bench', 'p' || i, 'd' || i, 130, ${time} + ${DAY}, '李梅', 'freezer-0', NULL, NULL, NULL
       FROM n`,
      ['from', 'step'],
      dishes - 1,
    );
  });
  database.connection.exec('PRAGMA wal_checkpoint(TRUNCATE); ANALYZE');
}

/** How long the traces take over three years of records. */
export const canteen: Measurement = async ({ quick }, say) => {
  const batches = quick ? 20_000 : 200_000;
  const dishes = batches / 2;
  say(`canteen: ${batches} batches, ${dishes} samples`);
  using school = new School({ devices: { freezer: UNITS } });
  fillHistory(school, { readings: UNITS * DAYS_READ * 1440, hours: YEARS * 365 * 24 });
  const database = new Database(school.database);
  try {
    const now = systemClock.now();
    fillCanteen(database, batches, dishes, now);
    const { connection } = database;
    const rules = traceRules(connection, readConfiguration(school.config), 'bench', now);
    const dayOf = (round: number) =>
      new Date(now - (2 + (round % (DAYS_READ - 3))) * DAY).toISOString().slice(0, 10);
    const questions: [string, (round: number) => CanteenQuestion][] = [
      ['a meal back', (round) => ({ kind: 'meal', day: dayOf(round), meal: 'lunch' })],
      ['a batch forward', (round) => ({ kind: 'batch', batch: `b${(round * 7919) % batches}` })],
      [
        'a supplier forward',
        (round) => {
          const supplier = `s${round % SUPPLIERS}`;
          return { kind: 'supplier', supplier, from: 0, to: now };
        },
      ],
    ];
    return questions.map(([name, question]) => {
      const times: number[] = [];
      let bytes = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const began = performance.now();
        bytes += answerCanteen(connection, rules, question(round)).length;
        times.push(performance.now() - began);
      }
      return {
        name: `trace ${name}, ${batches.toLocaleString('en')} batches, p99`,
        value: percentile(times, 0.99),
        unit: 'ms',
        goal: { atMost: 100 },
        details: { median: percentile(times, 0.5), bytes: bytes / ROUNDS },
      };
    });
  } finally {
    database.close();
  }
};
