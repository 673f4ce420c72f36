import { pino } from 'pino';
import { addDays, localMoment } from '../src/campus/school-days.ts';
import { systemClock } from '../src/clock.ts';
import { Core } from '../src/core.ts';
import { ConsumptionQueries } from '../src/energy/consumption.ts';
import { createEnergy } from '../src/energy/energy.ts';
import { TargetQueries } from '../src/energy/target/target-queries.ts';
import { createTargets } from '../src/energy/target/targets.ts';
import { readConfiguration } from '../src/gateway.ts';
import { HOUR } from '../src/storage/readings.ts';
import { median, percentile } from './figures.ts';
import type { Figure, Measurement } from './measurement.ts';
import { School } from './school.ts';

/** None feeds another: the target has to add all of them. */
const METERS = 100;
const HOURS = 2 * 366 * 24;
const ROUNDS = 20;

/** Two years of hourly figures of every meter: straight in SQL. */
function fillConsumption(core: Core, last: number): void {
  const { database, catalogue } = core;
  const add = database.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :last)
     INSERT INTO consumption_hour
     SELECT :series, :first + i, 2 + (i * 7919 + :series) % 101 / 37.0, 0, ${HOUR} FROM n`,
  );
  database.connection.exec('PRAGMA synchronous = OFF');
  for (const { series } of catalogue.devices.values()) {
    const id = series.get('energy')?.id;
    if (id === undefined) continue;
    database.transaction(() => add.run({ series: id, last: HOURS - 1, first: last - HOURS }));
  }
  // as after an update from before there were daily figures: they are made anew
  database.connection.exec('DELETE FROM consumption_zone; PRAGMA wal_checkpoint(TRUNCATE)');
  core.follow(core.configuration);
}

/** Readings of the years before, which no answer may look at. */
function fillReadings({ database, catalogue }: Core, readings: number, before: number): void {
  const series = [...catalogue.devices.values()].flatMap((one) => [...one.series.values()]);
  const each = Math.floor(readings / series.length);
  const add = database.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :last)
     INSERT INTO reading SELECT :series, :from + i * 60000, i * 0.04, :from + i * 60000, 0 FROM n`,
  );
  for (const { id } of series) {
    const from = before - each * 60_000;
    database.transaction(() => add.run({ series: id, last: each - 1, from }));
    // the newest hour that is settled, as ingest leaves it
    database
      .prepare('INSERT INTO register_mark VALUES (?, ?, ?, 0, 0, 0, 0, 0, 0)')
      .run(id, Math.floor(before / HOUR), before);
  }
  database.connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}

async function measure(core: Core, name: string): Promise<Figure[]> {
  const { connection } = core.database;
  const queries = new TargetQueries(connection);
  const targets = createTargets(core, systemClock, {
    target: async (query) => queries.answer(query),
    changedFigures: async (query) => queries.changedFigures(query),
  });
  const consumption = new ConsumptionQueries(connection);
  const energy = createEnergy(core, systemClock, async (query) => consumption.answer(query));
  const { day } = localMoment(systemClock.now(), 'Asia/Shanghai');
  const monthAgo = addDays(day, -31);
  const raw = connection.prepare(
    'SELECT series, total(amount) FROM consumption_hour GROUP BY series',
  );
  const work: Record<string, () => unknown> = {
    'the target of a year': () =>
      targets.answer('electricity', { from: addDays(day, -365), to: addDays(day, -1) }),
    'the target of a month': () =>
      targets.answer('electricity', { from: monthAgo, to: addDays(day, -1) }),
    'a month of the tree of meters': () => energy.meters({ from: monthAgo, to: day }),
  };
  const timesOf = async (run: () => unknown): Promise<number[]> => {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const began = performance.now();
      await run();
      times.push(performance.now() - began);
    }
    return times;
  };
  const sum = median(await timesOf(() => raw.all()));
  const figures: Figure[] = [];
  for (const [what, run] of Object.entries(work)) {
    const times = await timesOf(run);
    figures.push({
      name: `${what}, ${METERS} main meters, two years, ${name}, p95`,
      value: percentile(times, 0.95),
      unit: 'ms',
      baseline: { name: 'to sum every hour in SQL', value: sum },
      goal: { atMost: 200 },
      details: { median: median(times) },
    });
  }
  return figures;
}

/** How long targets and months take, and whether stored readings make it longer. */
export const energy: Measurement = async ({ quick, full }, say) => {
  const readings = quick ? 1_000_000 : full ? 50_000_000 : 10_000_000;
  using school = new School({ devices: { 'electricity-meter': METERS } });
  const core = new Core({
    file: school.database,
    clock: systemClock,
    log: pino({ level: 'silent' }),
    configuration: readConfiguration(school.config),
  });
  core.engine.pause();
  try {
    const last = Math.floor(systemClock.now() / HOUR);
    say(`energy: two years of ${METERS} meters`);
    fillConsumption(core, last);
    const without = await measure(core, 'no readings');
    say(`energy: ${readings.toLocaleString('en')} readings`);
    fillReadings(core, readings, last * HOUR);
    const million = `${readings / 1_000_000} million readings`;
    return [...without, ...(await measure(core, million))];
  } finally {
    core.close();
  }
};
