import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { devicesHit, FAULT_NAMES, type FaultRequest, faultInfo } from '../../simulators/faults.ts';
import { at, configuration, devices, every, fault, HOUR, MINUTE, meter } from './fixture.ts';

const FROM = at('2026-11-24 03:00');

describe('cold', () => {
  test('a failed freezer warms slowly and steadily, without a saw-tooth', () => {
    const show = meter([fault('freezer_failure', 'canteen-freezer-1', FROM)]);
    const values = [...every(MINUTE, FROM, FROM + 12 * HOUR)].map((time) =>
      show('canteen-freezer-1', 'temperature', time),
    );
    values.forEach((value, i) => {
      const before = values[i - 1] ?? value;
      expect(value).toBeGreaterThanOrEqual(before);
      expect(value - before).toBeLessThan(0.3);
    });
    expect(values.at(-1)).toBeGreaterThan(-5);
  });

  test('a rate makes it warm faster, and repaired it cools again', () => {
    const until = FROM + 25 * MINUTE;
    const show = meter([fault('freezer_failure', 'canteen-freezer-1', FROM, { rate: 60, until })]);
    const normal = meter();
    const temperature = (time: number) => show('canteen-freezer-1', 'temperature', time);
    // the demo's: above −5 ℃ for longer than the 10 min delay, not a jump that looks like a fault
    expect(temperature(FROM + 8 * MINUTE)).toBeGreaterThan(-5);
    expect(temperature(FROM + MINUTE) - temperature(FROM)).toBeLessThan(5);
    const later = until + 3 * HOUR;
    expect(temperature(later)).toBeCloseTo(normal('canteen-freezer-1', 'temperature', later), 0);
  });

  test('weakened cooling never swings, warms some degrees in a day, and still defrosts', () => {
    const show = meter([fault('cooling_weak', 'canteen-freezer-1', FROM)]);
    const normal = meter();
    const mean = (one: typeof show, hours: number) => {
      const times = [...every(MINUTE, FROM + (hours - 8) * HOUR, FROM + hours * HOUR)];
      return times.reduce((sum, at) => sum + one('canteen-freezer-1', 'temperature', at), 0) / 480;
    };
    const rise = (hours: number) => mean(show, hours) - mean(normal, hours);
    expect(rise(8)).toBeLessThan(3);
    expect(rise(24)).toBeGreaterThan(rise(8) + 1);
    expect(rise(72)).toBeGreaterThan(6);
    const jumps = [...every(MINUTE, FROM, FROM + 24 * HOUR)].filter((at) => {
      const step = show('canteen-freezer-1', 'temperature', at + MINUTE);
      return step - show('canteen-freezer-1', 'temperature', at) > 0.4;
    });
    expect(jumps.length).toBeGreaterThan(3);
  });

  test('an open door warms faster than 0.5 K a minute and recovers in 20 minutes', () => {
    const until = FROM + 5 * MINUTE;
    const show = meter([fault('door_open', 'canteen-fridge-1', FROM, { until })]);
    const normal = meter();
    const rise = (time: number) =>
      show('canteen-fridge-1', 'temperature', time) -
      normal('canteen-fridge-1', 'temperature', time);
    expect(rise(until) / 5).toBeGreaterThan(0.5);
    expect(rise(until + 20 * MINUTE)).toBeLessThan(0.5);
  });
});

describe('water', () => {
  test('what leaks runs through the meter and those above it, and stays counted', () => {
    const until = FROM + HOUR;
    const show = meter([fault('burst_pipe', 'water-dormitory-2', FROM, { until })]);
    const normal = meter();
    for (const [id, loss] of [
      ['water-dormitory-2', 1],
      ['water-dormitory', 1.02],
      ['water-main', 1.02 ** 2],
    ] as const) {
      expect(show(id, 'flow', FROM) - normal(id, 'flow', FROM)).toBeCloseTo(30 * loss, 1);
      expect(show(id, 'flow', until)).toBe(normal(id, 'flow', until));
      const later = until + HOUR;
      expect(show(id, 'volume', later) - normal(id, 'volume', later)).toBeCloseTo(30 * loss, 1);
    }
    expect(show('water-dormitory-1', 'volume', until)).toBe(
      normal('water-dormitory-1', 'volume', until),
    );
  });

  test('a leak is small and never pauses', () => {
    const show = meter([fault('water_leak', 'water-teaching', FROM)]);
    for (const time of every(15 * MINUTE, FROM, FROM + 24 * HOUR)) {
      expect(show('water-teaching', 'flow', time)).toBeGreaterThanOrEqual(0.12);
    }
  });
});

