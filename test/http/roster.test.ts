import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { calendarToken } from '../../src/notify/links.ts';
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
        leader: { id: 'zhang', name: '张伟' },
        isGap: true,
        overlaps: [],
      },
      {
        from: '2026-11-23T10:00:00.000Z',
        to: '2026-11-24T00:00:00.000Z',
        person: { id: 'li', name: '李娜' },
        leader: { id: 'zhang', name: '张伟' },
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

describe('the calendar that a phone subscribes to', () => {
  test('needs nothing but its address, and begins what is under way where it began', async () => {
    await using gate = await openGate({ school, parts: { token: 'the-token' } });
    expect((await fetch(`${gate.url}/api/v1/roster.ics?campus=qingcheng`)).status).toBe(401);
    const headers = { authorization: 'Bearer the-token' };
    const roster = await fetch(`${gate.url}/api/v1/roster?campus=qingcheng`, { headers });
    const { calendar } = Value.Parse(Type.Object({ calendar: Type.String() }), await roster.json());
    const text = await (await fetch(`${gate.url}${calendar}`)).text();
    expect(text).toContain('SUMMARY:值班：李娜');
    // it is half past eight: the gap of the day began at eight
    expect(text).toContain('DTSTART:20261123T000000Z');
  });

  test.each([
    ['another token', 'qingcheng', 'x'],
    ['the token of another school', 'qingcheng', calendarToken('of the links', 'elsewhere')],
    ['another school', 'elsewhere', calendarToken('of the links', 'elsewhere')],
  ])('is not found by %s', async (_what, campus, token) => {
    await using gate = await openGate({ school });
    expect((await fetch(`${gate.url}/roster/${campus}/${token}`)).status).toBe(404);
  });

  test('leaves no token in the log', async () => {
    const lines: string[] = [];
    await using gate = await openGate({ school, log: (line) => lines.push(line) });
    const token = calendarToken('of the links', 'qingcheng');
    await fetch(`${gate.url}/roster/qingcheng/${token}`);
    await fetch(`${gate.url}/roster/elsewhere/${token}`);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join('')).not.toContain(token);
  });
});

test('a campus that does not exist has no roster', async () => {
  await using gate = await openGate();
  const answer = await fetch(`${gate.url}/api/v1/roster?campus=elsewhere`);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ code: 'CAMPUS_UNKNOWN' });
});

test.each([
  ['/api/v1/roster', 'from=2026-13-45T00:00:00Z', 'query.from'],
  ['/api/v1/roster', 'to=2026-13-45T00:00:00Z', 'query.to'],
  ['/api/v1/roster.ics', 'from=2026-13-45T00:00:00Z', 'query.from'],
])('%s does not take %s for a roster without duties', async (path, query, where) => {
  await using gate = await openGate();
  const answer = await gate.get(`${path}?campus=qingcheng&${query}`);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ code: 'REQUEST_INVALID', where });
});
