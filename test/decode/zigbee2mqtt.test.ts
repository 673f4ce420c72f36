import { describe, expect, test } from 'vitest';
import { createDecoder } from '../../src/decode/decode.ts';
import { configure } from '../harness/configuration.ts';
import { thermometer } from '../harness/profiles.ts';

const SCHOOL = configure({
  bridges: `
    [{id: main, kind: zigbee2mqtt, topic: zigbee2mqtt},
     {id: annex, kind: zigbee2mqtt, topic: annex/zigbee}]`,
  devices: `
- {id: smoke, profile: zigbee2mqtt/smoke, bridge: main}
- {id: climate, profile: zigbee2mqtt/temperature, bridge: main, address: kitchen/shelf 2}
- {id: annex-smoke, profile: zigbee2mqtt/smoke, bridge: annex, address: smoke}
- {id: freezer, profile: generic/freezer}
`,
});
const decoder = createDecoder(SCHOOL);
const decode = (topic: string, payload: unknown) =>
  decoder.decode(
    topic,
    Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
  );

/** The device and the values of the one moment that is expected. */
function valuesOf(topic: string, payload: unknown) {
  const decoded = decode(topic, payload);
  if (decoded.kind !== 'points') return decoded.kind;
  expect(decoded.points).toHaveLength(1);
  return [decoded.device.id, Object.fromEntries(decoded.points[0]?.values ?? [])];
}

const reasonOf = (topic: string, payload: unknown) => {
  const decoded = decode(topic, payload);
  return decoded.kind === 'refused' ? decoded.refusal.code : decoded.kind;
};

describe('the state of a device', () => {
  test('becomes the metrics of its profile; what that does not name is left out', () => {
    const state = { smoke: true, tamper: false, linkquality: 96, update: { state: 'idle' } };
    expect(valuesOf('zigbee2mqtt/smoke', state)).toEqual(['smoke', { smoke: true, tamper: false }]);
  });

  test('is scaled into the canonical unit', () => {
    expect(valuesOf('zigbee2mqtt/smoke', { voltage: 2900 })).toEqual([
      'smoke',
      { battery_voltage: 2.9 },
    ]);
  });

  test('that is not known yet (null) is no value', () => {
    expect(valuesOf('zigbee2mqtt/smoke', { smoke: null, battery: 87 })).toEqual([
      'smoke',
      { battery: 87 },
    ]);
    expect(valuesOf('zigbee2mqtt/smoke', { smoke: null })).toBe('ignored');
  });

  test('of another type is passed on as it is, for admission to refuse', () => {
    expect(valuesOf('zigbee2mqtt/smoke', { voltage: 'low' })).toEqual([
      'smoke',
      { battery_voltage: 'low' },
    ]);
  });

  test('carries the time that the bridge gives', () => {
    const decoded = decode('zigbee2mqtt/smoke', { smoke: true, last_seen: '2026-11-23T20:00:00Z' });
    expect(decoded).toMatchObject({ points: [{ time: '2026-11-23T20:00:00Z' }] });
    expect(decode('zigbee2mqtt/smoke', { smoke: true })).toMatchObject({
      points: [{ time: undefined }],
    });
  });

  test('is found by the name at the bridge, which may hold slashes and spaces', () => {
    expect(valuesOf('zigbee2mqtt/kitchen/shelf 2', { temperature: 4 })).toEqual([
      'climate',
      { temperature: 4 },
    ]);
  });

  test('belongs to the bridge on whose topic it comes', () => {
    expect(valuesOf('annex/zigbee/smoke', { smoke: true })).toEqual([
      'annex-smoke',
      { smoke: true },
    ]);
  });

  test('takes nothing from an object’s ancestors', () => {
    expect(valuesOf('zigbee2mqtt/smoke', '{"__proto__":{"smoke":true}}')).toBe('refused');
    const field = thermometer().replace(
      '{kind: json}',
      '{kind: zigbee2mqtt, fields: {constructor: {metric: temperature}}}',
    );
    const odd = configure({
      bridges: '[{id: main, kind: zigbee2mqtt, topic: zigbee2mqtt}]',
      devices: '[{id: odd, profile: test/odd, bridge: main}]',
      profiles: { 'test/odd': field },
    });
    const decoded = createDecoder(odd).decode('zigbee2mqtt/odd', Buffer.from('{"smoke":true}'));
    expect(decoded.kind).toBe('refused');
  });

  test('with none of the profile’s fields is refused, naming what was found', () => {
    expect(decode('zigbee2mqtt/smoke', { temperature: 21, humidity: 40, linkquality: 96 })).toEqual(
      {
        kind: 'refused',
        refusal: {
          code: 'FIELDS_UNKNOWN',
          params: {
            profile: 'zigbee2mqtt/smoke',
            expected: 'smoke, tamper, battery_low, battery, test, voltage',
            found: 'temperature, humidity, linkquality',
          },
        },
      },
    );
  });

  test.each([
    {},
    { linkquality: 96 },
    { last_seen: '2026-11-23T20:00:00Z', elapsed: 5000, update: { state: 'idle' } },
    { battery_low: false, voltage: 2900 },
  ])('with nothing but what any model may send is passed over: %j', (state) => {
    expect(reasonOf('zigbee2mqtt/kitchen/shelf 2', state)).toBe('ignored');
  });

  test.each([
    ['an unknown device', 'zigbee2mqtt/nobody', {}, 'DEVICE_UNKNOWN'],
    ['a device of ours that needs no bridge', 'zigbee2mqtt/freezer', {}, 'DEVICE_UNKNOWN'],
    ['a list', 'zigbee2mqtt/smoke', [], 'PAYLOAD_SHAPE'],
    ['nothing', 'zigbee2mqtt/smoke', '', 'PAYLOAD_EMPTY'],
    ['a word', 'zigbee2mqtt/smoke', 'smoke', 'PAYLOAD_NOT_JSON'],
  ])('is refused: %s', (_what, topic, payload, reason) => {
    expect(reasonOf(topic, payload)).toBe(reason);
  });
});

