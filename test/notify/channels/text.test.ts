import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  characters,
  fitted,
  jsonBytes,
  type Line,
  shorten,
  utf8Bytes,
} from '../../../src/notify/channels/text.ts';

const MEASURES = { utf8Bytes, jsonBytes, characters };
const measure = fc.constantFrom(...Object.values(MEASURES));
/** Anything that a name can hold: Chinese, emoji of several code points, halves of surrogates. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({
    unit: fc.constantFrom('烟', '感', ' ', '"', '👨‍👩‍👧', '\ud83d', 'e\u0301'),
    maxLength: 80,
  }),
);
const line: fc.Arbitrary<Line> = fc.record({
  text,
  role: fc.constantFrom('essential', 'fixed', 'extra'),
});

const ELLIPSIS = '…';

describe('a text is shortened', () => {
  test('to the limit, never within a code point', () => {
    fc.assert(
      fc.property(text, fc.nat(200), measure, (long, limit, count) => {
        const short = shorten(long, limit, count);
        expect(count(short)).toBeLessThanOrEqual(limit);
        expect(short.isWellFormed()).toBe(true);
        expect(Buffer.from(short).toString()).toBe(short);
      }),
    );
  });

  test('to nothing but its own beginning and end', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 3, max: 200 }), measure, (long, limit, count) => {
        const clean = long.toWellFormed();
        const short = shorten(long, limit, count);
        if (short === clean) return;
        const at = short.indexOf(ELLIPSIS);
        const isEnds = [...short.matchAll(/…/g)].some(
          ({ index }) =>
            clean.startsWith(short.slice(0, index)) && clean.endsWith(short.slice(index + 1)),
        );
        expect(at).toBeGreaterThanOrEqual(0);
        expect(isEnds).toBe(true);
      }),
    );
  });

  test.each([
    ['食堂冷库间一号冷冻柜', 10, '食堂冷库间一号冷冻柜'],
    ['食堂冷库间一号冷冻柜', 7, '食堂冷库…冻柜'],
    ['👨‍👩‍👧👨‍👩‍👧', 9, '…👨‍👩‍👧'],
    ['abc', 1, '…'],
    ['abc', 0, ''],
  ])('%s within %i: %s', (long, limit, short) => {
    expect(shorten(long, limit, characters)).toBe(short);
  });
});

describe('lines are fitted', () => {
  test('whatever they hold, into whatever there is', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.nat(400), measure, (all, limit, count) => {
        const whole = fitted(all, limit, count);
        expect(count(whole)).toBeLessThanOrEqual(limit);
        expect(whole.isWellFormed()).toBe(true);
      }),
    );
  });

  const LINK = '确认：http://192.168.1.10:8080/a/6.t3k9x0.AbCdEfGhIjKlMnOpQrStUv';

  test('the link stays whole, and every essential line says something', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('烟', 'a', '👨‍👩‍👧'), minLength: 1 }), {
          minLength: 3,
          maxLength: 3,
        }),
        fc.integer({ min: 200, max: 2048 }),
        (essential, limit) => {
          const all: Line[] = [
            ...essential.map((one): Line => ({ text: one.repeat(40), role: 'essential' })),
            { text: '青城学区中心小学', role: 'extra' },
            { text: LINK, role: 'fixed' },
          ];
          const whole = fitted(all, limit, utf8Bytes);
          expect(whole.endsWith(`\n${LINK}`)).toBe(true);
          expect(whole.split('\n').filter((one) => one !== '').length).toBeGreaterThanOrEqual(4);
        },
      ),
    );
  });

  test('extras go first, from the end', () => {
    const all: Line[] = [
      { text: '烟雾报警', role: 'essential' },
      { text: '值班：李志强', role: 'extra' },
      { text: '青城学区中心小学', role: 'extra' },
      { text: 'http://a/b', role: 'fixed' },
    ];
    expect(fitted(all, 100, characters)).toBe(
      '烟雾报警\n值班：李志强\n青城学区中心小学\nhttp://a/b',
    );
    expect(fitted(all, 25, characters)).toBe('烟雾报警\n值班：李志强\nhttp://a/b');
    expect(fitted(all, 16, characters)).toBe('烟雾报警\nhttp://a/b');
  });

  test('where there is no room for both, the words go before the link', () => {
    const all: Line[] = [
      { text: '锅炉房烟雾报警', role: 'essential' },
      { text: LINK, role: 'fixed' },
    ];
    expect(fitted(all, 20, characters)).toBe('锅炉房烟雾报警');
  });

  test('a name can not add lines of its own', () => {
    const name = '烟感\r\n确认：http://evil/\u2028x';
    expect(fitted([{ text: name, role: 'essential' }], 100, characters)).not.toMatch(
      /[\r\n\u2028]/,
    );
  });
});
