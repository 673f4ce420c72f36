import { describe, expect, test } from 'vitest';
import { rule, smokeDetector, thermometer } from '../../harness/profiles.ts';
import { type School, school } from '../../harness/school.ts';

const SILENT = rule('silent', 'kind: silence, severity: minor');
const PROFILES = {
  'test/probe': thermometer(SILENT, rule('warm', 'high: 8')),
  'test/smoke': smokeDetector(
    rule('silent', 'kind: silence, severity: major, after: 5m'),
    rule('smoke', 'severity: critical, latched: true'),
  ),
};

/** Three probes in the canteen, one of them in its cold store, one in the teaching block. */
const DEVICES = `[
  {id: probe-1, name: 一号探头, profile: test/probe, zone: canteen},
  {id: probe-2, name: 二号探头, profile: test/probe, zone: canteen},
  {id: probe-3, name: 三号探头, profile: test/probe, zone: cold-store},
  {id: probe-4, name: 四号探头, profile: test/probe, zone: teaching}]`;

const open = (devices = DEVICES): Promise<School> => school({ devices, profiles: PROFILES });

describe('what falls silent together', () => {
  test('is one message for each building, with every device counted', async () => {
    await using night = await open();
    await night.clock.forward('305s');
    const message = night.phone.expect('三号探头');
    expect(message.group).toEqual({ count: 3, devices: ['一号探头', '二号探头', '三号探头'] });
    expect(message.text.zh).toBe(
      '食堂：一号探头、二号探头、三号探头，共 3 台，自 11-23 20:00 起。',
    );
    expect(night.phone.expect('四号探头').group).toBeUndefined();
    night.phone.expectNothingNew();
  });

  test('is acknowledged by one tap, each alarm in its own record', async () => {
    await using night = await open();
    await night.clock.forward('305s');
    night.phone.expect('三号探头').acknowledge('张伟');
    for (const id of ['probe-1', 'probe-2', 'probe-3']) {
      expect(night.alarm(id, 'silent').acknowledgedBy, id).toBe('张伟');
    }
    expect(night.alarm('probe-4', 'silent').acknowledged).toBeUndefined();
  });

  test('each notification says by which message it was delivered', async () => {
    await using night = await open();
    await night.clock.forward('305s');
    const { id } = night.phone.expect('三号探头');
    for (const device of ['probe-1', 'probe-2', 'probe-3']) {
      const [notification] = night.core.outbox.ofAlarm(night.alarm(device, 'silent').id);
      expect(notification).toMatchObject({
        message: Number(id),
        state: 'sent',
        deliveries: [{ outcome: 'sent', detail: 'arrived' }],
      });
    }
  });

  test('comes back in one message too', async () => {
    await using night = await open();
    await night.clock.forward('305s');
    for (const id of ['probe-1', 'probe-2', 'probe-3']) {
      await night.campus.thermometer(id).measures(4);
      await night.clock.forward('10s');
    }
    await night.clock.forward('1m');
    expect(night.phone.expectOver('一号探头').text.zh).toBe(
      '食堂：一号探头、二号探头、三号探头，共 3 台，已恢复。',
    );
    expect(night.phone.inbox.filter(({ event }) => event === 'cleared')).toHaveLength(1);
  });

  test('what speaks again while it is gathered is told to nobody', async () => {
    await using night = await open();
    await night.clock.forward('303s');
    await night.campus.thermometer('probe-2').measures(4);
    await night.clock.forward('2m');
    expect(night.phone.expect('三号探头').group?.devices).toEqual(['一号探头', '三号探头']);
    expect(night.phone.inbox.some(({ text }) => text.zh.includes('二号探头'))).toBe(false);
  });
});

describe('a rule that is broken by one device after the other', () => {
  test('rings at once for the first, and once for those of the next five seconds', async () => {
    await using night = await open();
    const [first, second, third] = ['probe-1', 'probe-2', 'probe-3'].map((id) =>
      night.campus.thermometer(id),
    );
    await first?.measures(9);
    expect(night.phone.expect('一号探头').arrived).toBe(night.clock.now);
    await night.clock.forward('1s');
    await second?.measures(9);
    await night.clock.forward('1s');
    await third?.measures(9);
    night.phone.expectNothingNew();
    await night.clock.forward('3s');
    expect(night.phone.expect('二号探头').group?.count).toBe(2);
    night.phone.expectNothingNew();
  });

  test('rings at once again when some time has passed', async () => {
    await using night = await open();
    await night.campus.thermometer('probe-1').measures(9);
    night.phone.expect('一号探头');
    await night.clock.forward('5s');
    await night.campus.thermometer('probe-2').measures(9);
    night.phone.expect('二号探头');
  });
});

test('fire waits for nobody and is merged with nothing', async () => {
  const fire = '{id: smoke, name: 烟感, profile: test/smoke, zone: canteen}';
  const more = '{id: smoke-2, name: 二号烟感, profile: test/smoke, zone: canteen}';
  await using night = await open(`[${fire}, ${more}]`);
  await night.clock.forward('1m');
  await night.campus.detector('smoke').says(true);
  await night.campus.detector('smoke-2').says(true);
  expect(night.phone.inbox.map(({ group, arrived }) => [group, arrived])).toEqual([
    [undefined, night.clock.now],
    [undefined, night.clock.now],
  ]);
});

describe('a message that tells of several', () => {
  /** A message that the phone did not take at first. */
  async function untold(): Promise<School> {
    const night = await open();
    night.phone.isUnreachable();
    await night.clock.forward('305s');
    return night;
  }
  const attemptsAbout = (night: School) =>
    night.phone.attempts.map(({ message }) => message).filter(({ zone }) => zone === '食堂');

  test('is repeated under the same id over a crash, with the same devices', async () => {
    await using night = await untold();
    await night.crash();
    night.phone.isReachable();
    await night.clock.forward('3m');
    const attempts = attemptsAbout(night);
    expect(attempts.length).toBeGreaterThan(1);
    expect(new Set(attempts.map(({ id }) => id)).size).toBe(1);
    expect(night.phone.expect('三号探头').group?.count).toBe(3);
  });

  test('goes on without the one that led it and was acknowledged', async () => {
    await using night = await untold();
    night.acknowledge(night.alarm('probe-1', 'silent'), '李娜');
    night.phone.isReachable();
    await night.clock.forward('3m');
    const message = night.phone.expect('二号探头');
    expect(message.group?.devices).toEqual(['二号探头', '三号探头']);
    expect(new Set(attemptsAbout(night).map(({ id }) => id)).size).toBe(1);
    message.acknowledge('张伟');
    expect(night.alarm('probe-1', 'silent').acknowledgedBy).toBe('李娜');
    expect(night.alarm('probe-3', 'silent').acknowledgedBy).toBe('张伟');
  });

  test('is not sent at all once each of them was acknowledged', async () => {
    await using night = await untold();
    for (const id of ['probe-1', 'probe-2', 'probe-3', 'probe-4']) {
      night.acknowledge(night.alarm(id, 'silent'), '李娜');
    }
    night.phone.isReachable();
    await night.clock.forward('1h');
    night.phone.expectNothingNew();
  });
});
