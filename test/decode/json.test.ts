import { describe, expect, test } from 'vitest';
import { createDecoder } from '../../src/decode/decode.ts';
import { configure } from '../harness/configuration.ts';

const decoder = createDecoder(
  configure({
    devices: '[{id: freezer, profile: generic/freezer}]',
  }),
);
const TOPIC = 'campus/qingcheng/freezer/up';
const decode = (payload: unknown) => decoder.decode(TOPIC, Buffer.from(JSON.stringify(payload)));

/** The moments of a payload: its times and values as they stand there. */
function pointsOf(payload: unknown) {
  const decoded = decode(payload);
  return decoded.kind === 'points' ? decoded.points : decoded;
}

describe('our own format', () => {
  test('is one moment with its values, still unchecked', () => {
    expect(pointsOf({ time: 'noon', values: { temperature: '4', x: null } })).toEqual([
      {
        time: 'noon',
        values: [
          ['temperature', '4'],
          ['x', null],
        ],
      },
    ]);
  });

  test('may leave out the time, and hold what we do not know', () => {
    expect(pointsOf({ values: { temperature: 4 }, firmware: '1.2' })).toEqual([
      { time: undefined, values: [['temperature', 4]] },
    ]);
  });

  test('may hold several moments, in any order', () => {
    const moments = [3, 1, 2].map((time) => ({ time, values: { temperature: time } }));
    expect(pointsOf(moments)).toMatchObject([{ time: 3 }, { time: 1 }, { time: 2 }]);
  });

  test.each([
    [1000, 'points'],
    [1001, 'refused'],
  ])('%i moments at once: %s', (length, kind) => {
    expect(decode(Array(length).fill({ values: { temperature: 4 } })).kind).toBe(kind);
  });

  test.each([
    [200, 'points'],
    [201, 'refused'],
  ])('%i values in one moment: %s', (length, kind) => {
    const values = Object.fromEntries(Array.from({ length }, (_, i) => [`m${i}`, i]));
    expect(decode({ values }).kind).toBe(kind);
  });
});

test('a payload of just the allowed size is read, one byte more is not', () => {
  const text = JSON.stringify({ values: { temperature: 4 } });
  const sized = (bytes: number) => decoder.decode(TOPIC, Buffer.from(text.padEnd(bytes, ' '))).kind;
  expect([sized(262_144), sized(262_145)]).toEqual(['points', 'refused']);
});
