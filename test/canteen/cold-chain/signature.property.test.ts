import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FaultsOf } from '../../../simulators/faults.ts';
import { coldUnit } from '../../../simulators/physics/cold.ts';
import { schoolTime } from '../../../simulators/physics/school-time.ts';
import { loadConfiguration } from '../../../src/campus/load.ts';
import { defrostRhythm, type Peak } from '../../../src/canteen/cold-chain/rhythm.ts';
import { signatureOf, timeLeft } from '../../../src/canteen/cold-chain/signature.ts';
import { realProfiles } from '../../harness/profiles.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const GAP = 5 * MINUTE;

const EXAMPLE = join(import.meta.dirname, '../../../campus.example.yaml');
const { devices, campuses } = loadConfiguration(EXAMPLE, realProfiles);
const units = [...devices.values()].filter(({ profile }) => profile.kind === 'cold_storage');
const time = schoolTime(
  [...campuses.values()][0] ?? {
    timezone: 'Asia/Shanghai',
    calendar: { terms: [], offDays: [], makeUpDays: [], hours: { from: '', to: '' } },
  },
);

const never = () => false;
/** A school day in November. */
const DAY = Date.parse('2026-11-24T00:00:00+08:00');

/** A unit of the simulated campus that a fault befalls, as its probe shows it each minute. */
function trace(unit: number, seed: number, fault: 'door_open' | 'freezer_failure', from: number) {
  const device = units[unit % units.length];
  if (!device) throw new Error('no unit');
  const faults: FaultsOf = () => [
    { fault, id: 'f', devices: [device.key], from, until: from + 24 * HOUR, rate: 1 },
  ];
  const temperature = coldUnit(device, time, seed, faults);
  return (to: number) => {
    const observations = [];
    for (let at = from - 6 * HOUR; at <= to; at += MINUTE) {
      observations.push({ time: at, value: Math.round(temperature(at) * 10) / 10 });
    }
    return observations;
  };
}

const moments = fc.record({
  unit: fc.nat(20),
  seed: fc.nat(1_000),
  minute: fc.nat(24 * 60 - 1),
});

describe('the signature of a simulated unit', () => {
  test('with its door open for 15 min to 2 h is that of a door', () => {
    fc.assert(
      fc.property(moments, fc.integer({ min: 15, max: 120 }), ({ unit, seed, minute }, open) => {
        const from = DAY + minute * MINUTE;
        const observations = trace(unit, seed, 'door_open', from)(from + open * MINUTE);
        // a defrost that ends just then hides how fast it warms
        const before = observations.filter((one) => one.time > from - HOUR && one.time < from);
        const values = before.map(({ value }) => value);
        fc.pre(Math.max(...values) - Math.min(...values) < 3);
        expect(signatureOf({ observations, gap: GAP, isDefrost: never })?.cause).toBe('door');
      }),
      { numRuns: 200 },
    );
  });

  test('whose compressor fails at night is that of a compressor, and the time left is about right', () => {
    // while no door is used, and no defrost has just begun
    fc.assert(
      fc.property(moments, fc.integer({ min: 80, max: 150 }), ({ unit, seed, minute }, warmed) => {
        const from = DAY + ((minute % 240) + 60) * MINUTE;
        const all = trace(unit, seed, 'freezer_failure', from);
        const now = from + warmed * MINUTE;
        const observations = all(now);
        const signature = signatureOf({ observations, gap: GAP, isDefrost: () => true });
        expect(signature?.cause).toBe('compressor');
        if (signature?.cause !== 'compressor') return;
        const limit = signature.to + 2;
        const left = timeLeft(signature, limit) ?? 0;
        const later = all(now + 12 * HOUR).find((one) => one.time > now && one.value >= limit);
        const reached = (later?.time ?? Number.NaN) - now;
        expect(left).toBeGreaterThan(0.6 * reached);
        expect(left).toBeLessThan(1.4 * reached);
      }),
      { numRuns: 200 },
    );
  });

  test('that works, defrosts and is opened as usual is none of a compressor', () => {
    fc.assert(
      fc.property(moments, ({ unit, seed, minute }) => {
        const now = DAY + minute * MINUTE;
        const all = trace(unit, seed, 'door_open', now + HOUR);
        const observations = all(now);
        const cause = signatureOf({ observations, gap: GAP, isDefrost: never })?.cause;
        expect(cause).not.toBe('compressor');
      }),
      { numRuns: 300 },
    );
  });
});

test('nothing is made of what lies before a gap', () => {
  const before = Array.from({ length: 60 }, (_, i) => ({ time: i * MINUTE, value: -20 }));
  const after = Array.from({ length: 3 }, (_, i) => ({ time: 2 * HOUR + i * MINUTE, value: -8 }));
  const curve = { observations: [...before, ...after], gap: GAP, isDefrost: never };
  expect(signatureOf(curve)).toBeUndefined();
});

describe('the defrost rhythm', () => {
  const rows = fc.record({
    every: fc.integer({ min: 4 * 60, max: 12 * 60 }),
    lasts: fc.integer({ min: 10, max: 40 }),
    excess: fc.integer({ min: 1, max: 8 }),
    // how much later or earlier each begins, % of the distance
    early: fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 4, maxLength: 4 }),
    doors: fc.array(fc.integer({ min: 0, max: 40 * 60 }), { maxLength: 5 }),
  });

  const peaksOf = ({
    every,
    lasts,
    excess,
    early,
    doors,
  }: Parameters<Parameters<typeof rows.map>[0]>[0]): Peak[] => {
    const starts = early.map((part, i) => Math.round((i + part / 100) * every) * MINUTE);
    return [
      ...starts.slice(0, 3).map((from) => ({ from, to: from + lasts * MINUTE, excess })),
      // doors are open for longer, or shorter, than any defrost here, and warm more
      ...doors.map((at) => ({ from: at * MINUTE, to: (at + 50) * MINUTE, excess: 15 })),
    ].sort((a, b) => a.from - b.from);
  };

  test('is learned from three of the same height at equal distances, whatever doors lie between', () => {
    fc.assert(
      fc.property(rows, (row) => {
        const at = Math.round((3 + (row.early[3] ?? 0) / 100) * row.every) * MINUTE;
        const past = peaksOf(row).filter(({ to }) => to < at);
        const found = defrostRhythm(past, at);
        expect(found?.lasts).toBe(Math.min(45, 1.5 * row.lasts) * MINUTE);
        expect(found?.excess).toBe(row.excess + 2);
      }),
    );
  });

  test('is not seen in doors at the same meals of each day', () => {
    const meals = [5.5, 9, 16];
    const doors = [0, 1, 2, 3].flatMap((day) =>
      meals.map((hour) => {
        const from = (24 * day + hour) * HOUR;
        return { from, to: from + 10 * MINUTE, excess: 3 };
      }),
    );
    for (const hour of meals) expect(defrostRhythm(doors, (96 + hour) * HOUR)).toBeUndefined();
  });
});
