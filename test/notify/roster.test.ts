import { describe, expect, test } from 'vitest';
import type { Campus } from '../../src/campus/model.ts';
import { onDuty } from '../../src/notify/roster.ts';
import { configure } from '../harness/configuration.ts';

const PEOPLE = '[{id: first, name: 甲}, {id: day, name: 乙}, {id: night, name: 丙}]';

function campusWith(roster: string, people = PEOPLE): Campus {
  const campus = configure({ devices: '[]', people, roster }).campuses.get('qingcheng');
  return campus ?? expect.fail('no campus');
}

/** Who is on duty at a local time of the week of Monday, 23 November 2026. */
function at(campus: Campus, day: string, time: string): string | undefined {
  const date = { mon: 23, tue: 24, wed: 25, thu: 26, fri: 27, sat: 28, sun: 29 }[day];
  return onDuty(campus, Date.parse(`2026-11-${date}T${time}+08:00`))?.id;
}

describe('a shift within a day', () => {
  const campus = campusWith(
    '{default: first, shifts: [{person: day, from: "07:00", to: "18:30"}]}',
  );

  test.each([
    ['06:59:59', 'first'],
    ['07:00:00', 'day'],
    ['18:29:59', 'day'],
    ['18:30:00', 'first'],
  ])('at %s: %s', (time, person) => {
    expect(at(campus, 'wed', time)).toBe(person);
  });
});

describe('a shift over midnight belongs to the day on which it begins', () => {
  const campus = campusWith(
    '{default: first, shifts: [{person: night, days: [fri], from: "18:30", to: "07:00"}]}',
  );

  test.each([
    ['fri', '06:59:59', 'first'],
    ['fri', '18:29:59', 'first'],
    ['fri', '18:30:00', 'night'],
    ['fri', '23:59:59', 'night'],
    ['sat', '00:00:00', 'night'],
    ['sat', '06:59:59', 'night'],
    ['sat', '07:00:00', 'first'],
    ['sat', '18:30:00', 'first'],
  ])('%s %s: %s', (day, time, person) => {
    expect(at(campus, day, time)).toBe(person);
  });

  test('from Sunday into Monday too', () => {
    const sunday = campusWith(
      '{default: first, shifts: [{person: night, days: [sun], from: "20:00", to: "06:00"}]}',
    );
    expect(at(sunday, 'mon', '05:59:00')).toBe('night');
    expect(at(sunday, 'sun', '05:59:00')).toBe('first');
  });
});

test('the weekend can have a shift of its own', () => {
  const campus = campusWith(`{shifts: [
    {person: day, days: [mon, tue, wed, thu, fri], from: "08:00", to: "18:00"},
    {person: night, days: [sat, sun], from: "08:00", to: "18:00"}]}`);
  expect(at(campus, 'fri', '12:00')).toBe('day');
  expect(at(campus, 'sat', '12:00')).toBe('night');
  expect(at(campus, 'sun', '12:00')).toBe('night');
  expect(at(campus, 'mon', '12:00')).toBe('day');
});

test('a shift that ends when it begins lasts the whole day', () => {
  const campus = campusWith(
    '{default: first, shifts: [{person: day, days: [wed], from: "08:00", to: "08:00"}]}',
  );
  expect(at(campus, 'wed', '07:59')).toBe('first');
  expect(at(campus, 'wed', '08:00')).toBe('day');
  expect(at(campus, 'thu', '07:59')).toBe('day');
  expect(at(campus, 'thu', '08:00')).toBe('first');
});

test('of two shifts that overlap the first counts', () => {
  const campus = campusWith(`{shifts: [
    {person: night, from: "08:00", to: "12:00"}, {person: day, from: "07:00", to: "18:00"}]}`);
  expect(at(campus, 'wed', '07:30')).toBe('day');
  expect(at(campus, 'wed', '08:00')).toBe('night');
});

describe('where no shift covers the moment', () => {
  test('the default is on duty', () => {
    expect(at(campusWith('{default: night}'), 'wed', '12:00')).toBe('night');
  });

  test('without a default it is the first person', () => {
    expect(at(campusWith('{}'), 'wed', '12:00')).toBe('first');
  });

  test('without people it is nobody', () => {
    expect(at(campusWith('{}', '[]'), 'wed', '12:00')).toBeUndefined();
  });
});

test('the hours are those of the campus, not of the machine', () => {
  const campus = campusWith(
    '{default: first, shifts: [{person: day, from: "07:00", to: "18:30"}]}',
  );
  expect(onDuty({ ...campus, timezone: 'America/New_York' }, Date.UTC(2026, 10, 25, 12))?.id).toBe(
    'day',
  );
  expect(onDuty(campus, Date.UTC(2026, 10, 25, 12))?.id).toBe('first');
});
