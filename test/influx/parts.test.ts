import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Packer, unpack } from '../../src/influx/packed.ts';
import { halve, split } from '../../src/influx/part.ts';
import { judge } from '../../src/influx/verdict.ts';

const lines = (count: number) => Array.from({ length: count }, (_, i) => `食堂 line ${i}`);
const partOf = (all: string[]) => ({ text: all.join('\n'), lines: all.length });

describe('cutting', () => {
  test('loses and mixes nothing', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 310 }),
        (n, limit) => {
          const parts = split(partOf(lines(n)), limit);
          expect(parts.flatMap(({ text }) => text.split('\n'))).toEqual(lines(n));
          for (const part of parts) {
            expect(part.lines).toBeLessThanOrEqual(limit);
            expect(part.text.split('\n')).toHaveLength(part.lines);
            if (part.lines < 2) continue;
            const halves = halve(part);
            expect(halves.map(({ text }) => text).join('\n')).toBe(part.text);
            expect(Math.abs(halves[0].lines - halves[1].lines)).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });
});

test('what is packed is unpacked the same', () => {
  const reading = fc.tuple(
    fc.integer({ min: 1, max: 2 ** 32 - 1 }),
    fc.integer({ min: 0, max: 4e12 }),
    fc.double({ noNaN: true }),
  );
  const packer = new Packer(20);
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 20 }), (readings) => {
      for (const [head, time, value] of readings) packer.add(head, time, value);
      expect(packer.isFull).toBe(readings.length === 20);
      const found: [number, number, number][] = [];
      unpack(Uint8Array.from(packer.take()), (...one) => found.push(one));
      expect(found).toEqual(readings);
      expect(packer.count).toBe(0);
    }),
  );
});

describe('an answer', () => {
  const say = (status: number, body: string) => judge({ status, body, retryAfter: undefined }, 0);

  test.each([
    ['{"code":"invalid","message":"unable to  parse\\n x"}', 'HTTP 400: unable to parse x'],
    ['{"error":"partial write"}', 'HTTP 400: partial write'],
    ['{"other":1}', 'HTTP 400: {"other":1}'],
    ['no json', 'HTTP 400: no json'],
    ['', 'HTTP 400'],
  ])('is told in its server’s words: %s', (body, reason) => {
    expect(say(400, body)).toEqual({ kind: 'refused', reason });
  });

  test('is told in few words', () => {
    const verdict = say(500, 'x'.repeat(100_000));
    expect(verdict.kind === 'later' && verdict.reason.length).toBeLessThan(600);
  });

  test.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['99999999', 3_600_000],
    ['Thu, 01 Jan 1970 00:00:30 GMT', 30_000],
    ['Wed, 31 Dec 1969 23:59:30 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
  ])('with Retry-After: %s waits %s ms', (retryAfter, after) => {
    expect(judge({ status: 503, body: '', retryAfter }, 0)).toMatchObject({ kind: 'later', after });
  });
});
