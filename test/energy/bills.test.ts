import { describe, expect, test } from 'vitest';
import { store, unpack } from '../../src/spreadsheet/zip.ts';
import { type Gate, openGate, shareGate } from '../http/gate.ts';
import { day, xlsx } from './bill-import/support.ts';

const SCHOOL = `
campus: {id: qingcheng, name: 青城小学}
people: [{id: zhang, name: 张伟}]
notify: {webhook: {url: "http://phone.invalid/"}}
devices:
  - {id: main, name: 总电表, profile: generic/electricity-meter}
  - {id: canteen, name: 食堂电表, profile: generic/electricity-meter, parent: main}
`;

const HOUR = 3_600_000;
const YEAR = 'utility=electricity&from=2025-01-01&to=2025-12-31';
const PATH = '/api/v1/energy/bills';

async function upload(
  gate: Gate,
  file: string | Buffer,
  query = '',
): Promise<{ status: number; body: Record<string, unknown> }> {
  const person = encodeURIComponent('张伟');
  const response = await fetch(
    `${gate.url}${PATH}?utility=electricity&file=bills.csv&person=${person}${query}`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: new Uint8Array(Buffer.from(file)),
    },
  );
  return { status: response.status, body: JSON.parse(await response.text()) };
}

const csv = (...rows: string[]) => ['月份,用电量,电费', ...rows].join('\n');

test('last year’s bills: previewed, imported, imported again, corrected, withdrawn', async () => {
  await using gate = await openGate({ school: SCHOOL });
  const file = csv(
    '2025年1月,12000,7200',
    '2025年2月,9000,5400',
    '2025年4月,8000,4800',
    '合计,29000,17400',
  );

  const preview = await upload(gate, file, '&preview=true');
  expect(preview.body).toMatchObject({
    preview: true,
    imported: 0,
    unit: 'kWh',
    sheets: [{ columns: { period: ['月份'], amount: ['用电量'], cost: ['电费'] } }],
    bills: [
      {
        place: '2',
        cells: ['A2', 'B2', 'C2'],
        from: '2025-01-01',
        to: '2025-01-31',
        status: 'new',
      },
      { place: '3', amount: 9000, cost: 5400 },
      { place: '4', from: '2025-04-01' },
    ],
    ignored: [{ place: '5', reason: { zh: '合计行' } }],
    gaps: [{ from: '2025-03-01', to: '2025-03-31' }],
    mistakes: [],
  });
  expect((await gate.json(`${PATH}?${YEAR}`)).bills).toEqual([]);

  expect((await upload(gate, file)).body).toMatchObject({ imported: 3, known: 0, withdrawn: 0 });
  expect((await upload(gate, file)).body).toMatchObject({ imported: 0, known: 3, withdrawn: 0 });
  const { bills } = await gate.json(`${PATH}?${YEAR}`);
  expect(bills).toMatchObject(
    [
      { amount: 12_000, cost: 7200, source: 'bills.csv 2', person: '张伟', id: /^E202501-/ },
      { amount: 9000 },
      { amount: 8000 },
    ].map((bill) => ('id' in bill ? { ...bill, id: expect.stringMatching(/^E202501-/) } : bill)),
  );

  // the power company corrected February
  const changed = csv('2025年2月,9100,5460');
  const refused = await upload(gate, changed);
  expect(refused).toMatchObject({ status: 409, body: { code: 'BILLS_CONFLICT' } });
  expect(JSON.stringify(refused.body)).toContain(
    '9100, ¥5460 ≠ 已有 stored 2025-02-01 – 2025-02-28: 9000, ¥5400',
  );
  expect((await upload(gate, changed, '&preview=true')).body).toMatchObject({
    bills: [{ status: 'conflict', conflicts: [expect.stringMatching(/^E202502-/)] }],
  });
  expect((await upload(gate, changed, '&replace=true')).body).toMatchObject({
    imported: 1,
    withdrawn: 1,
  });
  const after = await gate.json(`${PATH}?${YEAR}`);
  expect(after.bills).toMatchObject([{ amount: 12_000 }, { amount: 9100 }, { amount: 8000 }]);

  // a bill of one account says something else than one of the whole school
  const account = await upload(gate, '户号,月份,用电量\n0033,2025-02,9100', '&preview=true');
  expect(account.body).toMatchObject({ bills: [{ account: '0033', status: 'conflict' }] });

  // one was of the neighbours
  const [{ id }] = JSON.parse(JSON.stringify(after.bills));
  const why = { reason: '邻校账单', person: '张伟' };
  expect((await gate.post(`${PATH}/${id}/withdraw`, why)).status).toBe(200);
  const again = await gate.post(`${PATH}/${id}/withdraw`, why);
  expect(await again.json()).toMatchObject({ code: 'BILL_WITHDRAWN' });
  expect(await (await gate.post(`${PATH}/E1/withdraw`, why)).json()).toMatchObject({
    code: 'BILL_UNKNOWN',
  });
  expect((await gate.json(`${PATH}?${YEAR}`)).bills).toMatchObject([
    { amount: 9100 },
    { amount: 8000 },
  ]);

  // both that no longer count are on record, with the reason
  const all = await gate.json(`${PATH}?${YEAR}&withdrawn=true`);
  expect(all.bills).toMatchObject([
    { amount: 12_000, withdrawn: { reason: '邻校账单', person: '张伟' } },
    { amount: 9000, withdrawn: { reason: expect.stringMatching(/replaced by E202502-/) } },
    { amount: 9100 },
    { amount: 8000 },
  ]);

  // nothing that was written is ever changed or removed
  const { database } = gate.core;
  for (const sql of [
    'DELETE FROM bill',
    'UPDATE bill SET amount = 0',
    'DELETE FROM bill_withdrawal',
    'UPDATE bill_withdrawal SET reason = 1',
  ]) {
    expect(() => database.prepare(sql).run(), sql).toThrow(/never/);
  }
  const rows = database.prepare('SELECT count(*) AS bills FROM bill').get();
  expect(rows).toMatchObject({ bills: 4 });
});

