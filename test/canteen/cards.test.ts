import { encode } from 'uqr';
import { expect, test } from 'vitest';
import { type Kitchen, openKitchen } from './kitchen.ts';

/** A lunch of one dish, a day's temperatures before it. */
async function cook(kitchen: Kitchen): Promise<void> {
  await kitchen.supplier();
  await kitchen.pork('pork-1');
  await kitchen.passes(120, { fridge: (minute) => 3 + (minute % 3), 'sample-fridge': () => 4 });
  await kitchen.dish('braised');
  await kitchen.use('pork-1', 'braised', 20.5, { person: '王强' });
  await kitchen.post('/samples', { id: 's1', dish: 'braised', grams: 130, place: 'sample-fridge' });
}

async function page({ gate }: Kitchen, path: string): Promise<string> {
  const response = await gate.get(`/api/v1/canteen/cards/${path}?campus=qingcheng`);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const text = await response.text();
  // nothing comes from elsewhere, and nothing runs
  expect(text).not.toMatch(/<script|<link|<img|url\(/);
  const hash = /'(sha256-[^']+)'/.exec(response.headers.get('content-security-policy') ?? '');
  expect(hash).not.toBeNull();
  return text;
}

/** What the picture of a QR code on a page is of, if it is of one of these. */
function scan(text: string, addresses: string[]): string | undefined {
  const drawn = [...text.matchAll(/M(\d+),(\d+)h1v1h-1z/g)].map(([, x, y]) => `${x},${y}`);
  return addresses.find((address) => {
    const { data } = encode(address, { ecc: 'M', border: 2 });
    const black = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`${x},${y}`] : [])));
    return JSON.stringify(black.sort()) === JSON.stringify([...drawn].sort());
  });
}

