import { expect, test } from 'vitest';
import { AdjustmentStore } from '../../../src/energy/adjustments.ts';
import { BillStore } from '../../../src/energy/bills.ts';
import { ReportStore } from '../../../src/energy/target/reports.ts';
import { type School, school } from '../../harness/school.ts';
import { send } from '../support.ts';
import { hourly, targetsOf } from './readings.ts';

const DEVICES = '[{id: main, name: 总电表, profile: generic/electricity-meter}]';
const MARCH = { from: '2026-03-01', to: '2026-03-31' };

/** 100 kWh a day last year by bills that begin on the 26th; 96 a day this year by the meter. */
async function billedSchool(): Promise<School> {
  const campus = await school({ devices: DEVICES }, '2026-04-02T08:00:00+08:00');
  const { database } = campus.core;
  const bills = new BillStore(database);
  database.transaction(() => {
    for (const [id, from, to, amount] of [
      ['b1', '2025-02-26', '2025-03-25', 2800],
      ['b2', '2025-03-26', '2025-04-25', 3100],
    ] as const) {
      bills.add({
        ...{ id, campus: 'qingcheng', utility: 'electricity', account: '', from, to, amount },
        ...{ source: 'bills.csv', person: '王秀英', imported: campus.clock.now },
      });
    }
  });
  send(
    campus,
    'main',
    hourly('2026-03-01', '2026-04-01', 500_000, () => 4),
    500,
  );
  return campus;
}

const answer = ({ core, clock }: School) =>
  targetsOf(core, clock.virtual).answer('electricity', MARCH);

test('bills that the period cuts count by their days, and the answer says so', async () => {
  await using campus = await billedSchool();
  const found = await answer(campus);
  expect(found).toMatchObject({
    actual: 31 * 96,
    baseline: expect.closeTo(3100, 9),
    change: expect.closeTo(-4, 9),
    coverage: { actual: 1, baseline: 1 },
    verdict: 'missed',
    aligned: null,
    adjusted: null,
    disagreement: null,
  });
  expect(found.basis.zh).toContain('去年数据：账单 31 天（按天均摊）');
  expect(found.basis.zh).toContain('2025-02-26 至 2025-03-25 的账单跨越边界，按天数计入 25/28');
  expect(found.basis.en).toContain('2025-03-26 to 2025-04-25 crosses the boundary');
});

test('an adjustment stands beside the official figure, and a different verdict is said in words', async () => {
  await using campus = await billedSchool();
  const { database } = campus.core;
  database.transaction(() => {
    new AdjustmentStore(database).add({
      ...{ campus: 'qingcheng', utility: 'electricity', from: '2026-03-11', to: '2027-03-10' },
      ...{ perDay: 5, reason: '新实验楼启用', approver: '赵建国', recorded: campus.clock.now },
    });
  });
  const found = await answer(campus);
  // 21 days × 5: 2 976 against 3 205
  expect(found.adjusted).toMatchObject({
    effect: 105,
    baseline: expect.closeTo(3205, 9),
    savings: expect.closeTo(229, 9),
    change: expect.closeTo((-229 / 3205) * 100, 9),
    verdict: 'met',
    entries: [{ perDay: 5, reason: '新实验楼启用', approver: '赵建国' }],
  });
  expect(found).toMatchObject({ verdict: 'missed', change: expect.closeTo(-4, 9) });
  expect(found.disagreement?.zh).toContain('日历同比 -4 % 未达标；调整后 -7.15 % 达标');
  expect(found.basis.zh).toContain('未调整的官方口径');
});

test('a bill that is withdrawn after the report takes the verdict with it, and is named', async () => {
  await using campus = await billedSchool();
  const { database } = campus.core;
  const { actual, baseline, change, goal, coverage, verdict } = await answer(campus);
  database.transaction(() =>
    new ReportStore(database).add('qingcheng', 'electricity', {
      ...{ ...MARCH, actual, baseline, change: change ?? undefined, goal, coverage, verdict },
      reported: campus.clock.now,
    }),
  );
  expect((await answer(campus)).trace).toMatchObject({ isChanged: false, causes: [] });
  await campus.clock.forward('1h');
  database.transaction(() =>
    new BillStore(database).withdraw('b1', {
      ...{ reason: '抄错月份', person: '王秀英', recorded: campus.clock.now },
    }),
  );
  const after = await answer(campus);
  expect(after.verdict).toBe('insufficient');
  expect(after.coverage.baseline).toBeCloseTo(6 / 31, 9);
  expect(after.trace).toMatchObject({ isChanged: true, causes: [{ kind: 'withdrawal' }] });
  expect(after.trace.causes[0]?.text.zh).toContain('抄错月份');
});
