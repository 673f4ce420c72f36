import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Movement, stockOf } from '../../src/canteen/stock.ts';

const receipt = { time: 100, quantity: 10_000, place: 'fridge' };

const movement = fc.record({
  time: fc.integer({ min: 100, max: 200 }),
  kind: fc.constantFrom('moved' as const, 'used' as const, 'thrown' as const),
  quantity: fc.integer({ min: 1, max: 6_000 }),
  origin: fc.constantFrom(undefined, 'fridge', 'freezer'),
  to: fc.constantFrom('freezer', 'fridge', 'cold-room'),
});

const movements: fc.Arbitrary<Movement[]> = fc.array(movement, { maxLength: 20 }).map((list) =>
  list
    .filter(({ kind, origin, to }) => kind !== 'moved' || origin !== to)
    .map(({ to, ...one }, i) => ({
      ...one,
      id: `m${i}`,
      destination: one.kind === 'moved' ? to : undefined,
    })),
);

/** The longest beginning that takes nothing that is not there. */
function possible(list: readonly Movement[]): Movement[] {
  const taken: Movement[] = [];
  for (const one of list) {
    if (!stockOf(receipt, [...taken, one]).short) taken.push(one);
  }
  return taken;
}

describe('the stock of a batch', () => {
  test('is what came in less what was used and thrown away, and it all lies somewhere', () => {
    fc.assert(
      fc.property(movements, (list) => {
        const done = possible(list);
        const { places, used, thrown, left } = stockOf(receipt, done);
        const sum = (kind: string) =>
          done.filter((one) => one.kind === kind).reduce((total, one) => total + one.quantity, 0);
        expect(used).toBe(sum('used'));
        expect(thrown).toBe(sum('thrown'));
        expect(left).toBe(receipt.quantity - used - thrown);
        expect([...places.values()].reduce((total, quantity) => total + quantity, 0)).toBe(left);
        expect([...places.values()].every((quantity) => quantity > 0)).toBe(true);
      }),
    );
  });

  test('is the same in whatever order the phones reach us', () => {
    const shuffled = movements.chain((list) => {
      const done = possible(list).map((one, i) => ({ ...one, time: 100 + i }));
      return fc.tuple(
        fc.constant(done),
        fc.shuffledSubarray(done, { minLength: done.length, maxLength: done.length }),
      );
    });
    fc.assert(
      fc.property(shuffled, ([done, mixed]) => {
        expect(stockOf(receipt, mixed)).toEqual(stockOf(receipt, done));
      }),
    );
  });

  test('lies where its open stays say, and a stay ends when the last of it leaves', () => {
    fc.assert(
      fc.property(movements, (list) => {
        const { places, stays } = stockOf(receipt, possible(list));
        const open = stays.filter(({ until }) => until === undefined).map(({ place }) => place);
        expect(open.toSorted()).toEqual([...places.keys()].toSorted());
        for (const { since, until } of stays) expect(until ?? since).toBeGreaterThanOrEqual(since);
      }),
    );
  });
});

test('a batch that is split lies in two units until each part is gone', () => {
  const { stays, left } = stockOf(receipt, [
    {
      id: 'a',
      time: 110,
      kind: 'moved',
      quantity: 4_000,
      origin: 'fridge',
      destination: 'freezer',
    },
    { id: 'b', time: 120, kind: 'used', quantity: 6_000, origin: 'fridge', destination: undefined },
    {
      id: 'c',
      time: 130,
      kind: 'thrown',
      quantity: 4_000,
      origin: undefined,
      destination: undefined,
    },
  ]);
  expect(stays).toEqual([
    { place: 'fridge', since: 100, until: 120 },
    { place: 'freezer', since: 110, until: 130 },
  ]);
  expect(left).toBe(0);
});

test('a movement that takes more than there is, is named', () => {
  const used = { kind: 'used' as const, origin: undefined, destination: undefined };
  const { short } = stockOf(receipt, [
    { id: 'first', time: 110, quantity: 9_000, ...used },
    { id: 'second', time: 120, quantity: 1_001, ...used },
  ]);
  expect(short).toEqual({ movement: 'second', there: 1_000 });
});

test('a batch nobody received has no stock, only what was used of it', () => {
  const used: Movement = {
    ...{ id: 'a', time: 1, kind: 'used', quantity: 500 },
    ...{ origin: undefined, destination: undefined },
  };
  expect(stockOf(undefined, [used])).toMatchObject({
    used: 500,
    left: undefined,
    short: undefined,
  });
});
