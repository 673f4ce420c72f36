import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NORMAL, type Observation, type RuleState } from '../../src/alarms/rules/phases.ts';
import {
  conditionOf,
  type Frame,
  lapse,
  recall,
  see,
  type TrackedStep,
} from '../../src/alarms/rules/tracked.ts';
import type { ValueRule } from '../../src/campus/rule.ts';
import { expectedMoments, type Moment, type World } from './oracle.ts';

const words = { zh: 'x', en: 'x' };
const base = {
  id: 'r',
  severity: 'minor',
  name: words,
  action: words,
  metric: 'm',
  when: 'always',
} as const;
const delays = { onDelay: fc.nat(6), offDelay: fc.nat(6) };
const sides = fc.constantFrom({ high: 3 }, { low: -3 }, { high: 3, low: -3 });
const window = fc.integer({ min: 1, max: 20 });

const KINDS: Record<string, fc.Arbitrary<ValueRule>> = {
  threshold: fc
    .record({ ...delays, deadBand: fc.nat(2), sides })
    .map(({ sides, ...rest }) => ({ ...base, ...rest, ...sides, kind: 'threshold' })),
  rate: fc
    .record({
      ...delays,
      window,
      change: fc.constantFrom({ rise: 3 }, { fall: 4 }, { rise: 2, fall: 5 }),
    })
    .map(({ change, ...rest }) => ({ ...base, ...rest, ...change, kind: 'rate' })),
  stuck: fc
    .record({ ...delays, tolerance: fc.nat(4), after: window })
    .map((rest) => ({ ...base, ...rest, kind: 'stuck' })),
  count: fc
    .record({
      ...delays,
      window,
      times: fc.integer({ min: 2, max: 4 }),
      deadBand: fc.nat(2),
      sides,
    })
    .map(({ sides, ...rest }) => ({ ...base, ...rest, ...sides, kind: 'count' })),
  cumulative: fc
    .record({ ...delays, window, part: fc.integer({ min: 1, max: 20 }), sides })
    .map(({ sides, part, ...rest }) => ({
      ...base,
      ...rest,
      ...sides,
      total: Math.min(part, rest.window),
      kind: 'cumulative',
    })),
};

/** Some far apart, many of the same value. */
const observations = fc
  .array(
    fc.tuple(
      fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: 1, max: 3 }) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 15 }) },
      ),
      fc.oneof(fc.integer({ min: -6, max: 6 }), fc.constantFrom(0, 5)),
    ),
    { maxLength: 25 },
  )
  .map((list) => {
    let time = 0;
    return list.map(([later, value]): Observation => {
      time += later;
      return { time, value };
    });
  });

const worlds = (rules: fc.Arbitrary<ValueRule>) =>
  fc
    .record({
      rule: rules,
      list: observations,
      gap: fc.integer({ min: 1, max: 8 }),
      // how long it is on and off; 0: always on
      period: fc.constantFrom(0, 0, 3, 7, 11),
    })
    .map(({ period, list, ...rest }) => ({
      ...rest,
      list,
      period,
      end: (list.at(-1)?.time ?? 0) + 45,
      isScheduled: (time: number) => period === 0 || Math.floor(time / period) % 2 === 0,
    }));

/** Runs the rule; at the moments `asked` it is asked whether something is due, at `restarts` begun anew. */
function foundMoments(
  { rule, list, gap, end, period, isScheduled }: World & { period: number },
  asked: readonly number[],
  restarts: readonly number[],
): Moment[] {
  const frame: Frame = {
    delays: rule,
    gap,
    schedule: (time) => {
      const from = period === 0 ? Number.NEGATIVE_INFINITY : Math.floor(time / period) * period;
      return {
        from,
        until: period === 0 ? Number.POSITIVE_INFINITY : from + period,
        holds: isScheduled(time),
      };
    },
  };
  const initial = conditionOf(rule, gap);
  let track = recall(initial, undefined, [], 0);
  let state: RuleState = NORMAL;
  const moments: Moment[] = [];
  const take = (step: TrackedStep) => {
    track = step;
    state = step.state;
    moments.push(...step.events.map(({ event, at }) => ({ event, at })));
  };
  for (let time = 0; time <= end; time++) {
    const observation = list.find((one) => one.time === time);
    if (observation) take(see(frame, track, state, observation));
    if (asked.includes(time) || restarts.includes(time) || time === end) {
      take(lapse(frame, track, state, time));
    }
    if (!restarts.includes(time)) continue;
    const since = (track.last?.time ?? 0) - initial.horizon - gap;
    const seen = list.filter((one) => one.time <= time && one.time >= since).toReversed();
    track = recall(initial, track.condition.stored(), seen, time);
  }
  return moments;
}

const moments = fc.uniqueArray(fc.nat(200), { maxLength: 40 });

describe.each(Object.entries(KINDS))('%s', (_kind, rules) => {
  test('agrees with a judge that keeps everything, whenever it is asked', () => {
    fc.assert(
      fc.property(worlds(rules), moments, (world, asked) => {
        expect(foundMoments(world, asked, [])).toEqual(expectedMoments(world));
      }),
      { numRuns: 400 },
    );
  });

  test('restarts change nothing', () => {
    fc.assert(
      fc.property(worlds(rules), moments, (world, restarts) => {
        expect(foundMoments(world, [], restarts)).toEqual(expectedMoments(world));
      }),
      { numRuns: 400 },
    );
  });
});
