import { expect, test } from 'vitest';
import { openKitchen, whats } from './kitchen.ts';

test('a delivery with all that art. 53 asks for lacks nothing, and says how long its records stay', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  const batch = await kitchen.pork('pork-1');
  expect(batch).toMatchObject({
    ...{ id: 'pork-1', version: 1, receivedDay: '2026-11-23', left: 40 },
    received: '2026-11-23T00:30:00.000Z',
    supplier: { name: '双汇冷鲜肉', licence: { number: 'JY13702000001' } },
    lies: [{ place: 'fridge', name: '肉类冷藏柜', quantity: 40 }],
    // six months after the end of the shelf life
    keepUntil: '2027-05-25',
    missing: [],
  });
});

test('without a shelf life the records stay for two years', async () => {
  await using kitchen = await openKitchen();
  const cabbage = { product: '大白菜', quantity: 50, unit: 'kg', noShelfLife: true };
  expect(await kitchen.post('/batches', cabbage)).toMatchObject({ keepUntil: '2028-11-23' });
});

test('of a batch nobody received the records stay for two years from its first use', async () => {
  await using kitchen = await openKitchen();
  await kitchen.dish('braised');
  const used = await kitchen.use('pork-1', 'braised', 3, { product: '猪肉', unit: 'kg' });
  expect(used).toMatchObject({ keepUntil: '2028-11-23' });
});

test('a quick entry from a phone is told at once what is missing and whose job it is', async () => {
  await using kitchen = await openKitchen();
  const batch = await kitchen.post('/batches', { product: '猪肉', quantity: 5, unit: 'kg' });
  expect(whats(batch.missing)).toEqual([
    ...['specification', 'lot', 'shelf-life', 'signature', 'supplier', 'category'],
  ]);
  expect(batch.missing[1]).toEqual({
    what: 'lot',
    text: { zh: '缺生产日期或生产批号', en: 'neither day of production nor lot' },
    job: 'receiver',
    person: '李梅',
  });
  expect(batch.missing[4]).toMatchObject({ what: 'supplier', job: 'buyer' });
});

test('what was missing can be added, and the certificates its category needs are named', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  const without = await kitchen.pork('pork-1', { papers: [] });
  expect(whats(without.missing)).toEqual(['certificate:quarantine', 'certificate:meat-inspection']);
  expect(without.missing[0]?.text.zh).toBe('缺动物检疫合格证明');
  const [first, second] = await kitchen.porkPapers();
  await kitchen.post('/batches/pork-1/papers', { paper: first });
  const complete = await kitchen.post('/batches/pork-1/papers', { paper: second });
  expect(complete.missing).toEqual([]);
});

test('of papers that serve alike one is enough', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  const [paper] = await kitchen.porkPapers();
  const papers = [{ kind: 'origin', file: paper?.file }];
  const leek = await kitchen.pork('leek', { product: '韭菜', category: 'produce', papers });
  expect(leek.missing).toEqual([]);
});

test('a licence that ended the day before receipt makes the batch untraceable', async () => {
  await using kitchen = await openKitchen();
  const licence = { number: 'JY13702000001', from: '2025-11-23', to: '2026-11-22' };
  await kitchen.supplier('shuanghui', { licences: [licence] });
  const batch = await kitchen.pork('pork-1');
  expect(whats(batch.missing)).toEqual(['licence']);
  expect(batch.missing[0]).toMatchObject({ job: 'buyer' });
  // renewed from today on: the next delivery is fine, and this one too when it came today
  const renewed = { number: 'JY13702000002', from: '2026-11-23', to: '2027-11-22' };
  await kitchen.supplier('shuanghui', { version: 1, licences: [licence, renewed] });
  expect((await kitchen.get('/batches/pork-1')).missing).toEqual([]);
  await kitchen.supplier('shuanghui', {
    version: 2,
    licences: [{ ...renewed, from: '2026-11-24' }],
  });
  expect(whats((await kitchen.get('/batches/pork-1')).missing)).toEqual(['licence']);
});

test('licences about to end are listed, the most urgent first', async () => {
  await using kitchen = await openKitchen();
  const ends = (to: string) => ({ licences: [{ number: 'JY1', from: '2026-01-01', to }] });
  await kitchen.supplier('in-a-month', ends('2026-12-23'));
  await kitchen.supplier('later', ends('2026-12-24'));
  await kitchen.supplier('over', ends('2026-11-20'));
  await kitchen.supplier('never', { licences: [] });
  const { licences } = await kitchen.get('/licences');
  expect(licences).toEqual([
    { supplier: 'never', name: '双汇冷鲜肉' },
    { supplier: 'over', name: '双汇冷鲜肉', to: '2026-11-20', daysLeft: -3 },
    { supplier: 'in-a-month', name: '双汇冷鲜肉', to: '2026-12-23', daysLeft: 30 },
  ]);
});

