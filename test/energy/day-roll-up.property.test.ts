import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dayNumber } from '../../src/energy/local-days.ts';
import { configure } from '../harness/configuration.ts';
import { type School, school } from '../harness/school.ts';
import { send } from './support.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
/** Clocks went back in New York on 1 November 2026. */
const START = '2026-10-30T00:00:00+08:00';

function schoolIn(timezone: string) {
  const configuration = configure({
    devices: '[{id: main, profile: generic/electricity-meter}]',
  });
  for (const campus of configuration.campuses.values()) campus.timezone = timezone;
  return configuration;
}

type Days = Map<number, { amount: number; estimated: number; measured: number; hours: number }>;

const stored = ({ core }: School): Days =>
  new Map(
    core.database
      .prepare('SELECT * FROM consumption_day')
      .all()
      .map(({ day, amount, estimated, measured, hours }) => [
        Number(day),
        {
          amount: Number(amount),
          estimated: Number(estimated),
          measured: Number(measured),
          hours: Number(hours),
        },
      ]),
  );

/** The second path: each hour belongs to the date that a wall clock shows when it begins. */
function fromHours({ core }: School, timezone: string): Days {
  const wall = new Intl.DateTimeFormat('en-CA', { timeZone: timezone });
  const days: Days = new Map();
  for (const row of core.database.prepare('SELECT * FROM consumption_hour').all()) {
    const day = dayNumber(wall.format(Number(row.hour) * HOUR));
    const known = days.get(day) ?? { amount: 0, estimated: 0, measured: 0, hours: 0 };
    days.set(day, {
      amount: known.amount + Number(row.amount),
      estimated: known.estimated + Number(row.estimated),
      measured: known.measured + Number(row.measured),
      hours: known.hours + 1,
    });
  }
  return days;
}

function expectSame(campus: School, timezone: string): void {
  const [found, expected] = [stored(campus), fromHours(campus, timezone)];
  expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [day, figures] of expected) {
    const own = found.get(day);
    expect(own).toMatchObject({ measured: figures.measured, hours: figures.hours });
    expect(own?.amount).toBeCloseTo(figures.amount, 9);
    expect(own?.estimated).toBeCloseTo(figures.estimated, 9);
  }
}

const reading = fc.record({
  minutes: fc.integer({ min: 5, max: 400 }),
  hundredths: fc.integer({ min: 0, max: 900 }),
  late: fc.constantFrom(0, 0, 0, 5, 30),
  fault: fc.constantFrom(0, 0, 0, 0, 1),
});

test('days are always the sum of their hours, whatever comes late or is thrown away', async () => {
  const zones = fc.constantFrom('Asia/Shanghai', 'America/New_York', 'Asia/Kolkata');
  await fc.assert(
    fc.asyncProperty(
      fc.array(reading, { minLength: 20, maxLength: 60 }),
      fc.integer({ min: 1, max: 9 }),
      zones,
      zones,
      async (list, together, first, second) => {
        await using campus = await school(schoolIn(first), START);
        let [time, register] = [Date.parse(START), 100_000];
        const readings = list
          .map(({ minutes, hundredths, late, fault }, i) => {
            time += minutes * MINUTE;
            register += hundredths;
            const value = fault === 1 ? 0 : register / 100;
            return { place: i + late, reading: [time, value] as const };
          })
          .sort((a, b) => a.place - b.place);
        send(
          campus,
          'main',
          readings.map((one) => one.reading),
          together,
        );
        expectSame(campus, first);
        // a campus that is in another zone after all
        await campus.restart({ configuration: schoolIn(second) });
        expectSame(campus, second);
      },
    ),
    { numRuns: 15 },
  );
});

test('what a failed transaction has touched stays as it was', async () => {
  await using campus = await school(schoolIn('Asia/Shanghai'), START);
  const begin = Date.parse(START);
  send(campus, 'main', [
    [begin, 1000],
    [begin + 90 * MINUTE, 1006],
    [begin + 200 * MINUTE, 1010],
  ]);
  const before = stored(campus);
  expect(() =>
    campus.core.pipeline.transact(() => {
      send(campus, 'main', [[begin + 60 * MINUTE, 1001]]);
      throw new Error('the disk is full');
    }),
  ).toThrow();
  expect(stored(campus)).toEqual(before);
  expectSame(campus, 'Asia/Shanghai');
});
