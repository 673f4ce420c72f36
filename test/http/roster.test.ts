import { expect, test } from 'vitest';
import { openGate, SCHOOL } from './gate.ts';

const school = SCHOOL.replace(
  'people: [{id: zhang, name: 张伟}]',
  `people: [{id: zhang, name: 张伟}, {id: li, name: 李娜}]
roster: {shifts: [{person: li, from: "18:00", to: "08:00"}], leader: zhang}`,
);

test('the roster says who is on duty when, where somebody falls in, and the gaps of a week', async () => {
  await using gate = await openGate({ school });
  const query = 'campus=qingcheng&from=2026-11-23T08:00:00%2B08:00&to=2026-11-24T08:00:00%2B08:00';
  const { duties, gapsAhead } = await gate.json(`/api/v1/roster?${query}`);
  // seven whole days from half past eight: the last of them ends with half an hour of a gap
  expect(gapsAhead).toHaveLength(8);
  const first = { from: '2026-11-23T00:30:00.000Z', to: '2026-11-23T10:00:00.000Z' };
  expect(gapsAhead).toContainEqual(expect.objectContaining({ ...first, isGap: true }));
  expect({ duties }).toEqual({
    duties: [
      {
        from: '2026-11-23T00:00:00.000Z',
        to: '2026-11-23T10:00:00.000Z',
        person: { id: 'zhang', name: '张伟' },
        isGap: true,
        overlaps: [],
      },
      {
        from: '2026-11-23T10:00:00.000Z',
        to: '2026-11-24T00:00:00.000Z',
        person: { id: 'li', name: '李娜' },
        isGap: false,
        overlaps: [],
      },
    ],
  });
});

test('a phone takes the roster as iCalendar', async () => {
  await using gate = await openGate({ school });
  const answer = await fetch(`${gate.url}/api/v1/roster.ics?campus=qingcheng`);
  expect(answer.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
  expect(await answer.text()).toMatch(/^BEGIN:VCALENDAR\r\n.*SUMMARY:值班：李娜\r\n/s);
});

test('a campus that does not exist has no roster', async () => {
  await using gate = await openGate();
  const answer = await fetch(`${gate.url}/api/v1/roster?campus=elsewhere`);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ code: 'CAMPUS_UNKNOWN' });
});
