import { expect, test } from 'vitest';
import { unborn } from '../../src/alarms/lifecycle.ts';
import { trendChart } from '../../src/http/trend.ts';

const HOUR = 3_600_000;
const TREND = {
  from: 0,
  to: 6 * HOUR,
  unit: '℃',
  points: [
    { time: HOUR, value: -20 },
    { time: 5 * HOUR, value: -3 },
  ],
};
const about = (limit: number, unit: string, since = 4 * HOUR) =>
  unborn({
    campus: 'qingcheng',
    device: 'freezer',
    deviceName: '冷冻柜',
    zone: '食堂',
    rule: 'warm',
    severity: 'major',
    latched: false,
    metric: 'temperature',
    value: -3,
    limit,
    unit,
    title: { zh: '超温', en: 'Warm' },
    action: { zh: '去看', en: 'Look' },
    since,
    raised: since,
  });

test('a limit of the metric is drawn, and when it began', () => {
  const { text } = trendChart(TREND, about(-5, '℃'), 'Asia/Shanghai');
  expect(text).toContain('class="limit"');
  expect(text).toContain('class="began"');
  expect(text).toContain('最新 <b>-3 ℃</b>');
});

test('a limit of something else is none on its scale: of a rate, of minutes beyond a limit', () => {
  for (const unit of ['℃/15 min', 'min']) {
    const { text } = trendChart(TREND, about(10, unit), 'Asia/Shanghai');
    expect(text).not.toContain('class="limit"');
    expect(text).toContain('-20 ~ -3 ℃');
  }
});

test('what began before is marked nowhere', () => {
  const { text } = trendChart({ ...TREND, from: HOUR }, about(-5, '℃', 0), 'Asia/Shanghai');
  expect(text).not.toContain('class="began"');
});