/** The words of a page. */
const words = (text: string): string =>
  text
    .replace(/<style>.*<\/style>/s, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

test('the card of a meal says on one sheet what went into it, from whom, and how cold it lay', async () => {
  await using kitchen = await openKitchen();
  await cook(kitchen);
  const card = words(await page(kitchen, 'meals/2026-11-23/lunch'));
  for (const said of [
    ...['食材溯源卡 2026-11-23 午餐', '青城小学', '红烧肉', '三年级一班、三年级二班'],
    ...['冷鲜猪后腿肉 20.5 kg〔1〕', '〔1〕 王强 130 g', '20261122A', '2026-11-25'],
    ...['双汇冷鲜肉，青城路 8 号，0532-8888 0000', '许可证 JY13702000001（至 2026-12-31）'],
    ...['动物检疫合格证明、肉品品质检验合格证明', '验收人 李梅', '收货 3.2 ℃'],
    '肉类冷藏柜，2026-11-23 08:30 至 今；最低 3.0 ℃，最高 5.0 ℃，平均 4.0 ℃，记录覆盖 100%',
    '可溯源 traceable',
  ]) {
    expect(card).toContain(said);
  }
});

test('what is missing stands on the card', async () => {
  await using kitchen = await openKitchen();
  await kitchen.dish('braised');
  await kitchen.use('pork-1', 'braised', 3, { product: '猪肉', unit: 'kg' });
  const card = words(await page(kitchen, 'meals/2026-11-23/lunch'));
  expect(card).toContain('没有留样');
  expect(card).toContain('没有进货查验记录');
  expect(words(await page(kitchen, 'meals/2026-11-24/lunch'))).toContain('没有登记菜品');
});

test('the card of a batch says where it went, what is left and that it is recalled', async () => {
  await using kitchen = await openKitchen();
  await cook(kitchen);
  await kitchen.post('/recalls', { id: 'r1', batches: ['pork-1'], reason: '抽检不合格' });
  const card = words(await page(kitchen, 'batches/pork-1'));
  expect(card).toContain('已召回：抽检不合格');
  expect(card).toContain('结存：19.5 kg（肉类冷藏柜 19.5 kg）');
  expect(card).toContain('2026-11-23 午餐 红烧肉 20.5 kg 王强 三年级一班、三年级二班');
});

test('a recall and a supplier have lists to print: what is left where, and who ate', async () => {
  await using kitchen = await openKitchen();
  await cook(kitchen);
  await kitchen.pork('pork-2');
  await kitchen.post('/recalls', { id: 'r1', batches: ['pork-1'], reason: '抽检不合格' });
  const recall = words(await page(kitchen, 'recalls/r1'));
  expect(recall).toContain('召回清单');
  expect(recall).toContain('原因：抽检不合格；召回人：李梅');
  expect(recall).toContain('冷鲜猪后腿肉 pork-1 40 kg 肉类冷藏柜 19.5 kg 已召回');
  expect(recall).toContain('红烧肉 20.5 kg 王强 三年级一班、三年级二班');
  expect(recall).not.toContain('pork-2');
  const supplier = words(await page(kitchen, 'suppliers/shuanghui'));
  expect(supplier).toContain('供货者溯源卡 双汇冷鲜肉');
  expect(supplier).toContain('pork-2 40 kg 肉类冷藏柜 40 kg');
});

test('its QR code opens the card on any phone, and no other card', async () => {
  await using kitchen = await openKitchen(
    'http: {tokenEnv: TOKEN, publicUrl: "https://food.example/"}\n',
  );
  await cook(kitchen);
  const { gate } = kitchen;
  const pathOf = (id: string) => gate.parts.cards.path({ kind: 'batch', campus: 'qingcheng', id });
  const card = await page(kitchen, 'batches/pork-1');
  const addresses = ['pork-2', 'pork-1'].map((id) => `https://food.example${pathOf(id)}`);
  expect(scan(card, addresses)).toBe(addresses[1]);
  // a phone from outside comes by another name, and without a token
  const scanned = await gate.get(pathOf('pork-1'), { host: 'food.example' });
  expect(scanned.status).toBe(200);
  expect(await scanned.text()).toBe(card);
  const signature = pathOf('pork-1').slice(-22);
  for (const path of [
    `/c/batch/qingcheng/pork-2/${signature}`,
    `/c/meal/qingcheng/pork-1/${signature}`,
    `/c/batch/qingcheng/pork-1/${signature.slice(1)}A`,
    '/c/batch/qingcheng/pork-1/x',
  ]) {
    const refused = await gate.get(path);
    expect(await refused.json()).toMatchObject({ code: 'LINK_INVALID' });
  }
});

test('the label of a sample says what it is, until when it stays, and opens the card of its meal', async () => {
  await using kitchen = await openKitchen();
  await cook(kitchen);
  const label = await page(kitchen, 'samples/s1');
  for (const said of ['红烧肉', '2026-11-23 午餐', '130 g', '李梅', '11-25 10:30 后方可销毁']) {
    expect(words(label)).toContain(said);
  }
  const { gate } = kitchen;
  const id = '2026-11-23.lunch';
  const path = gate.parts.cards.path({ kind: 'meal', campus: 'qingcheng', id });
  expect(scan(label, [`${gate.url}${path}`])).toBe(`${gate.url}${path}`);
});

test('what people have written is text on the card', async () => {
  await using kitchen = await openKitchen();
  const product = '<script>alert(1)</script>';
  await kitchen.post('/batches', { id: 'b1', product, quantity: 1, unit: '"><b>' });
  expect(await page(kitchen, 'batches/b1')).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
});

test.each([
  ['batches/ghost', 'RECORD_UNKNOWN'],
  ['samples/ghost', 'RECORD_UNKNOWN'],
  ['recalls/ghost', 'RECORD_UNKNOWN'],
  ['suppliers/ghost', 'RECORD_UNKNOWN'],
  ['meals/2026-02-31/lunch', 'REQUEST_INVALID'],
  ['meals/2026-11-23/tea', 'REQUEST_INVALID'],
])('the card %s is refused', async (path, code) => {
  await using kitchen = await openKitchen();
  expect(await kitchen.get(`/cards/${path}`)).toMatchObject({ code });
});
