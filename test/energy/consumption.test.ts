import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConsumptionQueries } from '../../src/energy/consumption.ts';
import { createEnergy } from '../../src/energy/energy.ts';
import { QUALITY } from '../../src/pipeline/quality.ts';
import { configure } from '../harness/configuration.ts';
import { type School, school } from '../harness/school.ts';
import { send } from './support.ts';
import { first, live, periods, START as truthStart } from './truth.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const START = '2026-11-23T00:00:00+08:00';
const BEGIN = Date.parse(START);

const METERS = configure({
  devices: `
- {id: main, name: 总电表, profile: generic/electricity-meter}
- {id: teaching, name: 教学楼电表, profile: generic/electricity-meter, parent: main}
- {id: canteen, name: 食堂电表, profile: generic/electricity-meter, parent: main}
`,
});

/** What people can ask of a school's meters. */
const energyOf = ({ core, clock }: School) => {
  const queries = new ConsumptionQueries(core.database.connection);
  return createEnergy(core, clock.virtual, async (query) => queries.answer(query));
};

const every = (minutes: number, values: readonly number[], from = BEGIN) =>
  values.map((value, i) => [from + i * minutes * MINUTE, value] as const);

/** An even use of 4 kWh an hour, each quarter of an hour, for some hours. */
const steady = (hours: number, first = 1000, from = BEGIN) =>
  every(
    15,
    Array.from({ length: hours * 4 + 1 }, (_, i) => first + i),
    from,
  );

test('the hours of a day add up to the day, and the days to the month', async () => {
  await using day = await school(METERS, START);
  send(
    day,
    'main',
    steady(48).map(([time, value]) => [time + 7 * MINUTE, value * 1.0371] as const),
  );
  await day.clock.forward('49h');
  const energy = energyOf(day);
  const range = { device: 'main', from: '2026-11-23', to: '2026-11-25' };
  const [hours, days, months] = await Promise.all(
    (['hour', 'day', 'month'] as const).map((by) => energy.consumption({ ...range, by })),
  );
  expect(hours?.periods).toHaveLength(48);
  expect(days?.periods.map(({ label }) => label)).toEqual(['2026-11-23', '2026-11-24']);
  for (const [i, one] of (days?.periods ?? []).entries()) {
    const own = hours?.periods.slice(24 * i, 24 * i + 24) ?? [];
    const sum = own.reduce((total, { amount }) => total + amount, 0);
    expect(Math.abs(sum - one.amount)).toBeLessThan(1e-9);
  }
  expect(months?.amount).toBeCloseTo(days?.amount ?? 0, 9);
  // the readings lie beside the full hours: what a boundary cuts is shared out
  expect(hours?.periods[5]?.amount).toBeCloseTo(4 * 1.0371, 9);
  expect(hours?.periods[0]?.coverage).toBeCloseTo(53 / 60, 9);
});

test('a late reading changes the figures of the day, and leaves a trace of the change', async () => {
  await using week = await school(METERS, START);
  const known = [...steady(8), ...steady(16, 1060, BEGIN + 12 * HOUR)];
  send(week, 'main', known);
  await week.clock.forward('30h');
  const energy = energyOf(week);
  const range = { device: 'main', from: '2026-11-23', to: '2026-11-24', by: 'hour' } as const;
  const before = await energy.consumption(range);
  expect(before.periods[9]).toMatchObject({ amount: 7, estimated: 7, coverage: 0 });
  expect(before.quality.map(({ kind }) => kind)).toEqual(['estimated']);

  // the meter had kept them: all was used in the first of the four hours
  send(week, 'main', every(15, [1038, 1046, 1053, 1060], BEGIN + 8 * HOUR + 15 * MINUTE));
  send(week, 'main', every(60, [1060, 1060], BEGIN + 10 * HOUR));
  const after = await energy.consumption(range);
  expect(after.periods.slice(8, 12).map(({ amount }) => amount)).toEqual([28, 0, 0, 0]);
  expect(after.amount).toBeCloseTo(before.amount, 9);
  const traces = after.quality.filter(({ kind }) => kind === 'revised');
  expect(traces.length).toBeGreaterThan(0);
  expect(traces[0]).toMatchObject({ from: new Date(BEGIN + 8 * HOUR).toISOString() });
  expect(after.quality.map(({ kind }) => kind)).not.toContain('estimated');
});

