import { expect, test } from 'vitest';
import { Database } from '../../src/storage/database.ts';
import { HOUR, ReadingWriter } from '../../src/storage/readings.ts';
import { Retention } from '../../src/storage/retention.ts';
import { RollUps } from '../../src/storage/rollups.ts';

const BEGIN = Math.floor(Date.UTC(2026, 10, 23) / HOUR) * HOUR;

function open(series = 1) {
  const database = new Database(':memory:');
  database.connection.exec("INSERT INTO device VALUES (1, 'c', 'd', 0)");
  for (let id = 1; id <= series; id++) {
    database.connection.exec(`INSERT INTO series VALUES (${id}, 1, 'm${id}')`);
  }
  const writer = new ReadingWriter(database);
  const rollUps = new RollUps(database, writer);
  return {
    database,
    retention: new Retention(database),
    write(id: number, time: number, received = time) {
      writer.insert(id, time, 1, received, 0);
      writer.committed();
    },
    rollUp(now: number) {
      while (rollUps.step(now));
    },
    get left(): number[] {
      return database
        .prepare('SELECT time FROM reading ORDER BY time')
        .all()
        .map(({ time }) => (Number(time) - BEGIN) / HOUR);
    },
  };
}

test('whole hours go when their time is over', () => {
  const ledger = open();
  for (const hour of [0, 0.5, 1, 1.5, 2]) ledger.write(1, BEGIN + hour * HOUR);
  const now = BEGIN + 11.9 * HOUR;
  ledger.rollUp(now);
  expect(ledger.retention.step(now, 10 * HOUR)).toBe(2);
  expect(ledger.left).toEqual([1, 1.5, 2]);
});

test('what no figures know of yet stays, and all that is newer', () => {
  const ledger = open(2);
  for (const hour of [0, 1, 2]) ledger.write(1, BEGIN + hour * HOUR);
  ledger.rollUp(BEGIN + 100 * HOUR);
  ledger.write(2, BEGIN + HOUR);
  const now = BEGIN + 100 * HOUR;
  ledger.retention.step(now, HOUR);
  expect(ledger.left).toEqual([1, 1, 2]);
  ledger.rollUp(now);
  ledger.retention.step(now, HOUR);
  expect(ledger.left).toEqual([]);
});

test('it goes five hundred readings of a series at a step', () => {
  const ledger = open();
  for (let i = 0; i < 1200; i++) ledger.write(1, BEGIN + i);
  const now = BEGIN + 100 * HOUR;
  ledger.rollUp(now);
  const steps = [1, 2, 3, 4].map(() => ledger.retention.step(now, HOUR));
  expect(steps).toEqual([500, 500, 200, 0]);
});

test('it goes fifty series at a step, round and round', () => {
  const ledger = open(120);
  for (let id = 1; id <= 120; id++) ledger.write(id, BEGIN);
  const now = BEGIN + 100 * HOUR;
  ledger.rollUp(now);
  expect([1, 2, 3].map(() => ledger.retention.step(now, HOUR))).toEqual([50, 50, 20]);
  ledger.write(1, BEGIN + HOUR);
  ledger.rollUp(now);
  expect(ledger.retention.step(now, HOUR)).toBe(1);
});

test('the figures of an hour stay when only a part of its readings comes again', () => {
  const ledger = open();
  for (let i = 0; i < 10; i++) ledger.write(1, BEGIN + i);
  const now = BEGIN + 100 * HOUR;
  ledger.rollUp(now);
  ledger.retention.step(now, HOUR);
  const figures = () => ledger.database.prepare('SELECT count, min, max FROM hourly').all();
  ledger.write(1, BEGIN + 3);
  ledger.rollUp(now);
  expect(figures()).toEqual([{ count: 10, min: 1, max: 1 }]);
});

test('history whose time is over is kept for a day: an hour of it may come in two halves', () => {
  const ledger = open();
  const now = BEGIN + 1000 * HOUR;
  const keep = 100 * HOUR;
  const work = (at: number) => {
    ledger.rollUp(at);
    ledger.retention.step(at, keep);
  };
  for (let i = 0; i < 6; i++) ledger.write(1, BEGIN + i, now);
  work(now);
  for (let i = 6; i < 12; i++) ledger.write(1, BEGIN + i, now + 1000);
  work(now + 1000);
  expect(ledger.database.prepare('SELECT count FROM hourly').all()).toEqual([{ count: 12 }]);
  work(now + 24 * HOUR);
  expect(ledger.left).toHaveLength(12);
  work(now + 25 * HOUR);
  expect(ledger.left).toEqual([]);
});
