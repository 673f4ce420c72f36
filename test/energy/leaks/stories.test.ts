import { describe, expect, test } from 'vitest';
import { configure } from '../../harness/configuration.ts';
import { school } from '../../harness/school.ts';
import {
  both,
  HOUR,
  hourOf,
  leaks,
  Meters,
  MINUTE,
  Register,
  schoolDay,
  since,
} from './support.ts';

const TERM = `
  terms: [{name: 第一学期, from: 2026-09-01, to: 2027-01-20}]
  offDays: [{name: 国庆节, from: 2026-10-01, to: 2026-10-07}]
  hours: {from: "07:30", to: "17:30"}
energy: {waterPrice: 4, electricityPrice: 0.6}`;

const waterMeter = (more = '') =>
  configure({
    devices: `[{id: main, name: 总水表, profile: generic/water-meter${more}}]`,
    calendar: TERM,
  });
const WATER = waterMeter();
const MONDAY = '2026-11-23T00:00:00+08:00';

describe('a burst pipe', () => {
  test('on Friday evening rings within minutes', async () => {
    await using week = await school(WATER, MONDAY);
    const burst = since('2026-11-27T18:30:00+08:00', 25, '2026-11-27T20:00:00+08:00');
    const meters = new Meters(week, { main: new Register(both(schoolDay, burst)) });
    await meters.until('2026-11-27T18:55');
    const message = week.phone.expect('疑似爆管');
    expect(week.clock.say(message.arrived)).toBe('11-27 18:40:10');
    expect(message.severity).toBe('major');
    expect(message.text.zh).toContain('自 11-27 18:30 起');
    expect(message.text.zh).toContain('25000 L/h');
    await meters.until('2026-11-27T21:00');
    week.phone.expectOver('疑似爆管');
    expect(leaks(week)).toEqual(['main burst-register 11-27 18:40']);
  });

  test('on the first day rings beyond the fixed limit, as nothing is usual yet', async () => {
    await using day = await school(WATER, '2026-11-27T00:00:00+08:00');
    const burst = since('2026-11-27T18:30:00+08:00', 25);
    const meters = new Meters(day, { main: new Register(both(schoolDay, burst)) });
    await meters.until('2026-11-27T18:50');
    expect(leaks(day)).toEqual(['main burst-register 11-27 18:40']);
  });

  test('is left to the flow while the meter reports that', async () => {
    await using day = await school(WATER, '2026-11-27T12:00:00+08:00');
    const burst = since('2026-11-27T18:30:00+08:00', 25);
    const rate = both(schoolDay, burst);
    const register = new Register(rate);
    const meter = day.campus.device('main');
    await meter.showsAt((time) => ({ volume: register.at(time), flow: rate(time) }));
    await day.clock.forward('8h');
    expect(leaks(day)[0]).toBe('main burst 11-27 18:35:30');
    expect(leaks(day).join()).not.toContain('burst-register');
  });
});

describe('a running toilet of 30 L/h', () => {
  test('is found on the next morning, with what it has cost so far', async () => {
    await using week = await school(WATER, MONDAY);
    const toilet = since('2026-11-27T19:00:00+08:00', 0.03);
    const meters = new Meters(week, { main: new Register(both(schoolDay, toilet)) });
    await meters.until('2026-11-28T04:30');
    expect(leaks(week)).toEqual(['main night-flow 11-28 04:00']);
    // it wakes nobody
    week.phone.expectNothingNew();
    await meters.until('2026-11-28T07:05');
    const message = week.phone.expect('疑似漏水');
    expect(week.clock.say(message.arrived)).toBe('11-28 07:00');
    expect(message.text.zh).toBe(
      '青城小学 总水表：30 L/h，高于限值 25 L/h，自 11-27 19:15 起。约多用 30 L/h（每天 0.72 m³），至今约 0.32 m³、1.29 元。',
    );
    expect(message.action.zh).toContain('马桶');
  });

  test('says anew each hour what it has cost, until it is repaired', async () => {
    await using week = await school(WATER, MONDAY);
    const toilet = since('2026-11-27T19:00:00+08:00', 0.03, '2026-11-30T12:00:00+08:00');
    const meters = new Meters(week, { main: new Register(both(schoolDay, toilet)) });
    await meters.until('2026-11-29T19:30');
    expect(week.alarm('main', 'night-flow').detail?.zh).toContain('至今约 1.4 m³');
    await meters.until('2026-12-01T04:30');
    // found by both: the weekend had no rest for two days
    expect(leaks(week)).toEqual(['main night-flow 11-28 04:00']);
    expect(week.history('main', 'night-flow')).toEqual([
      'raised 11-28 04:00',
      'cleared 12-01 04:00',
    ]);
  });

  test('that ran before the gateway came is found on the third morning', async () => {
    await using week = await school(WATER, MONDAY);
    const meters = new Meters(week, { main: new Register(both(schoolDay, () => 0.03)) });
    await meters.until('2026-11-25T04:30');
    expect(leaks(week)).toEqual(['main night-flow 11-25 04:00']);
  });

  test('is found as well where the gateway was restarted in the middle of the night', async () => {
    const toilet = since('2026-11-27T19:00:00+08:00', 0.03);
    const run = async (moment: 'never' | 'stop' | 'crash' | 'before it is judged') => {
      await using week = await school(WATER, MONDAY);
      const meters = new Meters(week, { main: new Register(both(schoolDay, toilet)) });
      await meters.until('2026-11-28T03:07');
      if (moment === 'stop') await week.restart();
      if (moment === 'crash') await week.crash();
      await meters.until('2026-11-28T04:02');
      if (moment === 'before it is judged') await week.restart({ after: '2m' });
      await meters.until('2026-11-28T08:07');
      if (moment === 'crash') await week.crash();
      await meters.until('2026-11-29T08:00');
      const { since: from, value, limit } = week.alarm('main', 'night-flow');
      return { from, value, limit, history: week.history('main', 'night-flow'), all: leaks(week) };
    };
    const undisturbed = await run('never');
    expect(undisturbed.history).toEqual(['raised 11-28 04:00']);
    expect(await run('stop')).toEqual(undisturbed);
    expect(await run('crash')).toEqual(undisturbed);
    expect(await run('before it is judged')).toEqual(undisturbed);
  });
});