test('figures outlive a crash, and what was not settled then is settled afterwards', async () => {
  await using night = await school(METERS, START);
  send(night, 'main', [...steady(5), [BEGIN + 5.25 * HOUR, 0]]);
  await night.clock.forward('6h');
  const range = { device: 'main', from: '2026-11-23', to: '2026-11-24', by: 'day' } as const;
  const held = await energyOf(night).consumption(range);
  expect(held.amount).toBeCloseTo(20, 9);
  expect(held.quality.map(({ kind }) => kind)).toEqual(['held']);
  await night.crash();
  send(night, 'main', steady(3, 1022, BEGIN + 5.5 * HOUR));
  const settled = await energyOf(night).consumption(range);
  expect(settled.amount).toBeCloseTo(34, 9);
  expect(settled.quality.map(({ kind }) => kind)).toEqual(['rejected']);
});

test('a failed transaction leaves no trace in the figures', async () => {
  await using night = await school(METERS, START);
  send(night, 'main', steady(3));
  const device = night.core.catalogue.devices.get('qingcheng/main');
  if (!device) throw new Error('no meter');
  expect(() =>
    night.core.pipeline.transact(() => {
      const points = [{ time: BEGIN + 4 * HOUR, values: [['energy', 1099]] as const }];
      night.core.pipeline.admit(device, points, BEGIN, QUALITY.imported);
      throw new Error('the disk is full');
    }),
  ).toThrow();
  send(night, 'main', steady(3, 1012, BEGIN + 3.25 * HOUR));
  await night.clock.forward('7h');
  const range = { device: 'main', from: '2026-11-23', to: '2026-11-24', by: 'day' } as const;
  expect((await energyOf(night).consumption(range)).amount).toBeCloseTo(24, 9);
});

/** The second path: clean registers are the sum of their differences, shared out by the minute. */
function byMinute(readings: readonly (readonly [number, number])[]): Map<number, number> {
  const hours = new Map<number, number>();
  const sorted = [...readings].sort(([a], [b]) => a - b);
  sorted.slice(1).forEach(([to, value], i) => {
    const [from, before] = sorted[i] ?? [to, value];
    const minutes = (to - from) / MINUTE;
    for (let minute = 0; minute < minutes; minute++) {
      const hour = Math.floor((from + minute * MINUTE) / HOUR);
      hours.set(hour, (hours.get(hour) ?? 0) + (value - before) / minutes);
    }
  });
  return hours;
}

test('in whatever order readings come, the figures are those of a second, independent sum', async () => {
  const steps = fc.array(
    fc.record({
      minutes: fc.integer({ min: 1, max: 200 }),
      hundredths: fc.integer({ min: 0, max: 900 }),
      late: fc.constantFrom(0, 0, 0, 3, 40),
    }),
    { minLength: 12, maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 9 }), async (list, together) => {
      await using shuffled = await school(METERS, START);
      let [time, register] = [BEGIN, 100_000];
      const readings = list.map(({ minutes, hundredths }) => {
        time += minutes * MINUTE;
        register += hundredths;
        return [time, register / 100] as const;
      });
      const order = readings
        .map((reading, i) => ({ reading, place: i + (list[i]?.late ?? 0) }))
        .sort((a, b) => a.place - b.place)
        .map(({ reading }) => reading);
      send(shuffled, 'main', order, together);
      await shuffled.clock.forward('200h');
      const { periods } = await energyOf(shuffled).consumption({
        device: 'main',
        from: '2026-11-23',
        by: 'hour',
      });
      const expected = byMinute(readings);
      for (const { from, amount } of periods) {
        const own = expected.get(Date.parse(from) / HOUR) ?? 0;
        expect(Math.abs(amount - own)).toBeLessThan(1e-9);
      }
    }),
    { numRuns: 60 },
  );
});

