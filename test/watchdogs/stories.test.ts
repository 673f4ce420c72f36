import { describe, expect, test } from 'vitest';
import { configure } from '../harness/configuration.ts';
import { rule, thermometer } from '../harness/profiles.ts';
import { withProbe } from '../harness/scenes.ts';
import { watchedSchool } from './watched.ts';

const GIB = 1024 ** 3;
const SILENT =
  '{id: silent, severity: minor, kind: silence, name: {zh: 失联, en: silent}, action: {zh: 看, en: Look}}';

/** So many probes that report a temperature each minute. */
const probes = (count: number, ...rules: string[]) => ({
  devices: `[${Array.from({ length: count }, (_, i) => `{id: probe-${i}, profile: test/probe}`)}]`,
  profiles: { 'test/probe': thermometer(...rules) },
});

describe('the broker', () => {
  test('away for two minutes is told, and that it is back', async () => {
    const { night, around } = await watchedSchool(withProbe());
    await using _ = night;
    around.transport = { connected: false, problem: 'ECONNREFUSED' };
    await night.clock.forward('2m');
    night.phone.expectNothingNew();
    await night.clock.forward('31s');
    expect(night.phone.expect('无法接收任何报文').title.zh).toContain('ECONNREFUSED');
    around.transport = { connected: true };
    await night.clock.forward('2m');
    night.phone.expectOver('无法接收任何报文');
  });

  test('that comes and goes is told once, not each time', async () => {
    const { night, around } = await watchedSchool(withProbe());
    await using _ = night;
    for (let i = 0; i < 20; i++) {
      around.transport = { connected: false };
      await night.clock.forward('3m');
      around.transport = { connected: true };
      await night.clock.forward('30s');
    }
    night.phone.expect('无法接收任何报文');
    night.phone.expectNothingNew();
  });

  test('that came back while the gateway was down ends the alarm of the run before', async () => {
    const { night, around } = await watchedSchool(withProbe());
    await using _ = night;
    around.transport = { connected: false };
    await night.clock.forward('3m');
    night.phone.expect('无法接收任何报文');
    await night.crash({ after: '10m' });
    await night.clock.forward('5m');
    night.phone.expectNothingNew();
    around.transport = { connected: true };
    await night.restart({ after: '10m' });
    await night.clock.forward('2m');
    night.phone.expectOver('无法接收任何报文');
  });
});

test('messages that reach nobody for five minutes are an alarm; once they do, it is over', async () => {
  const { night } = await watchedSchool(withProbe(rule('warm', 'high: 8')));
  await using _ = night;
  night.phone.isUnreachable();
  await night.campus.thermometer('probe').measures(9);
  await night.clock.forward('5m');
  expect(night.openAlarms()).not.toContain('gateway outbox-stuck');
  await night.clock.forward('1m');
  expect(night.openAlarms()).toContain('gateway outbox-stuck');
  night.phone.isReachable();
  await night.clock.forward('5m');
  night.phone.expectOver('条通知未能送出');
});

test('steps of an escalation that wait for their time are not stuck', async () => {
  const notify =
    '{webhook: {url: "http://phone.invalid/"}, escalation: [{}, {after: 20m, to: [li]}]}';
  const { night } = await watchedSchool({ ...withProbe(rule('warm', 'high: 8')), notify });
  await using _ = night;
  await night.campus.thermometer('probe').measures(9);
  await night.clock.forward('19m');
  night.phone.isUnreachable();
  await night.clock.forward('3m');
  expect(night.openAlarms()).not.toContain('gateway outbox-stuck');
  await night.clock.forward('5m');
  expect(night.openAlarms()).toContain('gateway outbox-stuck');
});

