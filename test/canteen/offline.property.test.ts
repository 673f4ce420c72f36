import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Answer, openKitchen } from './kitchen.ts';

/** What a phone wrote down in a cellar without a network, each entry with its own id and time. */
const entries = (run: number) => {
  const [batch, dish] = [`pork-${run}`, `dish-${run}`];
  const at = (time: string) => `2026-11-23T${time}:00+08:00`;
  const pork = { product: '猪肉', quantity: 40, unit: 'kg', place: 'fridge', signedBy: '李梅' };
  const braised = { day: '2026-11-23', meal: 'lunch', name: '红烧肉' };
  return [
    { path: '/batches', body: { id: batch, time: at('06:00'), ...pork } },
    {
      path: '/moves',
      body: {
        id: `move-${run}`,
        time: at('06:30'),
        batch,
        quantity: 15,
        from: 'fridge',
        to: 'freezer',
      },
    },
    { path: '/dishes', body: { id: dish, time: at('07:00'), ...braised } },
    {
      path: '/uses',
      body: { id: `use-a-${run}`, time: at('07:10'), batch, dish, quantity: 5, from: 'freezer' },
    },
    {
      path: '/uses',
      body: { id: `use-b-${run}`, time: at('07:20'), batch, dish, quantity: 10, from: 'fridge' },
    },
    {
      path: '/samples',
      body: { id: `sample-${run}`, time: at('08:00'), dish, grams: 130, place: 'sample-fridge' },
    },
    {
      path: '/disposals',
      body: {
        id: `bin-${run}`,
        time: at('08:10'),
        batch,
        quantity: 1,
        from: 'freezer',
        reason: '变质',
      },
    },
  ];
};

/** Refusals that end when what the entry is about has arrived: the phone keeps it and tries again. */
const LATER = ['RECORD_UNKNOWN', 'STOCK_SHORT'];

test('whatever order a phone’s entries arrive in, and how often: none is lost, none counts twice', async () => {
  await using kitchen = await openKitchen();
  let run = 0;
  const queues = fc.array(fc.nat(6), { minLength: 7, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(queues, async (order) => {
      run += 1;
      const all = entries(run);
      // each at least once, some twice
      const waiting = [...order, ...all.keys()]
        .map((i) => all[i])
        .filter((one) => one !== undefined);
      for (let rounds = 0; waiting.length > 0; rounds++) {
        expect(rounds).toBeLessThan(10);
        for (const entry of waiting.splice(0)) {
          const answer: Answer = await kitchen.post(entry.path, entry.body);
          if (answer.code === undefined) continue;
          expect(LATER).toContain(answer.code);
          waiting.push(entry);
        }
      }
      expect(await kitchen.get(`/batches/pork-${run}`)).toMatchObject({
        left: 24,
        lies: [
          { place: 'freezer', quantity: 9 },
          { place: 'fridge', quantity: 15 },
        ],
        stays: [
          { place: 'fridge', since: '2026-11-22T22:00:00.000Z' },
          { place: 'freezer', since: '2026-11-22T22:30:00.000Z' },
        ],
      });
      expect((await kitchen.get(`/history/pork-${run}`)).entries).toHaveLength(5);
      const { dishes } = await kitchen.get('/samples?day=2026-11-23');
      expect(dishes.find(({ id }) => id === `dish-${run}`)?.samples).toHaveLength(1);
    }),
    { numRuns: 12 },
  );
});
