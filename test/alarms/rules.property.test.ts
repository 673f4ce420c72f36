import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  NORMAL,
  type Observation,
  type RuleEvent,
  type RuleState,
} from '../../src/alarms/rules/phases.ts';
import { breachedLimit, due, step } from '../../src/alarms/rules/plain.ts';
import { silence } from '../../src/alarms/rules/silence.ts';
import type { PlainRule, ThresholdRule } from '../../src/campus/rule.ts';

const words = { zh: 'x', en: 'x' };
const base = {
  id: 'r',
  severity: 'major',
  name: words,
  action: words,
  metric: 'm',
  when: 'always',
} as const;

const threshold = (limits: Partial<ThresholdRule>): ThresholdRule => ({
  ...base,
  kind: 'threshold',
  deadBand: 0,
  onDelay: 0,
  offDelay: 0,
  ...limits,
});

const delay = fc.nat(12);
const anyRule: fc.Arbitrary<PlainRule> = fc.oneof(
  fc
    .record({ deadBand: fc.nat(3), onDelay: delay, offDelay: delay, sides: fc.nat(2) })
    .map(({ sides, ...rest }) =>
      threshold({ ...rest, ...(sides > 0 && { low: -5 }), ...(sides < 2 && { high: 5 }) }),
    ),
  fc
    .record({ onDelay: delay, offDelay: delay, is: fc.boolean(), latched: fc.boolean() })
    .map((rest): PlainRule => ({ ...base, kind: 'state', fire: false, ...rest })),
);

/** Observations in order of time, some of them far apart; the unit of time is arbitrary. */
const observations = fc
  .array(
    fc.tuple(
      fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 20 })),
      fc.integer({ min: -9, max: 9 }),
    ),
    {
      maxLength: 30,
    },
  )
  .map((list) => {
    let time = 0;
    return list.map(([later, value]): Observation => {
      time += later;
      return { time, value };
    });
  });
const anyGap = fc.integer({ min: 1, max: 8 });

/** For a state rule the same numbers stand for its two states. */
const seenBy = (rule: PlainRule, list: readonly Observation[]): Observation[] =>
  rule.kind === 'state'
    ? list.map(({ time, value }) => ({ time, value: Number(value > 0) }))
    : [...list];

/** Runs a rule; between two observations it is asked at `asked` whether something is due. */
function run(rule: PlainRule, list: readonly Observation[], gap: number, asked: number[] = []) {
  const events: RuleEvent[] = [];
  let state: RuleState = NORMAL;
  let last: Observation | undefined;
  const end = (list.at(-1)?.time ?? 0) + 50;
  const questions = [...asked.filter((at) => at < end), end].sort((a, b) => a - b);
  const askUntil = (time: number) => {
    for (let at = questions[0]; at !== undefined && at <= time; at = questions[0]) {
      questions.shift();
      if (!last) continue;
      const passed = due(rule, state, last, at, gap);
      state = passed.state;
      events.push(...passed.events);
    }
  };
  for (const observation of list) {
    askUntil(observation.time);
    const done = step(rule, state, observation, last, gap);
    state = done.state;
    events.push(...done.events);
    last = observation;
  }
  askUntil(end);
  return events;
}

test('what comes out does not depend on how often time is looked at', () => {
  const moments = fc.array(fc.nat(400), { maxLength: 60 });
  fc.assert(
    fc.property(anyRule, observations, anyGap, moments, (rule, list, gap, asked) => {
      const seen = seenBy(rule, list);
      expect(run(rule, seen, gap, asked)).toEqual(run(rule, seen, gap));
    }),
    { numRuns: 1000 },
  );
});

test('it is raised and cleared in turns, in order of time', () => {
  fc.assert(
    fc.property(anyRule, observations, anyGap, (rule, list, gap) => {
      const events = run(rule, seenBy(rule, list), gap);
      events.forEach(({ event, at }, i) => {
        expect(event).toBe(i % 2 === 0 ? 'raised' : 'cleared');
        expect(at).toBeGreaterThanOrEqual(events[i - 1]?.at ?? 0);
      });
    }),
    { numRuns: 1000 },
  );
});

test('it is raised at since + delay, and the condition is known to have held for all of it', () => {
  fc.assert(
    fc.property(anyRule, observations, anyGap, (rule, list, gap) => {
      const seen = seenBy(rule, list);
      for (const event of run(rule, seen, gap)) {
        if (event.event !== 'raised') continue;
        expect(event.at).toBe(event.since + rule.onDelay);
        const within = seen.filter(({ time }) => time >= event.since && time < event.at);
        const known = within.length > 0 ? within : seen.filter(({ time }) => time === event.at);
        expect(known[0]?.time).toBe(event.since);
        for (const { value } of known) expect(breachedLimit(rule, value)).toBeDefined();
        const times = [...known.map(({ time }) => time), event.at];
        times.slice(1).forEach((time, i) => {
          expect(time - (times[i] ?? 0)).toBeLessThanOrEqual(gap);
        });
      }
    }),
    { numRuns: 1000 },
  );
});

test('every stretch beyond the limit that is known to last is raised, once', () => {
  const rules = delay.map((onDelay) => threshold({ high: 5, onDelay }));
  fc.assert(
    fc.property(rules, observations, anyGap, (rule, list, gap) => {
      const raised = run(rule, list, gap).filter(({ event }) => event === 'raised');
      expect(raised.map(({ at }) => at)).toEqual(expectedRaises(rule, list, gap));
    }),
    { numRuns: 1000 },
  );
});

/** By the book, for a rule that clears at once: stretches above the limit, cut where unknown. */
function expectedRaises(rule: ThresholdRule, list: readonly Observation[], gap: number): number[] {
  const raises: number[] = [];
  let began: number | undefined;
  let isActive = false;
  list.forEach(({ time, value }, i) => {
    if (value <= 5) {
      began = undefined;
      isActive = false;
      return;
    }
    const previous = list[i - 1];
    if (began === undefined || !previous || time - previous.time > gap) began = time;
    const holdsUntil = Math.min(list[i + 1]?.time ?? Number.POSITIVE_INFINITY, time + gap);
    if (isActive || holdsUntil - began < rule.onDelay) return;
    isActive = true;
    raises.push(began + rule.onDelay);
  });
  return raises;
}

test('a device is missed at its deadline and not before, and cleared by its first word', () => {
  const times = fc.record({
    heard: fc.nat(1000),
    excused: fc.nat(100),
    limit: fc.integer({ min: 1, max: 100 }),
  });
  fc.assert(
    fc.property(times, fc.nat(2000), ({ heard, excused, limit }, now) => {
      const deadline = heard + excused + limit;
      const { state, events } = silence(NORMAL, heard, excused, limit, now);
      if (now < deadline) {
        expect({ state, events }).toEqual({ state: NORMAL, events: [] });
        return;
      }
      expect(events).toMatchObject([{ event: 'raised', at: deadline, since: heard }]);
      expect(silence(state, heard, excused, limit, now + 1).events).toEqual([]);
      const word = deadline + 5;
      expect(silence(state, word, 0, limit, word)).toMatchObject({
        state: NORMAL,
        events: [{ event: 'cleared', at: word }],
      });
    }),
  );
});
