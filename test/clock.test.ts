import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock, VirtualClock } from '../src/clock.ts';

describe('a virtual clock', () => {
  test('stands still until it is moved, and never goes back', () => {
    const clock = new VirtualClock(1000);
    expect(clock.now()).toBe(1000);
    clock.moveTo(2000);
    clock.moveTo(1500);
    expect(clock.now()).toBe(2000);
  });

  test('runs what falls due on the way in order of time, each at its own time', () => {
    const delays = fc.array(fc.integer({ min: -10, max: 100 }), { maxLength: 20 });
    fc.assert(
      fc.property(delays, fc.nat(120), (list, to) => {
        const clock = new VirtualClock(1000);
        const ran: [number, number][] = [];
        list.forEach((delay, i) => {
          clock.after(delay, () => ran.push([clock.now(), i]));
        });
        clock.moveTo(1000 + to);
        const expected = list
          .map((delay, i): [number, number] => [1000 + Math.max(0, delay), i])
          .filter(([time]) => time <= 1000 + to)
          .sort(([a, i], [b, j]) => a - b || i - j);
        expect(ran).toEqual(expected);
        expect(clock.now()).toBe(1000 + to);
      }),
    );
  });

  test('runs what is added on the way, too', () => {
    const clock = new VirtualClock(0);
    const ran: number[] = [];
    const again = () => {
      ran.push(clock.now());
      if (ran.length < 100) clock.after(10, again);
    };
    clock.after(10, again);
    clock.moveTo(35);
    expect(ran).toEqual([10, 20, 30]);
    expect(clock.next()).toBe(40);
  });

  test('forgets what is cancelled', () => {
    const clock = new VirtualClock(0);
    const run = vi.fn();
    clock.after(10, run).cancel();
    expect(clock.next()).toBeUndefined();
    clock.moveTo(100);
    expect(run).not.toHaveBeenCalled();
  });
});

describe('the system clock', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('runs once, after the delay', () => {
    const run = vi.fn();
    systemClock.after(1000, run);
    vi.advanceTimersByTime(999);
    expect(run).not.toHaveBeenCalled();
    vi.advanceTimersByTime(5000);
    expect(run).toHaveBeenCalledTimes(1);
  });

  test('forgets what is cancelled', () => {
    const run = vi.fn();
    systemClock.after(1000, run).cancel();
    vi.advanceTimersByTime(5000);
    expect(run).not.toHaveBeenCalled();
  });

  test('waits for months, too: the platform’s own timers end after 24 days', () => {
    const day = 86_400_000;
    const run = vi.fn();
    const cancelled = vi.fn();
    const timer = systemClock.after(60 * day, cancelled);
    systemClock.after(60 * day, run);
    vi.advanceTimersByTime(30 * day);
    timer.cancel();
    vi.advanceTimersByTime(30 * day - 1);
    expect(run).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(run).toHaveBeenCalledTimes(1);
    expect(cancelled).not.toHaveBeenCalled();
  });
});