test('what was left on draws its power all night, through the meters above too', () => {
  const until = FROM + 3 * HOUR;
  const show = meter([fault('left_on', 'electricity-office-1', FROM, { rate: 2, until })]);
  const normal = meter();
  const more = (id: string, metric: string, time: number) =>
    show(id, metric, time) - normal(id, metric, time);
  expect(more('electricity-office-1', 'power', FROM + HOUR)).toBeCloseTo(6, 1);
  expect(more('electricity-main', 'power', FROM + HOUR)).toBeCloseTo(6 * 1.02 ** 2, 1);
  expect(more('electricity-main', 'energy', until + HOUR)).toBeCloseTo(18 * 1.02 ** 2, 1);
});

test('a reset register starts again at 0 and goes on counting, also when the fault has ended', () => {
  const until = FROM + HOUR;
  const show = meter([fault('meter_reset', 'electricity-main', FROM, { until })]);
  expect(show('electricity-main', 'energy', FROM - MINUTE)).toBeGreaterThan(1000);
  expect(show('electricity-main', 'energy', FROM)).toBe(0);
  const before = show('electricity-main', 'energy', until - 1);
  expect(show('electricity-main', 'energy', until) - before).toBeLessThan(1);
  expect(show('electricity-main', 'energy', FROM + 24 * HOUR)).toBeGreaterThan(100);
});

test('apart from its resets a register only grows', () => {
  // up to three resets within two days, each ended after a while or never, minutes after FROM
  const moment = fc.integer({ min: 0, max: 48 * 60 });
  const resets = fc.uniqueArray(fc.tuple(moment, fc.option(moment, { nil: undefined })), {
    maxLength: 3,
    selector: ([from]) => from,
  });
  const normal = meter();
  const moments = fc.uniqueArray(moment, { minLength: 2, maxLength: 20 });
  fc.assert(
    fc.property(resets, moments, (begun, times) => {
      const faults = begun
        .sort(([a], [b]) => a - b)
        .map(([from, lasts]) =>
          fault('meter_reset', 'electricity-main', FROM + from * MINUTE, {
            until: lasts === undefined ? Number.POSITIVE_INFINITY : FROM + (from + lasts) * MINUTE,
          }),
        );
      const show = meter(faults);
      const energy = (of: typeof show, minute: number) =>
        of('electricity-main', 'energy', FROM + minute * MINUTE);
      let last: { time: number; value: number } | undefined;
      for (const time of times.sort((a, b) => a - b)) {
        const value = energy(show, time);
        const [reset] = begun.findLast(([from]) => from <= time) ?? [];
        if (reset !== undefined) {
          expect(value).toBeCloseTo(energy(normal, time) - energy(normal, reset), 0);
        }
        if (last && (reset === undefined || reset <= last.time)) {
          expect(value).toBeGreaterThanOrEqual(last.value);
        }
        last = { time, value };
      }
    }),
    { numRuns: 50 },
  );
});

describe('requests', () => {
  const hit = (request: FaultRequest) => devicesHit(configuration, request).map(({ id }) => id);

  test.each(FAULT_NAMES)('%s can happen to some device and is described', (name) => {
    const { zh, en, fits } = faultInfo(name);
    expect(devices.some(fits)).toBe(true);
    expect(zh && en).toBeTruthy();
  });

  test('a device goes by its id or its full name', () => {
    expect(hit({ fault: 'silent', device: 'water-main' })).toEqual(['water-main']);
    expect(hit({ fault: 'silent', device: 'qingcheng/water-main' })).toEqual(['water-main']);
  });

  test('a fire is seen by two detectors of one zone', () => {
    expect(hit({ fault: 'fire', device: 'boiler-room-heat-1' })).toEqual([
      'boiler-room-heat-1',
      'boiler-room-smoke-1',
    ]);
    expect(() => hit({ fault: 'fire', device: 'canteen-dry-store-smoke-1' })).toThrow(
      /alone in its zone; allowed: one of .*teaching-1-smoke-1/,
    );
  });

  test.each([
    [{ fault: 'smoke', device: 'boiler' }, /no device "boiler"; allowed: one of qingcheng/],
    [{ fault: 'smoke', device: 'water-main' }, /"water-main" can't have smoke; allowed: one of/],
    [{ fault: 'late', device: 'library-smoke' }, /can't have late/],
    [{ fault: 'smoke', device: 'boiler-room-smoke-1', rate: 2 }, /rate: 2/],
  ] as const)('%o is refused with what is allowed', (request, message) => {
    expect(() => hit(request)).toThrow(message);
  });
});