describe('a file that is not understood', () => {
  const shared = shareGate({ school: SCHOOL });

  test('one wrong cell: nothing is written', async () => {
    const { status, body } = await upload(
      shared.gate,
      csv('2025-01,5,3', '2025-02,-6,3', '2025-02,7,x'),
    );
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'BILLS_NOT_UNDERSTOOD' });
    expect(JSON.stringify(body.message)).toContain('单元格 B3 为 \\"-6\\"');
    expect(JSON.stringify(body.message)).toContain('C4 is \\"x\\"');
    expect((await shared.gate.json(`${PATH}?${YEAR}`)).bills).toEqual([]);
    const preview = await upload(shared.gate, csv('2025-01,5,3', '2025-02,-6,3'), '&preview=true');
    expect(preview.body).toMatchObject({ mistakes: [{ cell: 'B3' }], bills: [{ amount: 5 }] });
  });

  test.each([
    ['no headings', '张伟,李强\n1,2\n', 422, 'BILL_HEADING'],
    ['a PDF', '%PDF-1.7', 400, 'BILL_FILE'],
    ['nothing', '', 400, undefined],
    ['more than bills ever are', Buffer.alloc(5 * 1024 * 1024 + 1, 'a'), 413, 'REQUEST_TOO_LARGE'],
  ])('%s', async (_, file, status, code) => {
    const found = await upload(shared.gate, file);
    expect(found.status).toBe(status);
    if (code) expect(found.body).toMatchObject({ code });
  });

  test('a sheet that says it has a cell at its furthest corner', async () => {
    const files = unpack(
      await xlsx({
        电: [
          ['月份', '电量'],
          ['2025-01', 5],
        ],
      }),
      () => true,
      1e6,
    );
    const bomb = new Map(
      [...files].map(([name, content]) => [
        name,
        Buffer.from(content.toString().replace('r="B2"', 'r="XFD1048576"')),
      ]),
    );
    expect((await upload(shared.gate, store(bomb))).body).toMatchObject({ code: 'BILL_FILE' });
    // and the gateway goes on
    expect((await shared.gate.get('/health/live')).status).toBeLessThan(500);
  });

  test('days that can’t be, and a campus that is not there', async () => {
    const ask = async (query: string) => (await shared.gate.get(`/api/v1/energy/${query}`)).json();
    expect(await ask('baseline?utility=water&from=2025-02-30&to=2025-03-01')).toMatchObject({
      code: 'REQUEST_INVALID',
    });
    expect(await ask('baseline?utility=water&from=2015-01-01&to=2025-03-01')).toMatchObject({
      code: 'REQUEST_INVALID',
    });
    expect(
      await ask('bills?campus=nowhere&utility=water&from=2025-01-01&to=2025-03-01'),
    ).toMatchObject({
      code: 'CAMPUS_UNKNOWN',
    });
  });
});

test('an XLSX with merged headings goes the whole way', async () => {
  await using gate = await openGate({ school: SCHOOL });
  const file = await xlsx({
    封面: [['青城小学']],
    '2025': [
      [
        { value: '月份', rowSpan: 2 },
        { value: '电', columnSpan: 2 },
        null,
        { value: '水', columnSpan: 2 },
        null,
      ],
      [null, '数量', '金额', '数量', '金额'],
      [day('2025-01-01'), 12_000, 7200, 800, 3280],
    ],
  });
  const { body } = await upload(gate, file);
  expect(body).toMatchObject({
    imported: 1,
    bills: [{ place: '2025!3', amount: 12_000, cost: 7200 }],
  });
});

