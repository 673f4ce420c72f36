import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { campusModel } from '../../simulators/physics/campus-model.ts';
import type { RegisterPast } from '../../simulators/physics/register.ts';
import { storyOf } from '../../simulators/story.ts';
import { at, configuration, DAY, device, devices, fault, HOUR, MINUTE } from './fixture.ts';

const SEED = 1;
const BEGUN = at('2026-11-27 09:00');
const campus = device('water-main').campus;
const story = storyOf(campus, BEGUN);
const toldOf = (key: string) => story.faults.filter((one) => one.devices.includes(key));
const pastOf = ({ key }: { key: string }): RegisterPast => ({ shown: story.shown.get(key) });

const told = campusModel(configuration, SEED, toldOf, pastOf);
const withoutLeaks = campusModel(configuration, SEED, () => [], pastOf);

const metricOf = (id: string) => (id.startsWith('water') ? 'volume' : 'energy');
const used = (model: typeof told, id: string, from: number, to: number): number =>
  Number(model.value(device(id), metricOf(id), to)) -
  Number(model.value(device(id), metricOf(id), from));

const meters = devices.filter(({ profile }) => profile.kind.endsWith('_meter'));
/** The old one of five digits goes over to 0 once. */
const growing = meters.filter(({ key }) => !story.shown.has(key));
const moment = fc.integer({ min: story.from, max: BEGUN + 30 * DAY });
const span = fc.tuple(moment, moment).map((ends) => ends.toSorted((a, b) => a - b));

describe('the story of the example school', () => {
  test('begins with a whole month, thirteen months before', () => {
    expect(story.from).toBe(at('2025-10-01 00:00'));
    expect(storyOf(campus, BEGUN)).toEqual(story);
  });

  test('registers only grow, whatever two moments are looked at', () => {
    fc.assert(
      fc.property(span, fc.constantFrom(...growing), ([from = 0, to = 0], { id }) => {
        expect(used(told, id, from, to)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
  });

  test('a meter counts what those below it count and a small loss; the main one also the leak', () => {
    const parents = growing.filter(({ id }) => meters.some(({ parent }) => parent === id));
    fc.assert(
      fc.property(span, fc.constantFrom(...parents), ([from = 0, to = 0], { id }) => {
        const below = growing
          .filter(({ parent }) => parent === id)
          .reduce((sum, child) => sum + used(told, child.id, from, to), 0);
        // registers are cut to their last digit
        expect(used(told, id, from, to)).toBeGreaterThanOrEqual(below - 0.02 * 9);
      }),
      { numRuns: 500 },
    );
  });

  test('electricity is well below last year; water would be, but for its leaks', () => {
    const change = (model: typeof told, id: string) => {
      const thisYear = used(model, id, at('2026-01-01 00:00'), at('2026-11-27 00:00'));
      return thisYear / used(model, id, at('2025-01-01 00:00'), at('2025-11-27 00:00')) - 1;
    };
    expect(change(told, 'electricity-main')).toBeLessThan(-0.055);
    expect(change(told, 'electricity-main')).toBeGreaterThan(-0.075);
    expect(change(withoutLeaks, 'water-main')).toBeLessThan(-0.05);
    expect(change(told, 'water-main')).toBeLessThan(-0.025);
    expect(change(told, 'water-main')).toBeGreaterThan(-0.045);
  });

  test('the cistern runs at night, 40–60 L/h, up to the main meter', () => {
    const night = at('2026-11-26 02:30');
    for (const id of ['water-dormitory-3', 'water-dormitory', 'water-main']) {
      const litres = 1000 * used(told, id, night, night + HOUR);
      expect(litres, id).toBeGreaterThanOrEqual(40);
      expect(litres, id).toBeLessThanOrEqual(61);
    }
    expect(used(told, 'water-dormitory-2', night, night + HOUR)).toBe(0);
  });

  test('the old meter of five digits goes over to 0, once', () => {
    const { at: over } = story.shown.get('qingcheng/electricity-sports-ground') ?? { at: 0 };
    const show = (time: number) =>
      Number(told.value(device('electricity-sports-ground'), 'energy', time));
    expect(show(over - MINUTE)).toBeGreaterThan(99_999);
    expect(show(over + MINUTE)).toBeLessThan(1);
    expect(show(story.from)).toBeGreaterThan(90_000);
    expect(show(BEGUN)).toBeLessThan(10_000);
  });
});

describe('a register', () => {
  const ended = { until: at('2026-11-27 10:12') };
  const burst = [fault('burst_pipe', 'water-dormitory-2', at('2026-11-27 10:00'), ended)];

  test('goes on from what it showed last, though the burst pipe is forgotten by a restart', () => {
    const before = campusModel(configuration, SEED, (key) =>
      burst.filter(({ devices: hit }) => hit.includes(key)),
    );
    for (const id of ['water-dormitory-2', 'water-main']) {
      const stopped = at('2026-11-27 10:20');
      const last = { at: stopped, value: Number(before.value(device(id), 'volume', stopped)) };
      const after = campusModel(
        configuration,
        SEED,
        () => [],
        ({ id: other }) => (other === id ? { last } : {}),
      );
      let height = last.value;
      for (let time = stopped; time < stopped + 12 * HOUR; time += 5 * MINUTE) {
        const value = Number(after.value(device(id), 'volume', time));
        expect(value).toBeGreaterThanOrEqual(height);
        height = value;
      }
      expect(used(after, id, stopped, stopped + DAY)).toBeCloseTo(
        used(before, id, stopped, stopped + DAY),
        1,
      );
    }
  });

  test('shows its ratio, its digits and its replacement as the configuration has them', () => {
    const exchanged = at('2026-04-11 15:07');
    const replacement = { metric: 'energy', at: exchanged, oldFinal: 812.5, newInitial: 3 };
    const id = 'electricity-main';
    const settings = {
      digits: 3,
      multipliers: [{ from: 0, ratio: 40 }],
      replacements: [replacement],
    };
    const changed = { ...device(id), meter: settings };
    const with40 = campusModel(
      { ...configuration, devices: new Map(configuration.devices).set(changed.key, changed) },
      SEED,
      () => [],
    );
    const show = (time: number) => Number(with40.value(changed, 'energy', time));
    expect(show(exchanged)).toBeCloseTo(812.5, 1);
    expect(show(exchanged + 1)).toBe(3);
    const hour = used(withoutLeaks, id, exchanged, exchanged + HOUR);
    expect(show(exchanged + HOUR) - 3).toBeCloseTo(hour / 40, 1);
    expect(show(exchanged - 300 * DAY)).toBeLessThan(1000);
  });
});
