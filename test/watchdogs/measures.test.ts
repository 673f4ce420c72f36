import { describe, expect, test } from 'vitest';
import { nextWaking } from '../../src/notify/waking.ts';
import { judgeDisk, spaceOf } from '../../src/watchdogs/disk.ts';

const GIB = 1024 ** 3;

test.each([
  [50, 100, false, undefined],
  [10, 100, false, undefined],
  [9.9, 100, false, 'major'],
  [2.9, 100, false, 'critical'],
  [0.9, 4, false, 'major'],
  // an open alarm needs more than that to end
  [11, 100, true, 'major'],
  [12, 100, true, undefined],
])('%s of %s GiB free, alarm open: %s → %s', (free, total, isOpen, severity) => {
  expect(judgeDisk({ free: free * GIB, total: total * GIB }, isOpen)).toBe(severity);
});

test('the space of a folder is that of its disk', () => {
  const { free, total } = spaceOf(import.meta.dirname);
  expect(free).toBeGreaterThan(0);
  expect(total).toBeGreaterThanOrEqual(free);
});

describe('people are awake', () => {
  const at = (time: string) => Date.parse(`2026-11-23T${time}+08:00`);
  test.each([
    ['06:59:59', '07:00:00'],
    ['07:00:00', '07:00:00'],
    ['21:59:59', '21:59:59'],
  ])('at %s: %s', (now, then) => {
    expect(nextWaking(at(now), 'Asia/Shanghai')).toBe(at(then));
  });

  test('at ten in the evening: next morning', () => {
    expect(nextWaking(at('22:00:00'), 'Asia/Shanghai')).toBe(at('07:00:00') + 86_400_000);
  });
});