describe('the disk', () => {
  test('that fills is told, told again when it is nearly full, and over when there is room', async () => {
    const { night, around } = await watchedSchool(withProbe());
    await using _ = night;
    around.disk = { free: 9 * GIB, total: 100 * GIB };
    await night.clock.forward('90s');
    expect(night.phone.expect('磁盘将满').severity).toBe('major');
    around.disk = { free: 2 * GIB, total: 100 * GIB };
    await night.clock.forward('30s');
    const graver = night.phone.expect('磁盘将满');
    expect(graver.severity).toBe('critical');
    expect(graver.title.zh).toContain('2.0 GiB');
    graver.acknowledge('张伟');
    around.disk = { free: 11 * GIB, total: 100 * GIB };
    await night.clock.forward('10m');
    night.phone.expectNothingNew();
    around.disk = { free: 30 * GIB, total: 100 * GIB };
    await night.clock.forward('2m');
    night.phone.expectOver('磁盘将满');
    night.phone.expectNothingNew();
  });
});

describe('clocks', () => {
  /** Every probe reports each minute with its clock this much ahead. */
  async function report(
    night: Awaited<ReturnType<typeof watchedSchool>>['night'],
    ahead: number[],
  ) {
    for (let minute = 0; minute < 20; minute++) {
      for (const [i, seconds] of ahead.entries()) {
        const at = night.clock.now + seconds * 1000;
        await night.campus.thermometer(`probe-${i}`).measures(4 + minute / 10, { at });
      }
      await night.clock.forward('1m');
    }
  }

  test('that all agree against ours say that ours is wrong', async () => {
    const { night } = await watchedSchool(probes(5));
    await using _ = night;
    await report(night, [90, 91, 92, 93, 94]);
    expect(night.phone.expect('本机时钟有误').title.zh).toContain('92 秒');
    await report(night, [0, 0, 0, 0, 0]);
    await night.clock.forward('10m');
    night.phone.expectOver('本机时钟有误');
    night.phone.expectNothingNew();
  });

  test('hours away, where no device is believed any more, say so too', async () => {
    const { night } = await watchedSchool(probes(5));
    await using _ = night;
    await report(night, [7200, 7200, 7200, 7200, 7200]);
    expect(night.phone.expect('本机时钟有误').title.zh).toContain('7200 秒');
  });

  test('of one device alone are its own matter', async () => {
    const { night } = await watchedSchool(probes(5));
    await using _ = night;
    await report(night, [200, 0, 0, 0, 1]);
    night.phone.expectNothingNew();
  });

  test('of readings that waited in a queue are not slow', async () => {
    const { night } = await watchedSchool(probes(5));
    await using _ = night;
    for (let minute = 0; minute < 12; minute++) {
      const late = minute % 2 === 0;
      for (let i = 0; i < 5; i++) {
        const at = night.clock.now - (late ? 10 * 60_000 : 0) - i;
        await night.campus.thermometer(`probe-${i}`).measures(4 + minute / 10, { at });
      }
      await night.clock.forward('1m');
    }
    night.phone.expectNothingNew();
  });

  test('ours that jumps is told, in the morning, if it is not over by then', async () => {
    const { night } = await watchedSchool(withProbe(), '2026-11-23T12:00:00+08:00');
    await using _ = night;
    night.clock.virtual.set(-120_000);
    await night.clock.forward('1m');
    expect(night.phone.expect('时钟跳变 -120 秒').severity).toBe('minor');
    await night.clock.forward('11m');
    night.phone.expectOver('时钟跳变');
    await night.clock.until('23:00');
    night.clock.virtual.set(90_000);
    await night.clock.forward('1d');
    night.phone.expectNothingNew();
    expect(night.history('gateway', 'clock-jumped').length).toBeGreaterThanOrEqual(4);
  });
});

