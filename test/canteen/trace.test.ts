import { expect, test } from 'vitest';
import { rebuild } from '../../src/canteen/projection.ts';
import { type Kitchen, openKitchen, whats } from './kitchen.ts';

/** A morning: pork comes, lies in the fridge for two hours, and goes into the lunch. */
async function lunch(kitchen: Kitchen): Promise<void> {
  await kitchen.supplier();
  await kitchen.pork('pork-1');
  await kitchen.passes(120, { fridge: (minute) => 2 + (minute % 30) / 10 });
  await kitchen.dish('braised');
  await kitchen.use('pork-1', 'braised', 25);
  const sample = { id: 's1', dish: 'braised', grams: 130, place: 'sample-fridge' };
  await kitchen.post('/samples', sample);
}

test('a meal is traced back to suppliers, papers, who signed, and how cold it was kept', async () => {
  await using kitchen = await openKitchen();
  await lunch(kitchen);
  const trace = await kitchen.get('/trace/meals/2026-11-23/lunch');
  expect(trace).toMatchObject({
    day: '2026-11-23',
    dishes: [
      {
        ...{ id: 'braised', name: '红烧肉', classes: ['三年级一班', '三年级二班'] },
        uses: [{ batch: 'pork-1', quantity: 25, unit: 'kg', person: '李梅' }],
        samples: [{ id: 's1', grams: 130 }],
      },
    ],
    batches: [
      {
        ...{ id: 'pork-1', lot: '20261122A', signedBy: '李梅', temperature: 3.2 },
        supplier: { name: '双汇冷鲜肉', licence: { number: 'JY13702000001' } },
        papers: [{ kind: 'meat-inspection' }, { kind: 'quarantine' }],
        stays: [{ place: 'fridge', name: '肉类冷藏柜', coverage: 100, min: 2, max: 4.9 }],
        missing: [],
      },
    ],
  });
  expect(await kitchen.get('/trace/meals/2026-11-23/dinner')).toMatchObject({ dishes: [] });
});

test('a batch is traced forward to its dishes, the classes that ate, and what is left', async () => {
  await using kitchen = await openKitchen();
  await lunch(kitchen);
  await kitchen.dish('dumplings', { meal: 'dinner', name: '水饺', classes: [] });
  await kitchen.use('pork-1', 'dumplings', 5);
  expect(await kitchen.get('/trace/batches/pork-1')).toMatchObject({
    batch: { id: 'pork-1', left: 10 },
    batches: [{ id: 'pork-1', left: 10, lies: [{ place: 'fridge', quantity: 10 }] }],
    dishes: [{ id: 'braised' }, { id: 'dumplings', uses: [{ quantity: 5 }] }],
    classes: ['三年级一班', '三年级二班'],
    wholeSchool: true,
  });
  expect(await kitchen.get('/trace/batches/ghost')).toMatchObject({ code: 'RECORD_UNKNOWN' });
});

test('a supplier is traced forward, and a time can be given', async () => {
  await using kitchen = await openKitchen();
  await lunch(kitchen);
  const all = await kitchen.get('/trace/suppliers/shuanghui');
  expect(all).toMatchObject({ batches: [{ id: 'pork-1' }], isTruncated: false });
  const later = '/trace/suppliers/shuanghui?from=2026-11-24T00:00:00Z';
  expect(await kitchen.get(later)).toMatchObject({ batches: [], dishes: [], wholeSchool: false });
  expect(await kitchen.get('/trace/suppliers/ghost')).toMatchObject({ code: 'RECORD_UNKNOWN' });
});

const TODAY = '/traceability?from=2026-11-23&to=2026-11-23';

test('without batches there is no rate: no data is not 100 %', async () => {
  await using kitchen = await openKitchen();
  const { periods } = await kitchen.get(TODAY);
  expect(periods).toEqual([
    {
      ...{ name: '2026-11-23/2026-11-23', batches: 0, traceable: 0 },
      ...{ from: '2026-11-22T16:00:00.000Z', to: '2026-11-23T16:00:00.000Z' },
    },
  ]);
});

test('a batch that was used without ever being received lowers the rate', async () => {
  await using kitchen = await openKitchen();
  await lunch(kitchen);
  expect(await kitchen.get(TODAY)).toMatchObject({
    goal: 100,
    periods: [{ batches: 1, traceable: 1, rate: 100, isReached: true }],
    untraceable: [],
  });
  await kitchen.use('from-the-market', 'braised', 2, { product: '大葱', unit: 'kg' });
  expect(await kitchen.get(TODAY)).toMatchObject({
    periods: [{ batches: 2, traceable: 1, rate: 50, isReached: false }],
    untraceable: [{ batch: 'from-the-market', product: '大葱', missing: [{ what: 'receipt' }] }],
    untraceableCount: 1,
    jobs: { receiver: 1, buyer: 0, storekeeper: 0 },
  });
});

