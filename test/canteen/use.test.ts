import { expect, test } from 'vitest';
import { openKitchen, whats } from './kitchen.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test('a batch is moved, split, used and thrown away, and the stock follows', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  await kitchen.pork('pork-1');
  await kitchen.dish('braised');
  const { clock } = kitchen.gate;
  clock.moveTo(clock.now() + HOUR);
  await kitchen.post('/moves', { batch: 'pork-1', quantity: 15, from: 'fridge', to: 'freezer' });
  await kitchen.use('pork-1', 'braised', 20.5, { from: 'fridge' });
  const reason = '变质';
  const batch = await kitchen.post('/disposals', { batch: 'pork-1', quantity: 4.5, reason });
  expect(batch).toMatchObject({
    left: 15,
    lies: [{ place: 'freezer', quantity: 15 }],
    stays: [{ place: 'fridge', until: '2026-11-23T01:30:00.000Z' }, { place: 'freezer' }],
  });
  expect((await kitchen.get('/batches?place=freezer')).batches).toMatchObject([{ id: 'pork-1' }]);
  expect((await kitchen.get('/batches?place=fridge')).batches).toEqual([]);
});

test('no more is used than there is, and a refused use leaves nothing behind', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  await kitchen.pork('pork-1');
  await kitchen.dish('braised');
  expect(await kitchen.use('pork-1', 'braised', 40.001)).toMatchObject({
    code: 'STOCK_SHORT',
    message: { zh: '冷鲜猪后腿肉（批次 pork-1）仅有 40 kg。' },
  });
  expect(await kitchen.use('pork-1', 'braised', 1, { from: 'freezer' })).toMatchObject({
    code: 'STOCK_SHORT',
  });
  expect((await kitchen.get('/history/pork-1')).entries).toHaveLength(1);
  await kitchen.use('pork-1', 'braised', 30);
  // nor can the delivery be corrected below what was used of it
  const correction = { version: 1, reason: '称重有误', changes: { quantity: 29 } };
  expect(await kitchen.post('/batches/pork-1/corrections', correction)).toMatchObject({
    code: 'STOCK_SHORT',
  });
  expect(await kitchen.get('/batches/pork-1')).toMatchObject({ quantity: 40, left: 10 });
});

test('on the last day of its shelf life a batch can be used, on the next it cannot', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  await kitchen.pork('pork-1');
  await kitchen.dish('braised');
  const { clock } = kitchen.gate;
  clock.moveTo(Date.parse('2026-11-25T23:59:00+08:00'));
  expect(await kitchen.use('pork-1', 'braised', 1)).toMatchObject({ left: 39 });
  clock.moveTo(Date.parse('2026-11-26T00:01:00+08:00'));
  expect(await kitchen.use('pork-1', 'braised', 1)).toMatchObject({ code: 'BATCH_EXPIRED' });
  // what was used in time and is sent late counts by its own time
  const yesterday = { time: '2026-11-25T12:00:00+08:00' };
  expect(await kitchen.use('pork-1', 'braised', 1, yesterday)).toMatchObject({ left: 38 });
  const reason = '过期';
  const thrown = await kitchen.post('/disposals', { batch: 'pork-1', quantity: 38, reason });
  expect(thrown).toMatchObject({ left: 0, lies: [] });
});

test('a recall marks, blocks and lists; once lifted the batch can be used again', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  await kitchen.pork('pork-1');
  await kitchen.pork('pork-2');
  await kitchen.dish('braised');
  await kitchen.use('pork-1', 'braised', 10);
  const order = { id: 'recall-1', supplier: 'shuanghui', reason: '抽检不合格' };
  const recalled = await kitchen.post('/recalls', order);
  expect(recalled).toMatchObject({
    batches: [
      { id: 'pork-1', left: 30, isRecalled: true, lies: [{ place: 'fridge', quantity: 30 }] },
      { id: 'pork-2', left: 40, isRecalled: true },
    ],
    dishes: [{ id: 'braised', uses: [{ batch: 'pork-1', quantity: 10 }] }],
    classes: ['三年级一班', '三年级二班'],
  });
  expect(await kitchen.use('pork-2', 'braised', 1)).toMatchObject({
    code: 'BATCH_RECALLED',
    message: { zh: /抽检不合格/ },
  });
  expect(await kitchen.post('/recalls', order)).toEqual(recalled);
  await kitchen.post('/recalls/recall-1/lift', { reason: '复检合格' });
  expect(await kitchen.use('pork-2', 'braised', 1)).toMatchObject({ left: 39 });
  expect(await kitchen.post('/recalls/recall-1/lift', { reason: '再次' })).toMatchObject({
    code: 'RECORD_DONE',
  });
});

