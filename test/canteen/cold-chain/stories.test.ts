import { describe, expect, test } from 'vitest';
import { withUnit } from './unit.ts';

/** −19 ± 0.8 ℃, which a defrost takes to about −11 ℃ for some 20 min, three times a day. */
const DEFROSTS = { defrost: { first: '1h', every: '8h', rise: 9, heats: '30m' } };

describe('a defrost', () => {
  test('does not ring, from the first one on', async () => {
    await using night = await withUnit('freezer', -19, DEFROSTS);
    await night.clock.forward('4d');
    expect(night.openAlarms()).toEqual([]);
    night.phone.expectNothingNew();
  });

  test('that takes long does not ring either, once the last days have taught its rhythm', async () => {
    // beyond −12 ℃ for an hour and more: longer than the on-delay of 45 min
    const long = { defrost: { first: '1h', every: '8h', rise: 13, heats: '44m' } };
    const keys = ', rules: {too-warm: {onDelay: 20m}, warm-in-all: {total: 3h}}';
    await using night = await withUnit('freezer', -19, long, keys);
    await night.clock.forward('3d');
    expect(night.history('unit', 'too-warm').filter((line) => line.startsWith('raised'))).toEqual([
      'raised 11-23 21:45:30',
      'raised 11-24 05:45:30',
      'raised 11-24 13:45:30',
    ]);
  });

  test('in which the compressor fails still rings, as the compressor', async () => {
    const fails = { from: '4880m', perHour: 3 };
    await using night = await withUnit('freezer', -19, { ...DEFROSTS, fails });
    await night.clock.forward('81h');
    night.phone.expectNothingNew();
    await night.clock.forward('2h');
    const message = night.phone.expect('冷冻温度过高');
    expect(message.text.zh).toContain('疑似压缩机故障或停电');
  });
});

describe('a door left open', () => {
  test('rings as a door, and not as a compressor', async () => {
    const door = { from: '3h', to: '4h' };
    await using night = await withUnit('fridge', 4, { door });
    await night.clock.forward('3.4h');
    const first = night.phone.expect('门可能未关');
    expect(first.text.zh).toMatch(/疑似门未关：\d+ 分钟内升高 [\d.]+ K。$/);
    await night.clock.forward('36m');
    expect(night.phone.expect('严重超温').text.zh).toContain('疑似门未关');
    expect(night.phone.expect('冷藏柜温度过高').text.en).toContain('A door left open, it seems');
    await night.clock.forward('2h');
    night.phone.expectOver('冷藏柜温度过高');
    expect(night.openAlarms()).not.toContain('unit cooling-failed');
  });

  test('and soon shut rings nobody', async () => {
    await using night = await withUnit('fridge', 4, { door: { from: '3h', to: '3.1h' } });
    await night.clock.forward('6h');
    night.phone.expectNothingNew();
  });
});

describe('a compressor that fails', () => {
  test('rings before the limit, with the hours that are left', async () => {
    await using night = await withUnit('freezer', -20, { fails: { from: '10h', perHour: 2.5 } });
    await night.clock.forward('11.5h');
    const message = night.phone.expect('冷冻柜不制冷');
    const said = /约 ([\d.]+) 小时后达到 -12 ℃/.exec(message.text.zh);
    const { raised } = night.alarm('unit', 'cooling-failed');
    const foretold = raised + Number(said?.[1]) * 3_600_000;
    await night.clock.forward('4h');
    // the air warms more slowly the warmer it is, so it is told early rather than late
    const reached = night.alarm('unit', 'too-warm').since;
    expect(foretold).toBeLessThan(reached);
    expect(reached - foretold).toBeLessThan(0.15 * (reached - raised));
    expect(night.phone.expect('冷冻温度过高').text.zh).toMatch(/约 [\d.]+ 小时后达到 -5 ℃/);
  });

  test('rings once, also when the gateway restarts in the middle', async () => {
    await using night = await withUnit('fridge', 4, { fails: { from: '5h', perHour: 1.3 } });
    await night.clock.forward('5.6h');
    await night.crash({ after: '1m' });
    await night.clock.forward('1.5h');
    await night.restart();
    night.phone.expect('冷藏柜不制冷');
    night.phone.expectNothingNew();
  });
});

describe('a gap in the data', () => {
  test('is neither a door nor a compressor nor an excursion: the unit is not monitored', async () => {
    await using night = await withUnit('freezer', -19, {});
    const unit = night.campus.device('unit');
    await night.clock.forward('5h');
    unit.losesLink();
    await night.clock.forward('3h');
    night.phone.expect('失去监测');
    night.phone.expectNothingNew();
  });

  test('in an excursion ends what is known of it', async () => {
    await using night = await withUnit('fridge', 4, {}, ', rules: {warm-in-all: {total: 30m}}');
    const unit = night.campus.thermometer('unit');
    await night.clock.forward('1h');
    await unit.holds(9);
    await night.clock.forward('20m');
    unit.losesLink();
    await night.clock.forward('1h');
    await unit.regainsLink();
    await unit.holds(9);
    await night.clock.forward('4m');
    // 20 and 5 minutes before the gap, 4 after it
    expect(night.openAlarms()).toEqual(['unit silent']);
    await night.clock.forward('2m');
    expect(night.openAlarms().sort()).toContain('unit warm-in-all');
  });
});

