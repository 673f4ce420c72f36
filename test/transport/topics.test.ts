import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covers, createGrants } from '../../src/transport/topics.ts';

const level = fc.constantFrom('a', 'b', '$s', '', 'a+');
const topic = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
const filter = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([levels, open]) => [...levels, ...(open ? ['#'] : [])].join('/'));

/** MQTT 3.1.1, section 4.7, by the book. */
function matches([head, ...rest]: string[], [first, ...others]: string[]): boolean {
  if (head === '#') return true;
  if (head === undefined || first === undefined) return head === first;
  if (head !== '+' && head !== first) return false;
  return rest[0] === '#' || matches(rest, others);
}
const hits = (wanted: string, name: string) =>
  wanted.startsWith('$') === name.startsWith('$') && matches(wanted.split('/'), name.split('/'));

describe('covers', () => {
  it('is matching, where a plain topic is asked for', () => {
    fc.assert(
      fc.property(filter, topic, (granted, name) => {
        expect(covers(granted, name)).toBe(hits(granted, name));
      }),
      { numRuns: 2000 },
    );
  });

  it('never lets a filter reach a topic that the grant does not', () => {
    fc.assert(
      fc.property(filter, filter, topic, (granted, wanted, name) => {
        fc.pre(covers(granted, wanted) && hits(wanted, name));
        expect(hits(granted, name)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['campus/a/#', 'campus/a/#', true],
    ['campus/a/#', 'campus/a', true],
    ['campus/a/#', 'campus/a/+/up', true],
    ['campus/+/up', 'campus/+/up', true],
    ['campus/+/up', 'campus/#', false],
    ['campus/a/#', 'campus/+/up', false],
    ['campus/a/#', 'campus/ab', false],
    ['campus/a/#', '#', false],
    ['campus/a/#', '+/a/up', false],
    ['#', '$SYS/#', false],
    ['#', '+/+', true],
  ])('%s covers %s: %s', (granted, wanted, expected) => {
    expect(covers(granted, wanted)).toBe(expected);
  });
});

describe('createGrants', () => {
  it('keeps publishing and subscribing apart', () => {
    const grants = createGrants(['a/up'], ['a/down/#']);
    expect(grants.mayPublish('a/up')).toBe(true);
    expect(grants.mayPublish('a/down/x')).toBe(false);
    expect(grants.maySubscribe('a/down/+')).toBe(true);
    expect(grants.maySubscribe('a/up')).toBe(false);
  });

  it('decides as covers does, whatever the shape of the grant', () => {
    fc.assert(
      fc.property(filter, filter, (granted, wanted) => {
        const grants = createGrants([granted], [granted]);
        expect(grants.mayPublish(wanted)).toBe(covers(granted, wanted));
        expect(grants.maySubscribe(wanted)).toBe(covers(granted, wanted));
      }),
      { numRuns: 2000 },
    );
  });
});
