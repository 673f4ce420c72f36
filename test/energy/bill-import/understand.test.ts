import { describe, expect, test } from 'vitest';
import { brief, read, readText, sheet, wrong } from './support.ts';

describe('a year of bills as a school has them', () => {
  test('a title, months of its year, thousands, and a total that is right', () => {
    const found = read([
      sheet([
        ['青城小学 2025 年用电统计表', null, null, null],
        ['序号', '月份', '用电量(kWh)', '电费（元）'],
        [1, '1月', '１２，３４５.６', '￥7,000'],
        [2, '2月', '8 000', '4800 元'],
        [null, '合 计', 20345.6, 11800],
        [null, '制表人：张伟', null, null],
      ]),
    ]);
    expect(brief(found)).toEqual([
      '2025-01-01 2025-01-31 12345.6 7000',
      '2025-02-01 2025-02-28 8000 4800',
    ]);
    expect(found.mistakes).toEqual([]);
    expect(found.notes).toEqual([]);
    expect(found.ignored.map(({ place, reason }) => [place, reason.en])).toEqual([
      ['5', 'a total'],
      ['6', 'a remark'],
    ]);
    expect(found.bills[0]).toMatchObject({ place: '3', cells: ['B3', 'C3', 'D3'] });
    expect(found.sheets[0]?.columns).toEqual({
      period: ['月份'],
      amount: ['用电量(kWh)'],
      cost: ['电费(元)'],
      account: undefined,
    });
  });

  const TWO_UTILITIES = sheet(
    [
      ['月份', '电', null, '水', null, '备注'],
      [null, '数量(万千瓦时)', '金额', '数量(吨)', '金额', null],
      ['2025年1月', 1.2, 7200, 800, 3280, null],
      ['2025年2月', '0.9', '-', 0, 0, '寒假'],
    ],
    '水电',
  );

  test('two utilities under merged headings: each takes its own columns, in its own unit', () => {
    expect(brief(read([TWO_UTILITIES]))).toEqual([
      '2025-01-01 2025-01-31 12000 7200',
      '2025-02-01 2025-02-28 9000',
    ]);
    const water = read([TWO_UTILITIES], { utility: 'water' });
    expect(brief(water)).toEqual(['2025-01-01 2025-01-31 800 3280', '2025-02-01 2025-02-28 0 0']);
    expect(water.bills[0]).toMatchObject({
      place: '水电!3',
      cells: ['水电!A3', '水电!D3', '水电!E3'],
    });
    expect(water.sheets[0]?.columns?.amount).toEqual(['水 数量(吨)']);
  });

  test('months from left to right are the same table, turned round', () => {
    const found = read([
      sheet([
        ['月份', '2025-01', '2025-02', '合计'],
        ['电量', 100, 'x', 300],
        ['电费', 60, 120, 180],
      ]),
    ]);
    expect(brief(found)).toEqual(['2025-01-01 2025-01-31 100 60']);
    expect(wrong(found)).toEqual(['C2: x']);
    expect(found.ignored).toMatchObject([{ place: 'D' }]);
  });

  test('two years side by side', () => {
    const found = read([
      sheet([
        ['月份', '2024年用电量', '2025年用电量', '同比'],
        ['1月', 110, 100, '-9%'],
        ['2月', 90, null, null],
      ]),
    ]);
    expect(brief(found)).toEqual([
      '2024-01-01 2024-01-31 110',
      '2025-01-01 2025-01-31 100',
      '2024-02-01 2024-02-29 90',
    ]);
  });

  test('only the parts by tariff period are given: they are added', () => {
    const found = read([
      sheet([
        ['年月', '尖电量', '峰电量', '平电量', '谷电量', '电费单价', '应缴电费'],
        ['202501', 1, 20, 30, 40, 0.6, 54.6],
      ]),
    ]);
    expect(brief(found)).toEqual(['2025-01-01 2025-01-31 91 54.6']);
    const merged = read([
      sheet([
        ['月份', '电量', null, null, '电费(元/度)', '电费(万元)'],
        [null, '峰', '平', '谷', null, null],
        ['202501', 20, 30, 40, 0.6, 0.0054],
      ]),
    ]);
    expect(brief(merged)).toEqual(['2025-01-01 2025-01-31 90 54']);
    const whole = read([
      sheet([
        ['年月', '峰电量', '谷电量', '总电量'],
        ['202501', 20, 40, 61],
      ]),
    ]);
    expect(brief(whole)).toEqual(['2025-01-01 2025-01-31 61']);
  });

  test('two accounts, the month merged over both', () => {
    const found = read([
      sheet([
        ['月份', '户号', '用电量'],
        ['2025-01', '0330001', 100],
        [null, '0330002', 20],
        ['2025-02', '0330001', 90],
      ]),
    ]);
    expect(brief(found)).toEqual([
      '0330001 2025-01-01 2025-01-31 100',
      '0330002 2025-01-01 2025-01-31 20',
      '0330001 2025-02-01 2025-02-28 90',
    ]);
  });

  test('an account merged over its months', () => {
    const found = read([
      sheet([
        ['户号', '月份', '用电量'],
        ['0330001', '2025-01', 100],
        [null, '2025-02', 90],
        ['0330002', '2025-01', 20],
      ]),
    ]);
    expect(found.bills.map(({ account }) => account)).toEqual(['0330001', '0330001', '0330002']);
    expect(found.mistakes).toEqual([]);
  });

  test('the year stands in a column merged over its months, or in the first month only', () => {
    const column = read([
      sheet([
        ['年份', '月', '电量'],
        [2024, 11, 1],
        [null, 12, 2],
        ['2025年', 1, 3],
      ]),
    ]);
    expect(column.bills.map(({ from }) => from)).toEqual([
      '2024-11-01',
      '2024-12-01',
      '2025-01-01',
    ]);
    const first = read([
      sheet([
        ['月份', '电量'],
        ['2024年11月', 1],
        ['12月', 2],
        ['1月', 3],
      ]),
    ]);
    expect(first.bills.map(({ from }) => from)).toEqual(['2024-11-01', '2024-12-01']);
    expect(wrong(first)).toEqual(['A4: 1月']);
  });

  test('a school year has its months in two years; a year on the command line goes before all', () => {
    const table = sheet([
      ['2024-2025学年用电', null],
      ['月份', '电量'],
      ['9月', 1],
      ['1月', 2],
    ]);
    expect(read([table]).bills.map(({ from }) => from)).toEqual(['2024-09-01', '2025-01-01']);
    expect(read([table], { year: 2023 }).bills.map(({ from }) => from)).toEqual([
      '2023-09-01',
      '2023-01-01',
    ]);
  });

  test('days of reading: each period ends where the next begins', () => {
    const found = read(
      [
        sheet([
          ['上次抄表日期', '本次抄表日期', '实用水量'],
          ['2024-12-26', '2025-01-26', 31],
          ['2025-01-26', '2025-02-26', 31],
        ]),
      ],
      { utility: 'water' },
    );
    expect(brief(found)).toEqual(['2024-12-26 2025-01-25 31', '2025-01-26 2025-02-25 31']);
    expect(found.notes).toMatchObject([{ en: /counted to the next/ }]);
  });

  test('one sheet of several, found by itself or named', () => {
    const sheets = [
      sheet([['通讯录'], ['张伟', 1]], '目录'),
      sheet(
        [
          ['月份', '用量'],
          ['2025-01', 5],
        ],
        '水费',
      ),
      sheet(
        [
          ['月份', '用量'],
          ['2025-01', 7],
        ],
        '电费',
      ),
    ];
    expect(brief(read(sheets))).toEqual(['2025-01-01 2025-01-31 7']);
    expect(brief(read(sheets, { utility: 'water' }))).toEqual(['2025-01-01 2025-01-31 5']);
    expect(brief(read(sheets, { sheet: '目录' }))).toEqual([]);
  });

  test('a title says what the columns do not', () => {
    const table = sheet([
      ['2025年度用水台账（联系电话 8888）', null],
      ['月份', '用量'],
      ['1月', 5],
    ]);
    expect(read([table]).sheets).toEqual([{ name: '' }]);
    expect(brief(read([table], { utility: 'water' }))).toEqual(['2025-01-01 2025-01-31 5']);
  });

  test('totals by their many names, and a meter that is called after one', () => {
    const found = read([
      sheet([
        ['表名', '月份', '电量'],
        ['总计量表', '2025-01', 5],
        ['总计量表', '2025-02', '—'],
        [null, '上半年合计', 5],
        [null, '2025年总计', 5],
        ['平均', null, 5],
      ]),
    ]);
    expect(brief(found)).toEqual(['2025-01-01 2025-01-31 5']);
    expect(found.ignored.map(({ reason }) => reason.en)).toEqual([
      'no figures',
      'a total',
      'a total',
      'a total',
    ]);
    expect(found.mistakes).toEqual([]);
  });

  test('English headings, semicolons and a mark at the front', async () => {
    const text =
      '\uFEFFFrom;To;Consumption (kWh);Cost (CNY)\r\n2025-01-01;2025-01-31;"1,234.5";700\r\n';
    expect(brief(await readText(text))).toEqual(['2025-01-01 2025-01-31 1234.5 700']);
  });
});

