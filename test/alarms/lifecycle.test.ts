import { describe, expect, test } from 'vitest';
import { rule } from '../harness/profiles.ts';
import { withProbe } from '../harness/scenes.ts';
import { type School, school } from '../harness/school.ts';

const WARM = withProbe(rule('warm', 'high: 8'));

async function warmNight(): Promise<School> {
  const night = await school(WARM);
  await night.campus.thermometer('probe').holds(9);
  night.phone.expect('warm');
  await night.clock.forward('10m');
  return night;
}

describe('acknowledged and cleared are independent', () => {
  test('an alarm that is over stays open until somebody has seen it', async () => {
    await using night = await warmNight();
    await night.campus.thermometer('probe').holds(4);
    expect(night.openAlarms()).toEqual(['probe warm']);
    await night.clock.forward('5m');
    night.acknowledge(night.alarm('probe', 'warm'), '张伟');
    expect(night.history('probe', 'warm')).toEqual([
      'raised 11-23 20:00',
      'cleared 11-23 20:10',
      'acknowledged 11-23 20:15',
      'closed 11-23 20:15',
    ]);
  });

  test('an alarm that was seen is closed when it is over', async () => {
    await using night = await warmNight();
    night.acknowledge(night.alarm('probe', 'warm'), '张伟');
    expect(night.alarm('probe', 'warm')).toMatchObject({ cleared: undefined, closed: undefined });
    await night.clock.forward('5m');
    await night.campus.thermometer('probe').holds(4);
    expect(night.history('probe', 'warm')).toEqual([
      'raised 11-23 20:00',
      'acknowledged 11-23 20:10',
      'cleared 11-23 20:15',
      'closed 11-23 20:15',
    ]);
  });
});

describe('one open alarm for a device and rule', () => {
  test('a condition that returns rings again, in the alarm that is still open', async () => {
    await using night = await warmNight();
    const probe = night.campus.thermometer('probe');
    await probe.holds(4);
    night.phone.expectOver('warm');
    await night.clock.forward('10m');
    await probe.holds(12);
    expect(night.phone.expect('warm').value).toBe(12);
    expect(night.core.store.list({ limit: 10 })).toHaveLength(1);
    expect(night.alarm('probe', 'warm')).toMatchObject({
      occurrences: 2,
      cleared: undefined,
      value: 12,
      since: Date.parse('2026-11-23T20:20:00+08:00'),
      raised: Date.parse('2026-11-23T20:00:00+08:00'),
    });
  });

  test('having been seen does not count for the next time', async () => {
    const delayed = withProbe(rule('warm', 'high: 8, offDelay: 5m'));
    await using night = await school(delayed);
    const probe = night.campus.thermometer('probe');
    await probe.holds(9);
    await night.clock.forward('1m');
    await probe.holds(4);
    await night.clock.forward('5m');
    await probe.holds(9);
    expect(night.alarm('probe', 'warm')).toMatchObject({
      occurrences: 2,
      acknowledged: undefined,
    });
  });

  test('after it was closed the next one is a new alarm', async () => {
    await using night = await warmNight();
    const probe = night.campus.thermometer('probe');
    night.acknowledge(night.alarm('probe', 'warm'), '张伟');
    await probe.holds(4);
    await night.clock.forward('10m');
    await probe.holds(9);
    expect(night.core.store.list({ limit: 10 })).toHaveLength(2);
    expect(night.alarm('probe', 'warm')).toMatchObject({ occurrences: 1, acknowledged: undefined });
  });

  test('the same rule of another device is another alarm', async () => {
    await using night = await school({
      ...WARM,
      devices: '[{id: one, profile: test/probe}, {id: two, profile: test/probe}]',
    });
    await night.campus.thermometer('one').holds(9);
    await night.campus.thermometer('two').holds(9);
    expect(night.openAlarms().sort()).toEqual(['one warm', 'two warm']);
  });
});

describe('an acknowledgement', () => {
  test('is taken once; the second is told who was first', async () => {
    await using night = await warmNight();
    const alarm = night.alarm('probe', 'warm');
    night.acknowledge(alarm, '张伟');
    expect(() => night.acknowledge(alarm, '李娜')).toThrow(
      expect.objectContaining({
        code: 'ALARM_ACKNOWLEDGED',
        params: { person: '张伟', time: '2026-11-23T12:10:00.000Z' },
      }),
    );
    expect(night.alarm('probe', 'warm').acknowledgedBy).toBe('张伟');
  });

  test('of an alarm that is closed is refused', async () => {
    await using night = await warmNight();
    const alarm = night.acknowledge(night.alarm('probe', 'warm'), '张伟');
    await night.campus.thermometer('probe').holds(4);
    expect(() => night.acknowledge(alarm, '李娜')).toThrow(
      expect.objectContaining({ code: 'ALARM_CLOSED' }),
    );
  });

  test('of an alarm that there is not is refused', async () => {
    await using night = await school(WARM);
    const { store, pipeline } = night.core;
    expect(() => pipeline.transact(() => store.acknowledge(7, '张伟', 0))).toThrow(
      expect.objectContaining({ code: 'ALARM_UNKNOWN' }),
    );
  });
});

test('events are told after their commit, in order, with the alarm as it was then', async () => {
  await using night = await warmNight();
  night.acknowledge(night.alarm('probe', 'warm'), '张伟');
  await night.campus.thermometer('probe').holds(4);
  const { events } = night.life;
  expect(events.map(({ event }) => event)).toEqual(['raised', 'acknowledged', 'cleared', 'closed']);
  expect(events[0]?.alarm.acknowledged).toBeUndefined();
  expect(night.core.store.eventsAfter(0, 10).map(({ id }) => id)).toEqual(
    events.map(({ id }) => id),
  );
  expect(night.core.store.eventsAfter(events[1]?.id ?? 0, 1).map(({ event }) => event)).toEqual([
    'cleared',
  ]);
});
