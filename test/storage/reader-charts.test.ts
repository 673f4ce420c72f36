import fc from 'fast-check';
import { expect, test } from 'vitest';
import { QUALITY } from '../../src/pipeline/quality.ts';
import { HOUR } from '../../src/storage/readings.ts';
import { ask, DAY, DOOR, MIDNIGHT, MINUTE, ReaderFile, TEMPERATURE } from './reader-file.ts';

const iso = (time: number) => new Date(time).toISOString();

test('a short range is answered with its readings and what they say about themselves', async () => {
  await using file = new ReaderFile();
  file.write(TEMPERATURE, [[MIDNIGHT, 4]]);
  file.writer.insert(1, MIDNIGHT + MINUTE, 4.5, 0, QUALITY.late | QUALITY.imported);
  const answer = await ask(file.reader(), { from: MIDNIGHT, to: MIDNIGHT + HOUR });
  expect(answer).toEqual({
    resolution: 'raw',
    from: iso(MIDNIGHT),
    to: iso(MIDNIGHT + HOUR),
    series: [
      {
        metric: 'temperature',
        unit: '℃',
        points: [
          { time: iso(MIDNIGHT), value: 4, quality: [] },
          { time: iso(MIDNIGHT + MINUTE), value: 4.5, quality: ['late', 'imported'] },
        ],
      },
    ],
    truncated: false,
  });
});

test('a boolean is said as one', async () => {
  await using file = new ReaderFile();
  file.write(DOOR, [
    [MIDNIGHT, 1],
    [MIDNIGHT + MINUTE, 0],
  ]);
  const range = { from: MIDNIGHT, to: MIDNIGHT + HOUR };
  const { series } = await ask(file.reader(), { series: [DOOR], ...range });
  expect(series[0]?.points.map(({ value }) => value)).toEqual([true, false]);
});

test('two years are answered from the roll-ups, by the day', async () => {
  await using file = new ReaderFile();
  const hours = 730 * 24;
  file.writeHours(TEMPERATURE, MIDNIGHT, hours, (i) => i % 24);
  const range = { from: MIDNIGHT, to: MIDNIGHT + 730 * DAY };
  const { resolution, series, truncated } = await ask(file.reader(), range);
  expect({ resolution, truncated }).toEqual({ resolution: 'day', truncated: false });
  expect(series[0]?.points).toHaveLength(730);
  expect(series[0]?.points[729]).toEqual({
    time: iso(MIDNIGHT + 729 * DAY),
    count: 24 * 60,
    min: -1,
    max: 24,
    mean: 11.5,
    first: 0,
    last: 23,
  });
});

test('a month is answered by the hour where its readings would be too many', async () => {
  await using file = new ReaderFile();
  const readings = Array.from({ length: 3000 }, (_, i) => [MIDNIGHT + i * 15 * MINUTE, i] as const);
  file.write(TEMPERATURE, readings);
  file.rollUp(MIDNIGHT + 40 * DAY);
  const range = { from: MIDNIGHT, to: MIDNIGHT + 31 * DAY };
  const { resolution, series } = await ask(file.reader(), range);
  expect(resolution).toBe('hour');
  expect(series[0]?.points).toHaveLength(744);
  expect(series[0]?.points[1]).toMatchObject({ count: 4, min: 4, max: 7, mean: 5.5, last: 7 });
});

test('an hour that was never rolled up is worked out from its readings', async () => {
  await using file = new ReaderFile();
  file.write(TEMPERATURE, [
    [MIDNIGHT + MINUTE, 3],
    [MIDNIGHT + 2 * MINUTE, 8],
    [MIDNIGHT + 3 * MINUTE, 4],
  ]);
  const range = { from: MIDNIGHT, to: MIDNIGHT + HOUR, resolution: 'hour' as const };
  const { series } = await ask(file.reader(), range);
  expect(series[0]?.points).toEqual([
    { time: iso(MIDNIGHT), count: 3, min: 3, max: 8, mean: 5, first: 3, last: 4 },
  ]);
});

test('a late reading counts at once in an hour that was rolled up before', async () => {
  await using file = new ReaderFile();
  file.write(TEMPERATURE, [[MIDNIGHT + 5 * MINUTE, 4]]);
  file.rollUp(MIDNIGHT + DAY);
  file.write(TEMPERATURE, [[MIDNIGHT + MINUTE, 10]]);
  const range = { from: MIDNIGHT, to: MIDNIGHT + HOUR, resolution: 'hour' as const };
  const { series } = await ask(file.reader(), range);
  expect(series[0]?.points).toMatchObject([{ count: 2, mean: 7, max: 10, first: 10, last: 4 }]);
});

