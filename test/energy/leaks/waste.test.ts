import { describe, expect, test } from 'vitest';
import { configure } from '../../harness/configuration.ts';
import { school } from '../../harness/school.ts';
import { both, hourOf, leaks, Meters, Register, schoolDay, since, weekdayOf } from './support.ts';

const TERM = `
  terms: [{name: 第一学期, from: 2026-09-01, to: 2027-01-20}]
  offDays: [{name: 国庆节, from: 2026-10-01, to: 2026-10-07}]
energy: {waterPrice: 4, electricityPrice: [{periods: [
  {name: 谷, from: "22:00", to: "06:00", price: 0.3}, {name: 峰, from: "06:00", to: "22:00", price: 0.9}]}]}`;

const school2 = (devices: string) => configure({ devices, calendar: TERM });

/** 10 kW day and night, 40 more in school hours. */
const building = (time: number) => {
  const hour = hourOf(time);
  return weekdayOf(time) < 6 && hour >= 7 && hour < 18 ? 50 : 10;
};

describe('base load', () => {
  const POWER = school2('[{id: office, name: 办公楼电表, profile: generic/electricity-meter}]');
  const options = { metric: 'energy', every: 10 };

  test('of a building that rose by 30 % after a device was left on', async () => {
    await using weeks = await school(POWER, '2026-11-09T00:00:00+08:00');
    const heater = since('2026-11-18T15:00:00+08:00', 3, '2026-11-23T08:00:00+08:00');
    const meters = new Meters(weeks, { office: new Register(both(building, heater)) }, options);
    await meters.until('2026-11-25T07:30');
    expect(weeks.history('office', 'base-load')).toEqual([
      'raised 11-20 00:00',
      'cleared 11-24 00:00',
    ]);
    const message = weeks.phone.expect('基础负荷升高');
    expect(weeks.clock.say(message.arrived)).toBe('11-20 07:00');
    // a day at 0.3 for 8 h and 0.9 for 16 h
    expect(message.text.zh).toContain('13 kW，高于限值 11.5 kW，自 11-19 00:00 起');
    expect(message.text.zh).toContain('约多用 3 kW（每天 72 kWh），至今约 90 kWh、63.0');
  });

  test('of weekends is compared with weekends, and a day that is not known with nothing', async () => {
    await using weeks = await school(POWER, '2026-11-09T00:00:00+08:00');
    const busy = (time: number) => (weekdayOf(time) < 6 ? 20 : 10);
    const meters = new Meters(weeks, { office: new Register(busy) }, options);
    await meters.until('2026-11-20T06:00');
    meters.silent.add('office');
    await meters.until('2026-11-20T12:00');
    meters.silent.clear();
    await meters.until('2026-11-24T07:30');
    expect(leaks(weeks)).toEqual([]);
  });
});

describe('use on days off', () => {
  const WATER = school2('[{id: main, name: 总水表, profile: generic/water-meter}]');

  test('a holiday week far above the usual rings on its first day, and is over when school begins', async () => {
    await using weeks = await school(WATER, '2026-09-14T00:00:00+08:00');
    const weekends = (time: number) =>
      weekdayOf(time) > 5 && hourOf(time) >= 9 && hourOf(time) < 17 ? 0.5 : 0;
    const irrigation = (time: number) =>
      time >= Date.parse('2026-10-01T00:00:00+08:00') && hourOf(time) >= 10 && hourOf(time) < 16
        ? since('2026-10-01T00:00:00+08:00', 2, '2026-10-08T00:00:00+08:00')(time)
        : 0;
    const rate = both(weekends, irrigation);
    const meters = new Meters(weeks, { main: new Register(rate) }, { every: 10 });
    await meters.until('2026-10-08T08:00');
    expect(weeks.history('main', 'holiday-use')).toEqual([
      'raised 10-01 15:00',
      'cleared 10-08 01:00',
    ]);
    expect(weeks.alarm('main', 'holiday-use')).toMatchObject({ value: 10, limit: 9, unit: 'm³' });
    expect(leaks(weeks)).toEqual(['main holiday-use 10-01 15:00']);
  });
});

describe('imbalance', () => {
  // a meter below counts as well where no rule of its own watches it
  const OFF = ['burst-register', 'night-flow', 'continuous-flow', 'holiday-use', 'imbalance'].map(
    (rule) => `${rule}: {off: true}`,
  );
  const TREE = school2(`
    - {id: main, name: 总水表, profile: generic/water-meter}
    - {id: teaching, name: 教学楼水表, profile: generic/water-meter, parent: main, rules: {${OFF.join(', ')}}}
    - {id: dormitory, name: 宿舍楼水表, profile: generic/water-meter, parent: main}`);

  test('a meter below that stops counting is named', async () => {
    await using weeks = await school(TREE, '2026-11-09T00:00:00+08:00');
    const dormitory = new Register((time) => schoolDay(time) / 2);
    const registers = {
      main: new Register((time) => 1.5 * schoolDay(time)),
      teaching: new Register(schoolDay),
      dormitory,
    };
    const meters = new Meters(weeks, registers, { every: 10 });
    await meters.until('2026-11-19T00:00');
    expect(leaks(weeks)).toEqual([]);
    // from now on it stands still
    dormitory.rate = () => 0;
    await meters.until('2026-11-20T08:00');
    expect(leaks(weeks)).toEqual(['main imbalance 11-20 00:00']);
    const { text } = weeks.phone.expect('不平衡');
    expect(text.zh).toContain('分表“宿舍楼水表”当日只计 0，平时');
    expect(text.zh).toContain('%，高于限值 15 %');
  });

  test('a leak before the meters below is told in litres per hour; one that is silent hints at nothing', async () => {
    await using weeks = await school(TREE, '2026-11-09T00:00:00+08:00');
    const leak = since('2026-11-12T00:00:00+08:00', 0.5);
    const registers = {
      main: new Register(both(schoolDay, leak)),
      teaching: new Register((time) => schoolDay(time) / 2),
      dormitory: new Register((time) => schoolDay(time) / 2),
    };
    const meters = new Meters(weeks, registers, { every: 10 });
    await meters.until('2026-11-10T12:00');
    meters.silent.add('teaching');
    await meters.until('2026-11-12T00:00');
    meters.silent.clear();
    await meters.until('2026-11-13T08:00');
    const all = leaks(weeks);
    expect(all.filter((one) => one.includes('imbalance'))).toEqual(['main imbalance 11-13 00:00']);
    const { detail } = weeks.alarm('main', 'imbalance');
    expect(detail?.zh).toContain('500 L/h');
    expect(detail?.zh).toContain('差额未经任何分表');
  });
});