describe('the windows of a unit', () => {
  const RESTOCK = ', unit: {windows: [{kind: restock, from: "22:00", to: "22:50"}]}';

  test('excuse the warmth of restocking, and the door that stands open for it', async () => {
    const door = { from: '2.1h', to: '2.7h' };
    await using night = await withUnit(
      'cold-room',
      4,
      { door },
      `${RESTOCK.slice(0, -1)}, limits: {hard: 20}}`,
    );
    await night.clock.forward('6h');
    night.phone.expectNothingNew();
  });

  test('never excuse the hard limit', async () => {
    const door = { from: '2.1h', to: '2.7h' };
    await using night = await withUnit('cold-room', 4, { door }, RESTOCK);
    await night.clock.forward('2.9h');
    night.phone.expect('严重超温');
    night.phone.expectOver('严重超温');
    night.phone.expectNothingNew();
  });

  test('excuse no more than their bound, and not what lasts beyond them', async () => {
    await using night = await withUnit('cold-room', 4, {}, RESTOCK);
    await night.clock.forward('2.5h');
    await night.campus.thermometer('unit').holds(10);
    // 22:30 to 22:50 is excused, then 45 min of delay
    await night.clock.forward('64m');
    night.phone.expectNothingNew();
    await night.clock.forward('1m');
    night.phone.expect('冷藏库温度过高');
  });
});

test('a fridge that creeps above its limit for 60 min in 24 h rings once for all of it', async () => {
  await using night = await withUnit('fridge', 4, {});
  const unit = night.campus.thermometer('unit');
  for (let i = 0; i < 4; i++) {
    await night.clock.forward('2h');
    await unit.holds(9);
    await night.clock.forward('14m');
    await unit.holds(4.1);
    night.phone.expectNothingNew();
    await night.clock.forward('1m');
    await unit.holds(4);
  }
  await night.clock.forward('2h');
  await unit.holds(9);
  await night.clock.forward('4m');
  const message = night.phone.expect('一天内累计超温过久');
  expect(message).toMatchObject({ value: 60, limit: 60, unit: 'min' });
});

describe('a probe', () => {
  test.each([
    [85, '探头上电后未能测温'],
    [-127, '探头断线'],
    [null, '无有效读数'],
    [30, '读数 30 ℃，不可能为真'],
  ])('that shows %s is faulty; the unit is neither too warm nor silent', async (value, said) => {
    await using night = await withUnit('fridge', 4, {});
    await night.clock.forward('2h');
    const before = night.readings.length;
    await night.campus.device('unit').shows({ temperature: value });
    await night.clock.forward('4m');
    const message = night.phone.expect('探头故障');
    expect(message.text.zh).toContain(said);
    night.phone.expectNothingNew();
    expect(night.readings).toHaveLength(before);
    await night.campus.device('unit').shows({ temperature: 4.2 });
    await night.clock.forward('2m');
    night.phone.expectOver('探头故障');
    night.phone.expectNothingNew();
  });

  test('that shows nonsense once rings nobody', async () => {
    await using night = await withUnit('fridge', 4, {});
    await night.clock.forward('2h');
    await night.campus.thermometer('unit').measures(85);
    await night.clock.forward('2h');
    night.phone.expectNothingNew();
  });

  test('that lies elsewhere for good is believed when its reading stays', async () => {
    await using night = await withUnit('fridge', 4, {});
    await night.clock.forward('2h');
    await night.campus.thermometer('unit').holds(24);
    await night.clock.forward('30m');
    night.phone.expect('探头故障');
    night.phone.expect('严重超温');
  });

  test('whose reading does not move for six hours is faulty', async () => {
    await using night = await withUnit('fridge', 4, {});
    await night.clock.forward('1m');
    await night.campus.thermometer('unit').holds(4.4);
    await night.clock.forward('6.1h');
    night.phone.expect('探头故障：读数长时间不变');
  });

  test('fault survives a restart: it rings once', async () => {
    await using night = await withUnit('fridge', 4, {});
    await night.clock.forward('2h');
    await night.campus.device('unit').shows({ temperature: -127 });
    await night.clock.forward('4m');
    night.phone.expect('探头故障');
    await night.restart({ after: '1m' });
    await night.clock.forward('1h');
    night.phone.expectNothingNew();
  });
});

test('a freezer that is out of service in summer rings for nothing as it warms', async () => {
  const off =
    ', outOfService: [{from: 2026-11-24, to: 2026-11-30, person: 孙丽, reason: 放假停用}]';
  await using night = await withUnit('freezer', -20, { fails: { from: '12h', perHour: 4 } }, off);
  await night.clock.forward('3d');
  night.phone.expectNothingNew();
});

test('late readings raise nothing, however warm', async () => {
  await using night = await withUnit('fridge', 4, {});
  await night.clock.forward('5h');
  const unit = night.campus.thermometer('unit');
  for (let late = 300; late > 60; late--) await unit.measures(12, { late: `${late * 60 - 31}s` });
  await night.clock.forward('1h');
  night.phone.expectNothingNew();
});

test('what keeps food hot is judged while it is in use', async () => {
  const keys = ', unit: {hours: [{from: "11:00", to: "12:30"}]}';
  await using night = await withUnit('hot-holding', 40, {}, keys);
  const unit = night.campus.thermometer('unit');
  await night.clock.until('10:59');
  night.phone.expectNothingNew();
  await unit.holds(45);
  await night.clock.until('11:07');
  night.phone.expect('热藏温度严重不足');
  await night.clock.until('11:16');
  night.phone.expect('热藏温度不足');
  await night.clock.until('13:00');
  night.phone.expectOver('热藏温度不足');
  night.phone.expectOver('热藏温度严重不足');
});
