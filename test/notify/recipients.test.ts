import { describe, expect, test } from 'vitest';
import { rule } from '../harness/profiles.ts';
import { withProbe } from '../harness/scenes.ts';
import { school } from '../harness/school.ts';

const WARM = withProbe(rule('warm', 'high: 8'));
/** 张伟 until ten in the evening, then 李娜. */
const TWO_SHIFTS =
  '{shifts: [{person: zhang, from: "07:00", to: "22:00"}, {person: li, from: "22:00", to: "07:00"}]}';

test('whoever is on duty at that moment is told', async () => {
  await using night = await school({ ...WARM, roster: TWO_SHIFTS });
  const probe = night.campus.thermometer('probe');
  await probe.holds(9);
  expect(night.phone.expect('warm').person).toEqual({ id: 'zhang', name: '张伟' });
  await night.clock.forward('1m');
  await probe.holds(4);
  night.phone.expectOver('warm');
  await night.clock.until('23:00');
  await probe.holds(9);
  expect(night.phone.expect('warm').person).toEqual({ id: 'li', name: '李娜' });
});

test('that it is over is told to who was told that it began, whoever is on duty now', async () => {
  await using night = await school({ ...WARM, roster: TWO_SHIFTS });
  const probe = night.campus.thermometer('probe');
  await probe.holds(9);
  night.phone.expect('warm');
  await night.clock.until('23:00');
  await probe.holds(4);
  expect(night.phone.expectOver('warm').person?.name).toBe('张伟');
  night.phone.expectNothingNew();
});

test('who was never reached is not told that it is over', async () => {
  await using night = await school(WARM);
  const probe = night.campus.thermometer('probe');
  night.phone.answers({ kind: 'failed', detail: 'HTTP 404' });
  await probe.holds(9);
  night.phone.isReachable();
  await night.clock.forward('1m');
  await probe.holds(4);
  night.phone.expectNothingNew();
});

test('who was spared because somebody had seen it is not told that it is over', async () => {
  await using night = await school(WARM);
  const probe = night.campus.thermometer('probe');
  night.phone.isUnreachable();
  await probe.holds(9);
  night.acknowledge(night.alarm('probe', 'warm'), '李娜');
  night.phone.isReachable();
  await night.clock.forward('1m');
  await probe.holds(4);
  night.phone.expectNothingNew();
});

describe('nobody is told', () => {
  test('of an info alarm, neither that it began nor that it is over', async () => {
    await using night = await school(withProbe(rule('line', 'high: 8, severity: info')));
    const probe = night.campus.thermometer('probe');
    await probe.holds(9);
    await night.clock.forward('1m');
    await probe.holds(4);
    expect(night.history('probe', 'line')).toEqual(['raised 11-23 20:00', 'cleared 11-23 20:01']);
    night.phone.expectNothingNew();
    expect(night.core.outbox.pending(night.clock.now).count).toBe(0);
  });

  test('where no way of telling is configured', async () => {
    await using night = await school({ ...WARM, notify: '{}' });
    await night.campus.thermometer('probe').holds(9);
    night.phone.expectNothingNew();
    expect(night.core.outbox.pending(night.clock.now).count).toBe(0);
    expect(night.openAlarms()).toEqual(['probe warm']);
  });
});

test('a campus that names nobody is told all the same', async () => {
  await using night = await school({ ...WARM, people: '[]', roster: '{}' });
  await night.campus.thermometer('probe').holds(9);
  expect(night.phone.expect('warm').person).toBeNull();
});

test('an alarm about the gateway itself goes to the first campus, once', async () => {
  await using night = await school(WARM);
  const reason = 'no space left';
  night.core.raiseOwn('STORAGE_FAILED', { reason });
  night.core.raiseOwn('STORAGE_FAILED', { reason });
  await night.settle();
  const message = night.phone.expect('数据库无法写入');
  expect(message).toMatchObject({ campus: { id: 'qingcheng' }, device: { id: 'gateway' } });
  night.phone.expectNothingNew();
  await night.restart();
  night.core.clearOwn('STORAGE_FAILED');
  await night.settle();
  night.phone.expectOver('数据库无法写入');
  night.core.clearOwn('STORAGE_FAILED');
  await night.settle();
  night.phone.expectNothingNew();
});

test('the outbox says how much is owed, and since when', async () => {
  await using night = await school(WARM);
  expect(night.core.outbox.pending(night.clock.now)).toEqual({ count: 0, oldest: undefined });
  night.phone.isUnreachable();
  const began = night.clock.now;
  await night.campus.thermometer('probe').holds(9);
  await night.clock.forward('10m');
  expect(night.core.outbox.pending(night.clock.now)).toEqual({ count: 1, oldest: began });
});

test('what waits for a quota is no trouble where its person has heard of it by another channel', async () => {
  const notify =
    '{webhook: {url: "http://phone.invalid/"}, channels: {push: {kind: bark, keyEnv: A}}}';
  await using night = await school({ ...WARM, notify });
  night.phone.isUnreachable();
  await night.campus.thermometer('probe').holds(9);
  await night.clock.forward('10m');
  const { outbox } = night.core;
  expect(outbox.unheard(night.clock.now).count).toBe(2);
  const [first] = outbox.ofAlarm(night.alarm('probe', 'warm').id);
  outbox.record(first?.id ?? 0, { kind: 'sent', detail: 'ok' }, night.clock.now, 0);
  expect(outbox.pending(night.clock.now).count).toBe(1);
  expect(outbox.unheard(night.clock.now)).toEqual({ count: 0, oldest: undefined });
});
