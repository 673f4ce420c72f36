import { expect, test } from 'vitest';
import { temperatureRecord } from '../../../src/canteen/cold-chain/temperature-record.ts';
import { readUnit } from '../../../src/canteen/cold-chain/unit-facts.ts';
import { traceRules } from '../../../src/canteen/trace-rules.ts';
import type { School } from '../../harness/school.ts';
import { withUnit } from './unit.ts';

/** The record of the Tuesday after the story's beginning, as it is made now. */
const TUESDAY = '2026-11-24';
const [FROM, TO] = [`${TUESDAY}T00:00:00+08:00`, '2026-11-25T00:00:00+08:00'].map(Date.parse);
const DAY = { from: FROM ?? 0, to: TO ?? 0 };

function recordOf(night: School, day = TUESDAY) {
  const { connection } = night.core.database;
  const rules = traceRules(connection, night.configuration, 'qingcheng', night.clock.now);
  const record = temperatureRecord(connection, rules, day);
  return {
    ...record,
    lines: record.rows.map(({ time, temperature, isNormal, what, action, person, missing }) =>
      [time, temperature, isNormal, what?.zh, action, person, ...missing].map(String).join(' '),
    ),
  };
}

function unitOf(night: School, span = DAY) {
  const { connection } = night.core.database;
  const rules = traceRules(connection, night.configuration, 'qingcheng', night.clock.now);
  return readUnit(connection, rules, 'unit', span);
}

test('a quiet day has its automatic rows, and its time adds up', async () => {
  await using night = await withUnit('fridge', 4, {});
  await night.clock.forward('30h');
  const { lines, units } = recordOf(night);
  expect(lines).toEqual([
    '08:00 4.7 true undefined undefined 自动记录 automatic',
    '12:00 4.7 true undefined undefined 自动记录 automatic',
    '18:00 4.7 true undefined undefined 自动记录 automatic',
  ]);
  expect(units).toMatchObject([
    { unit: 'unit', whole: 86_400, inRange: 86_400, outOfRange: 0, unknown: 0, coverage: 100 },
  ]);
});

test('an excursion stands in it with what was done and by whom, or with what is missing', async () => {
  await using night = await withUnit('fridge', 4, { door: { from: '5h', to: '6h' } });
  await night.clock.forward('8h');
  expect(recordOf(night).lines).toEqual([
    '01:03 18.7 false 冷藏柜温度过高 undefined undefined action person',
    '01:06 18.7 false 冷藏柜门可能未关 undefined undefined action person',
    '01:12 18.7 false 冷藏柜严重超温 undefined undefined action person',
  ]);
  const alarm = night.alarm('unit', 'too-warm');
  night.acknowledge(alarm, '张伟');
  night.core.actions.comment(alarm.id, '李娜', '门已关好，牛奶移至 2 号柜');
  const [row] = recordOf(night).rows;
  expect(row).toMatchObject({
    ...{ name: '1 号柜', zone: '食堂 / 冷库间', isNormal: false, alarm: alarm.id },
    ...{ action: '门已关好，牛奶移至 2 号柜', person: '李娜', missing: [] },
  });
});

test('a time without readings is unknown, and what it was is asked for', async () => {
  await using night = await withUnit('fridge', 4, {});
  await night.clock.forward('10h');
  night.campus.device('unit').losesLink();
  await night.clock.forward('12h');
  const { lines, units } = recordOf(night);
  expect(lines).toEqual([
    expect.stringMatching(/^05:59 undefined undefined 冷藏柜失去监测 undefined undefined action/),
    '08:00 undefined undefined undefined undefined 自动记录 automatic',
    '12:00 undefined undefined undefined undefined 自动记录 automatic',
    '18:00 undefined undefined undefined undefined 自动记录 automatic',
  ]);
  const [unit] = units;
  expect(unit?.inRange).toBe(6 * 3600 + 4.5 * 60);
  expect((unit?.inRange ?? 0) + (unit?.unknown ?? 0)).toBe(unit?.whole);
});

