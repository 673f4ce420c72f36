import { expect, test } from 'vitest';
import { rule } from '../harness/profiles.ts';
import { withProbe } from '../harness/scenes.ts';
import { school } from '../harness/school.ts';

const CALENDAR = `{
  terms: [{name: 一, from: 2026-09-01, to: 2027-01-22}],
  offDays: [{name: 校庆, from: 2026-11-25}],
  makeUpDays: [2026-11-28],
  hours: {from: "08:00", to: "17:00"}}`;

const open = (when: string, keys = '') => ({
  ...withProbe(rule(when, `high: 8, when: ${when}, ${keys}`)),
  calendar: CALENDAR,
});

test('outside school hours it rings at the end of the school day, and is over at the next', async () => {
  await using day = await school(open('outside-school-hours'), '2026-11-23T16:00:00+08:00');
  await day.campus.thermometer('probe').holds(9);
  await day.clock.forward('26h');
  expect(day.history('probe', 'outside-school-hours').slice(0, 3)).toEqual([
    'raised 11-23 17:00',
    'cleared 11-24 08:00',
    'raised 11-24 17:00',
  ]);
});

test('school hours are those of school days: no weekend, no day off, but a make-up day', async () => {
  await using day = await school(open('school-hours'), '2026-11-24T18:00:00+08:00');
  await day.campus.thermometer('probe').holds(9);
  await day.clock.forward('5d');
  const raised = day.history('probe', 'school-hours').filter((line) => line.startsWith('raised'));
  expect(raised).toEqual(['raised 11-26 08:00', 'raised 11-27 08:00', 'raised 11-28 08:00']);
});

test.each([
  ['school-days', ['raised 11-23 23:30', 'cleared 11-25 00:00', 'raised 11-26 00:00']],
  ['off-days', ['raised 11-25 00:00', 'cleared 11-26 00:00', 'raised 11-29 00:00']],
])('%s go from midnight to midnight', async (when, expected) => {
  await using day = await school(open(when), '2026-11-23T23:00:00+08:00');
  const probe = day.campus.thermometer('probe');
  await probe.holds(7);
  await day.clock.forward('30m');
  await probe.holds(9);
  await day.clock.forward('6d');
  expect(day.history('probe', when).slice(0, 3)).toEqual(expected);
});

test('an alarm is over at the end of its hours although the device fell silent', async () => {
  await using day = await school(open('school-hours'), '2026-11-24T16:00:00+08:00');
  const probe = day.campus.thermometer('probe');
  await probe.holds(9);
  day.phone.expect('school-hours');
  probe.fallsSilent();
  await day.clock.forward('59m');
  day.phone.expectNothingNew();
  await day.clock.forward('1m');
  day.phone.expectOver('school-hours');
});

test('a delay starts with the hours, and a boundary passed in a downtime is not forgotten', async () => {
  await using day = await school(open('school-hours', 'onDelay: 2m'), '2026-11-24T07:50:00+08:00');
  await day.campus.thermometer('probe').holds(9);
  await day.clock.forward('9m');
  await day.restart({ after: '3m' });
  await day.clock.forward('1m');
  expect(day.history('probe', 'school-hours')).toEqual(['raised 11-24 08:02']);
});