test('an open hour without readings keeps the figures it has', async () => {
  await using file = new ReaderFile();
  file.writeHours(TEMPERATURE, MIDNIGHT, 1, () => 4);
  file.database.prepare('INSERT INTO open_hour VALUES (?, 1)').run(MIDNIGHT / HOUR);
  const range = { from: MIDNIGHT, to: MIDNIGHT + HOUR, resolution: 'hour' as const };
  const { series } = await ask(file.reader(), range);
  expect(series[0]?.points).toMatchObject([{ count: 60, mean: 4 }]);
});

test('days begin at midnight of the school, and are answered whole', async () => {
  await using file = new ReaderFile();
  file.write(TEMPERATURE, [
    [MIDNIGHT - MINUTE, 1],
    [MIDNIGHT, 2],
    [MIDNIGHT + 23 * HOUR, 4],
    [MIDNIGHT + DAY, 8],
  ]);
  const noon = { from: MIDNIGHT + 12 * HOUR, to: MIDNIGHT + 13 * HOUR };
  const answer = await ask(file.reader(), { ...noon, resolution: 'day' });
  expect(answer).toMatchObject({ from: iso(MIDNIGHT), to: iso(MIDNIGHT + DAY) });
  expect(answer.series[0]?.points).toEqual([
    { time: iso(MIDNIGHT), count: 2, min: 2, max: 4, mean: 3, first: 2, last: 4 },
  ]);
});

test('a day on which the clocks go forward has 23 hours', async () => {
  await using file = new ReaderFile();
  const begin = Date.parse('2026-03-29T00:00:00+01:00');
  file.writeHours(TEMPERATURE, begin, 48, () => 4);
  const range = { from: begin, to: begin + HOUR, timezone: 'Europe/Berlin' };
  const { series } = await ask(file.reader(), { ...range, resolution: 'day' });
  expect(series[0]?.points).toMatchObject([{ count: 23 * 60 }]);
});

test('where readings are gone, the figures that stay are answered instead of nothing', async () => {
  await using file = new ReaderFile();
  file.writeHours(TEMPERATURE, MIDNIGHT, 24, () => 4);
  file.write(TEMPERATURE, [[MIDNIGHT + 23 * HOUR, 5]]);
  const range = { from: MIDNIGHT, to: MIDNIGHT + DAY };
  const { resolution, series } = await ask(file.reader(), range);
  expect(resolution).toBe('hour');
  expect(series[0]?.points).toHaveLength(24);
});

test('what is cut off is said, and every series gets its share', async () => {
  await using file = new ReaderFile();
  const times = Array.from({ length: 10 }, (_, i) => MIDNIGHT + i * MINUTE);
  for (const series of [TEMPERATURE, DOOR]) {
    file.write(
      series,
      times.map((time) => [time, 1]),
    );
  }
  const answer = await ask(file.reader(), {
    series: [TEMPERATURE, DOOR],
    from: MIDNIGHT,
    to: MIDNIGHT + HOUR,
    resolution: 'raw',
    limit: 6,
  });
  expect(answer.truncated).toBe(true);
  expect(answer.series.map(({ points }) => points.length)).toEqual([3, 3]);
});

test('whatever came in whatever order and was rolled up or not, the figures are those of the readings', async () => {
  await using file = new ReaderFile();
  const reader = file.reader();
  let series = 10;
  const reading = fc.tuple(fc.integer({ min: 0, max: 72 * 60 - 1 }), fc.integer({ max: 50 }));
  const batches = fc.array(fc.tuple(fc.array(reading, { maxLength: 20 }), fc.boolean()), {
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(batches, async (all) => {
      series += 1;
      const own = { ...TEMPERATURE, id: series };
      const kept = new Map<number, number>();
      for (const [batch, rollsUp] of all) {
        file.write(
          own,
          batch.map(([minute, value]) => [MIDNIGHT + minute * MINUTE, value]),
        );
        for (const [minute, value] of batch) {
          if (!kept.has(minute)) kept.set(minute, value);
        }
        if (rollsUp) file.rollUp(MIDNIGHT + 36 * HOUR);
      }
      for (const [resolution, length] of [['hour', 60] as const, ['day', 24 * 60] as const]) {
        const range = { from: MIDNIGHT, to: MIDNIGHT + 3 * DAY };
        const answer = await ask(reader, { ...range, series: [own], resolution });
        expect(answer.series[0]?.points).toEqual(figuresOf(kept, length));
      }
    }),
    { numRuns: 40 },
  );
});

function figuresOf(kept: Map<number, number>, length: number) {
  const sorted = [...kept].sort(([a], [b]) => a - b);
  const groups = Map.groupBy(sorted, ([minute]) => Math.floor(minute / length));
  return [...groups].map(([group, members]) => {
    const values = members.map(([, value]) => value);
    const sum = values.reduce((a, b) => a + b, 0);
    return {
      time: iso(MIDNIGHT + group * length * MINUTE),
      count: values.length,
      min: Math.min(...values),
      max: Math.max(...values),
      mean: expect.closeTo(sum / values.length, 3),
      first: values[0],
      last: values.at(-1),
    };
  });
}