test('what befalls a meter is seen through as well when its readings come late, twice and around a crash', async () => {
  const faulty = configure({
    devices: '[{id: main, profile: generic/electricity-meter, ratedCapacity: 200, digits: 6}]',
  });
  const lateness = fc.infiniteStream(fc.constantFrom(0, 0, 0, 0, 3, 30));
  await fc.assert(
    fc.asyncProperty(first, periods, lateness, async (begin, list, late) => {
      // ratios and declarations are the configuration's: here the meter tells all
      const plain = list.map((period) => ({
        ...period,
        event: period.event === 'replaced' ? period.event : ('none' as const),
      }));
      const { truth } = live(begin, plain);
      const order = truth.readings
        .map((reading, i) => ({ reading, place: i + (late.next().value ?? 0) }))
        .sort((a, b) => a.place - b.place)
        .map(({ reading }) => reading);
      await using meter = await school(faulty, new Date(truthStart).toISOString());
      const half = Math.floor(order.length / 2);
      send(meter, 'main', order.slice(0, half), 5);
      await meter.crash();
      // what was on its way at the crash comes again
      send(meter, 'main', order.slice(Math.max(0, half - 6)), 3);
      await meter.clock.forward(
        `${Math.ceil(((truth.readings.at(-1)?.[0] ?? 0) - truthStart) / HOUR) + 1}h`,
      );
      const range = {
        device: 'main',
        from: new Date(truthStart).toISOString(),
        by: 'month',
      } as const;
      const { amount } = await energyOf(meter).consumption(range);
      expect(amount).toBeCloseTo(truth.used, 6);
    }),
    { numRuns: 30 },
  );
});

test('a declared replacement makes the figures right, and is refused where it can’t be', async () => {
  await using day = await school(METERS, START);
  send(day, 'main', [...steady(4), ...steady(4, 3, BEGIN + 4.5 * HOUR)]);
  await day.clock.forward('10h');
  const energy = energyOf(day);
  const range = { device: 'main', from: '2026-11-23', to: '2026-11-24', by: 'day' } as const;
  const before = await energy.consumption(range);
  expect(before.amount).toBeCloseTo(32, 9);
  expect(before.quality.map(({ kind }) => kind)).toContain('reset');
  const said = { device: 'main', oldFinal: 1017.5, newInitial: 2, at: '2026-11-23T04:20' };

  const refused = (changes: object, code: string) =>
    expect(() => energy.replace({ ...said, ...changes })).toThrow(
      expect.objectContaining({ code }),
    );
  refused({ at: '2026-11-24T04:20' }, 'REPLACEMENT_FUTURE');
  refused({ at: '2026-11-23T02:20' }, 'REPLACEMENT_BEFORE_READING');
  refused({ oldFinal: 1010 }, 'REPLACEMENT_FINAL');
  refused({ device: 'nowhere' }, 'DEVICE_NOT_FOUND');
  refused({ metric: 'voltage' }, 'METER_UNKNOWN');

  energy.replace({ ...said, newSerial: 'DDS-7' });
  const after = await energy.consumption(range);
  expect(after.amount).toBeCloseTo(16 + 1.5 + 1 + 16, 9);
  expect(after.quality.map(({ kind }) => kind)).not.toContain('reset');
  refused({}, 'REPLACEMENT_ORDER');
  await day.restart();
  expect((await energyOf(day).consumption(range)).amount).toBeCloseTo(34.5, 9);
});

