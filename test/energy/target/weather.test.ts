import { expect, test } from 'vitest';
import { configure } from '../../harness/configuration.ts';
import { school } from '../../harness/school.ts';
import { send } from '../support.ts';
import { hourly, targetsOf } from './readings.ts';

const HOUR = 3_600_000;

const SCHOOL = configure({
  devices: `
- {id: main, name: 总电表, profile: generic/electricity-meter}
- {id: sky, name: 室外温度, profile: generic/environment}
`,
});
for (const { energy } of SCHOOL.campuses.values()) {
  energy.temperature = { device: 'sky', metric: 'temperature' };
}

/** Between 0 and 9 ℃ by the day of the year; in 2026 it was 4 ℃ warmer. */
function outdoors(time: number): number {
  const local = new Date(time + 8 * HOUR);
  const year = local.getUTCFullYear();
  const day = Math.floor((local.getTime() - Date.UTC(year, 0, 1)) / (24 * HOUR));
  return (day % 10) + (year === 2026 ? 4 : 0);
}

/** 4 kWh an hour, and half a kWh an hour for each degree below 18 ℃. */
const need = (time: number) => 4 + (18 - outdoors(time)) / 2;

test('a mild winter meets the target by dates and misses it by the weather, and that is said', async () => {
  await using campus = await school(SCHOOL, '2026-02-03T08:00:00+08:00');
  for (const [from, to, first] of [
    ['2025-01-01', '2025-02-02', 1000],
    ['2026-01-01', '2026-02-02', 500_000],
  ] as const) {
    send(campus, 'main', hourly(from, to, first, need), 500);
    const times = hourly(from, to, 0, () => 0).slice(0, -1);
    send(
      campus,
      'sky',
      times.map(([time]) => [time, outdoors(time)] as const),
      500,
      'temperature',
    );
  }
  const found = await targetsOf(campus.core, campus.clock.virtual).answer('electricity', {
    from: '2026-01-01',
    to: '2026-02-01',
  });
  // 32 days; three tens of days and a 0 and a 1: 136 degrees
  const last = 32 * 96 + 12 * (32 * 18 - 136);
  const now = last - 12 * 32 * 4;
  expect(found).toMatchObject({
    actual: expect.closeTo(now, 6),
    baseline: expect.closeTo(last, 6),
    verdict: 'met',
    degreeDays: {
      days: 32,
      heatingBase: 18,
      coolingBase: 26,
      heating: { actual: 32 * 18 - 136 - 128, baseline: 32 * 18 - 136 },
      cooling: { actual: 0, baseline: 0 },
      perHeating: expect.closeTo(12, 6),
      change: expect.closeTo(0, 6),
      explained: expect.closeTo(1, 6),
      verdict: 'missed',
    },
  });
  expect(found.disagreement?.zh).toContain('气温修正 0 % 未达标');
});
