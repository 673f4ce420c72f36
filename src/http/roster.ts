import { Type } from 'typebox';
import { CodedError } from '../errors.ts';
import { type Duty, dutyPlan, gapsAhead } from '../notify/roster.ts';
import { rosterCalendar } from '../notify/roster-calendar.ts';
import { about, Id } from '../validation.ts';
import type { App } from './app.ts';
import type { HttpParts } from './parts.ts';
import { failures, Moment, Time } from './shapes.ts';

const DAY = 86_400_000;
const MAX_DAYS = 400;

const PersonShape = Type.Object({ id: Type.String(), name: Type.String() });

const DutyShape = Type.Object({
  from: Time('When it begins', '开始'),
  to: Time('When it ends', '结束'),
  person: Type.Optional(PersonShape),
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
export function addRosterRoutes(app: App, { clock, configuration }: HttpParts): void {
  const planFor = (query: { campus: string; from?: string; to?: string }) => {
    const campus = configuration().campuses.get(query.campus);
    if (!campus) throw new CodedError('CAMPUS_UNKNOWN', { campus: query.campus });
    const from = query.from === undefined ? clock.now() : Date.parse(query.from);
    const to = query.to === undefined ? from + 28 * DAY : Date.parse(query.to);
    const until = Math.min(to, from + MAX_DAYS * DAY);
    return { campus, duties: from < until ? dutyPlan(campus, from, until) : [] };
  };

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
          }),
          ...failures,
        },
      },
    },
    async ({ query }) => {
      const { campus, duties } = planFor(query);
      return { duties: duties.map(say), gapsAhead: gapsAhead(campus, clock.now()).map(say) };
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
        response: {
          200: {
            description: 'An iCalendar file',
            content: { 'text/calendar': { schema: Type.String() } },
          },
          ...failures,
        },
      },
    },
    async ({ query }, reply) => {
      const { campus, duties } = planFor(query);
      return reply.type('text/calendar; charset=utf-8').send(rosterCalendar(campus, duties));
    },
  );
}

function say({ from, to, person, substituteFor, isGap, overlaps }: Duty) {
  const named = (who: { id: string; name: string }) => ({ id: who.id, name: who.name });
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    ...(person ? { person: named(person) } : {}),
    ...(substituteFor ? { substituteFor: named(substituteFor) } : {}),
    isGap,
    overlaps: overlaps.map(named),
  };
}
