import fc from 'fast-check';
import { expect, test } from 'vitest';
import { configure } from '../../harness/configuration.ts';
import { school } from '../../harness/school.ts';
import { send } from '../support.ts';
import { targetsOf } from './readings.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const FIRST = Date.parse('2026-11-09T00:00:00+08:00');
const FIRST_BEFORE = Date.parse('2025-11-09T00:00:00+08:00');
const DAYS = 10;

type Readings = (readonly [time: number, value: number])[];

/**
 * The second path: a clean register drawn as a line through its readings. What a day used is how far
 * the line rose from midnight to midnight; no hour, no roll-up, no state.
 */
function heightAt(readings: Readings, time: number): number {
  const next = readings.findIndex(([at]) => at >= time);
  const [to, above] = readings[next] ?? [time, 0];
  const [from, below] = readings[next - 1] ?? [to, above];
  return to === from ? above : below + ((above - below) * (time - from)) / (to - from);
}

/** The part of a day that lies in no gap of more than two hours in which something was used. */
function measuredOn(readings: Readings, day: number): number {
  let measured = 0;
  readings.slice(1).forEach(([to, above], i) => {
    const [from, below] = readings[i] ?? [to, above];
    if (to - from > 2 * HOUR && above > below) return;
    measured += Math.max(0, Math.min(to, day + DAY) - Math.max(from, day));
  });
  return measured / DAY;
}

/** Steps of one register from a moment for at least ten days; minutes and hundredths of a unit. */
const steps = fc.array(
  fc.tuple(fc.integer({ min: 3, max: 200 }), fc.integer({ min: 0, max: 900 })),
  { minLength: 40, maxLength: 60 },
);

function walk(list: readonly (readonly [number, number])[], from: number, first: number): Readings {
  const readings: Readings = [[from, first / 100]];
  let [time, height] = [from, first];
  for (let i = 0; time < from + (DAYS + 1) * DAY; i++) {
    const [minutes, hundredths] = list[i % list.length] ?? [60, 0];
    time += minutes * MINUTE;
    height += hundredths;
    readings.push([time, height / 100]);
  }
  return readings;
}

const METERS = configure({
  devices: `
- {id: east, name: 东区总表, profile: generic/electricity-meter}
- {id: west, name: 西区总表, profile: generic/electricity-meter}
- {id: canteen, name: 食堂电表, profile: generic/electricity-meter, parent: west}
- {id: water, name: 总水表, profile: generic/water-meter}
`,
});

test('the target is what a second, independent path makes of the raw readings', async () => {
  await fc.assert(
    fc.asyncProperty(steps, steps, steps, steps, async (east, eastBefore, west, westBefore) => {
      await using campus = await school(METERS, '2026-11-21T06:30:00+08:00');
      const meters = [
        [
          'east',
          walk(eastBefore, FIRST_BEFORE - 7 * MINUTE, 1000),
          walk(east, FIRST - 50 * MINUTE, 900_000),
        ],
        [
          'west',
          walk(westBefore, FIRST_BEFORE - HOUR, 5000),
          walk(west, FIRST - 3 * MINUTE, 900_000),
        ],
      ] as const;
      for (const [id, before, now] of meters) send(campus, id, [...before, ...now], 200);
      // what the main meter above it has counted already is not counted again
      send(campus, 'canteen', meters[1][2], 200);

      const found = await targetsOf(campus.core, campus.clock.virtual).answer('electricity', {
        from: '2026-11-09',
        to: '2026-11-18',
      });
      const expected = { actual: 0, baseline: 0 };
      const coverage = { actual: 0, baseline: 0 };
      for (let day = 0; day < DAYS; day++) {
        for (const [side, first, place] of [
          ['actual', FIRST, 2],
          ['baseline', FIRST_BEFORE, 1],
        ] as const) {
          const midnight = first + day * DAY;
          const all = meters.map((meter) => meter[place]);
          for (const one of all) {
            expected[side] += heightAt(one, midnight + DAY) - heightAt(one, midnight);
          }
          coverage[side] += Math.min(...all.map((one) => measuredOn(one, midnight))) / DAYS;
        }
      }
      const near = (a: number, b: number) =>
        expect(Math.abs(a - b)).toBeLessThan(1e-9 * Math.max(1, b));
      near(found.actual, expected.actual);
      near(found.baseline, expected.baseline);
      near(found.change ?? 0, (100 * (expected.actual - expected.baseline)) / expected.baseline);
      near(found.coverage.actual, coverage.actual);
      near(found.coverage.baseline, coverage.baseline);
    }),
    { numRuns: 12 },
  );
});
