import { Type } from 'typebox';
import type { Campus } from '../campus/model.ts';
import { addDays, localMoment, momentOf } from '../campus/school-days.ts';
import { CodedError } from '../errors.ts';
import { type Duty, dutyPlan, gapsAhead } from '../notify/roster.ts';
import { rosterCalendar } from '../notify/roster-calendar.ts';
import { about, Id } from '../validation.ts';
import type { App } from './app.ts';
import type { HttpParts } from './parts.ts';
import { isSame } from './secret.ts';
import { failures, Moment, Time } from './shapes.ts';
import { readMoment } from './validator.ts';

const DAY = 86_400_000;
const MAX_DAYS = 400;

const PersonShape = Type.Object({ id: Type.String(), name: Type.String() });

const DutyShape = Type.Object({
  from: Time('When it begins', '开始'),
  to: Time('When it ends', '结束'),
  person: Type.Optional(PersonShape),
  leader: Type.Optional(PersonShape),
  substituteFor: Type.Optional(PersonShape),
  isGap: Type.Boolean(about('No shift covers it; somebody falls in', '空班，由他人顶上')),
  overlaps: Type.Array(PersonShape, about('Shifts that cover it too', '同时被覆盖的其他班次')),
});

const Query = Type.Object(
  {
    campus: Id(),
    from: Type.Optional(Moment('From; now if absent', '起，缺省为现在')),
    to: Type.Optional(Moment('Until; four weeks later if absent', '止，缺省为四周后')),
  },
  { additionalProperties: false },
);

/** Adds the routes of the duty roster. */
export function addRosterRoutes(app: App, parts: HttpParts): void {
  const { clock, configuration, calendarToken } = parts;
  const planFor = (query: { campus: string; from?: string; to?: string }) => {
    const campus = configuration().campuses.get(query.campus);
    if (!campus) throw new CodedError('CAMPUS_UNKNOWN', { campus: query.campus });
    const from = query.from === undefined ? clock.now() : readMoment('query.from', query.from);
    const to = query.to === undefined ? from + 28 * DAY : readMoment('query.to', query.to);
    const until = Math.min(to, from + MAX_DAYS * DAY);
    return { campus, duties: from < until ? dutyPlan(campus, from, until) : [] };
  };
  const calendar = {
    description: 'An iCalendar file',
    content: { 'text/calendar': { schema: Type.String() } },
  };
  const CALENDAR_TYPE = 'text/calendar; charset=utf-8';

  app.get(
    '/api/v1/roster',
    {
      schema: {
        tags: ['alarms'],
        summary: '值班表 / The duty roster',
        description: `Who is on duty when, without a hole; at most ${MAX_DAYS} days.`,
        querystring: Query,
        response: {
          200: Type.Object({
            duties: Type.Array(DutyShape),
            gapsAhead: Type.Array(DutyShape, about('Of the next seven days', '未来七天的空班')),
            calendar: Type.String(
              about('The path to which a phone’s calendar subscribes', '手机日历订阅的路径'),
            ),
          }),
          ...failures,
        },
      },
    },
    async ({ query }) => {
      const { campus, duties } = planFor(query);
      const { id } = campus;
      return {
        duties: duties.map(say),
        gapsAhead: gapsAhead(campus, clock.now()).map(say),
        calendar: `/roster/${id}/${calendarToken(id)}`,
      };
    },
  );

  app.get(
    '/api/v1/roster.ics',
    {
      schema: {
        tags: ['alarms'],
        summary: '值班表（iCalendar） / The duty roster as iCalendar',
        description: 'For the calendar on a phone.',
        querystring: Query,
        response: { 200: calendar, ...failures },
      },
    },
    async ({ query }, reply) => {
      const { campus, duties } = planFor(query);
      return reply.type(CALENDAR_TYPE).send(rosterCalendar(campus, duties));
    },
  );

  app.get(
    '/roster/:campus/:token',
    {
      config: { open: true },
      schema: {
        tags: ['pages'],
        summary: '值班日历订阅 / The calendar to subscribe to',
        description: `From a week ago to eight weeks ahead. The token in the address, which /api/v1/roster tells, is the key: a phone's calendar can send no other.`,
        security: [],
        params: Type.Object({ campus: Id(), token: Type.String({ maxLength: 100 }) }),
        response: { 200: calendar, ...failures },
      },
    },
    async ({ params: { campus: id, token } }, reply) => {
      const campus = configuration().campuses.get(id);
      if (!campus || !isSame(token, calendarToken(id))) {
        throw new CodedError('ROUTE_UNKNOWN', { method: 'GET', path: '/roster/' });
      }
      const duties = calendarPlan(campus, clock.now());
      return reply.type(CALENDAR_TYPE).send(rosterCalendar(campus, duties));
    },
  );
}

/** From midnight on, so that what is under way now has its true beginning. */
function calendarPlan(campus: Campus, now: number): Duty[] {
  const { day } = localMoment(now, campus.timezone);
  const midnight = (days: number) => momentOf(addDays(day, days), '00:00', campus.timezone);
  return dutyPlan(campus, midnight(-7), midnight(56));
}

function say({ from, to, person, leader, substituteFor, isGap, overlaps }: Duty) {
  const named = (who: { id: string; name: string }) => ({ id: who.id, name: who.name });
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    ...(person ? { person: named(person) } : {}),
    ...(leader ? { leader: named(leader) } : {}),
    ...(substituteFor ? { substituteFor: named(substituteFor) } : {}),
    isGap,
    overlaps: overlaps.map(named),
  };
}
