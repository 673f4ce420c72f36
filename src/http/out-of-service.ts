import { type Static, Type } from 'typebox';
import type { ServicePeriod } from '../alarms/service-periods.ts';
import type { Millis } from '../clock.ts';
import type { Catalogue } from '../pipeline/catalogue.ts';
import { about, Id } from '../validation.ts';
import { Person, Words } from './alarm-actions.ts';
import type { App } from './app.ts';
import type { HttpParts } from './parts.ts';
import { failures, iso, Moment, Time } from './shapes.ts';
import { readMoment, requestInvalid } from './validator.ts';

const LONGEST: Millis = 366 * 86_400_000;
const MAX_PAST = 500;

export const PeriodShape = Type.Object({
  id: Type.Optional(Type.Integer(about('Absent: declared in campus.yaml', '无编号为配置文件声明'))),
  campus: Type.String(),
  device: Type.String(),
  person: Type.String(),
  reason: Type.String(),
  since: Time('When it begins', '开始时间'),
  until: Time('When it ends, excluded', '结束时间（不含）'),
  isolation: Type.Boolean(
    about('A fire detector: no fire protection here meanwhile', '屏蔽：期间此处无火灾探测'),
  ),
});

const Filters = Type.Object(
  {
    campus: Type.Optional(Id()),
    past: Type.Boolean({
      default: false,
      ...about(`The last ${MAX_PAST} that are over, instead`, '改为列出已结束的'),
    }),
  },
  { additionalProperties: false },
);

const Wish = Type.Object(
  {
    campus: Id(),
    device: Id(),
    person: Person,
    reason: Words('Why', '原因'),
    from: Type.Optional(Moment('Now if absent', '缺省为现在')),
    until: Moment('Excluded; a year later at most', '截止（不含），最长一年'),
  },
  { additionalProperties: false },
);

/** Adds the routes of devices that are out of service. */
export function addOutOfServiceRoutes(app: App, parts: HttpParts): void {
  const { clock, outOfService, periods, catalogue } = parts;
  const say = (period: ServicePeriod) => sayPeriod(period, catalogue);

  app.get(
    '/api/v1/out-of-service',
    {
      schema: {
        tags: ['alarms'],
        summary: '停用列表 / Devices out of service',
        description:
          'Those now and to come, by the API and by campus.yaml. `isolation` marks fire detectors (屏蔽).',
        querystring: Filters,
        response: { 200: Type.Object({ periods: Type.Array(PeriodShape) }), ...failures },
      },
    },
    async ({ query: { campus, past } }) => {
      const now = clock.now();
      const found = periods
        .list()
        .filter((period) => campus === undefined || period.campus === campus)
        .filter(({ until }) => until <= now === past);
      return { periods: (past ? found.slice(-MAX_PAST) : found).map(say) };
    },
  );

  app.post(
    '/api/v1/out-of-service',
    {
      schema: {
        tags: ['alarms'],
        summary: '停用设备 / Take a device out of service',
        description:
          'Meanwhile its rules raise nothing, and its active alarms end; a latched one stays until its reset.',
        body: Wish,
        response: { 200: PeriodShape, ...failures },
      },
    },
    async ({ body: { from, until, ...who } }) => {
      const since = from === undefined ? clock.now() : readMoment('body.from', from);
      const end = readMoment('body.until', until);
      if (end <= Math.max(since, clock.now()) || end - since > LONGEST) {
        throw requestInvalid('body.until', `"${until}"`, {
          en: 'a time to come, after `from`, by a year at most',
          zh: '晚于 from 的将来时间，且不超过一年',
        });
      }
      return say(outOfService.begin({ ...who, since, until: end }));
    },
  );

  app.delete(
    '/api/v1/out-of-service/:id',
    {
      schema: {
        tags: ['alarms'],
        summary: '恢复使用 / Put a device back into service',
        description: 'Ends a period now. What campus.yaml declares is ended there.',
        params: Type.Object({ id: Type.Integer({ minimum: 1 }) }),
        querystring: Type.Object({ person: Person }, { additionalProperties: false }),
        response: { 200: PeriodShape, ...failures },
      },
    },
    async ({ params, query }) => say(outOfService.end(params.id, query.person)),
  );
}

/** A period as the API says it. */
export function sayPeriod(
  period: ServicePeriod,
  { devices }: Pick<Catalogue, 'devices'>,
): Static<typeof PeriodShape> {
  const device = devices.get(`${period.campus}/${period.device}`)?.device;
  return {
    ...period,
    since: iso(period.since),
    until: iso(period.until),
    isolation: device?.profile.kind === 'fire_detector',
  };
}