test('a recall of what is not there is refused', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  const reason = '抽检不合格';
  for (const scope of [{ batches: ['ghost'] }, { supplier: 'ghost' }, { supplier: 'shuanghui' }]) {
    expect(await kitchen.post('/recalls', { ...scope, reason })).toMatchObject({
      code: 'RECORD_UNKNOWN',
    });
  }
});

test('a use that was written down by mistake is reversed; both stay in the ledger', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  await kitchen.pork('pork-1');
  await kitchen.dish('braised');
  await kitchen.use('pork-1', 'braised', 40, { id: 'use-1' });
  const back = { person: '王强', reason: '录错批次' };
  expect(await kitchen.post('/movements/use-1/reversal', back)).toMatchObject({
    left: 40,
    stays: [{ place: 'fridge', since: '2026-11-23T00:30:00.000Z' }],
  });
  expect(await kitchen.post('/movements/use-1/reversal', back)).toMatchObject({
    code: 'RECORD_DONE',
    message: { zh: '已由 王强 于 2026-11-23T00:30:00.000Z 完成。' },
  });
  expect((await kitchen.get('/history/pork-1')).entries).toHaveLength(3);
});

test('a batch nobody received can be used when it is said what it is, and is received later', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  await kitchen.dish('braised');
  expect(await kitchen.use('pork-1', 'braised', 3)).toMatchObject({ code: 'RECORD_UNKNOWN' });
  const used = await kitchen.use('pork-1', 'braised', 3, { product: '猪肉', unit: 'kg' });
  expect(whats(used.missing)).toEqual(['receipt']);
  expect(used).not.toHaveProperty('left');
  // the other phone had no network: its delivery comes later, with the time it happened
  kitchen.gate.clock.moveTo(kitchen.gate.clock.now() + DAY);
  const received = await kitchen.pork('pork-1', { time: '2026-11-23T07:00:00+08:00' });
  expect(received).toMatchObject({ left: 37, receivedDay: '2026-11-23', product: '冷鲜猪后腿肉' });
  expect(await kitchen.pork('pork-1', { id: undefined })).not.toMatchObject({ id: 'pork-1' });
});

test('two phones without a network end in one truth, whoever comes first', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  await kitchen.pork('pork-1', { time: '2026-11-23T06:00:00+08:00' });
  await kitchen.dish('braised');
  // used out of the freezer at eight, says the first; the move at seven comes second
  const early = { from: 'freezer', time: '2026-11-23T08:00:00+08:00' };
  expect(await kitchen.use('pork-1', 'braised', 5, early)).toMatchObject({ code: 'STOCK_SHORT' });
  const moved = { batch: 'pork-1', quantity: 20, from: 'fridge', to: 'freezer' };
  await kitchen.post('/moves', { ...moved, time: '2026-11-23T07:00:00+08:00' });
  expect(await kitchen.use('pork-1', 'braised', 5, early)).toMatchObject({
    lies: [
      { place: 'freezer', quantity: 15 },
      { place: 'fridge', quantity: 20 },
    ],
  });
});

test('a dish that was not served can be cancelled, unless something went into it', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  await kitchen.pork('pork-1');
  await kitchen.dish('braised');
  await kitchen.dish('soup', { name: '紫菜蛋花汤' });
  await kitchen.use('pork-1', 'braised', 1);
  const reason = '停火';
  expect(await kitchen.post('/dishes/braised/cancellation', { reason })).toMatchObject({
    code: 'DISH_IN_USE',
  });
  expect(await kitchen.post('/dishes/soup/cancellation', { reason })).toEqual({
    cancelled: 'soup',
  });
  expect(await kitchen.use('pork-1', 'soup', 1)).toMatchObject({ code: 'RECORD_UNKNOWN' });
});
