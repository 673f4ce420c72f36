import { type Static, Type } from 'typebox';
import { DEVICE_KINDS } from '../campus/profile.ts';
import { CodedError } from '../errors.ts';
import type { DeviceState, SeriesState } from '../pipeline/catalogue.ts';
import { qualityWords } from '../pipeline/quality.ts';
import { about, Id } from '../validation.ts';
import type { App } from './app.ts';
import type { OpenAlarms } from './open-alarms.ts';
import { PeriodShape, sayPeriod } from './out-of-service.ts';
import type { HttpParts } from './parts.ts';
import {
  AlarmShape,
  BothTexts,
  Cursor,
  failures,
  iso,
  Limit,
  Next,
  SeverityShape,
  sayAlarm,
  sayValue,
  Time,
} from './shapes.ts';
import { requestInvalid } from './validator.ts';

const ZoneShape = Type.Object({
  id: Type.String(),
  name: Type.String(),
  path: Type.String(about('From the building down', '从楼栋到区域')),
  building: Type.String(about('Id of the topmost zone', '最上级区域')),
});

const CampusShape = Type.Object({
  id: Type.String(),
  name: Type.String(),
  timezone: Type.String(),
  zones: Type.Array(ZoneShape),
});

const ValueShape = Type.Object({
  metric: Type.String(),
  name: BothTexts('What people call it', '名称'),
  unit: Type.String(),
  value: Type.Union([Type.Number(), Type.Boolean()]),
  time: Time('Event time', '读数时间'),
  quality: Type.Array(Type.String(), about('Empty: plain and good', '空表示正常')),
});

const device = {
  campus: Type.String(),
  id: Type.String(),
  name: Type.String(),
  kind: Type.Enum([...DEVICE_KINDS]),
  profile: Type.String(),
  zone: ZoneShape,
  parent: Type.Optional(Type.String(about('The meter that feeds it', '上级表'))),
  outOfService: Type.Optional(PeriodShape),
  openAlarms: Type.Integer(about('How many are open', '未关闭的报警数')),
  values: Type.Array(ValueShape, about('The newest of each metric', '各指标最新值')),
};
const DeviceShape = Type.Object(device);

const DeviceDetailShape = Type.Object({
  ...device,
  metrics: Type.Array(
    Type.Object({
      metric: Type.String(),
      name: BothTexts('What people call it', '名称'),
      type: Type.Enum(['number', 'boolean']),
      unit: Type.String(),
      min: Type.Optional(Type.Number()),
      max: Type.Optional(Type.Number()),
      resolution: Type.Optional(Type.Number()),
      register: Type.Boolean(about('A cumulative register', '累计表底')),
    }),
  ),
  rules: Type.Array(
    Type.Object({
      id: Type.String(),
      kind: Type.String(),
      severity: SeverityShape,
      name: BothTexts('What is wrong', '出了什么问题'),
    }),
  ),
  alarms: Type.Array(AlarmShape, about('The open ones', '未关闭的报警')),
});

/** The path of one device. */
export const DevicePath = Type.Object({ campus: Id(), device: Id() });

const Filters = Type.Object(
  {
    campus: Type.Optional(Id()),
    zone: Type.Optional(Id(about('A zone, or the building around it', '区域或其所在楼栋'))),
    kind: Type.Optional(Type.Enum([...DEVICE_KINDS])),
    limit: Limit(200, 1000),
    cursor: Cursor,
  },
  { additionalProperties: false },
);

/** Adds the routes of campuses and devices. */
export function addDeviceRoutes(app: App, parts: HttpParts, openAlarms: OpenAlarms): void {
  app.get(
    '/api/v1/campuses',
    {
      schema: {
        tags: ['campus'],
        summary: '学校列表 / Campuses',
        description: 'Every campus with its zones.',
        response: { 200: Type.Object({ campuses: Type.Array(CampusShape) }), ...failures },
      },
    },
    async () => ({
      campuses: [...parts.configuration().campuses.values()].map(
        ({ id, name, timezone, zones }) => ({ id, name, timezone, zones: [...zones.values()] }),
      ),
    }),
  );

  app.get(
    '/api/v1/devices',
    {
      schema: {
        tags: ['campus'],
        summary: '设备列表 / Devices',
        description: 'Devices in the order of the configuration, with their newest values.',
        querystring: Filters,
        response: {
          200: Type.Object({ devices: Type.Array(DeviceShape), next: Next }),
          ...failures,
        },
      },
    },
    async ({ query }) => {
      const { states, next } = page(parts, query);
      return { devices: states.map((state) => sayDevice(state, parts, openAlarms)), next };
    },
  );

  app.get(
    '/api/v1/devices/:campus/:device',
    {
      schema: {
        tags: ['campus'],
        summary: '设备详情 / One device',
        description: 'A device with its metrics, rules and open alarms.',
        params: DevicePath,
        response: { 200: DeviceDetailShape, ...failures },
      },
    },
    async ({ params }) => {
      const state = findDevice(parts, params);
      const { profile, rules, key } = state.device;
      return {
        ...sayDevice(state, parts, openAlarms),
        metrics: Object.entries(profile.metrics).map(([metric, spec]) => ({ metric, ...spec })),
        rules: rules.map(({ id, kind, severity, name }) => ({ id, kind, severity, name })),
        alarms: openAlarms.of(key).map(sayAlarm),
      };
    },
  );
}

/** The device of a path. Throws DEVICE_NOT_FOUND. */
export function findDevice(
  { catalogue }: Pick<HttpParts, 'catalogue'>,
  { campus, device }: Static<typeof DevicePath>,
): DeviceState {
  const state = catalogue.devices.get(`${campus}/${device}`);
  if (!state) throw new CodedError('DEVICE_NOT_FOUND', { device: `${campus}/${device}` });
  return state;
}

function page({ catalogue }: HttpParts, query: Static<typeof Filters>) {
  const { campus, zone, kind, limit, cursor } = query;
  if (cursor !== undefined && !catalogue.devices.has(cursor)) {
    const allowed = { en: '`next` of the page before', zh: '上一页返回的 next' };
    throw requestInvalid('query.cursor', JSON.stringify(cursor), allowed);
  }
  const states: DeviceState[] = [];
  let isBefore = cursor !== undefined;
  for (const state of catalogue.devices.values()) {
    const { device } = state;
    if (isBefore) {
      isBefore = device.key !== cursor;
      continue;
    }
    if (campus !== undefined && device.campus.id !== campus) continue;
    if (zone !== undefined && device.zone.id !== zone && device.zone.building !== zone) continue;
    if (kind !== undefined && device.profile.kind !== kind) continue;
    if (states.length === limit) return { states, next: states.at(-1)?.device.key };
    states.push(state);
  }
  return { states, next: undefined };
}

function sayDevice({ device, series }: DeviceState, parts: HttpParts, openAlarms: OpenAlarms) {
  const period = parts.periods.current(device.key, parts.clock.now());
  return {
    campus: device.campus.id,
    id: device.id,
    name: device.name,
    kind: device.profile.kind,
    profile: device.profile.id,
    zone: device.zone,
    parent: device.parent,
    outOfService: period && sayPeriod(period, parts.catalogue),
    openAlarms: openAlarms.of(device.key).length,
    values: [...series.values()].flatMap(sayNewest),
  };
}

function sayNewest({ metric, spec, last }: SeriesState) {
  if (!last) return [];
  return [
    {
      metric,
      name: spec.name,
      unit: spec.unit,
      value: sayValue(last.value, spec.type),
      time: iso(last.time),
      quality: qualityWords(last.quality),
    },
  ];
}
