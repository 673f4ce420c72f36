import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Finding, judge, keyOf, type Record } from '../../src/watchdogs/watchdog.ts';

const DELAYS = { onDelay: 120, offDelay: 60 };
const FINDING: Finding = { code: 'BROKER_DOWN', params: {}, severity: 'major' };

/** What was done when, with a look every 15 units: `wrong` says what is found at each. */
function over(wrong: readonly (Finding['severity'] | undefined)[], delays = DELAYS): string[] {
  let record: Record = new Map();
  return wrong.flatMap((severity, i) => {
    const findings = severity ? [{ ...FINDING, severity }] : [];
    const judged = judge(record, findings, delays, i * 15);
    record = judged.record;
    return [
      ...judged.raise.map((finding) => `${i * 15} ${finding.severity}`),
      ...judged.clear.map(() => `${i * 15} over`),
    ];
  });
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('a finding over time', () => {
  test('is told once, after its delay, and is over after the other', () => {
    const story = over([...times(20, 'major' as const), ...times(20, undefined)]);
    expect(story).toEqual(['120 major', '360 over']);
  });

  test('that goes before its delay is told to nobody', () => {
    expect(over([...times(8, 'major' as const), ...times(20, undefined)])).toEqual([]);
  });

  test('is told again when it becomes graver, and not when it becomes lighter', () => {
    const severities = ['major', 'critical', 'major', 'critical'] as const;
    expect(over(severities, { onDelay: 0, offDelay: 60 })).toEqual(['0 major', '15 critical']);
  });
});

test('however it comes and goes, raised and over take turns, and never faster than the delays', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (wrong) => {
      const story = over(wrong.map((is) => (is ? 'major' : undefined)));
      const kinds = story.map((line) => line.split(' ')[1]);
      expect(kinds).toEqual(kinds.map((_, i) => (i % 2 === 0 ? 'major' : 'over')));
      const at = story.map((line) => Number(line.split(' ')[0]));
      at.forEach((time, i) => {
        const delay = i % 2 === 0 ? DELAYS.onDelay : DELAYS.offDelay;
        expect(time - (at[i - 1] ?? 0)).toBeGreaterThanOrEqual(delay);
      });
    }),
  );
});

test('a clock that is set back ends no delay early and holds none up for longer than itself', () => {
  const { record } = judge(new Map(), [FINDING], DELAYS, 10_000);
  const back = judge(record, [FINDING], DELAYS, 1_000);
  expect(back.raise).toEqual([]);
  expect(judge(back.record, [FINDING], DELAYS, 1_120).raise).toHaveLength(1);
});

test('campuses and subjects have findings of their own', () => {
  const two = [
    { ...FINDING, campus: 'a', subject: 'x' },
    { ...FINDING, campus: 'b', subject: 'x' },
  ];
  const { raise, record } = judge(new Map(), two, { onDelay: 0, offDelay: 0 }, 0);
  expect(raise.map(keyOf)).toEqual(['BROKER_DOWN a x', 'BROKER_DOWN b x']);
  const { clear } = judge(record, two.slice(1), { onDelay: 0, offDelay: 0 }, 1);
  expect(clear.map(keyOf)).toEqual(['BROKER_DOWN a x']);
});
