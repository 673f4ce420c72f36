import { describe, expect, test } from 'vitest';
import { campusModel } from '../../simulators/physics/campus-model.ts';
import type { Device } from '../../src/campus/model.ts';
import type { ThresholdRule } from '../../src/campus/rule.ts';
import { scheduleOf } from '../../src/campus/schedule.ts';
import { at, configuration, DAY, devices, every, HOUR, MINUTE, meter } from './fixture.ts';

const NO_FAULTS = () => [];
const SEASONS = ['2026-09-07 00:00', '2026-11-23 00:00', '2027-01-11 00:00', '2027-06-14 00:00'];

describe('any moment', () => {
  test('every device shows every metric of its profile, in its range and resolution', () => {
    const model = campusModel(configuration, 3, NO_FAULTS);
    for (const time of every(
      5 * HOUR + 7 * MINUTE,
      at('2026-11-23 00:00'),
      at('2026-11-30 00:00'),
    )) {
      for (const one of devices) {
        const values = model.values(one, time);
        for (const [name, metric] of Object.entries(one.profile.metrics)) {
          const value = values[name];
          expect(typeof value, `${one.key} ${name}`).toBe(metric.type);
          if (typeof value !== 'number') continue;
          expect(value).toBeGreaterThanOrEqual(metric.min ?? value);
          expect(value).toBeLessThanOrEqual(metric.max ?? value);
          const steps = value / (metric.resolution ?? 1);
          expect(Math.abs(steps - Math.round(steps)), `${one.key} ${name} ${value}`).toBeLessThan(
            1e-4,
          );
        }
      }
    }
  });

  test('the same seed shows the same values, whatever was asked before; another seed others', () => {
    const times = [...every(47 * MINUTE, at('2026-11-23 00:00'), at('2026-11-25 00:00'))];
    const forwards = campusModel(configuration, 1, NO_FAULTS);
    const backwards = campusModel(configuration, 1, NO_FAULTS);
    const expected = times.map((time) => devices.map((one) => forwards.values(one, time)));
    const found = times
      .toReversed()
      .map((time) => devices.map((one) => backwards.values(one, time)));
    expect(found.toReversed()).toEqual(expected);

    const other = campusModel(configuration, 2, NO_FAULTS);
    expect(times.map((time) => devices.map((one) => other.values(one, time)))).not.toEqual(
      expected,
    );
  });

  test.each(SEASONS)('nothing alarms in a normal week from %s', (monday) => {
    const model = campusModel(configuration, 1, NO_FAULTS);
    for (const one of devices) {
      const rules = one.rules
        .filter((rule) => rule.kind === 'threshold')
        .map((rule) => ({ ...rule, schedule: scheduleOf(rule.when, one.campus) }));
      const over = new Map<ThresholdRule, number>();
      if (rules.length === 0) continue;
      // cold rules turn on minutes, the others don't
      const step = one.profile.kind === 'cold_storage' ? MINUTE : 5 * MINUTE;
      for (const time of every(step, at(monday), at(monday) + 7 * DAY)) {
        const values = model.values(one, time);
        for (const rule of rules) {
          const value = Number(values[rule.metric]);
          const isBeyond = value > (rule.high ?? value) || value < (rule.low ?? value);
          const isOver = isBeyond && rule.schedule(time).holds;
          const since = isOver ? (over.get(rule) ?? time) : undefined;
          if (since === undefined) over.delete(rule);
          else over.set(rule, since);
          const lasted = since === undefined ? 0 : time - since;
          // with a third of the delay to spare
          if (isOver && lasted > (rule.onDelay * 2) / 3) {
            expect.fail(`${one.key} ${rule.id}: ${value} for ${lasted / MINUTE} min`);
          }
        }
      }
    }
  });
});