test('a correction is a line of its own beside what was measured', async () => {
  await using day = await school(METERS, START);
  send(day, 'main', steady(10));
  await day.clock.forward('12h');
  const energy = energyOf(day);
  energy.correct({
    device: 'main',
    from: '2026-11-23T02:00',
    to: '2026-11-23T04:00',
    amount: -3,
    reason: '施工临时用电',
    person: '王秀英',
  });
  const { periods, amount, corrected, quality } = await energy.consumption({
    device: 'main',
    from: '2026-11-23',
    to: '2026-11-23T10:00',
    by: 'hour',
  });
  expect([amount, corrected]).toEqual([37, -3]);
  expect(periods[2]).toMatchObject({ amount: 2.5, corrected: -1.5, quality: ['corrected'] });
  expect(quality).toMatchObject([{ kind: 'corrected', amount: -3, reason: '施工临时用电' }]);
  expect(quality[0]?.text.zh).toBe('人工更正 -3 kWh：施工临时用电（王秀英）');
});

test('what no meter below counts is unmetered, and nothing is counted twice', async () => {
  await using day = await school(METERS, START);
  send(day, 'main', steady(10));
  send(
    day,
    'teaching',
    steady(10).map(([time, value]) => [time, value / 2] as const),
  );
  send(
    day,
    'canteen',
    steady(10).map(([time, value]) => [time, value / 4] as const),
  );
  await day.clock.forward('12h');
  const tree = await energyOf(day).meters({ from: '2026-11-23', to: '2026-11-24' });
  expect(tree.totals).toEqual([{ kind: 'electricity_meter', unit: 'kWh', amount: 40 }]);
  expect(tree.meters.map(({ device, depth, amount }) => [device, depth, amount])).toEqual([
    ['main', 0, 40],
    ['teaching', 1, 20],
    ['canteen', 1, 10],
  ]);
  expect(tree.meters[0]).toMatchObject({ below: 30, unmetered: 10, share: 0.25, suspicious: true });
});

test('a meter below that was silent hints at no leak', async () => {
  await using day = await school(METERS, START);
  send(day, 'main', steady(10));
  send(day, 'teaching', steady(2));
  await day.clock.forward('12h');
  const { meters } = await energyOf(day).meters({ from: '2026-11-23', to: '2026-11-24' });
  expect(meters[0]).toMatchObject({ unmetered: 32, suspicious: false });
});

test('the hour’s consumption goes to InfluxDB, and again when it has changed', async () => {
  const meter = '[{id: main, profile: generic/electricity-meter, zone: canteen}]';
  const configuration = configure({ devices: meter });
  configuration.machine.influx = {
    url: 'http://influx.invalid',
    org: '',
    bucket: 'campus',
    instance: 'gateway',
    maxRows: 100_000,
    maxAge: '1d',
  };
  await using day = await school(configuration, START);
  const { influx, database } = day.core;
  const told = () => {
    const rows = database.prepare('SELECT body FROM influx_outbox').all();
    influx?.settle(influx.last);
    const lines = rows.flatMap(({ body }) => (typeof body === 'string' ? body.split('\n') : []));
    return lines.filter((line) => line.endsWith(` ${BEGIN}`));
  };
  const head = 'consumption,campus=qingcheng,device=main,kind=electricity_meter,zone=canteen';
  send(day, 'main', every(45, [1000, 1003, 1006, 1009]), 1);
  expect(told()).toEqual([`${head} amount=4 ${BEGIN}`]);
  send(day, 'main', [[BEGIN + 60 * MINUTE, 1003]]);
  expect(told()).toEqual([`${head} amount=3 ${BEGIN}`]);
});

test('school weeks are counted from the week in which a term begins', async () => {
  const calendar = '{terms: [{name: 第一学期, from: 2026-09-01, to: 2027-01-22}]}';
  const meter = '[{id: main, profile: generic/electricity-meter}]';
  await using term = await school({ devices: meter, calendar }, START);
  await term.clock.forward('1h');
  const { periods } = await energyOf(term).consumption({
    device: 'main',
    from: '2026-08-30',
    to: '2026-09-09',
    by: 'week',
  });
  expect(periods.map(({ label }) => label)).toEqual([
    '2026-08-24',
    '第一学期 第 1 周',
    '第一学期 第 2 周',
  ]);
});
