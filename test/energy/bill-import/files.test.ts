import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readSheets } from '../../../src/spreadsheet/files.ts';
import { store, unpack } from '../../../src/spreadsheet/zip.ts';
import { brief, day, read, readText, wrong, xlsx } from './support.ts';

const TEXT = '月份,用电量,电费\r\n2025年1月,"1,234.5",700\r\n2025年2月,900,500\r\n';
const BILLS = ['2025-01-01 2025-01-31 1234.5 700', '2025-02-01 2025-02-28 900 500'];
/** `TEXT` in GB18030. */
const GB18030 = Buffer.from(
  'd4c2b7dd2cd3c3b5e7c1bf2cb5e7b7d10d0a32303235c4ea31d4c22c22312c3233342e35222c3730300d0a32303235c4ea32d4c22c3930302c3530300d0a',
  'hex',
);

test.each([
  ['UTF-8', Buffer.from(TEXT)],
  ['UTF-8 with a mark', Buffer.from(`\uFEFF${TEXT}`)],
  ['GB18030', GB18030],
  [
    'UTF-16 with tabs, as Excel writes it',
    Buffer.from(`\uFEFF${TEXT.replace(/,(?!\d)|(?<!"\d),/g, '\t')}`, 'utf16le'),
  ],
  ['semicolons', Buffer.from(TEXT.replace(/,(?!\d{3}\.)/g, ';'))],
  [
    'a line that names the separator',
    Buffer.from(`sep=;\r\n${TEXT.replace(/,(?!\d{3}\.)/g, ';')}`),
  ],
])('a text in %s', async (_, file) => {
  expect(brief(read(await readSheets(file)))).toEqual(BILLS);
});

test('an XLSX as it comes out of the office: merged headings, dates, formulas, totals, two sheets', async () => {
  const file = await xlsx({
    说明: [['本表由总务处填报']],
    水电: [
      [{ value: '2025年水电费', columnSpan: 5 }, null, null, null, null],
      [
        { value: '月份', rowSpan: 2 },
        { value: '用电', columnSpan: 2 },
        null,
        { value: '用水', columnSpan: 2 },
        null,
      ],
      [null, '电量(kWh)', '电费(元)', '水量(m³)', '水费(元)'],
      [day('2025-01-01'), 12_000, 7200, 800, 3280],
      [45_689, 9000, 5400, 500, 2050],
      ['3月', '１０，０００', { value: 'C4/2', type: 'Formula' }, 700, 2870],
      [null, null, null, null, null],
      ['合计', 31_000, 12_600, 2000, 8200],
    ],
  });
  const electricity = read(await readSheets(file));
  expect(wrong(electricity)).toEqual([]);
  expect(brief(electricity)).toEqual([
    '2025-01-01 2025-01-31 12000 7200',
    '2025-02-01 2025-02-28 9000 5400',
    // a formula that was never worked out has no value; a cost may be missing
    '2025-03-01 2025-03-31 10000',
  ]);
  expect(electricity.bills[2]?.cells).toEqual(['水电!A6', '水电!B6']);
  expect(electricity.sheets).toMatchObject([{ name: '说明' }, { name: '水电' }]);
  expect(brief(read(await readSheets(file), { utility: 'water' }))).toEqual([
    '2025-01-01 2025-01-31 800 3280',
    '2025-02-01 2025-02-28 500 2050',
    '2025-03-01 2025-03-31 700 2870',
  ]);
});

test('an amount whose formula was never worked out is missing, not 0', async () => {
  const file = await xlsx({
    电: [
      ['月份', '电量', '电费'],
      ['2025-01', { value: 'SUM(1,2)', type: 'Formula' }, 5],
    ],
  });
  expect(wrong(read(await readSheets(file)))).toEqual(['电!B2: ']);
});

test('a formula of a workbook counts with its last result', async () => {
  const cells = unpack(
    await xlsx({
      电: [
        ['月份', '电量'],
        ['2025-01', 5],
      ],
    }),
    () => true,
    1e6,
  );
  for (const [name, content] of cells) {
    const xml = content.toString().replace('<v>5</v>', '<f>SUM(C2:C9)</f><v>42.5</v>');
    cells.set(name, Buffer.from(xml));
  }
  expect(brief(read(await readSheets(store(cells))))).toEqual(['2025-01-01 2025-01-31 42.5']);
});

test('formulas in a text are text', async () => {
  const found = await readText('户号,月份,电量\n="0033",2025-01,5\n0034,2025-01,=1+1\n');
  expect(brief(found)).toEqual(['="0033" 2025-01-01 2025-01-31 5']);
  expect(wrong(found)).toEqual(['C3: =1+1']);
});

const OLE = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]);

test.each([
  ['nothing', Buffer.alloc(0), 'empty'],
  ['one byte', Buffer.from([7]), undefined],
  ['an old .xls', OLE, 'old .xls'],
  ['a PDF', Buffer.from('%PDF-1.7\n%\u00e2'), 'PDF'],
  ['a picture', Buffer.from('89504e470d0a1a0a0000000d', 'hex'), 'neither'],
  ['a ZIP of something else', store(new Map([['a.xml', Buffer.from('<a/>')]])), 'no XLSX'],
  ['a ZIP cut off', Buffer.from('504b030414000000', 'hex'), 'no XLSX'],
  ['no encoding we know', Buffer.from([0x41, 0xff, 0xff, 0x41]), 'neither'],
  ['too many rows', Buffer.from('1\n'.repeat(6_000)), 'rows'],
  ['too many columns', Buffer.from(','.repeat(500)), 'columns'],
])('%s renamed .xlsx', async (_, file, reason) => {
  const reading = readSheets(file);
  if (reason === undefined) expect(await reading).toEqual([{ name: '', rows: [['\u0007']] }]);
  else
    await expect(reading).rejects.toMatchObject({
      code: 'BILL_FILE',
      message: expect.stringContaining(reason),
    });
});

test('half an XLSX', async () => {
  const file = await xlsx({
    电: [
      ['月份', '电量'],
      ['2025-01', 5],
    ],
  });
  await expect(readSheets(file.subarray(0, file.length / 2))).rejects.toMatchObject({
    code: 'BILL_FILE',
  });
});

test('a zip bomb unpacks no further than it may, whatever it says of its size', () => {
  const bomb = store(new Map([['xl/a.xml', deflateRawSync(Buffer.alloc(8_000_000))]]));
  // method 8, and a size of 1
  for (const signature of [0x04034b50, 0x02014b50]) {
    const at = bomb.indexOf(Buffer.from(new Uint32Array([signature]).buffer));
    const shift = signature === 0x02014b50 ? 2 : 0;
    bomb.writeUInt16LE(8, at + 8 + shift);
    bomb.writeUInt32LE(1, at + 22 + shift);
  }
  expect(unpack(bomb, () => true, 9_000_000).get('xl/a.xml')).toHaveLength(8_000_000);
  expect(() => unpack(bomb, () => true, 1_000_000)).toThrow(/larger than/);
  expect(unpack(bomb, () => false, 0).size).toBe(0);
});

test('what is stored comes out again', () => {
  const files = new Map([
    ['a.xml', Buffer.from('一')],
    ['b/c.rels', Buffer.alloc(0)],
  ]);
  expect(unpack(store(files), () => true, 1_000)).toEqual(files);
});
