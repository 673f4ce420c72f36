import { describe, expect, test } from 'vitest';
import type { Alarm } from '../../src/alarms/store.ts';
import { headline, localTime, sentence } from '../../src/notify/compose.ts';

const ZONE = 'Asia/Shanghai';
const SINCE = Date.parse('2026-11-23T02:13:59+08:00');

const ALARM: Alarm = {
  id: 1,
  campus: 'qingcheng',
  device: 'canteen-freezer-1',
  deviceName: '1 号冷冻柜',
  zone: '食堂 / 冷库间',
  rule: 'too-warm',
  severity: 'major',
  latched: false,
  metric: 'temperature',
  value: -4,
  limit: -12,
  unit: '℃',
  title: { zh: '冷冻温度过高', en: 'Freezer too warm' },
  action: { zh: '检查', en: 'Check' },
  since: SINCE,
  raised: SINCE + 60_000,
  occurrences: 1,
  acknowledged: undefined,
  acknowledgedBy: undefined,
  cleared: undefined,
  closed: undefined,
  closedBy: undefined,
  closeReason: undefined,
  suppressedBy: undefined,
  unstableUntil: undefined,
  drill: undefined,
};
const SMOKE: Alarm = { ...ALARM, unit: '', value: 1, limit: 1, latched: true };

describe('the headline', () => {
  test.each([
    ['critical', '【紧急】冷冻温度过高', '[CRITICAL] Freezer too warm'],
    ['major', '【重要】冷冻温度过高', '[MAJOR] Freezer too warm'],
    ['minor', '【一般】冷冻温度过高', '[MINOR] Freezer too warm'],
    ['info', '【提示】冷冻温度过高', '[INFO] Freezer too warm'],
  ] as const)('begins with how urgent it is: %s', (severity, zh, en) => {
    expect(headline({ ...ALARM, severity }, 'raised')).toEqual({ zh, en });
  });

  test('says that it is over', () => {
    expect(headline(ALARM, 'cleared')).toEqual({
      zh: '【已恢复】冷冻温度过高',
      en: '[OVER] Freezer too warm',
    });
  });
});

describe('the sentence', () => {
  test('ends with what more is known', () => {
    const detail = { zh: '疑似压缩机停机。', en: 'The compressor may have stopped.' };
    const said = sentence({ ...ALARM, detail }, 'raised', -4, ZONE);
    expect(said.zh).toMatch(/自 11-23 02:13 起。疑似压缩机停机。$/);
    expect(said.en).toMatch(/since 11-23 02:13\. The compressor may have stopped\.$/);
    expect(sentence({ ...ALARM, detail }, 'cleared', -4, ZONE).zh).not.toContain('压缩机');
  });

  test('says where, value against limit, and since when', () => {
    expect(sentence(ALARM, 'raised', -4, ZONE)).toEqual({
      zh: '食堂 / 冷库间 1 号冷冻柜：-4 ℃，高于限值 -12 ℃，自 11-23 02:13 起。',
      en: '食堂 / 冷库间 1 号冷冻柜: -4 ℃, above the limit of -12 ℃, since 11-23 02:13.',
    });
  });

  test('says below for a lower limit', () => {
    const { zh, en } = sentence({ ...ALARM, limit: 0 }, 'raised', -0.5, ZONE);
    expect(zh).toContain('-0.5 ℃，低于限值 0 ℃');
    expect(en).toContain('-0.5 ℃, below the limit of 0 ℃');
  });

  test('says at for a value that is its limit', () => {
    const { zh, en } = sentence(ALARM, 'raised', -12, ZONE);
    expect(zh).toContain('-12 ℃，达到限值 -12 ℃');
    expect(en).toContain('-12 ℃, at the limit of -12 ℃');
  });

  test('tells of the value of its own event, not of a later one', () => {
    expect(sentence({ ...ALARM, value: 30 }, 'raised', -4, ZONE).zh).toContain('-4 ℃，');
  });

  test('names no numbers where there are none to name', () => {
    expect(sentence(SMOKE, 'raised', 1, ZONE).zh).toBe(
      '食堂 / 冷库间 1 号冷冻柜：自 11-23 02:13 起。',
    );
    expect(sentence(ALARM, 'raised', undefined, ZONE).en).toBe(
      '食堂 / 冷库间 1 号冷冻柜: since 11-23 02:13.',
    );
  });

  test('does not say a floor twice that the device is named after', () => {
    const named = { ...ALARM, zone: '教学楼 / 一层', deviceName: '教学楼一层东侧走廊烟感' };
    expect(sentence(named, 'raised', undefined, ZONE).zh).toMatch(/^教学楼一层东侧走廊烟感：/);
  });

  test('does not say the place twice', () => {
    const named = { ...ALARM, zone: '食堂', deviceName: '食堂 1 号冷冻柜' };
    expect(sentence(named, 'raised', -4, ZONE).zh).toMatch(/^食堂 1 号冷冻柜：/);
  });

  test('does not say a zone twice that is on fire as a whole', () => {
    const fire = { ...ALARM, zone: '食堂 / 餐厅', deviceName: '食堂 / 餐厅' };
    expect(sentence(fire, 'raised', undefined, ZONE).zh).toMatch(/^食堂 \/ 餐厅：/);
  });

  test('says since when it is over', () => {
    const cleared = { ...ALARM, cleared: SINCE + 3_600_000 };
    expect(sentence(cleared, 'cleared', -4, ZONE)).toEqual({
      zh: '食堂 / 冷库间 1 号冷冻柜：11-23 03:13 恢复。',
      en: '食堂 / 冷库间 1 号冷冻柜: over since 11-23 03:13.',
    });
  });

  test('says of a fire that is over that it must be reset', () => {
    const { zh, en } = sentence({ ...SMOKE, cleared: SINCE }, 'cleared', 1, ZONE);
    expect(zh).toContain('须现场检查后复位');
    expect(en).toContain('must be reset after a check on site');
  });
});

test('times are those of the campus', () => {
  expect(localTime(Date.UTC(2026, 11, 31, 16, 5), ZONE)).toBe('01-01 00:05');
  expect(localTime(Date.UTC(2026, 11, 31, 16, 5), 'Europe/Berlin')).toBe('12-31 17:05');
});
