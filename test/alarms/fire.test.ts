import { describe, expect, test } from 'vitest';
import { rule } from '../harness/profiles.ts';
import { withDetector } from '../harness/scenes.ts';
import { type School, school } from '../harness/school.ts';

const SMOKE = withDetector(rule('smoke', 'severity: critical, latched: true'));

/** A night on which a detector has smelled smoke, and the phone has rung. */
async function fire(scene = SMOKE): Promise<School> {
  const night = await school(scene);
  await night.campus.detector('smoke').smellsSmoke();
  night.phone.expect('smoke');
  await night.clock.forward('7m');
  return night;
}

test('a detector rings at its first word, as critical', async () => {
  await using night = await school(SMOKE);
  await night.campus.detector('smoke').smellsSmoke();
  const message = night.phone.expect('smoke');
  expect(message).toMatchObject({ severity: 'critical', zone: '教学楼', arrived: night.clock.now });
  expect(message.title.zh).toBe('【紧急】smoke');
});

test('no smoke any more only clears it; the message says that it must be reset', async () => {
  await using night = await fire();
  await night.campus.detector('smoke').isWell();
  expect(night.phone.expectOver('smoke').text.zh).toContain('须现场检查后复位');
  await night.clock.forward('30d');
  expect(night.alarm('smoke', 'smoke')).toMatchObject({
    cleared: expect.any(Number),
    closed: undefined,
  });
});

test('acknowledged and cleared, it still stays until it is reset', async () => {
  await using night = await fire();
  night.acknowledge(night.alarm('smoke', 'smoke'), '张伟');
  await night.campus.detector('smoke').isWell();
  expect(night.openAlarms()).toEqual(['smoke smoke']);
});

describe('a reset', () => {
  test('is refused while there is smoke', async () => {
    await using night = await fire();
    const alarm = night.alarm('smoke', 'smoke');
    expect(() => night.reset(alarm, '张伟', '误报')).toThrow(
      expect.objectContaining({ code: 'ALARM_STILL_ACTIVE' }),
    );
    expect(night.alarm('smoke', 'smoke')).toEqual(alarm);
  });

  test('closes it with person and reason, and counts as having been seen', async () => {
    await using night = await fire();
    await night.campus.detector('smoke').isWell();
    await night.clock.forward('10m');
    const closed = night.reset(night.alarm('smoke', 'smoke'), '李娜', '厨房油烟，已查看');
    expect(closed).toMatchObject({
      closedBy: '李娜',
      closeReason: '厨房油烟，已查看',
      acknowledgedBy: '李娜',
    });
    expect(night.history('smoke', 'smoke')).toEqual([
      'raised 11-23 20:00',
      'cleared 11-23 20:07',
      'reminded 11-23 20:10',
      'acknowledged 11-23 20:17',
      'reset 11-23 20:17',
      'closed 11-23 20:17',
    ]);
    expect(night.openAlarms()).toEqual([]);
  });

  test('keeps who acknowledged it before', async () => {
    await using night = await fire();
    night.acknowledge(night.alarm('smoke', 'smoke'), '张伟');
    await night.campus.detector('smoke').isWell();
    const closed = night.reset(night.alarm('smoke', 'smoke'), '李娜', '已查看');
    expect(closed).toMatchObject({ acknowledgedBy: '张伟', closedBy: '李娜' });
  });

  test('happens once', async () => {
    await using night = await fire();
    await night.campus.detector('smoke').isWell();
    const alarm = night.alarm('smoke', 'smoke');
    night.reset(alarm, '李娜', '已查看');
    expect(() => night.reset(alarm, '张伟', '再来一次')).toThrow(
      expect.objectContaining({ code: 'ALARM_CLOSED' }),
    );
  });

  test('is not for alarms that clear by themselves', async () => {
    await using night = await school(withDetector(rule('fault', 'severity: major')));
    await night.campus.detector('smoke').smellsSmoke();
    expect(() => night.reset(night.alarm('smoke', 'fault'), '张伟', '修好了')).toThrow(
      expect.objectContaining({ code: 'ALARM_NOT_LATCHED' }),
    );
  });
});

test('new smoke before the reset rings again, in the same alarm', async () => {
  await using night = await fire();
  const detector = night.campus.detector('smoke');
  night.acknowledge(night.alarm('smoke', 'smoke'), '张伟');
  await detector.isWell();
  night.phone.expectOver('smoke');
  await night.clock.forward('7m');
  await detector.smellsSmoke();
  night.phone.expect('smoke');
  expect(night.core.store.list({ limit: 10 })).toHaveLength(1);
  expect(night.alarm('smoke', 'smoke')).toMatchObject({
    occurrences: 2,
    acknowledged: undefined,
    cleared: undefined,
  });
});

test('smoke after the reset is a new alarm', async () => {
  await using night = await fire();
  const detector = night.campus.detector('smoke');
  await detector.isWell();
  night.reset(night.alarm('smoke', 'smoke'), '李娜', '已查看');
  await night.clock.forward('7m');
  await detector.smellsSmoke();
  night.phone.expect('smoke');
  expect(night.alarm('smoke', 'smoke').occurrences).toBe(1);
  expect(night.core.store.list({ limit: 10 })).toHaveLength(2);
});

test('a restart rings no fire again, nor does the smoke that goes on', async () => {
  const notify = '{webhook: {url: "http://phone.invalid/"}, reminder: {critical: never}}';
  await using night = await fire({ ...SMOKE, notify });
  await night.restart({ after: '1h' });
  await night.clock.forward('1h');
  await night.crash();
  await night.clock.forward('1h');
  night.phone.expectNothingNew();
});
