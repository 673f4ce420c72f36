import { describe, expect, test } from 'vitest';
import { school } from '../harness/school.ts';

const SCHOOL = {
  bridges: '[{id: zigbee, kind: zigbee2mqtt, topic: zigbee2mqtt}]',
  devices: `
- {id: freezer, profile: generic/freezer}
- {id: smoke, profile: generic/smoke-detector}
- {id: room, profile: zigbee2mqtt/temperature, bridge: zigbee}
`,
};
const FREEZER = 'campus/qingcheng/freezer/up';
const SMOKE = 'campus/qingcheng/smoke/up';
const ROOM = 'zigbee2mqtt/room';
const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

/** Sends one message; answers what it became. */
async function fate(topic: string, payload: string | Buffer) {
  await using night = await school(SCHOOL);
  const wasTaken = await night.deliver({ topic, payload: Buffer.from(payload), replayed: false });
  const letters = night.core.pipeline.deadLetters.list({ limit: 10 });
  return {
    wasTaken,
    stored: night.readings.map(({ series, value }) => [series.metric, value]),
    reasons: letters.map(({ reason }) => reason),
    letters,
    complaints: night.life.complaints,
  };
}

describe('what can not be read is acknowledged and set aside, with the reason', () => {
  test.each([
    ['nothing at all', FREEZER, '', 'PAYLOAD_EMPTY'],
    ['not JSON', FREEZER, 'temperature=4', 'PAYLOAD_NOT_JSON'],
    ['half a JSON', FREEZER, '{"values":{"temperature":4', 'PAYLOAD_NOT_JSON'],
    ['NaN', FREEZER, '{"values":{"temperature":NaN}}', 'PAYLOAD_NOT_JSON'],
    ['Infinity', FREEZER, '{"values":{"temperature":-Infinity}}', 'PAYLOAD_NOT_JSON'],
    ['not UTF-8', FREEZER, Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'PAYLOAD_NOT_UTF8'],
    ['too much', FREEZER, ' '.repeat(1_048_576), 'PAYLOAD_TOO_LARGE'],
    ['a nest of lists', FREEZER, deep(100_000), 'PAYLOAD_SHAPE'],
    ['only a number', FREEZER, '4', 'PAYLOAD_SHAPE'],
    ['only null', FREEZER, 'null', 'PAYLOAD_SHAPE'],
    ['an empty list', FREEZER, '[]', 'PAYLOAD_SHAPE'],
    ['a list of numbers', FREEZER, '[4]', 'PAYLOAD_SHAPE'],
    ['values that are a list', FREEZER, '{"values":[4]}', 'PAYLOAD_SHAPE'],
    ['no values', FREEZER, '{"values":{}}', 'PAYLOAD_SHAPE'],
    ['a bare value', FREEZER, '{"temperature":4}', 'PAYLOAD_SHAPE'],
    [
      '1001 moments',
      FREEZER,
      JSON.stringify(Array(1001).fill({ values: { temperature: 4 } })),
      'PAYLOAD_SHAPE',
    ],
    ['a text', FREEZER, '{"values":{"temperature":"4"}}', 'VALUE_TYPE'],
    ['null for a value', FREEZER, '{"values":{"temperature":null}}', 'VALUE_TYPE'],
    ['a nest for a value', FREEZER, `{"values":{"temperature":${deep(50_000)}}}`, 'VALUE_TYPE'],
    ['a boolean for a number', FREEZER, '{"values":{"temperature":true}}', 'VALUE_TYPE'],
    ['a number for a boolean', SMOKE, '{"values":{"smoke":1}}', 'VALUE_TYPE'],
    ['a number beyond all numbers', FREEZER, '{"values":{"temperature":1e999}}', 'VALUE_TYPE'],
    ['an unthinkable temperature', FREEZER, '{"values":{"temperature":-127}}', 'VALUE_RANGE'],
    ['a metric it does not have', FREEZER, '{"values":{"pressure":4}}', 'METRIC_UNKNOWN'],
    ['__proto__ as a metric', FREEZER, '{"values":{"__proto__":4}}', 'METRIC_UNKNOWN'],
    ['constructor as a metric', FREEZER, '{"values":{"constructor":4}}', 'METRIC_UNKNOWN'],
    ['a device that is not there', 'campus/qingcheng/nobody/up', '{}', 'DEVICE_UNKNOWN'],
    ['__proto__ as a device', 'campus/qingcheng/__proto__/up', '{}', 'DEVICE_UNKNOWN'],
    ['another campus', 'campus/elsewhere/freezer/up', '{}', 'DEVICE_UNKNOWN'],
    ['a topic below ours', 'campus/qingcheng/freezer/up/more', '{}', 'TOPIC_UNKNOWN'],
    ['a topic of nobody', 'homeassistant/status', 'online', 'TOPIC_UNKNOWN'],
    ['an empty topic', '', '{}', 'TOPIC_UNKNOWN'],
    ['an endless topic', 'x/'.repeat(30_000), '{}', 'TOPIC_UNKNOWN'],
    ['our format from a bridge’s device', 'campus/qingcheng/room/up', '{}', 'TOPIC_UNKNOWN'],
    ['a bridge’s unknown device', 'zigbee2mqtt/nobody', '{}', 'DEVICE_UNKNOWN'],
    ['constructor at the bridge', 'zigbee2mqtt/constructor', '{}', 'DEVICE_UNKNOWN'],
    ['a list from a bridge', ROOM, '[]', 'PAYLOAD_SHAPE'],
    ['a text from a bridge', ROOM, '{"temperature":"warm"}', 'VALUE_TYPE'],
  ])('%s', async (_what, topic, payload, reason) => {
    expect(await fate(topic, payload)).toMatchObject({
      wasTaken: true,
      stored: [],
      reasons: [reason],
      complaints: [],
    });
  });
});

