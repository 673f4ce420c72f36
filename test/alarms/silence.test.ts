import { describe, expect, test } from 'vitest';
import { rule } from '../harness/profiles.ts';
import { withProbe } from '../harness/scenes.ts';
import { school } from '../harness/school.ts';

const SILENT = withProbe(rule('silent', 'kind: silence, severity: minor'));

/** For how long messages about silence, and about its end, are gathered. */
const GATHERED = { began: '5s', over: '1m' };

test('a device that falls silent is missed after its limit', async () => {
  await using night = await school(SILENT);
  const probe = night.campus.thermometer('probe');
  await probe.holds(4);
  await night.clock.forward('1h');
  probe.fallsSilent();
  await night.clock.forward('4m');
  night.phone.expectNothingNew();
  await night.clock.forward('30s');
  await night.clock.forward(GATHERED.began);
  night.phone.expect('silent');
  expect(night.alarm('probe', 'silent')).toMatchObject({
    since: Date.parse('2026-11-23T20:59:30+08:00'),
    raised: Date.parse('2026-11-23T21:04:30+08:00'),
    metric: undefined,
  });
});

test('a device that was never heard is missed too', async () => {
  await using night = await school(SILENT);
  await night.clock.forward('5m');
  await night.clock.forward(GATHERED.began);
  night.phone.expect('silent');
});

test('it is missed once, however long it is silent, over restarts too', async () => {
  await using night = await school(SILENT);
  await night.clock.forward('5m');
  await night.clock.forward(GATHERED.began);
  night.phone.expect('silent');
  await night.clock.forward('3d');
  await night.restart({ after: '1h' });
  await night.clock.forward('1d');
  night.phone.expectNothingNew();
  expect(night.alarm('probe', 'silent').occurrences).toBe(1);
});

test('its first word clears it, at the moment it was heard', async () => {
  await using night = await school(SILENT);
  await night.clock.forward('1h');
  night.phone.expect('silent').acknowledge('张伟');
  await night.campus.thermometer('probe').holds(4);
  await night.clock.forward(GATHERED.over);
  night.phone.expectOver('silent');
  expect(night.history('probe', 'silent')).toEqual([
    'raised 11-23 20:05',
    'acknowledged 11-23 21:00',
    'cleared 11-23 21:00',
    'closed 11-23 21:00',
  ]);
});

test('a school whose devices were all silent is watched again once they are back', async () => {
  await using night = await school(SILENT);
  await night.clock.forward('1h');
  night.phone.expect('silent');
  const probe = night.campus.thermometer('probe');
  await probe.holds(4);
  await night.clock.forward(GATHERED.over);
  night.phone.expectOver('silent');
  probe.fallsSilent();
  await night.clock.forward('5m');
  await night.clock.forward(GATHERED.began);
  night.phone.expect('silent');
});

test('its first word clears it after a restart too', async () => {
  await using night = await school(SILENT);
  await night.clock.forward('1h');
  night.phone.expect('silent');
  await night.restart();
  await night.campus.thermometer('probe').holds(4);
  await night.clock.forward(GATHERED.over);
  night.phone.expectOver('silent');
  await night.clock.forward('1h');
  night.phone.expectNothingNew();
});

test('what came late is a sign of life all the same', async () => {
  await using night = await school(SILENT);
  const probe = night.campus.thermometer('probe');
  await probe.holds(4);
  probe.fallsSilent();
  await night.clock.forward('4m');
  await probe.measures(5, { late: '2h' });
  await night.clock.forward('4m');
  night.phone.expectNothingNew();
  await night.clock.forward('1m');
  await night.clock.forward(GATHERED.began);
  night.phone.expect('silent');
});

test('a device with a clock of its own stays known when the configuration changes', async () => {
  await using night = await school(SILENT);
  const probe = night.campus.thermometer('probe');
  await probe.holds(4);
  probe.fallsSilent();
  for (let i = 0; i < 20; i++) {
    await night.clock.forward('1m');
    await probe.measures(4 + i / 10, { late: '1d' });
  }
  await night.follow(night.configuration);
  await night.clock.forward('4m');
  night.phone.expectNothingNew();
});

test('a rule may have a limit of its own', async () => {
  await using night = await school(withProbe(rule('silent', 'kind: silence, after: 2h')));
  await night.clock.forward('119m');
  night.phone.expectNothingNew();
  await night.clock.forward('1m');
  await night.clock.forward(GATHERED.began);
  night.phone.expect('silent');
});

test('a limit of many weeks is kept', async () => {
  await using night = await school(withProbe(rule('silent', 'kind: silence, after: 60d')));
  await night.campus.thermometer('probe').holds(4);
  night.campus.thermometer('probe').fallsSilent();
  await night.clock.forward('59d');
  night.phone.expectNothingNew();
  await night.clock.forward('1d');
  await night.clock.forward(GATHERED.began);
  night.phone.expect('silent');
});

describe('what nobody listened to is not held against a device', () => {
  test('the time the gateway was stopped does not count', async () => {
    await using night = await school(SILENT);
    const probe = night.campus.thermometer('probe');
    await probe.holds(4);
    await night.clock.forward('2m');
    probe.fallsSilent();
    await night.restart({ after: '3h' });
    await night.clock.forward('4m');
    night.phone.expectNothingNew();
    await night.clock.forward('30s');
    await night.clock.forward(GATHERED.began);
    night.phone.expect('silent');
    expect(night.alarm('probe', 'silent').since).toBe(Date.parse('2026-11-23T20:01:30+08:00'));
  });

  test('nor does the time after a crash', async () => {
    await using night = await school(SILENT);
    await night.campus.thermometer('probe').holds(4);
    await night.clock.forward('2m');
    await night.crash({ after: '3h' });
    await night.clock.forward('2h');
    night.phone.expectNothingNew();
  });

  test('two stops are excused as one', async () => {
    await using night = await school(SILENT);
    await night.clock.forward('2m');
    await night.restart({ after: '1h' });
    await night.clock.forward('2m');
    await night.restart({ after: '1h' });
    await night.clock.forward('59s');
    night.phone.expectNothingNew();
    await night.clock.forward('1s');
    await night.clock.forward(GATHERED.began);
    night.phone.expect('silent');
  });

  test('but a device heard since then has no excuse', async () => {
    await using night = await school(SILENT);
    await night.restart({ after: '3h' });
    const probe = night.campus.thermometer('probe');
    await probe.holds(4);
    probe.fallsSilent();
    await night.clock.forward('5m');
    await night.clock.forward(GATHERED.began);
    night.phone.expect('silent');
  });
});

test('a storm of silent devices is raised in portions, and told of once', async () => {
  const ids = Array.from({ length: 1200 }, (_, i) => `{id: probe-${i}, profile: test/probe}`);
  await using night = await school({ ...SILENT, devices: `[${ids.join(', ')}]` });
  await night.clock.forward('5m');
  const first = night.core.store.allOpen().length;
  expect(first).toBe(500);
  await night.clock.forward('1s');
  expect(night.core.store.allOpen()).toHaveLength(1200);
  await night.clock.forward(GATHERED.began);
  expect(night.phone.inbox.map(({ group }) => group?.count)).toEqual([1200]);
});