describe('a whole protocol', () => {
  test('that falls silent is one alarm, which ends with its first sign of life', async () => {
    const { night } = await watchedSchool(probes(3, SILENT));
    await using _ = night;
    for (let i = 0; i < 3; i++) await night.campus.thermometer(`probe-${i}`).holds(4);
    await night.clock.forward('10m');
    for (let i = 0; i < 2; i++) night.campus.thermometer(`probe-${i}`).fallsSilent();
    await night.clock.forward('20m');
    expect(night.openAlarms().filter((alarm) => alarm.startsWith('gateway'))).toEqual([]);
    night.campus.thermometer('probe-2').fallsSilent();
    await night.clock.forward('10m');
    expect(night.phone.expect('青城小学 的 json 全部 3 台设备失联').severity).toBe('major');
    await night.campus.thermometer('probe-1').holds(5);
    await night.clock.forward('2m');
    night.phone.expectOver('青城小学 的 json 全部');
  });

  test('is not to blame while no message can arrive', async () => {
    const { night, around } = await watchedSchool(probes(3, SILENT));
    await using _ = night;
    around.transport = { connected: false };
    await night.clock.forward('30m');
    expect(night.openAlarms().filter((alarm) => alarm.startsWith('gateway'))).toEqual([
      'gateway broker-down',
    ]);
  });
});

test('a channel that turns every message away is told; its next success ends it', async () => {
  const { night } = await watchedSchool(withProbe(rule('warm', 'high: 8')));
  await using _ = night;
  night.phone.answers({ kind: 'failed', detail: 'HTTP 404' });
  const probe = night.campus.thermometer('probe');
  for (let i = 0; i < 3; i++) {
    await probe.measures(9 + i);
    await night.clock.forward('1m');
    await probe.measures(4);
    await night.clock.forward('1m');
  }
  // nothing is owed: what failed for good waits for nobody
  expect(night.core.outbox.pending(night.clock.now).count).toBe(0);
  for (let i = 0; i < 3; i++) {
    await probe.measures(9 + i);
    night.acknowledge(night.alarm('probe', 'warm'), '张伟');
    await night.clock.forward('1m');
    await probe.measures(4);
    await night.clock.forward('1m');
  }
  await night.clock.forward('2m');
  expect(night.openAlarms()).toContain('gateway nobody-reached');
  await night.restart();
  night.phone.isReachable();
  await probe.measures(12);
  await night.clock.forward('1m');
  night.phone.expect('warm');
  expect(night.history('gateway', 'nobody-reached').at(-1)).toContain('cleared');
});

describe('a gap in the roster', () => {
  const WEEKDAYS = {
    ...withProbe(),
    roster:
      '{leader: li, shifts: [{person: zhang, days: [mon, tue, wed, thu, fri, sat], from: "00:00", to: "00:00"}]}',
  };

  test('is told a week ahead, by day, with who falls in; a filled one is over', async () => {
    const { night } = await watchedSchool(WEEKDAYS);
    await using _ = night;
    await night.clock.forward('1m');
    const message = night.phone.expect('空班');
    expect(message.title.zh).toContain(
      '有 1 处空班，最早为 11-29 00:00 至 11-30 00:00，由 李娜 顶上',
    );
    expect(message.severity).toBe('minor');
    await night.restart({ after: '30m' });
    await night.clock.forward('30m');
    night.phone.expectNothingNew();
    await night.follow(configure({ ...WEEKDAYS, roster: '{default: zhang}' }));
    await night.clock.forward('1m');
    night.phone.expectOver('空班');
  });

  test('found at night waits for the morning', async () => {
    const { night } = await watchedSchool(WEEKDAYS, '2026-11-23T23:00:00+08:00');
    await using _ = night;
    await night.clock.until('06:59');
    night.phone.expectNothingNew();
    expect(night.openAlarms()).toEqual(['gateway roster-gap']);
    await night.restart();
    await night.clock.forward('2m');
    night.phone.expect('空班');
  });
});

test('a device may not have the name of the gateway itself', () => {
  const devices = '[{id: gateway, profile: generic/freezer}]';
  expect(() => configure({ devices })).toThrow(/devices\[0\]\.id: found "gateway"/);
});