test('late readings change the record, not the alarms', async () => {
  await using night = await withUnit('fridge', 4, {});
  const unit = night.campus.thermometer('unit').hasMemory();
  await night.clock.forward('10h');
  unit.losesLink();
  await unit.showsAt((now) => ({ temperature: 11 + (Math.round(now / 60_000) % 3) / 10 }));
  await night.clock.forward('2h');
  await unit.showsAt(() => ({ temperature: 4.5 }));
  await night.clock.forward('1h');
  const before = recordOf(night).units[0];
  await unit.regainsLink();
  await night.clock.forward('1m');
  expect(night.history('unit', 'too-warm')).toEqual([]);
  const { lines, units } = recordOf(night);
  expect(before).toMatchObject({ outOfRange: 0 });
  expect(units[0]?.outOfRange).toBe(7_200);
  expect(lines).toContainEqual(
    expect.stringMatching(/^06:00 11.2 false 超出限值（未报警.*action person$/),
  );
});

test('when it rests, and outside its hours, a unit is not judged', async () => {
  const off = ', outOfService: [{from: 2026-11-24, to: 2026-11-24, person: 孙丽, reason: 清洗}]';
  await using night = await withUnit('fridge', 20, {}, off);
  await night.clock.forward('30h');
  const { lines, units } = recordOf(night);
  expect(lines).toEqual([]);
  expect(units).toMatchObject([{ whole: 0, notInUse: 86_400, inRange: 0, unknown: 0 }]);

  const hours = ', unit: {hours: [{from: "11:00", to: "13:00"}]}';
  await using noon = await withUnit('hot-holding', 55, {}, hours);
  await noon.clock.forward('30h');
  expect(recordOf(noon).units).toMatchObject([{ whole: 7_200, outOfRange: 7_200 }]);
  expect(recordOf(noon).lines).toContainEqual(
    expect.stringMatching(/^12:00 55.\d false undefined undefined 自动记录/),
  );
});

test('when readings are past their time the hours tell: any of one out of range is out', async () => {
  await using night = await withUnit('fridge', 4, { door: { from: '5h', to: '6h' } });
  await night.clock.forward('30h');
  const { database, pipeline } = night.core;
  const { RollUps } = await import('../../../src/storage/rollups.ts');
  const rollUps = new RollUps(database, pipeline.writer);
  while (rollUps.step(night.clock.now));
  const kept = unitOf(night)?.period;
  database.connection.exec('DELETE FROM reading');
  const told = unitOf(night)?.period;
  expect(told).toMatchObject({
    ...{ whole: 86_400, inRange: 22 * 3600, outOfRange: 2 * 3600, unknown: 0 },
    ...{ min: kept?.min, max: kept?.max },
  });
  expect(told?.mean).toBeCloseTo(kept?.mean ?? 0, 1);
});

test('a unit says what it is, its limits, its calibration and the defrost it was seen to make', async () => {
  const defrost = { first: '1h', every: '8h', rise: 9, heats: '30m' };
  const keys =
    ', unit: {kind: cold-room, limits: {high: -13, hard: -4}, calibrated: 2025-11-20, windows: [{kind: door, from: "10:00", to: "10:30"}]}';
  await using night = await withUnit('freezer', -19, { defrost }, keys);
  await night.clock.forward('60h');
  const unit = unitOf(night);
  expect(unit).toMatchObject({
    ...{ id: 'unit', kind: 'cold-room', limits: { high: -13, low: undefined, hard: -4 } },
    ...{ calibrated: '2025-11-20', calibrationDue: '2026-11-20', isCalibrationDue: true },
    windows: [{ kind: 'door', from: '10:00', to: '10:30' }],
    defrost: { every: 8 * 3600 },
  });
  // three defrosts on that day
  expect(unit?.excursions).toHaveLength(3);
  expect(night.configuration.devices.get('qingcheng/unit')?.rules).toContainEqual(
    expect.objectContaining({ id: 'much-too-warm', high: -4 }),
  );
});
