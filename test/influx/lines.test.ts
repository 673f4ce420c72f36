import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  escapeKey,
  escapeMeasurement,
  lineHead,
  type Point,
  toLine,
} from '../../src/influx/lines.ts';
import { parseLine } from './line-parser.ts';
import { configuration } from './rig.ts';

const NOW = Date.parse('2025-03-03T08:00:00+08:00');

const line = (point: Partial<Point>): string =>
  toLine({ measurement: 'm', tags: {}, fields: { a: 1 }, time: NOW, ...point }) ?? '';

describe('a line', () => {
  test('is measurement, tags in order, fields and milliseconds', () => {
    const tags = { zone: 'z1', campus: 'qingcheng', device: 'd' };
    expect(line({ measurement: 'alarm', tags, fields: { value: 8.5, active: true } })).toBe(
      'alarm,campus=qingcheng,device=d,zone=z1 value=8.5,active=true 1740960000000',
    );
  });

  test.each([
    [1, '1'],
    [0, '0'],
    [-0, '0'],
    [-12.5, '-12.5'],
    [0.1 + 0.2, '0.30000000000000004'],
    [1e21, '1e+21'],
    [5e-324, '5e-324'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    [true, 'true'],
    [false, 'false'],
  ])('writes %s as %s: a float, or a boolean', (value, said) => {
    expect(line({ fields: { a: value } })).toBe(`m a=${said} ${NOW}`);
  });

  test('leaves out what can not be said, and is none when nothing is left', () => {
    const fields = { a: Number.NaN, b: Number.POSITIVE_INFINITY, c: undefined };
    expect(line({ fields: { ...fields, d: 2 } })).toBe(`m d=2 ${NOW}`);
    expect(toLine({ measurement: 'm', tags: {}, fields, time: NOW })).toBeUndefined();
  });

  test('leaves out empty tags: no server takes them', () => {
    expect(line({ tags: { campus: '', zone: undefined, device: 'd' } })).toBe(
      `m,device=d a=1 ${NOW}`,
    );
  });

  test.each([
    ['食堂 1 号,冷冻柜', '食堂\\ 1\\ 号\\,冷冻柜'],
    ['a=b', 'a\\=b'],
    ['说"好"', '说"好"'],
    ['C:\\dir\\', 'C:/dir/'],
    ['two\nlines\r\nthree\tfour', 'two\\ lines\\ three\\ four'],
    ['half \ud800 pair', 'half\\ \ufffd\\ pair'],
  ])('tag %j becomes %s', (value, said) => {
    expect(line({ tags: { t: value } })).toBe(`m,t=${said} a=1 ${NOW}`);
  });

  test('quotes texts', () => {
    const fields = { title: '说"好"\\n\n, 完=了' };
    expect(line({ fields })).toBe(`m title="说\\"好\\"\\\\n , 完=了" ${NOW}`);
  });

  test('is never a comment', () => {
    expect(line({ measurement: '#1' })).toBe(`_1 a=1 ${NOW}`);
  });
});

test('a reading begins with its kind, campus, device and zone', () => {
  const device = configuration().devices.get('qingcheng/probe-1');
  if (!device) throw new Error('no device');
  expect(lineHead(device, 'temperature')).toBe(
    'cold_storage,campus=qingcheng,device=probe-1,zone=canteen temperature=',
  );
});

// what the gateway says of names that no server reads alike
const asWritten = (name: string): string =>
  name
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll('\\', '/');

const NASTY = fc.string({
  unit: fc.oneof(
    fc.constantFrom(',', '=', ' ', '"', '\\', '\n', '\r', '\t', '#', '\0', '\u2028', "'"),
    fc.constantFrom('食', '堂', 'é', '😀', '\ud800'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  ),
  minLength: 1,
  maxLength: 12,
});
const VALUE = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), NASTY);

test('another parser reads back whatever was written', () => {
  fc.assert(
    fc.property(
      NASTY,
      fc.dictionary(NASTY, NASTY, { maxKeys: 4 }),
      fc.dictionary(NASTY, VALUE, { minKeys: 1, maxKeys: 4 }),
      fc.integer({ min: 0, max: 4e12 }),
      (measurement, tags, fields, time) => {
        const distinct = (names: string[]) => new Set(names.map(asWritten)).size === names.length;
        fc.pre(distinct(Object.keys(tags)) && distinct(Object.keys(fields)));
        const written = toLine({ measurement, tags, fields, time });
        const parsed = parseLine(written ?? '');
        const said = (value: unknown) => {
          if (typeof value === 'number') return value + 0;
          return typeof value === 'string'
            ? value.toWellFormed().replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
            : value;
        };
        expect(parsed).toEqual({
          measurement: asWritten(measurement).replace(/^#/, '_'),
          tags: Object.fromEntries(
            Object.entries(tags).map(([key, value]) => [asWritten(key), asWritten(value)]),
          ),
          fields: Object.fromEntries(
            Object.entries(fields).map(([key, value]) => [asWritten(key), said(value)]),
          ),
          time,
        });
      },
    ),
    { numRuns: 1_000 },
  );
});

test('two names that differ stay different, apart from what no line can carry', () => {
  fc.assert(
    fc.property(NASTY, NASTY, (a, b) => {
      fc.pre(asWritten(a) !== asWritten(b));
      expect(escapeKey(a)).not.toBe(escapeKey(b));
      fc.pre(asWritten(a).replace(/^#/, '_') !== asWritten(b).replace(/^#/, '_'));
      expect(escapeMeasurement(a)).not.toBe(escapeMeasurement(b));
    }),
  );
});
