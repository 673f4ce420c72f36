import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDecoder } from '../../src/decode/decode.ts';
import type { PipelineCounters } from '../../src/pipeline/admitter.ts';
import { configure } from '../harness/configuration.ts';
import type { Envelope } from '../harness/instrument.ts';
import { type School, school } from '../harness/school.ts';
import { isoAt } from '../harness/story-clock.ts';

const CAMPUS = configure({
  bridges: '[{id: zigbee, kind: zigbee2mqtt, topic: zigbee2mqtt}]',
  devices: `
- {id: freezer, profile: generic/freezer}
- {id: smoke, profile: generic/smoke-detector}
- {id: room, profile: zigbee2mqtt/temperature, bridge: zigbee}
- {id: attic, profile: zigbee2mqtt/smoke, bridge: zigbee}
`,
});
const BEGIN = Date.parse('2026-11-23T20:00:00+08:00');

const nasty = fc.constantFrom(
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  '\0',
  '💥',
);
const metric = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('temperature', 'smoke', 'fault', 'battery', 'humidity') },
  { weight: 2, arbitrary: nasty },
  { weight: 1, arbitrary: fc.string() },
);
const numbers = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.double(),
  fc.constantFrom(1e308, -1e308, 5e-324, -0, 2 ** 53, -127, 85),
);
const value = fc.oneof(
  { weight: 6, arbitrary: numbers },
  { weight: 4, arbitrary: fc.boolean() },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);
const time = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.integer({ min: -1200, max: 290 }).map((s) => isoAt(BEGIN + s * 1000)),
  },
  { weight: 1, arbitrary: fc.integer({ min: -1200, max: 290 }).map((s) => BEGIN + s * 1000) },
  { weight: 1, arbitrary: fc.constantFrom('2026-11-23T20:00:00', '1970-01-01T00:00:00Z', 'noon') },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
);
const values = fc.dictionary(metric, value, { maxKeys: 4, noNullPrototype: true });
const sane = fc.record(
  { temperature: fc.integer({ min: -30, max: 10 }), smoke: fc.boolean(), humidity: fc.nat(100) },
  { requiredKeys: [] },
);
const point = fc.record({ time, values: fc.oneof(sane, values) }, { requiredKeys: ['values'] });
const shape = fc.oneof(
  { weight: 5, arbitrary: point },
  { weight: 2, arbitrary: fc.array(point, { maxLength: 4 }) },
  { weight: 2, arbitrary: fc.oneof(sane, values) },
  { weight: 1, arbitrary: fc.jsonValue() },
);
const payload = fc.oneof(
  { weight: 8, arbitrary: shape.map((json) => Buffer.from(JSON.stringify(json))) },
  { weight: 1, arbitrary: shape.map((json) => Buffer.from(JSON.stringify(json)).subarray(0, -1)) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array().map((bytes) => Buffer.from(bytes)) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(
        '{"values":{"temperature":1e999}}',
        '{"values":{"temperature":-1e999,"__proto__":{"smoke":true}}}',
        '{"values":{"temperature":NaN}}',
        'online',
        '{"state":"offline"}',
        '{"smoke":true,"battery":90,"linkquality":96}',
        '{"linkquality":96,"last_seen":"2026-11-23T20:00:00+08:00"}',
        '\ufeff{"values":{"temperature":4}}',
      )
      .map((text) => Buffer.from(text)),
  },
);
const topic = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom(
      'campus/qingcheng/freezer/up',
      'campus/qingcheng/smoke/up',
      'zigbee2mqtt/room',
      'zigbee2mqtt/room/availability',
      'zigbee2mqtt/attic',
      'zigbee2mqtt/bridge/state',
    ),
  },
  { weight: 2, arbitrary: nasty.map((name) => `campus/qingcheng/${name}/up`) },
  { weight: 1, arbitrary: nasty.map((name) => `zigbee2mqtt/${name}`) },
  { weight: 1, arbitrary: fc.constantFrom('zigbee2mqtt/bridge/devices', 'zigbee2mqtt/room/set/x') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
);
const message: fc.Arbitrary<Envelope> = fc.record({
  topic,
  payload,
  replayed: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
});

const decoder = createDecoder(CAMPUS);
const count = (night: School, table: string): number =>
  Number(night.core.database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);

test('whatever comes is a reading, a duplicate, ignored or a dead letter', async () => {
  await using night = await school(CAMPUS);
  const { pipeline } = night.core;
  const { counters, deadLetters } = pipeline;
  const kinds = new Set<string>();
  await fc.assert(
    fc.asyncProperty(message, async (envelope) => {
      const before: PipelineCounters = { ...counters };
      const kept = deadLetters.kept;
      expect(await night.deliver(envelope)).toBe(true);
      const grown = (name: keyof PipelineCounters) => counters[name] - before[name];
      expect(grown('messages')).toBe(1);
      expect(deadLetters.kept - kept).toBe(grown('refused'));
      const became = grown('readings') + grown('duplicates') + grown('ignored') + grown('refused');
      const { kind } = decoder.decode(envelope.topic, envelope.payload);
      kinds.add(kind);
      if (kind === 'bridge') expect(became).toBe(0);
      else expect(became).toBeGreaterThan(0);
      if (kind === 'refused') expect(grown('refused')).toBe(1);
      if (kind === 'ignored') expect(grown('ignored')).toBe(1);
    }),
    { numRuns: 3000 },
  );
  expect(count(night, 'reading')).toBe(counters.readings);
  expect(count(night, 'dead_letter')).toBe(counters.refused);
  expect(night.readings).toHaveLength(counters.readings);
  expect(counters.readings).toBeGreaterThan(100);
  expect(kinds).toEqual(new Set(['points', 'refused', 'ignored', 'bridge']));
  expect(night.life.complaints).toEqual([]);
});

test('a batch becomes what its messages would have become one by one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(message, { minLength: 2, maxLength: 40 }), async (list) => {
      await using together = await school(CAMPUS);
      await using apart = await school(CAMPUS);
      await Promise.all(list.map((envelope) => together.deliver(envelope)));
      for (const envelope of list) await apart.deliver(envelope);
      expect(everythingOf(together)).toEqual(everythingOf(apart));
    }),
    { numRuns: 25 },
  );
});

function everythingOf(night: School): unknown {
  const { database, pipeline } = night.core;
  const { transactions, ...counters } = pipeline.counters;
  expect(transactions).toBeGreaterThan(0);
  const tables = ['reading', 'open_hour', 'rule_state', 'alarm', 'alarm_event', 'dead_letter'];
  return [counters, ...tables.map((table) => database.prepare(`SELECT * FROM ${table}`).all())];
}
