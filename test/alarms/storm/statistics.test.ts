import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alarmStatistics, type CountedEvent } from '../../../src/alarms/storm/statistics.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const raised = (minute: number, source = 'a', alarm = 1): CountedEvent => ({
  alarm,
  time: minute * MINUTE,
  event: 'raised',
  source,
});

test('the rate is counted in whole intervals of ten minutes, and ten in one are a flood', () => {
  const calm = [5, 15, 25].map((minute) => raised(minute));
  const flood = Array.from({ length: 10 }, (_, i) => raised(30 + i, `s${i}`));
  expect(alarmStatistics([...calm, ...flood], 0, HOUR)).toMatchObject({
    alarms: 13,
    perTenMinutes: { mean: 13 / 6, peak: 10, peakAt: 30 * MINUTE },
    floodPercent: 100 / 6,
  });
});

test('three times within a minute chatter; two, or three in more than a minute, do not', () => {
  const events = [
    ...[0, 0.4, 0.9].map((minute) => raised(minute, 'nervous')),
    ...[0, 0.4, 5, 5.4].map((minute) => raised(minute, 'twice')),
    ...[0, 0.5, 1].map((minute) => raised(minute, 'slow')),
  ];
  expect(alarmStatistics(events, 0, HOUR).chattering).toEqual([{ source: 'nervous', count: 3 }]);
});

test('an acknowledgement is timed from when the alarm was last raised', () => {
  const events: CountedEvent[] = [
    raised(0),
    raised(10),
    { alarm: 1, time: 12 * MINUTE, event: 'acknowledged', source: 'a' },
    raised(20, 'b', 2),
    { alarm: 2, time: 26 * MINUTE, event: 'acknowledged', source: 'b' },
  ];
  expect(alarmStatistics(events, 0, HOUR).acknowledgement).toEqual({
    count: 2,
    median: 2 * MINUTE,
    p95: 6 * MINUTE,
  });
});

test('what was suppressed asked nothing of anybody', () => {
  const events: CountedEvent[] = [
    raised(0),
    { alarm: 1, time: 0, event: 'suppressed', source: 'a' },
    raised(1, 'b', 2),
  ];
  expect(alarmStatistics(events, 0, HOUR)).toMatchObject({
    alarms: 1,
    topTen: [{ source: 'b', count: 1 }],
  });
});

test('nothing happened', () => {
  expect(alarmStatistics([], 0, HOUR)).toEqual({
    alarms: 0,
    perTenMinutes: { mean: 0, peak: 0, peakAt: undefined },
    floodPercent: 0,
    chattering: [],
    topTen: [],
    topTenPercent: 0,
    acknowledgement: { count: 0, median: undefined, p95: undefined },
  });
});

test('the figures agree with each other, whatever happened', () => {
  const event = fc.record({
    alarm: fc.integer({ min: 1, max: 5 }),
    time: fc.integer({ min: 0, max: 3 * HOUR - 1 }),
    event: fc.constant('raised' as const),
    source: fc.integer({ min: 0, max: 30 }).map((n) => `s${n}`),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 200 }), (events) => {
      const figures = alarmStatistics(events, 0, 3 * HOUR);
      const inTop = figures.topTen.reduce((sum, { count }) => sum + count, 0);
      expect(figures.alarms).toBe(events.length);
      expect(figures.perTenMinutes.mean * 18).toBeCloseTo(events.length);
      expect(figures.perTenMinutes.peak).toBeGreaterThanOrEqual(figures.perTenMinutes.mean);
      expect(figures.floodPercent > 0).toBe(figures.perTenMinutes.peak >= 10);
      expect(figures.topTen.length).toBe(Math.min(10, new Set(events.map((e) => e.source)).size));
      expect(figures.topTenPercent).toBeCloseTo(
        events.length === 0 ? 0 : (100 * inTop) / events.length,
      );
      for (const { source, count } of figures.topTen) {
        expect(count).toBe(events.filter((one) => one.source === source).length);
      }
    }),
  );
});