describe('a message that is good in part', () => {
  test('is kept where it is good, and set aside for the rest', async () => {
    const payload = '{"values":{"smoke":false,"battery":870,"nonsense":1,"fault":true}}';
    const { stored, letters } = await fate(SMOKE, payload);
    expect(stored).toEqual([
      ['smoke', 0],
      ['fault', 1],
    ]);
    expect(letters).toMatchObject([
      { topic: SMOKE, payload: Buffer.from(payload), reason: 'VALUE_RANGE' },
    ]);
    expect(letters[0]?.detail).toMatch(/battery is 870.*no metric nonsense/);
  });

  test('a bad moment of a list spoils no other', async () => {
    const payload = JSON.stringify([
      { time: '2026-11-23T19:58:00+08:00', values: { temperature: -18 } },
      { time: '2026-11-23T19:59:00+08:00', values: { temperature: 'cold' } },
      { time: '2026-11-23T20:00:00+08:00', values: { temperature: -17 } },
    ]);
    const { stored, reasons } = await fate(FREEZER, payload);
    expect(stored.map(([, value]) => value)).toEqual([-18, -17]);
    expect(reasons).toEqual(['VALUE_TYPE']);
  });

  test('but one whose shape is wrong is not read at all', async () => {
    const payload = '[{"values":{"temperature":-18}},{"temperature":-17}]';
    expect(await fate(FREEZER, payload)).toMatchObject({ stored: [], reasons: ['PAYLOAD_SHAPE'] });
  });
});

test('of a huge payload the first megabyte is kept', async () => {
  const { letters } = await fate(FREEZER, Buffer.alloc(3_000_000, 'x'));
  expect(letters[0]?.payload).toHaveLength(1_048_576);
  expect(letters[0]?.detail).toContain('3000000 bytes');
});

test('what nobody needs to keep is no dead letter', async () => {
  for (const topic of ['zigbee2mqtt/bridge/info', 'zigbee2mqtt/room/set']) {
    expect(await fate(topic, '{}')).toMatchObject({ wasTaken: true, stored: [], reasons: [] });
  }
});
