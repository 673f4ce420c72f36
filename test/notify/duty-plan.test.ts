import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Campus } from '../../src/campus/model.ts';
import { escalate } from '../../src/notify/escalation.ts';
import { dutyPlan, onDuty } from '../../src/notify/roster.ts';
import { rosterCalendar } from '../../src/notify/roster-calendar.ts';
import { configure } from '../harness/configuration.ts';

const PEOPLE =
  '[{id: wang, name: 王}, {id: li, name: 李}, {id: chen, name: 陈}, {id: zhao, name: 赵}]';
const DAY = 86_400_000;
const monday = Date.parse('2026-09-28T00:00:00+08:00');

function campusWith(roster: string, calendar = '{}'): Campus {
  const { campuses } = configure({ devices: '[]', people: PEOPLE, roster, calendar });
  return campuses.get('qingcheng') ?? expect.fail('no campus');
}

/** `from–to person`, in local time, one line a stretch. */
function plan(campus: Campus, from: number, to: number): string[] {
  const local = (time: number) => new Date(time + 8 * 3_600_000).toISOString().slice(5, 16);
  return dutyPlan(campus, from, to).map(
    ({ from: begin, to: end, person, substituteFor, isGap, overlaps }) =>
      [
        `${local(begin)}–${local(end)} ${person?.name}`,
        substituteFor ? `替${substituteFor.name}` : '',
        isGap ? '空班' : '',
        overlaps.length > 0 ? `重叠${overlaps.map(({ name }) => name)}` : '',
      ]
        .filter(Boolean)
        .join(' '),
  );
}

test('a day and a night shift share the day; the night ends the next morning', () => {
  const campus = campusWith(`{shifts: [
    {person: wang, from: "07:00", to: "18:00"}, {person: li, from: "18:00", to: "07:00"}]}`);
  expect(plan(campus, monday, monday + DAY)).toEqual([
    '09-28T00:00–09-28T07:00 李',
    '09-28T07:00–09-28T18:00 王',
    '09-28T18:00–09-29T00:00 李',
  ]);
});

test('shifts by kind of day follow the school calendar: holidays, and make-up days on a weekend', () => {
  const campus = campusWith(
    `{shifts: [{person: wang, on: [school], from: "00:00", to: "00:00"},
      {person: chen, on: [weekend], from: "00:00", to: "00:00"},
      {person: zhao, on: [holiday], from: "00:00", to: "00:00"}]}`,
    `{offDays: [{name: 国庆节, from: 2026-10-01, to: 2026-10-07}], makeUpDays: [2026-10-10]}`,
  );
  expect(plan(campus, monday, monday + 14 * DAY)).toEqual([
    '09-28T00:00–10-01T00:00 王',
    '10-01T00:00–10-08T00:00 赵',
    '10-08T00:00–10-11T00:00 王',
    '10-11T00:00–10-12T00:00 陈',
  ]);
});

test('a substitute takes the shifts that begin on his days, the night to its end', () => {
  const campus = campusWith(`{shifts: [{person: li, from: "18:00", to: "07:00"}], default: wang,
    substitutes: [{for: li, by: chen, from: 2026-09-29}]}`);
  expect(plan(campus, monday + DAY / 2, monday + 2.5 * DAY)).toEqual([
    '09-28T12:00–09-28T18:00 王',
    '09-28T18:00–09-29T07:00 李',
    '09-29T07:00–09-29T18:00 王',
    '09-29T18:00–09-30T07:00 陈 替李',
    '09-30T07:00–09-30T12:00 王',
  ]);
});

test('a gap falls to the leader and is marked; an overlap goes to the first and is marked', () => {
  const campus = campusWith(`{leader: zhao, shifts: [
    {person: wang, from: "08:00", to: "12:00"}, {person: li, from: "11:00", to: "20:00"}]}`);
  expect(plan(campus, monday, monday + DAY)).toEqual([
    '09-28T00:00–09-28T08:00 赵 空班',
    '09-28T08:00–09-28T11:00 王',
    '09-28T11:00–09-28T12:00 王 重叠李',
    '09-28T12:00–09-28T20:00 李',
    '09-28T20:00–09-29T00:00 赵 空班',
  ]);
});

test('each shift has its leader, who may have a substitute too; else it is the school’s', () => {
  const campus = campusWith(`{leader: zhao, default: wang, shifts: [
      {person: li, leader: chen, from: "18:00", to: "07:00"}, {person: wang, from: "07:00", to: "18:00"}],
    substitutes: [{for: chen, by: zhao, from: 2026-09-29}]}`);
  const leaders = dutyPlan(campus, monday + DAY / 2, monday + 2.5 * DAY).map(
    ({ person, leader }) => `${person?.name} ${leader?.name}`,
  );
  expect(leaders).toEqual(['王 赵', '李 陈', '王 赵', '李 赵', '王 赵']);
  const steps = { after: '0s', to: ['leader'] };
  const notify = { ...campus.notify, escalation: [steps], webhook: { url: '', secretEnv: 'A' } };
  const told = escalate({ ...campus, notify }, 'major', monday + 20 * 3_600_000);
  expect(told.map(({ person }) => person?.name)).toEqual(['陈']);
});

test('whatever the roster, the plan has no hole and agrees with who is on duty at each moment', () => {
  const time = fc.integer({ min: 0, max: 1439 }).map((minutes) => {
    const two = (n: number) => String(n).padStart(2, '0');
    return `"${two(Math.floor(minutes / 60))}:${two(minutes % 60)}"`;
  });
  const shift = fc
    .record({
      person: fc.constantFrom('wang', 'li', 'chen'),
      days: fc.subarray(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']),
      from: time,
      to: time,
    })
    .map(
      ({ person, days, from, to }) =>
        `{person: ${person}, days: [${days}], from: ${from}, to: ${to}}`,
    );
  fc.assert(
    fc.property(
      fc.array(shift, { maxLength: 4 }),
      fc.integer({ min: 0, max: 7 * DAY }),
      fc.integer({ min: 1, max: 3 * DAY }),
      (shifts, start, length) => {
        const campus = campusWith(`{shifts: [${shifts}]}`);
        const from = monday + start;
        const duties = dutyPlan(campus, from, from + length);
        expect(duties[0]?.from).toBe(from);
        expect(duties.at(-1)?.to).toBe(from + length);
        for (const [i, duty] of duties.entries()) {
          expect(duty.from).toBeLessThan(duty.to);
          const next = duties[i + 1];
          if (next) expect(duty.to).toBe(next.from);
          // the campus object is new each time: nothing is remembered of another roster
          expect(onDuty({ ...campus }, duty.from)?.id).toBe(duty.person?.id);
          expect(onDuty({ ...campus }, duty.to - 1)?.id).toBe(duty.person?.id);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('the calendar for phones has one event a stretch, in UTC, with who stands in for whom', () => {
  const campus = campusWith(`{shifts: [{person: li, from: "18:00", to: "07:00"}], default: wang,
    substitutes: [{for: li, by: chen, from: 2026-09-28}]}`);
  const text = rosterCalendar(campus, dutyPlan(campus, monday + DAY / 2, monday + DAY));
  expect(text.match(/BEGIN:VEVENT/g)).toHaveLength(2);
  expect(text).toContain('SUMMARY:值班：陈（替 李）');
  expect(text).toContain('DTSTART:20260928T100000Z');
  expect(text).toContain('DTEND:20260928T160000Z');
});