describe('whether a device is there', () => {
  test.each([
    ['{"state":"online"}', true],
    ['{"state":"offline"}', false],
    ['{ "state" : "offline" }\n', false],
    ['online', true],
    ['offline', false],
    ['"offline"', false],
  ])('%s', (payload, online) => {
    expect(valuesOf('zigbee2mqtt/smoke/availability', payload)).toEqual(['smoke', { online }]);
  });

  test('is known of a device with slashes in its name', () => {
    expect(valuesOf('zigbee2mqtt/kitchen/shelf 2/availability', 'online')).toEqual([
      'climate',
      { online: true },
    ]);
  });

  test.each(['', 'perhaps', '{"state":"unknown"}', '{"online":true}'])(
    '%j says nothing',
    (payload) => {
      expect(reasonOf('zigbee2mqtt/smoke/availability', payload)).toBe('PAYLOAD_SHAPE');
    },
  );
});

describe('the state of a bridge', () => {
  test.each([
    ['{"state":"online"}', true],
    ['offline', false],
  ])('%s', (payload, online) => {
    expect(decode('annex/zigbee/bridge/state', payload)).toEqual({
      kind: 'bridge',
      campus: 'qingcheng',
      bridge: 'annex',
      online,
    });
  });

  test('that says neither is refused', () => {
    expect(reasonOf('zigbee2mqtt/bridge/state', '{"state":"asleep"}')).toBe('PAYLOAD_SHAPE');
  });
});

describe('what is not about a device’s state is passed over', () => {
  test.each([
    'zigbee2mqtt/bridge/devices',
    'zigbee2mqtt/bridge/logging',
    'zigbee2mqtt/smoke/set',
    'zigbee2mqtt/smoke/get',
    'zigbee2mqtt/smoke/set/silence',
    'zigbee2mqtt/nobody/set',
    'annex/zigbee/bridge/info',
  ])('%s', (topic) => {
    expect(reasonOf(topic, 'anything')).toBe('ignored');
  });
});

test('what is on no bridge’s topic is nobody’s', () => {
  for (const topic of ['zigbee2mqtt', 'zigbee2mqttx/smoke', 'annex/smoke', 'zigbee/smoke']) {
    expect(reasonOf(topic, {})).toBe('TOPIC_UNKNOWN');
  }
});

test('an external broker is asked for all of it, and for our own topics', () => {
  expect(decoder.filters).toEqual(['campus/qingcheng/+/up', 'zigbee2mqtt/#', 'annex/zigbee/#']);
});
