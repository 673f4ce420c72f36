import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { store, unpack } from '../../src/spreadsheet/zip.ts';
import { outcome } from './support/codes.ts';
import { School } from './support/school.ts';

const SCHOOL = `
campus: {id: qingcheng, name: 青城小学}
people: [{id: zhang, name: 张伟}]
`;
const POWER = ['--utility', 'electricity'];

describe('bills from the command line', { timeout: 180_000 }, () => {
  test('previewed, imported, corrected and withdrawn, with a gateway and without', async () => {
    using place = new School(SCHOOL);
    const file = place.folder.write(
      '2025年电费.csv',
      '月份,用电量（kWh）,电费\n1月,"12,000",7200\n2月,9000,5400\n合计,21000,12600\n',
    );
    const { stdout: preview } = await place.command('import', 'bills', file, ...POWER, '--preview');
    expect(preview.split('\n')).toEqual([
      '2025年电费.csv  时段 period: 月份  用量 amount: 用电量(kWh)  金额 cost: 电费',
      '+ 2  2025-01-01 – 2025-01-31  12000 kWh  ¥7200  (A2 B2 C2)',
      '+ 3  2025-02-01 – 2025-02-28  9000 kWh  ¥5400  (A3 B3 C3)',
      '· 4  合计行 a total: 合计 21000 12600',
      '预览，未写入 a preview: nothing was written',
      '',
    ]);
    const take = (...words: string[]) => place.command('import', 'bills', file, ...POWER, ...words);
    expect((await take('--person', '张伟')).stdout).toContain('已导入 imported 2');

    await using gateway = await place.open();
    expect((await take()).stdout).toContain('已导入 imported 0，已有 known 2');
    writeFileSync(file, '月份,用电量,电费\n2025-01,12100,7260\n');
    const refused = await take();
    expect(outcome(refused)).toEqual({ code: 1, codes: ['BILLS_CONFLICT'] });
    expect(refused.stderr).toContain(
      '12100, ¥7260 ≠ 已有 stored 2025-01-01 – 2025-01-31: 12000, ¥7200',
    );
    expect((await take('--replace')).stdout).toContain('作废 withdrawn 1');
    const listed = JSON.parse((await place.command('bills', 'list', '--json')).stdout);
    expect(listed).toMatchObject([{ amount: 12_100 }, { amount: 9000, person: '张伟' }]);
    const days = await place.command(
      'baseline',
      ...POWER,
      '--from',
      '2025-02-28',
      '--to',
      '2025-03-01',
    );
    expect(days.stdout).toContain('2025-02-28  321.429 kWh  账单 bill 均摊 spread  100 %');
    expect(days.stdout).toContain('无数据 nothing known: 2025-03-01 – 2025-03-01');
    await gateway.stops();

    const gone = ['bills', 'withdraw', listed[1].id, '--reason', '邻校账单'];
    expect((await place.command(...gone)).stdout).toContain('已作废');
    expect(outcome(await place.command(...gone)).codes).toEqual(['BILL_WITHDRAWN']);
    expect((await place.command('bills', 'list', ...POWER)).stdout.split('\n')).toHaveLength(2);
  });

  test('the template can be filled in and comes back', async () => {
    using place = new School(SCHOOL);
    const file = place.folder.file('账单.xlsx');
    await place.command('bills', 'template', file, '--year', '2025');
    expect(outcome(await place.command('bills', 'template', file)).codes).toEqual([
      'CONFIG_UNREADABLE',
    ]);
    // as an office would: an amount beside March
    const cells = unpack(readFileSync(file), () => true, 1e6);
    const sheet = [...cells.keys()].find((name) => name.includes('sheet1.xml')) ?? '';
    const xml = String(cells.get(sheet)).replace(
      /(<c r="A5"[^>]*>.*?<\/c>)/,
      '$1<c r="D5"><v>800</v></c><c r="E5"><v>3280</v></c>',
    );
    cells.set(sheet, Buffer.from(xml));
    writeFileSync(file, store(cells));
    const { stdout } = await place.command('import', 'bills', file, '--utility', 'water');
    expect(stdout).toContain('2025!5  2025-03-01 – 2025-03-31  800 m³  ¥3280');
    expect(stdout).toContain('已导入 imported 1');
  });

  test('adjustments of the baseline', async () => {
    using place = new School(SCHOOL);
    await (await place.open()).stops();
    const add = ['adjustments', 'add', ...POWER, '--from', '2026-09-01', '--per-day=-12.5'];
    const why = ['--reason', '拆除旧楼', '--approver', '王校长'];
    expect((await place.command(...add, ...why)).stdout).toContain(
      '1  2026-09-01 – 2027-08-31  -12.5 kWh/天 day  拆除旧楼  批准 approved 王校长',
    );
    const back = await place.command('adjustments', 'withdraw', '1', ...why);
    expect(back.stdout).toContain(
      '+12.5 kWh/天 day  拆除旧楼  批准 approved 王校长  冲销 takes back 1',
    );
  });
});
