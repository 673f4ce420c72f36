import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DURATION_PATTERN, parseDuration, sayDuration } from '../src/duration.ts';

const PATTERN = new RegExp(DURATION_PATTERN);
const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

describe('reading a duration', () => {
  test.each([
    ['90s', 90_000],
    ['15m', 900_000],
    ['2.5d', 216_000_000],
    ['0s', 0],
    ['250ms', 250],
    ['1.5h', 5_400_000],
  ])('%s', (text, expected) => {
    expect(PATTERN.test(text)).toBe(true);
    expect(parseDuration(text)).toBe(expected);
  });

  test('gives whole milliseconds for all that the pattern lets through', () => {
    const parts = fc.record({
      whole: fc.integer({ min: 0, max: 999_999 }),
      part: fc.option(fc.integer({ min: 0, max: 999 }), { nil: undefined }),
      unit: fc.constantFrom('ms', 's', 'm', 'h', 'd'),
    });
    fc.assert(
      fc.property(parts, ({ whole, part, unit }) => {
        const text = `${whole}${part === undefined ? '' : `.${part}`}${unit}`;
        expect(PATTERN.test(text)).toBe(true);
        const expected = Number(`${whole}.${part ?? 0}`) * UNITS[unit];
        const duration = parseDuration(text);
        expect(Number.isSafeInteger(duration)).toBe(true);
        expect(Math.abs(duration - expected)).toBeLessThanOrEqual(0.5);
      }),
    );
  });

  test.each(['', '5', 's', '-5s', '5 s', '5s ', '5S', '1h30m', '.5s', '5.s', '1e3s', '5w', '٥s'])(
    'there is none in %j',
    (text) => {
      expect(PATTERN.test(text)).toBe(false);
    },
  );
});

describe('saying a duration', () => {
  test.each([
    [0, '0 秒', '0 s'],
    [499, '0 秒', '0 s'],
    [500, '1 秒', '1 s'],
    [59_400, '59 秒', '59 s'],
    [59_500, '1 分钟', '1 min'],
    [7_500_000, '2 小时 5 分钟', '2 h 5 min'],
    [7_200_000, '2 小时', '2 h'],
    [7_205_000, '2 小时', '2 h'],
    [90_061_000, '1 天 1 小时', '1 d 1 h'],
    [86_460_000, '1 天', '1 d'],
    [-5000, '0 秒', '0 s'],
  ])('%i ms', (duration, zh, en) => {
    expect(sayDuration(duration)).toEqual({ zh, en });
  });

  test('is short, never says more than there is, and leaves out less than a unit of it', () => {
    const size: Record<string, number> = { d: 86_400, h: 3600, min: 60, s: 1 };
    fc.assert(
      fc.property(fc.nat(1e11), (duration) => {
        const words = sayDuration(duration).en.split(' ');
        expect([2, 4]).toContain(words.length);
        let said = 0;
        for (let i = 0; i < words.length; i += 2) {
          said += Number(words[i]) * (size[words[i + 1] ?? ''] ?? Number.NaN);
        }
        const left = Math.round(duration / 1000) - said;
        expect(left).toBeGreaterThanOrEqual(0);
        expect(left).toBeLessThan(size[words[1] ?? ''] ?? 0);
        expect(sayDuration(duration).zh.split(' ')).toHaveLength(words.length);
      }),
    );
  });
});
