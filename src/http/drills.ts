import { Type } from 'typebox';
import { DRILL_KINDS, type Drill, LONGEST_DRILL } from '../alarms/storm/drills.ts';
import type { Campus } from '../campus/model.ts';
import { parseDuration } from '../duration.ts';
import { CodedError } from '../errors.ts';
import { about, Duration, Id, Name } from '../validation.ts';
import type { App } from './app.ts';
import type { HttpParts } from './parts.ts';
import { failures, iso, Limit, optionalIso, Time } from './shapes.ts';
import { requestInvalid } from './validator.ts';

const DrillShape = Type.Object({
  id: Type.Integer(),
  campus: Type.String(),
  zone: Type.String(about('With every zone within it', '含其下级区域')),
  kind: Type.Enum([...DRILL_KINDS], about('What is practised', '演练类型')),
  person: Type.String(about('Who holds it', '演练负责人')),
  started: Time('When it began', '开始时间'),
  ends: Time('When it ends by itself', '自动结束时间'),
  ended: Type.Optional(Time('When it ended', '结束时间')),
  endedBy: Type.Optional(Type.String(about('Who ended it early', '提前结束人'))),
  openAlarms: Type.Integer(about('Its alarms that are not closed', '尚未关闭的演练报警数')),
});

const NewDrill = Type.Object(
  {
    campus: Type.Optional(Id(about('Needed where there are several', '多校时必填'))),
    zone: Id(about('`campus` for all of it', '全校填 campus')),
    for: Duration({ default: '1h', ...about('At most 4h', '时长，最长 4h') }),
    kind: Type.Enum([...DRILL_KINDS], {
      default: 'fire',
      ...about(
        'fire, earthquake, crowd or other',
        'fire 消防、earthquake 防震、crowd 防踩踏、other 其他',
      ),
    }),
    person: Id(about('Who holds it: the id of a person', '演练负责人的 id')),
  },
  { additionalProperties: false },
);

/** Adds the routes of drills. */
export function addDrillRoutes(app: App, parts: HttpParts): void {
  const { clock, drills } = parts;
  const say = ({ started, ends, ended, ...rest }: Drill) => ({
    ...rest,
    started: iso(started),
    ends: iso(ends),
    ended: optionalIso(ended),
    openAlarms: drills.openAlarms(rest.id).length,
  });

  app.get(
    '/api/v1/drills',
    {
      schema: {
        tags: ['alarms'],
        summary: '演练列表 / Drills',
        description: 'Drills, newest first.',
        querystring: Type.Object({ limit: Limit(100, 500) }, { additionalProperties: false }),
        response: { 200: Type.Object({ drills: Type.Array(DrillShape) }), ...failures },
      },
    },
    async ({ query }) => ({ drills: drills.list(query.limit).map(say) }),
  );

  app.post(
    '/api/v1/drills',
    {
      schema: {
        tags: ['alarms'],
        summary: '开始演练 / Start a drill',
        description:
          'What is raised in the zone is tagged as a drill, and told to its holder and the duty only. Other zones stay live; it ends by itself.',
        body: NewDrill,
        response: { 200: DrillShape, ...failures },
      },
    },
    async ({ body }) => {
      const campus = campusOf(parts, body.campus);
      const { id } = campus;
      const { zone, kind, person } = body;
      if (!campus.zones.has(zone)) throw new CodedError('ZONE_UNKNOWN', { campus: id, zone });
      if (!campus.people.some((one) => one.id === person)) {
        throw new CodedError('PERSON_UNKNOWN', { person });
      }
      const length = parseDuration(body.for);
      if (length === 0 || length > LONGEST_DRILL) {
        const allowed = { en: 'more than 0 and at most 4h', zh: '大于 0，最长 4h' };
        throw requestInvalid('body.for', JSON.stringify(body.for), allowed);
      }
      const started = clock.now();
      return say(drills.start({ campus: id, zone, kind, person, started, ends: started + length }));
    },
  );

  app.post(
    '/api/v1/drills/:id/end',
    {
      schema: {
        tags: ['alarms'],
        summary: '结束演练 / End a drill',
        description:
          'Ends it early. An alarm of it that still holds is raised anew, as a real one; others stay open until somebody acknowledges or resets them.',
        params: Type.Object({ id: Type.Integer({ minimum: 1 }) }),
        body: Type.Object(
          { person: Name(about('Who ends it', '结束人')) },
          { additionalProperties: false },
        ),
        response: { 200: DrillShape, ...failures },
      },
    },
    async ({ params: { id }, body }) => say(drills.end(id, body.person)),
  );
}

/** The campus of that id, or the only one there is. Throws CAMPUS_UNKNOWN. */
function campusOf({ configuration }: HttpParts, id: string | undefined): Campus {
  const { campuses } = configuration();
  const only = campuses.size === 1 ? campuses.values().next().value : undefined;
  const campus = id === undefined ? only : campuses.get(id);
  if (!campus) throw new CodedError('CAMPUS_UNKNOWN', { campus: id ?? '?' });
  return campus;
}