test('a batch whose fridge was silent for hours is not traceable', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  await kitchen.pork('pork-1');
  await kitchen.passes(60 * 10, { fridge: (minute) => (minute < 330 ? 3 : undefined) });
  const batch = await kitchen.get('/batches/pork-1');
  expect(whats(batch.missing)).toEqual(['cold-chain']);
  expect(batch.missing[0]).toMatchObject({ job: 'storekeeper' });
  expect(batch).toMatchObject({ stays: [{ place: 'fridge', coverage: 55 }] });
});

test('what lies in a zone has no cold chain to prove', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  expect((await kitchen.pork('rice', { place: 'dry-store' })).missing).toEqual([]);
});

test('the rate is told by day, month and term', async () => {
  await using kitchen = await openKitchen();
  await lunch(kitchen);
  const range = 'from=2026-11-22&to=2026-12-01';
  const names = async (by: string) => {
    const answer: { periods: { name: string; batches: number }[] } = JSON.parse(
      JSON.stringify(await kitchen.get(`/traceability?${range}&by=${by}`)),
    );
    return answer.periods.map(({ name, batches }) => `${name}: ${batches}`);
  };
  expect((await names('day')).slice(0, 3)).toEqual([
    ...['2026-11-22: 0', '2026-11-23: 1', '2026-11-24: 0'],
  ]);
  expect(await names('month')).toEqual(['2026-11: 1', '2026-12: 0']);
  expect(await names('term')).toEqual(['第一学期: 1']);
});

test.each([
  'from=2026-11-23&to=2026-11-22',
  'from=2025-01-01&to=2026-11-22',
  'from=2026-02-31&to=2026-03-01',
])('the rate of %s is refused', async (range) => {
  await using kitchen = await openKitchen();
  expect(await kitchen.get(`/traceability?${range}`)).toMatchObject({ code: 'REQUEST_INVALID' });
});

test('a trace drill says how long it took', async () => {
  await using kitchen = await openKitchen();
  await kitchen.post('/drills', { id: 'drill-1', topic: '11 月 23 日午餐红烧肉' });
  const { clock } = kitchen.gate;
  clock.moveTo(clock.now() + 35 * 60_000);
  const findings = '全部追溯到供货者';
  expect(await kitchen.post('/drills/drill-1/end', { findings })).toMatchObject({
    ...{ took: 35 * 60_000, isInTime: true, finishedBy: '李梅', findings },
  });
  expect(await kitchen.post('/drills/drill-1/end', { findings })).toMatchObject({
    code: 'RECORD_DONE',
  });
  await kitchen.post('/drills', { id: 'drill-2', topic: '大米' });
  clock.moveTo(clock.now() + 4 * 3_600_000 + 1);
  expect(await kitchen.post('/drills/drill-2/end', { findings })).toMatchObject({
    isInTime: false,
  });
  expect(await kitchen.get('/drills')).toMatchObject({
    drills: [{ id: 'drill-2' }, { id: 'drill-1' }],
  });
});

test('all tables can be worked out anew from the ledgers', async () => {
  await using kitchen = await openKitchen();
  await lunch(kitchen);
  await kitchen.post('/moves', { batch: 'pork-1', quantity: 5, to: 'freezer' });
  await kitchen.use('market', 'braised', 1, { id: 'use-2', product: '葱', unit: 'kg' });
  await kitchen.post('/movements/use-2/reversal', { reason: '录错' });
  await kitchen.post('/batches/pork-1/corrections', {
    ...{ version: 1, reason: '称重有误', changes: { quantity: 41 } },
  });
  await kitchen.post('/recalls', { batches: ['pork-1'], reason: '抽检' });
  const { database } = kitchen.gate.core;
  const tables = [
    ...['supplier', 'supplier_licence', 'food_batch', 'batch_paper', 'stock_movement'],
    ...['batch_stock', 'batch_stay', 'dish', 'food_sample', 'food_recall'],
  ];
  const dump = () =>
    tables.map((table) => ({ table, rows: database.prepare(`SELECT * FROM ${table}`).all() }));
  const before = dump();
  expect(before.filter(({ rows }) => rows.length === 0)).toEqual([]);
  expect(rebuild(database, () => 'Asia/Shanghai')).toBe(10);
  expect(dump()).toEqual(before);
});