describe('what is wrong is said by its cell', () => {
  const table = (...rows: (string | number | null)[][]) =>
    read([sheet([['月份', '电量', '电费'], ...rows])]);

  test.each([
    [[['2025-01', -5, 3]], ['B2: -5']],
    [[['2025-01', '(5)', 3]], ['B2: (5)']],
    [[['2025-01', null, 3]], ['B2: ']],
    [[['2025-01', '1,23', 'zwei']], ['B2: 1,23', 'C2: zwei']],
    [[['2025-01', '=SUM(B3:B9)', 3]], ['B2: =SUM(B3:B9)']],
    [[['2025-01', 5, -1]], ['C2: -1']],
    [[['2025-13', 5, 1]], ['A2: 2025-13']],
    [[['1月', 5, 1]], ['A2: 1月']],
    [[[2025.1, 5, 1]], ['A2: 2025.1']],
    [[[null, 5, 1]], ['A2: ']],
    [[['2026-11', 5, 1]], ['A2: 2026-11-01 – 2026-11-30']],
    [[['1999-11', 5, 1]], ['A2: 1999-11-01 – 1999-11-30']],
    [[['2024-01-01至2025-12-31', 5, 1]], ['A2: 2024-01-01 – 2025-12-31']],
    [
      [
        ['2025-01', 5, 1],
        ['2025年1月', 5, 1],
      ],
      ['A3: 2025-01-01 – 2025-01-31'],
    ],
    [
      [
        ['2025-01', 5, 1],
        ['2025-01-15至2025-02-15', 5, 1],
      ],
      ['A3: 2025-01-15 – 2025-02-15'],
    ],
  ])('%j', (rows, expected) => {
    expect(wrong(table(...rows))).toEqual(expected);
  });

  test('the second of two months names the first', () => {
    const [mistake] = table(['2025-01', 5, 1], ['2025-01', 6, 1]).mistakes;
    expect(mistake?.allowed.en).toBe('a period apart from that of row 2 (2025-01-01 – 2025-01-31)');
  });

  test('days out of order, and no days', () => {
    const found = read([
      sheet([
        ['起始日期', '截止日期', '电量'],
        ['2025-02-01', '2025-01-01', 5],
        ['x', null, 5],
      ]),
    ]);
    expect(wrong(found)).toEqual(['B2: 2025-01-01', 'A3: x', 'B3: ']);
  });

  test('months that have no figures yet are left out, and named', () => {
    const found = table(['2025-01', 5, 1], ['2025-02', null, null], ['2026-12', null, null]);
    expect(brief(found)).toEqual(['2025-01-01 2025-01-31 5 1']);
    expect(found.mistakes).toEqual([]);
    expect(found.ignored).toMatchObject([
      { text: '2025-02', reason: { en: 'no figures' } },
      { text: '2026-12', reason: { en: 'no figures' } },
    ]);
  });

  test('a total that is not the sum is worth a look', () => {
    const found = table(['2025-01', 5, 1], ['合计', 50, 1]);
    expect(found.notes).toMatchObject([{ en: /total in row 3 is 50; the rows add up to 5/ }]);
  });

  test.each([
    [
      [
        ['月份', '电价'],
        ['2025-01', 1],
      ],
    ],
    [
      [
        ['月份', '水量(吨)'],
        ['2025-01', 1],
      ],
    ],
    [
      [
        ['电量', '电费'],
        [5, 1],
      ],
    ],
    [[['月份', '电量']]],
    [[]],
  ])('no bills of electricity in %j', (rows) => {
    expect(read([sheet(rows)]).sheets).toEqual([{ name: '' }]);
  });
});