describe('meters', () => {
  const parents = devices.filter((one) => devices.some(({ parent }) => parent === one.id));

  test.each(parents.map(({ id, profile }) => [id, profile.kind] as const))(
    '%s shows the sum of those below it and a small loss',
    (id, kind) => {
      const show = meter();
      const register = kind === 'water_meter' ? 'volume' : 'energy';
      const children = devices.filter(({ parent }) => parent === id);
      const [from, to] = [at('2026-11-23 00:00'), at('2026-11-24 00:00')];
      const used = (name: string) => show(name, register, to) - show(name, register, from);
      const usedBy = ({ id: name, profile, meter: { multipliers } }: Device) => {
        const [metric, spec] = Object.entries(profile.metrics)[0] ?? ['', undefined];
        if (!spec?.interval) return used(name);
        let sum = 0;
        for (let end = from + profile.interval; end <= to; end += profile.interval) {
          sum += show(name, metric, end);
        }
        return sum * (multipliers[0]?.ratio ?? 1);
      };
      const below = children.reduce((sum, child) => sum + usedBy(child), 0);
      const loss = used(id) / below - 1;
      expect(loss).toBeGreaterThan(0);
      expect(loss).toBeLessThan(0.05);
    },
  );

  test('registers only grow, and by what the rate says', () => {
    const show = meter();
    const [from, to] = [at('2026-11-27 12:00'), at('2026-11-28 12:00')];
    for (const [id, register, rate] of [
      ['electricity-main', 'energy', 'power'],
      ['electricity-canteen-kitchen', 'energy', 'power'],
      ['water-main', 'volume', 'flow'],
      ['water-dormitory-3', 'volume', 'flow'],
    ] as const) {
      let before = show(id, register, from);
      const first = before;
      let integral = 0;
      for (const time of every(20_000, from, to)) {
        const now = show(id, register, time);
        expect(now).toBeGreaterThanOrEqual(before);
        before = now;
        integral += (show(id, rate, time) * 20_000) / HOUR;
      }
      expect((before - first) / integral).toBeCloseTo(1, 2);
    }
  });

  test('amounts of periods add up to what the register above counts, but for its loss', () => {
    const show = meter();
    const [from, to] = [at('2026-11-23 00:00'), at('2026-11-24 00:00')];
    for (const [id, metric, parent, register, unit] of [
      ['electricity-boiler-pumps', 'energy_used', 'electricity-boiler-room', 'energy', 1],
      ['water-office-tea', 'volume_used', 'water-office', 'volume', 0.01],
    ] as const) {
      let sum = 0;
      for (const time of every(15 * MINUTE, from, to)) sum += show(id, metric, time + 15 * MINUTE);
      const above = show(parent, register, to) - show(parent, register, from);
      expect(1.02 * sum * unit, id).toBeCloseTo(above, 1);
    }
  });

  test('a register runs on from one year to the next', () => {
    const show = meter();
    const year =
      show('electricity-main', 'energy', at('2027-01-01 00:00')) -
      show('electricity-main', 'energy', at('2026-01-01 00:00'));
    // a primary school of this size: some 200–400 MWh
    expect(year).toBeGreaterThan(150_000);
    expect(year).toBeLessThan(500_000);
  });

  test.each([
    ['electricity-main', 'energy'],
    ['water-main', 'volume'],
  ])(
    '%s: more on a school day than at the weekend, in a holiday or in the vacation',
    (id, register) => {
      const show = meter();
      const day = (date: string) =>
        show(id, register, at(`${date} 00:00`) + DAY) - show(id, register, at(`${date} 00:00`));
      const schoolDay = day('2026-09-30');
      expect(day('2026-10-10'), 'a Saturday with lessons').toBeGreaterThan(0.8 * schoolDay);
      expect(day('2026-10-17'), 'a Saturday').toBeLessThan(0.6 * schoolDay);
      expect(day('2026-10-05'), 'the National Day holiday').toBeLessThan(0.6 * schoolDay);
      expect(day('2027-02-08'), 'the winter vacation').toBeLessThan(0.6 * schoolDay);
    },
  );

  test('water stands still for a while every night', () => {
    const show = meter();
    for (const time of every(MINUTE, at('2026-11-24 02:30'), at('2026-11-24 04:00'))) {
      expect(show('water-main', 'flow', time)).toBe(0);
    }
  });
});

describe('cold units', () => {
  const show = meter();
  const temperatures = (id: string, from: string, to: string) =>
    [...every(MINUTE, at(from), at(to))].map((time) => show(id, 'temperature', time));

  test('a freezer swings with its compressor, and rises in a defrost', () => {
    const day = temperatures('canteen-freezer-2', '2026-11-22 00:00', '2026-11-23 00:00');
    const rounded = day.map((value) => Math.round(value));
    expect(Math.min(...day)).toBeGreaterThan(-23);
    expect(Math.max(...day)).toBeGreaterThan(-16);
    expect(Math.max(...day)).toBeLessThan(-12);
    expect(new Set(rounded).size).toBeGreaterThan(4);
  });

  test('doors open before meals on school days only', () => {
    const schoolDay = temperatures('canteen-fridge-1', '2026-11-23 09:00', '2026-11-23 11:30');
    const sunday = temperatures('canteen-fridge-1', '2026-11-22 09:00', '2026-11-22 11:30');
    const mean = (list: number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
    expect(mean(schoolDay)).toBeGreaterThan(mean(sunday) + 0.2);
  });
});
