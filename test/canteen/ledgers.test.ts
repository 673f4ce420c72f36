import { readSheet } from 'read-excel-file/node';
import { expect, test } from 'vitest';
import { type Kitchen, openKitchen } from './kitchen.ts';

/** A ledger as a spreadsheet program sees it: the headings, and each line by them. */
async function ledger(kitchen: Kitchen, name: string, from = '2026-11-23', to = from) {
  const path = `/api/v1/canteen/ledgers/${name}.xlsx?campus=qingcheng&from=${from}&to=${to}`;
  const response = await fetch(`${kitchen.gate.url}${path}`);
  if (!response.ok) throw new Error(await response.text());
  expect(response.headers.get('content-disposition')).toBe(
    `attachment; filename="${name}-${from}-${to}.xlsx"`,
  );
  const file = Buffer.from(await response.arrayBuffer());
  const [headings = [], ...lines] = await readSheet(file);
  return lines.map((line) =>
    Object.fromEntries(line.map((cell, i) => [String(headings[i]), cell] as const)),
  );
}

const at = (local: string): Date => new Date(`${local}:00.000Z`);

test('the ledger of deliveries is a table with real dates and numbers, by the clock of the school', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  await kitchen.pork('pork-1', { papers: [] });
  await kitchen.post('/disposals', { batch: 'pork-1', quantity: 2.5, reason: '变质' });
  const [line] = await ledger(kitchen, 'receiving');
  expect(line).toEqual({
    ...{ 进货时间: at('2026-11-23T08:30'), 品名: '冷鲜猪后腿肉', 规格: '散装', 数量: 40 },
    ...{ 单位: 'kg', 生产日期: at('2026-11-22T00:00'), 生产批号: '20261122A' },
    ...{ 保质期至: at('2026-11-25T00:00'), 供货者: '双汇冷鲜肉', 供货者地址: '青城路 8 号' },
    ...{ 供货者电话: '0532-8888 0000', 许可证号: 'JY13702000001' },
    ...{ 许可证有效期至: at('2026-12-31T00:00'), 合格证明: null, 感官检查: '合格' },
    ...{ '收货温度℃': 3.2, 验收人: '李梅', 报废数量: 2.5, 结存: 37.5 },
    ...{ 缺项: '缺动物检疫合格证明；缺肉品品质检验合格证明' },
    ...{ 记录保存至: at('2027-05-25T00:00'), 批次: 'pork-1' },
  });
  expect(await ledger(kitchen, 'receiving', '2026-11-24')).toEqual([]);
});

test('uses, disposals, samples, recalls, suppliers and drills are tables too', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  await kitchen.pork('pork-1');
  await kitchen.dish('braised');
  await kitchen.use('pork-1', 'braised', 10);
  await kitchen.use('pork-1', 'braised', 1, { id: 'wrong' });
  await kitchen.post('/movements/wrong/reversal', { reason: '录错' });
  await kitchen.post('/samples', { dish: 'braised', grams: 130, place: 'sample-fridge' });
  await kitchen.post('/recalls', { id: 'r1', supplier: 'shuanghui', reason: '抽检不合格' });
  await kitchen.post('/disposals', { batch: 'pork-1', quantity: 30, reason: '召回销毁' });
  await kitchen.post('/drills', { id: 'drill', topic: '红烧肉' });
  kitchen.gate.clock.moveTo(kitchen.gate.clock.now() + 35 * 60_000);
  await kitchen.post('/drills/drill/end', { findings: '完整' });
  expect(await ledger(kitchen, 'uses')).toMatchObject([
    { 品名: '冷鲜猪后腿肉', 数量: 10, 菜品: '红烧肉', 餐次: '午餐', 领用人: '李梅' },
  ]);
  expect(await ledger(kitchen, 'disposals')).toMatchObject([{ 数量: 30, 原因: '召回销毁' }]);
  expect(await ledger(kitchen, 'samples')).toMatchObject([
    { 菜品: '红烧肉', 克数: 130, 留样柜: '留样柜', 问题: '部分时间没有温度记录' },
  ]);
  expect(await ledger(kitchen, 'recalls')).toMatchObject([
    { 原因: '抽检不合格', 供货者: '双汇冷鲜肉', 批次数: 1, 召回人: '李梅', 解除时间: null },
  ]);
  expect(await ledger(kitchen, 'suppliers')).toMatchObject([
    { 供货者: '双汇冷鲜肉', 有效期至: at('2026-12-31T00:00') },
  ]);
  expect(await ledger(kitchen, 'drills')).toMatchObject([{ 对象: '红烧肉', '用时（分）': 35 }]);
});

test('the temperature record is a table: the time, the unit, what was wrong and what was done', async () => {
  await using kitchen = await openKitchen();
  await kitchen.passes(60, { fridge: () => 4 });
  await kitchen.passes(120, { fridge: () => 12 });
  const lines = await ledger(kitchen, 'temperatures');
  expect(lines).toContainEqual(
    expect.objectContaining({
      ...{ 日期: at('2026-11-23T00:00'), 设备: '肉类冷藏柜', 位置: '食堂' },
      ...{ '温度℃': 12, 是否正常: '异常', 处理措施: null },
    }),
  );
});

test.each(['=HYPERLINK("http://evil.invalid","点我")', '+cmd|calc', '-1+1', '@SUM(A1)'])(
  'a name like %s is a text in the file, never a formula',
  async (product) => {
    await using kitchen = await openKitchen();
    await kitchen.post('/batches', { product, quantity: 1, unit: 'kg' });
    expect(await ledger(kitchen, 'receiving')).toMatchObject([{ 品名: product, 数量: 1 }]);
  },
);

test('a character that no file can hold does not break it', async () => {
  await using kitchen = await openKitchen();
  await kitchen.post('/batches', { product: '米\u0007\ud800<&>"', quantity: 1, unit: 'kg' });
  expect(await ledger(kitchen, 'receiving')).toMatchObject([{ 品名: '米<&>"' }]);
});

test.each([
  ['gold', '2026-11-23', '2026-11-23', 'REQUEST_INVALID'],
  ['receiving', '2026-11-23', '2026-11-22', 'REQUEST_INVALID'],
  ['receiving', '2026-02-31', '2026-03-01', 'REQUEST_INVALID'],
])('the ledger %s from %s to %s is refused', async (name, from, to, code) => {
  await using kitchen = await openKitchen();
  await expect(ledger(kitchen, name, from, to)).rejects.toThrow(code);
});