test('a leak that lets no quarter of an hour rest is found after two days', async () => {
  await using week = await school(waterMeter(', rules: {night-flow: {off: true}}'), MONDAY);
  const leak = since('2026-11-25T10:00:00+08:00', 0.12);
  const meters = new Meters(week, { main: new Register(both(schoolDay, leak)) });
  await meters.until('2026-11-27T09:00');
  // water ran since 7 that morning
  expect(leaks(week)).toEqual(['main continuous-flow 11-27 07:00']);
  expect(week.alarm('main', 'continuous-flow')).toMatchObject({ value: 120, unit: 'L/h' });
  expect(week.phone.expect('昼夜不停').text.zh).toContain('约多用 120 L/h');
});

test('a boarding school whose night use is configured as rightful stays quiet', async () => {
  const boarders = (time: number) => (hourOf(time) < 6 ? 0.15 : 0.5);
  const rightful = ', rules: {night-flow: {legitimate: 0.2}, continuous-flow: {legitimate: 0.2}}';
  await using quiet = await school(waterMeter(rightful), MONDAY);
  const meters = new Meters(quiet, { main: new Register(boarders) });
  await meters.until('2026-11-26T04:30');
  expect(leaks(quiet)).toEqual([]);
  // a leak on top of it is still seen
  const main = meters.registers.main;
  if (main) main.rate = both(boarders, () => 0.1);
  await meters.until('2026-11-27T04:30');
  expect(leaks(quiet)).toEqual(['main night-flow 11-27 04:00']);
  await using loud = await school(WATER, MONDAY);
  await new Meters(loud, { main: new Register(boarders) }).until('2026-11-25T04:30');
  expect(leaks(loud)).toContain('main night-flow 11-25 04:00');
});

test('nothing that happens to a register or its reports is a leak', async () => {
  await using week = await school(WATER, MONDAY);
  const main = new Register(schoolDay, { start: 999_950 });
  const meters = new Meters(week, { main });
  // goes over at 1 000 000 on Wednesday
  await meters.until('2026-11-25T23:00');
  expect(main.at(week.clock.now)).toBeGreaterThan(999_999);
  main.becomes(3.5);
  await meters.until('2026-11-26T02:30');
  // reset in the middle of the night, while a meter that was replaced begins higher
  main.becomes(0);
  await meters.until('2026-11-26T03:10');
  main.becomes(5_000);
  await meters.until('2026-11-27T01:00');
  // a night without reports, which are sent in the morning
  meters.silent.add('main');
  const missed: [number, number][] = [];
  while (week.clock.now < Date.parse('2026-11-27T07:00:00+08:00')) {
    await week.clock.forward('15m');
    missed.push([week.clock.now, main.at(week.clock.now) + 0.1 * missed.length]);
  }
  meters.silent.delete('main');
  main.becomes(5_000 + 40);
  await meters.until('2026-11-27T07:30');
  for (const [at, value] of missed) meters.report('main', value, { at });
  await meters.until('2026-11-28T08:00');
  // a bad sample in the night
  meters.report('main', main.at(week.clock.now) + 2, { at: week.clock.now - MINUTE / 2 });
  await meters.until('2026-11-30T08:00');
  expect(leaks(week)).toEqual([]);
});

test('a restart with other limits judges by them', async () => {
  await using week = await school(waterMeter(', rules: {night-flow: {high: 0.05}}'), MONDAY);
  const leak = since('2026-11-25T00:00:00+08:00', 0.04);
  const meters = new Meters(week, { main: new Register(both(schoolDay, leak)) });
  await meters.until('2026-11-26T08:00');
  expect(leaks(week)).toEqual([]);
  await week.restart({ configuration: WATER });
  await meters.until('2026-11-27T08:00');
  expect(leaks(week)).toContain('main night-flow 11-27 04:00');
});

test('a meter that is out of service has no leak', async () => {
  await using week = await school(WATER, MONDAY);
  const toilet = since('2026-11-25T19:00:00+08:00', 0.05);
  const meters = new Meters(week, { main: new Register(both(schoolDay, toilet)) });
  await meters.until('2026-11-26T08:00');
  expect(week.openAlarms()).toEqual(['main night-flow']);
  week.core.outOfService.begin({
    campus: 'qingcheng',
    device: 'main',
    person: '张伟',
    reason: '换管',
    since: week.clock.now,
    until: week.clock.now + 24 * HOUR,
  });
  await meters.until('2026-11-27T07:30');
  expect(week.history('main', 'night-flow')).toEqual(['raised 11-26 04:00', 'cleared 11-26 08:00']);
  // the leak is still there when it comes back
  await meters.until('2026-11-28T07:30');
  expect(week.openAlarms()).toContain('main night-flow');
});