test.each([
  [{ produced: '2026-11-23', expires: '2026-11-22' }, 'BATCH_DATES'],
  [{ expires: '2026-02-31' }, 'REQUEST_INVALID'],
  [{ quantity: 0.0001 }, 'REQUEST_INVALID'],
  [{ quantity: -1 }, 'REQUEST_INVALID'],
  [{ category: 'gold' }, 'CATEGORY_UNKNOWN'],
  [{ supplier: 'nobody' }, 'RECORD_UNKNOWN'],
  [{ place: 'cellar' }, 'PLACE_UNKNOWN'],
  [{ place: 'meter' }, 'PLACE_UNKNOWN'],
  [{ papers: [{ kind: 'photo', file: 'a'.repeat(64) }] }, 'FILE_MISSING'],
  [{ time: '2026-11-23T08:36:00+08:00' }, 'RECORD_IN_FUTURE'],
  [{ campus: 'elsewhere' }, 'CAMPUS_UNKNOWN'],
  [{ product: '' }, 'REQUEST_INVALID'],
  [{ id: '../../etc/passwd' }, 'REQUEST_INVALID'],
])('a delivery with %j is refused, and nothing is kept', async (mistake, code) => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  expect(await kitchen.pork('pork-1', mistake)).toMatchObject({ code });
  expect((await kitchen.get('/batches')).batches).toEqual([]);
});

test('a supplier that delivered cannot be removed, one that did not can', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  await kitchen.supplier('idle');
  await kitchen.pork('pork-1');
  const remove = (id: string) =>
    kitchen.send('DELETE', `/suppliers/${id}?campus=qingcheng&person=x&version=1`, {});
  expect(await remove('shuanghui')).toMatchObject({
    code: 'SUPPLIER_IN_USE',
    message: { zh: '供货者 shuanghui 已有 1 批进货记录，不能删除。' },
  });
  expect(await remove('idle')).toEqual({ removed: 'idle' });
  const { suppliers } = await kitchen.get('/suppliers');
  expect(suppliers.map(({ id }) => id)).toEqual(['shuanghui']);
  expect(await kitchen.pork('pork-2', { supplier: 'idle' })).toMatchObject({
    code: 'RECORD_UNKNOWN',
  });
});

test('two phones correct one batch: one wins, the other is told', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  const { version } = await kitchen.pork('pork-1');
  const correct = (changes: object) =>
    kitchen.post('/batches/pork-1/corrections', { version, reason: '录入有误', changes });
  expect(await correct({ quantity: 42 })).toMatchObject({ version: 2, quantity: 42, left: 42 });
  expect(await correct({ quantity: 44 })).toMatchObject({
    code: 'RECORD_CHANGED',
    message: { zh: '记录 pork-1 已被他人修改（现为第 2 版，您的是第 1 版）。' },
  });
  expect(await kitchen.get('/batches/pork-1')).toMatchObject({ quantity: 42 });
});

test('two phones change one supplier: the second is told', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  await kitchen.supplier('shuanghui', { version: 1, phone: '0532-11111' });
  const late = await kitchen.supplier('shuanghui', { version: 1, phone: '0532-22222' });
  expect(late).toMatchObject({ code: 'RECORD_CHANGED' });
});

test('a correction is a new entry with person, time and reason; what was written before stays', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  await kitchen.pork('pork-1');
  kitchen.gate.clock.moveTo(kitchen.gate.clock.now() + 60_000);
  const changes = { lot: '20261122B', received: '2026-11-23T07:00:00+08:00' };
  await kitchen.post('/batches/pork-1/corrections', {
    ...{ person: '王强', reason: '批号看错', version: 1, changes },
  });
  const { entries } = await kitchen.get('/history/pork-1');
  expect(entries).toMatchObject([
    { kind: 'batch-received', person: '李梅', body: { lot: '20261122A' } },
    {
      ...{ kind: 'batch-corrected', person: '王强', reason: '批号看错' },
      time: '2026-11-23T00:31:00.000Z',
      body: { lot: '20261122B' },
    },
  ]);
  const batch = await kitchen.get('/batches/pork-1');
  expect(batch).toMatchObject({ lot: '20261122B', received: '2026-11-22T23:00:00.000Z' });
});

