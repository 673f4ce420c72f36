import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConsumptionQueries } from '../../src/energy/consumption.ts';
import { createEnergy } from '../../src/energy/energy.ts';
import { configure } from '../harness/configuration.ts';
import { school } from '../harness/school.ts';
import { send } from './support.ts';

const MINUTE = 60_000;
const START = '2026-08-27T00:00:00+08:00';

const METERS = configure({
  devices: `
- {id: main, profile: generic/electricity-meter}
- {id: teaching, profile: generic/electricity-meter, parent: main}
`,
  calendar: '{terms: [{name: 第一学期, from: 2026-09-01, to: 2027-01-22}]}',
});

const reading = fc.record({
  minutes: fc.integer({ min: 1, max: 600 }),
  hundredths: fc.integer({ min: 0, max: 900 }),
  isBad: fc.constantFrom(false, false, false, false, false, true),
});

test('hours add up to days, days to school weeks and months, all of them to the whole', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(reading, { minLength: 20, maxLength: 60 }), async (list) => {
      await using campus = await school(METERS, START);
      let [time, register] = [Date.parse(START) + 7 * MINUTE, 100_000];
      const readings = list.map(({ minutes, hundredths, isBad }) => {
        time += minutes * MINUTE;
        register += hundredths;
        return [time, isBad ? 0 : register / 100] as const;
      });
      send(campus, 'main', readings);
      send(campus, 'teaching', readings);
      await campus.clock.forward('26d');
      const queries = new ConsumptionQueries(campus.core.database.connection);
      const energy = createEnergy(campus.core, campus.clock.virtual, async (query) =>
        queries.answer(query),
      );
      const range = { device: 'main', from: '2026-08-27', to: '2026-09-20' };
      const by = async (by: 'hour' | 'day' | 'week' | 'month') =>
        (await energy.consumption({ ...range, by })).periods;
      const hours = await by('hour');
      for (const longer of [await by('day'), await by('week'), await by('month')]) {
        for (const { from, to, amount, estimated, coverage } of longer) {
          const inside = hours.filter((hour) => hour.from >= from && hour.to <= to);
          const sum = (what: (hour: (typeof hours)[number]) => number) =>
            inside.reduce((total, hour) => total + what(hour), 0);
          expect(amount).toBeCloseTo(
            sum((hour) => hour.amount),
            9,
          );
          expect(estimated).toBeCloseTo(
            sum((hour) => hour.estimated),
            9,
          );
          expect(coverage).toBeCloseTo(sum((hour) => hour.coverage) / inside.length, 9);
        }
        expect(longer[0]?.from).toBe(hours[0]?.from);
        expect(longer.at(-1)?.to).toBe(hours.at(-1)?.to);
      }
      // what is estimated or doubtful is flagged on every period that it touches
      for (const { estimated, quality } of hours) {
        if (estimated > 0) expect(quality).toContain('estimated');
      }
      const { meters } = await energy.meters({ from: range.from, to: range.to });
      expect(meters[0]?.unmetered).toBeCloseTo(0, 9);
    }),
    { numRuns: 15 },
  );
});
