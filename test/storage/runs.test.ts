import { expect, test } from 'vitest';
import { Database } from '../../src/storage/database.ts';
import { Runs } from '../../src/storage/runs.ts';

/** Runs of the gateway, each from its start to its last sign of life; the last one goes on. */
function runs(...spans: [start: number, alive?: number][]): Runs {
  const database = new Database(':memory:');
  let latest = new Runs(database, spans[0]?.[0] ?? 0);
  spans.forEach(([start, alive], i) => {
    if (i > 0) latest = new Runs(database, start);
    if (alive !== undefined) latest.beat(alive);
  });
  return latest;
}

test('the first run has no past', () => {
  expect(runs([1000]).downSince(0)).toBe(0);
});

test('between two runs nobody listened', () => {
  expect(runs([1000, 2000], [5000]).downSince(1500)).toBe(3000);
});

test('only what lies after a moment counts for it', () => {
  const second = runs([1000, 2000], [5000]);
  expect(second.downSince(3000)).toBe(2000);
  expect(second.downSince(5000)).toBe(0);
  expect(second.downSince(9000)).toBe(0);
});

test('several gaps add up', () => {
  const fourth = runs([0, 100], [200, 300], [450, 500], [1000]);
  expect(fourth.downSince(50)).toBe(100 + 150 + 500);
  expect(fourth.downSince(250)).toBe(150 + 500);
  expect(fourth.downSince(400)).toBe(50 + 500);
});

test('a run that ended without a sign of life ended when it began', () => {
  expect(runs([1000], [5000]).downSince(0)).toBe(4000);
});

test('an old sign of life does not take back a newer one', () => {
  const database = new Database(':memory:');
  const first = new Runs(database, 1000);
  first.beat(4000);
  first.beat(2000);
  expect(new Runs(database, 5000).downSince(0)).toBe(1000);
});

test('two starts in one moment, or with the clock set back, are two runs with hardly a gap', () => {
  const database = new Database(':memory:');
  new Runs(database, 1000).beat(2000);
  expect(new Runs(database, 1000).downSince(0)).toBe(0);
  expect(new Runs(database, 500).downSince(0)).toBe(1);
  expect(database.prepare('SELECT count(*) AS n FROM run').get()?.n).toBe(3);
});

test('a time in which nothing could be taken counts like a stop', () => {
  const second = runs([0, 100], [200]);
  second.missed(300, 350);
  second.missed(400, 450);
  expect(second.downSince(50)).toBe(100 + 50 + 50);
  expect(second.downSince(320)).toBe(30 + 50);
  expect(second.downSince(500)).toBe(0);
});

test('what was missed for two reasons at once counts once', () => {
  const second = runs([0, 100], [200]);
  second.missed(300, 400);
  second.missed(350, 500);
  expect(second.downSince(250)).toBe(200);
  second.missed(150, 600);
  expect(second.downSince(0)).toBe(500);
});

test('a clock that was set back leaves no gap ahead', () => {
  const second = runs([0, 100], [200]);
  second.missed(300, 400);
  second.missed(500, 600);
  second.missed(350, 350);
  expect(second.downSince(0)).toBe(100 + 50);
  expect(second.downSince(350)).toBe(0);
});
