import { describe, expect, test } from 'vitest';
import type { Profile } from '../../src/campus/profile.ts';
import { createDecoder } from '../../src/decode/decode.ts';
import { admitValue, eventTime } from '../../src/pipeline/admission.ts';
import { configure } from '../harness/configuration.ts';
import { realProfiles } from '../harness/profiles.ts';

type Example = Profile['examples'][number];

const RECEIVED = Date.parse('2026-09-01T00:30:00Z');

/** A school that has the device of an example. */
function schoolOf({ id, format }: Profile, { topic }: Example) {
  const [first = '', second = '', third = ''] = topic.split('/');
  if (format.kind === 'json') {
    expect([first, second], 'our own topics').toEqual(['campus', 'qingcheng']);
    return configure({ devices: `[{id: ${third}, profile: ${id}}]` });
  }
  return configure({
    bridges: `[{id: bridge, kind: ${format.kind}, topic: ${first}}]`,
    devices: `[{id: device, profile: ${id}, bridge: bridge, address: ${second}}]`,
  });
}

/** What becomes of an example’s payload: its readings by metric, and their times. */
function readingsOf(profile: Profile, example: Example) {
  const decoded = createDecoder(schoolOf(profile, example)).decode(
    example.topic,
    Buffer.from(example.payload),
  );
  if (decoded.kind !== 'points') return expect.fail(`not decoded: ${JSON.stringify(decoded)}`);
  const times = new Set<number>();
  const readings: Record<string, unknown> = {};
  for (const { time, values } of decoded.points) {
    times.add(eventTime(time, RECEIVED).time);
    for (const [metric, raw] of values) {
      const spec = profile.metrics[metric];
      if (!spec) return expect.fail(`there is no metric ${metric}`);
      const value = admitValue(metric, spec, raw);
      expect(typeof value, `${metric} is admitted: ${JSON.stringify(value)}`).toBe('number');
      readings[metric] = spec.type === 'boolean' ? value === 1 : value;
    }
  }
  return { readings, times: [...times] };
}

describe.each([...realProfiles.values()].map((profile) => [profile.id, profile] as const))(
  '%s',
  (_id, profile) => {
    test('decodes its examples to exactly their readings and times', () => {
      for (const example of profile.examples) {
        const { readings, times } = readingsOf(profile, example);
        expect(readings, example.payload).toEqual(example.readings);
        const time = example.time === undefined ? RECEIVED : Date.parse(example.time);
        expect(times, example.payload).toEqual([time]);
      }
    });
  },
);
