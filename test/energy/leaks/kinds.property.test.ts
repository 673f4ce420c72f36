import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MeterRule } from '../../../src/campus/meter-rule.ts';
import { Flow } from '../../../src/energy/leaks/flow.ts';
import type { Facts, Finding, Judge } from '../../../src/energy/leaks/kind.ts';
import { judgeFor } from '../../../src/energy/leaks/kinds.ts';
import { registerMeter } from '../support.ts';
import { DAY, HOUR, hourOf, MINUTE, type Rate, Register } from './support.ts';

const START = Date.parse('2026-11-23T00:00:00+08:00');
const campus = {
  timezone: 'Asia/Shanghai',
  calendar: {
    terms: [],
    offDays: [],
    makeUpDays: [],
    hours: { from: '07:30', to: '17:30' },
  },
};
const common = {
  id: 'leak',
  metric: 'volume',
  severity: 'minor',
  name: { zh: '', en: '' },
  action: { zh: '', en: '' },
} as const;
const NIGHT_FLOW: MeterRule = { ...common, kind: 'night-flow', high: 0.025, legitimate: 0 };
const CONTINUOUS: MeterRule = {
  ...common,
  kind: 'continuous-flow',
  after: 24 * HOUR,
  legitimate: 0,
};

/** Judges some days of a use, by reports every so many minutes; whether it was found each time. */
function found(judged: MeterRule, rate: Rate, days: number, every: number, step = 0.01) {
  const flow = new Flow(registerMeter({ resolution: step }), 5 * MINUTE, 30 * MINUTE);
  const register = new Register(rate, { step });
  let judge: Judge = judgeFor(judged, every * MINUTE);
  let isActive = false;
  const findings: Finding[] = [];
  const facts = (): Facts => ({
    campus,
    isActive,
    recent: (from, to) => flow.between(from, to),
    kept: () => ({ amount: 0, measured: 0 }),
    reports: () => false,
    children: [],
  });
  let at = judge.next(START, campus);
  for (let time = START; time <= START + days * DAY; time += every * MINUTE) {
    flow.take(time, register.at(time));
    for (; at <= time; at = judge.next(at, campus)) {
      const { judge: next, finding } = judge.judge(at, facts());
      judge = next;
      if (finding) isActive = finding.holds;
      findings.push(finding);
    }
  }
  return findings.some((finding) => finding?.holds);
}

/** m³/h for each hour of a week, between 5 and 24 o'clock. */
const busyDays = fc
  .array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 30, noNaN: true })), {
    minLength: 7 * 24,
    maxLength: 7 * 24,
  })
  .map(
    (hours): Rate =>
      (time) =>
        hourOf(time) < 5 ? 0 : (hours[Math.floor((time - START) / HOUR) % hours.length] ?? 0),
  );
const reports = fc.constantFrom(1, 5, 7, 15);

test('whatever is used by day, a night at rest is no leak', () => {
  fc.assert(
    fc.property(busyDays, reports, fc.constantFrom(0.001, 0.01, 0.1, 1), (rate, every, step) => {
      expect(found(NIGHT_FLOW, rate, 7, every, step)).toBe(false);
      expect(found(CONTINUOUS, rate, 7, every, step)).toBe(false);
    }),
    { numRuns: 60 },
  );
});

test('where a leak is found, a larger one is found too', () => {
  const size = fc.double({ min: 0.001, max: 0.2, noNaN: true });
  fc.assert(
    fc.property(busyDays, reports, size, size, (rate, every, a, b) => {
      const leak =
        (flow: number): Rate =>
        (time) =>
          rate(time) + (time >= START + 3 * DAY ? flow : 0);
      const [small, large] = [Math.min(a, b), Math.max(a, b)];
      for (const judged of [NIGHT_FLOW, CONTINUOUS]) {
        const isFound = found(judged, leak(small), 5, every, 0.0001);
        if (isFound) expect(found(judged, leak(large), 5, every, 0.0001)).toBe(true);
      }
    }),
    { numRuns: 40 },
  );
});

test.each([0.03, 0.04, 0.06, 0.12])('a leak of %d m³/h is found whenever it begins', (leak) => {
  fc.assert(
    fc.property(busyDays, reports, fc.integer({ min: 0, max: 23 }), (rate, every, hour) => {
      const begins = START + 3 * DAY + hour * HOUR;
      const use: Rate = (time) => rate(time) + (time >= begins ? leak : 0);
      expect(found(NIGHT_FLOW, use, 6, every)).toBe(true);
    }),
    { numRuns: 15 },
  );
});

test.each([0.005, 0.01, 0.02])('a flow of %d m³/h is below what is looked for', (leak) => {
  fc.assert(
    fc.property(busyDays, reports, (rate, every) => {
      expect(found(NIGHT_FLOW, (time) => rate(time) + leak, 5, every)).toBe(false);
    }),
    { numRuns: 10 },
  );
});
