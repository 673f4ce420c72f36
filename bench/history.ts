import { pino } from 'pino';
import { systemClock } from '../src/clock.ts';
import { Core } from '../src/core.ts';
import { readConfiguration } from '../src/gateway.ts';
import { HOUR } from '../src/storage/readings.ts';
import type { School } from './school.ts';

const MINUTE = 60_000;

export interface HistoryOptions {
  /** Readings of all series together, a minute apart, the newest a moment ago. */
  readings?: number;
  /** Hours of roll-ups of every series, up to now. */
  hours?: number;
}

/** Fills a school's database as if it had run for long: straight in SQL, which takes seconds. */
export function fillHistory(school: School, { readings = 0, hours = 0 }: HistoryOptions): void {
  const core = new Core({
    file: school.database,
    clock: systemClock,
    log: pino({ level: 'silent' }),
    configuration: readConfiguration(school.config),
  });
  const { database } = core;
  database.connection.exec('PRAGMA synchronous = OFF');
  const count = 'WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :last)';
  const addReadings = database.prepare(
    `${count} INSERT INTO reading
     SELECT :series, :from + i * ${MINUTE}, -20 - (i % 10) / 10.0, :from + i * ${MINUTE} + 40, 0 FROM n`,
  );
  const addHours = database.prepare(
    `${count} INSERT INTO hourly
     SELECT :series, :from + i, 60, -21.3, -18.7, -20.0 - (i % 24) / 24.0, -20.1, -19.9 FROM n`,
  );
  const series = [...core.catalogue.devices.values()].flatMap((device) => [
    ...device.series.values(),
  ]);
  const now = systemClock.now();
  const each = Math.floor(readings / series.length);
  for (const { id } of series) {
    database.transaction(() => {
      const from = now - each * MINUTE;
      if (each > 0) addReadings.run({ series: id, last: each - 1, from });
      const firstHour = Math.floor(now / HOUR) - hours;
      if (hours > 0) addHours.run({ series: id, last: hours - 1, from: firstHour });
    });
  }
  database.connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  core.close();
}