test('each day of last year, by bills and by meters', async () => {
  await using gate = await openGate({ school: SCHOOL });
  await upload(gate, csv('2026-10,3100,1860'));
  // 100 kWh a day, from the last day of October on
  const start = Date.parse('2026-10-31T00:00+08:00');
  const hours = Array.from({ length: 12 * 24 }, (_, i) => i);
  // what comes in one turn is one transaction
  await Promise.all(
    hours.flatMap((hour) => [
      gate.report('main', { energy: 5000 + hour * (100 / 24) }, start + hour * HOUR),
      gate.report('canteen', { energy: 10 + hour * (50 / 24) }, start + hour * HOUR),
    ]),
  );
  const found = await gate.json(
    '/api/v1/energy/baseline?utility=electricity&from=2026-09-30&to=2026-11-10',
  );
  expect(found).toMatchObject({ unit: 'kWh', missing: [{ from: '2026-09-30', to: '2026-09-30' }] });
  expect(found.amount).toBeCloseTo(3100 + 10 * 100, 6);
  expect(found.coverage).toBeCloseTo(41 / 42, 6);
  const days = JSON.parse(JSON.stringify(found.days));
  expect(days).toHaveLength(41);
  expect(days[30]).toMatchObject({ day: '2026-10-31', source: 'bill', estimated: true });
  expect(days[31]).toMatchObject({ day: '2026-11-01', source: 'meter', coverage: 1 });
  expect(days[31].amount).toBeCloseTo(100, 6);
  expect(found.comparison).toEqual([]);

  await upload(gate, csv('2026-11-01至2026-11-10,900,540'));
  const both = await gate.json(
    '/api/v1/energy/baseline?utility=electricity&from=2026-11-01&to=2026-11-10',
  );
  expect(both.amount).toBeCloseTo(900, 6);
  const [{ billed, metered, difference }] = JSON.parse(JSON.stringify(both.comparison));
  expect([billed, Math.round(metered), Math.round(difference * 1000)]).toEqual([900, 1000, 111]);
});

test('adjustments: recorded, for a year, taken back, never changed', async () => {
  await using gate = await openGate({ school: SCHOOL });
  const path = '/api/v1/energy/adjustments';
  const entry = {
    utility: 'electricity',
    from: '2026-09-01',
    perDay: 120,
    reason: '新建实验楼',
    approver: '王校长',
  };
  const added = await (await gate.post(path, entry)).json();
  expect(added).toMatchObject({ id: 1, to: '2027-08-31', perDay: 120 });
  const late = await gate.post(path, { ...entry, to: '2028-01-01' });
  expect(await late.json()).toMatchObject({ code: 'REQUEST_INVALID' });
  const back = { reason: '重复登记', approver: '王校长' };
  expect(await (await gate.post(`${path}/1/withdraw`, back)).json()).toMatchObject({
    id: 2,
    perDay: -120,
    counters: 1,
    to: '2027-08-31',
  });
  for (const id of [1, 2]) {
    const response = await gate.post(`${path}/${id}/withdraw`, back);
    expect(await response.json()).toMatchObject({ code: 'ADJUSTMENT_WITHDRAWN' });
  }
  expect(await (await gate.post(`${path}/9/withdraw`, back)).json()).toMatchObject({
    code: 'ADJUSTMENT_UNKNOWN',
  });
  const { adjustments } = await gate.json(`${path}?utility=electricity`);
  expect(adjustments).toMatchObject([{ perDay: 120 }, { perDay: -120 }]);
  for (const sql of ['DELETE FROM adjustment', 'UPDATE adjustment SET per_day = 0']) {
    expect(() => gate.core.database.prepare(sql).run()).toThrow(/never/);
  }
});

test('the target compares with the bills, and says what the calendar lacks', async () => {
  await using gate = await openGate({ school: SCHOOL });
  await upload(gate, csv('2025-11,3000,1800'));
  const target = '/api/v1/energy/target/electricity?from=2026-11-01&to=2026-11-10';
  const found = await gate.json(target);
  expect(found.baseline).toBeCloseTo(1000, 6);
  expect(found.coverage).toMatchObject({ baseline: 1 });
  expect(found.verdict).toBe('insufficient');
  expect(found.quality).toContainEqual({
    kind: 'calendar',
    text: expect.objectContaining({ en: expect.stringContaining('The calendar has no term') }),
  });
});