test('a correction may not put the end of the shelf life before the production written earlier', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  await kitchen.pork('pork-1');
  const changes = { expires: '2026-11-21' };
  const answer = await kitchen.post('/batches/pork-1/corrections', {
    ...{ version: 1, reason: '更正', changes },
  });
  expect(answer).toMatchObject({ code: 'BATCH_DATES' });
});

test('what a phone without a network sends twice is one record', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  const first = await kitchen.pork('pork-1', { time: '2026-11-23T07:00:00+08:00' });
  kitchen.gate.clock.moveTo(kitchen.gate.clock.now() + 3_600_000);
  const again = await kitchen.pork('pork-1', { time: '2026-11-23T07:00:00+08:00' });
  expect(again.received).toBe(first.received);
  expect(again.version).toBe(1);
  expect((await kitchen.get('/history/pork-1')).entries).toHaveLength(1);
  // another record under the same id is not lost in silence
  const other = await kitchen.pork('pork-1', { quantity: 41 });
  expect(other).toMatchObject({ code: 'RECORD_ID_TAKEN', message: { zh: /李梅/ } });
});

test('a usual delivery begins from the last one, without what must be looked at each time', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  await kitchen.pork('pork-1', { quantity: 30, code: '6901234567892' });
  kitchen.gate.clock.moveTo(kitchen.gate.clock.now() + 86_400_000);
  await kitchen.pork('pork-2', { code: '6901234567892' });
  await kitchen.pork('beef', {
    product: '牛腩',
    category: 'meat',
    quantity: 7.5,
    place: undefined,
  });
  const { deliveries } = await kitchen.get('/suppliers/shuanghui/usual');
  expect(deliveries).toContainEqual({
    ...{ product: '冷鲜猪后腿肉', specification: '散装', category: 'pork', quantity: 40 },
    ...{ unit: 'kg', place: 'fridge', code: '6901234567892', shelfLifeDays: 3 },
  });
  expect(deliveries).toHaveLength(2);
  const { batches } = await kitchen.get('/batches?code=6901234567892');
  expect(batches.map(({ id }) => id)).toEqual(['pork-1', 'pork-2']);
});

test('what is in stock is listed, and what is used up is not', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  await kitchen.pork('pork-1');
  await kitchen.pork('pork-2');
  await kitchen.dish('braised');
  await kitchen.use('pork-1', 'braised', 40);
  expect((await kitchen.get('/batches?inStock=true')).batches).toMatchObject([{ id: 'pork-2' }]);
  const there = '/batches?inStock=true&place=fridge&code=none';
  expect((await kitchen.get(there)).batches).toEqual([]);
});

test('batches come page by page', async () => {
  await using kitchen = await openKitchen();
  for (const id of ['a1', 'a2', 'a3']) {
    await kitchen.post('/batches', { id, product: '米', quantity: 1, unit: 'kg' });
  }
  const first = await kitchen.get('/batches?limit=2');
  expect(first).toMatchObject({ batches: [{ id: 'a1' }, { id: 'a2' }], next: 'a2' });
  expect(await kitchen.get('/batches?limit=2&cursor=a2')).toMatchObject({
    batches: [{ id: 'a3' }],
  });
});

const LICENCE = { number: 'JY1', from: '2026-01-01', to: '2026-12-31' };

test.each([
  [{ ...LICENCE, to: '2025-12-31' }, 'REQUEST_INVALID'],
  [{ ...LICENCE, to: '2026-02-31' }, 'REQUEST_INVALID'],
  [{ ...LICENCE, file: 'a'.repeat(64) }, 'FILE_MISSING'],
])('a licence like %j is refused', async (licence, code) => {
  await using kitchen = await openKitchen();
  expect(await kitchen.supplier('shuanghui', { licences: [licence] })).toMatchObject({ code });
  expect((await kitchen.get('/suppliers')).suppliers).toEqual([]);
});

test('a school has categories of its own, each with an id of its own', async () => {
  const fish =
    'canteen: {categories: [{id: fish, name: 水产, certificates: [[quarantine, origin]]}]}\n';
  await using kitchen = await openKitchen(fish);
  await kitchen.supplier();
  const carp = await kitchen.pork('carp', { product: '鲤鱼', category: 'fish', papers: [] });
  expect(carp.missing[0]?.text.zh).toBe('缺动物检疫合格证明或产地证明');
  const twice = 'canteen: {categories: [{id: fish, name: 鱼}, {id: fish, name: 水产}]}\n';
  await expect(openKitchen(twice)).rejects.toThrow('canteen.categories[1].id');
});
