import { expect, test } from 'vitest';
import { dayType } from '../../../src/campus/school-days.ts';
import { align } from '../../../src/energy/target/aligned.ts';
import { calendarChange } from '../../../src/energy/target/calendar-change.ts';
import { schoolPlaces, termBefore } from '../../../src/energy/target/school-place.ts';
import { daysOfUse, uses } from './support.ts';

/** The Lunar New Year was on 29 January 2025 and on 17 February 2026: the winter holidays moved. */
const CALENDAR = {
  terms: [
    { name: '2024–2025 学年第一学期', from: '2024-09-02', to: '2025-01-17' },
    { name: '2024–2025 学年第二学期', from: '2025-02-17', to: '2025-07-04' },
    { name: '2025–2026 学年第一学期', from: '2025-09-01', to: '2026-01-30' },
    { name: '2025–2026 学年第二学期', from: '2026-03-02', to: '2026-07-10' },
  ],
  offDays: [
    { name: '清明节', from: '2025-04-04', to: '2025-04-06' },
    { name: '清明节', from: '2026-04-04', to: '2026-04-06' },
  ],
  makeUpDays: [],
  hours: { from: '07:30', to: '17:30' },
};

/** The same school in both years: only the kind of day decides. */
const amounts = { school: 100, weekend: 30, holiday: 10 };
const byType = (day: string) => amounts[dayType(CALENDAR, day)];

test('the week in which a term begins is its first; holidays are counted from its end', () => {
  const place = schoolPlaces(CALENDAR);
  expect(place('2025-02-17')).toMatchObject({ part: 'term', week: 1, type: 'school' });
  expect(place('2025-02-24')).toMatchObject({ week: 2 });
  expect(place('2026-01-31')).toMatchObject({ part: 'holidays', week: 1, type: 'holiday' });
  expect(place('2026-02-07')).toMatchObject({ part: 'holidays', week: 2 });
  expect(place('2024-08-31')).toBeUndefined();
  const [first, second, , last] = CALENDAR.terms;
  if (!first || !last) throw new Error('no terms');
  expect(termBefore(CALENDAR, last)).toBe(second);
  expect(termBefore(CALENDAR, first)).toBeUndefined();
});

test('a school that changed nothing is told so, where the dates alone compare lessons with holidays', () => {
  const both = uses(daysOfUse('2024-09-02', '2026-03-29', byType));
  // 2025 had lessons again from 17 February, 2026 from 2 March
  const calendar = calendarChange(both, '2026-02-01', '2026-03-29');
  expect(calendar.change).toBeLessThan(-15);
  const aligned = align(both, CALENDAR, '2026-02-01', '2026-03-29');
  expect(aligned?.change).toBeCloseTo(0, 9);
  // the holidays were 30 days long in 2025, and 30 in 2026: both have five weeks
  expect(aligned).toMatchObject({ days: 57, byWeek: 57, byTerm: 0 });
  expect(aligned?.coverage).toEqual({ actual: 1, baseline: 1 });
});

test('a saving of a tenth on school days is seen as such', () => {
  const both = uses(
    daysOfUse('2024-09-02', '2025-12-31', byType),
    daysOfUse('2026-01-01', '2026-03-29', (day) =>
      dayType(CALENDAR, day) === 'school' ? 90 : byType(day),
    ),
  );
  const aligned = align(both, CALENDAR, '2026-03-02', '2026-03-15');
  // ten school days and four days of a weekend: 1 020 against 1 120
  expect(aligned).toMatchObject({ actual: 1020, baseline: 1120 });
  expect(aligned?.change).toBeCloseTo(-8.928571, 6);
});

test('a day whose kind the week of last year lacks is compared with the whole term’s', () => {
  const both = uses(daysOfUse('2024-09-02', '2026-04-30', byType));
  // 清明 fell into the seventh week of 2025 and into the fifth of 2026
  const aligned = align(both, CALENDAR, '2026-04-01', '2026-04-08');
  expect(aligned).toMatchObject({ days: 8, byTerm: 3, byWeek: 5 });
  expect(aligned?.change).toBeCloseTo(0, 9);
});

test('a week of which last year is not known is compared with nothing', () => {
  // the meters began in the third week of that term
  const both = uses(
    daysOfUse('2025-03-03', '2025-03-30', byType),
    daysOfUse('2026-03-02', '2026-03-22', byType),
  );
  const aligned = align(both, CALENDAR, '2026-03-02', '2026-03-22');
  expect(aligned).toMatchObject({ days: 21, byWeek: 7, byTerm: 0 });
  expect(aligned?.coverage.baseline).toBeCloseTo(7 / 21, 9);
});

test('holidays that are longer than last year’s are compared with all of these', () => {
  const terms = CALENDAR.terms.map((term) =>
    term.from === '2026-03-02' ? { ...term, from: '2026-03-16' } : term,
  );
  const calendar = { ...CALENDAR, terms };
  const both = uses(
    daysOfUse('2024-09-02', '2026-03-15', (day) => amounts[dayType(calendar, day)]),
  );
  // 30 days in 2025 are five weeks at most; 44 in 2026 are seven
  const aligned = align(both, calendar, '2026-01-31', '2026-03-15');
  expect(aligned).toMatchObject({ days: 44, byWeek: 35, byTerm: 9 });
  expect(aligned?.change).toBeCloseTo(0, 9);
});

test('without last year’s term, or any term, nothing can be aligned', () => {
  const both = uses(daysOfUse('2024-09-02', '2026-03-29', byType));
  const thisYear = { ...CALENDAR, terms: CALENDAR.terms.slice(2) };
  expect(align(both, thisYear, '2026-03-02', '2026-03-15')).toBeUndefined();
  expect(align(both, { ...CALENDAR, terms: [] }, '2026-03-02', '2026-03-15')).toBeUndefined();
});
