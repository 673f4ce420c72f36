import { describe, expect, test } from 'vitest';
import { configure } from '../harness/configuration.ts';
import { rule } from '../harness/profiles.ts';
import { withDetector, withProbe } from '../harness/scenes.ts';
import { type School, school } from '../harness/school.ts';

const WARM = withProbe(rule('warm', 'high: 8'));
const WITHOUT_RULE = withProbe(rule('other', 'high: 90'));
const ANOTHER_DEVICE = {
  ...WARM,
  devices: '- {id: another, name: 探头, profile: test/probe, zone: canteen}',
};

async function warmNight(): Promise<School> {
  const night = await school(WARM);
  await night.campus.thermometer('probe').holds(9);
  night.phone.expect('warm');
  return night;
}

describe('an alarm whose rule or device is no longer configured', () => {
  test.each([
    ['the rule is gone', WITHOUT_RULE],
    [
      'the rule is switched off',
      { ...WARM, devices: '[{id: probe, profile: test/probe, rules: {warm: {off: true}}}]' },
    ],
    ['the device is gone', ANOTHER_DEVICE],
  ])('is over: %s', async (_what, changed) => {
    await using night = await warmNight();
    await night.follow(configure(changed));
    night.phone.expectOver('warm');
    const alarm = night.alarm('probe', 'warm');
    expect(alarm.cleared).toBe(night.clock.now);
    expect(night.core.store.history(alarm.id).at(-1)).toMatchObject({
      event: 'cleared',
      detail: 'no longer configured',
    });
  });

  test('is over after a restart with the change, too', async () => {
    await using night = await warmNight();
    await night.restart({ after: '1h', configuration: configure(ANOTHER_DEVICE) });
    night.phone.expectOver('warm');
    await night.restart();
    night.phone.expectNothingNew();
  });

  test('is closed if somebody had seen it', async () => {
    await using night = await warmNight();
    night.acknowledge(night.alarm('probe', 'warm'), '张伟');
    await night.follow(configure(WITHOUT_RULE));
    expect(night.openAlarms()).toEqual([]);
  });

  test('of a fire must still be reset, and can be', async () => {
    await using night = await school(withDetector(rule('smoke', 'latched: true')));
    await night.campus.detector('smoke').smellsSmoke();
    await night.follow(configure(WARM));
    const alarm = night.alarm('smoke', 'smoke');
    expect(alarm.closed).toBeUndefined();
    expect(night.reset(alarm, '李娜', '探测器已拆除').closed).toBeDefined();
  });

  test('rings again when the rule is back and the condition still holds', async () => {
    await using night = await warmNight();
    await night.follow(configure(WITHOUT_RULE));
    night.phone.expectOver('warm');
    await night.follow(configure(WARM));
    await night.clock.forward('1m');
    night.phone.expect('warm');
  });
});

describe('a changed limit', () => {
  test('that is no longer reached ends a running delay', async () => {
    await using night = await school(withProbe(rule('warm', 'high: 8, onDelay: 3m')));
    await night.campus.thermometer('probe').holds(9);
    await night.clock.forward('150s');
    await night.follow(configure(withProbe(rule('warm', 'high: 20, onDelay: 3m'))));
    await night.clock.forward('10m');
    night.phone.expectNothingNew();
  });

  test('that is reached again does not let an alarm clear', async () => {
    const loose = withProbe(rule('warm', 'high: 8, offDelay: 3m'));
    await using night = await school(loose);
    const probe = night.campus.thermometer('probe');
    await probe.holds(9);
    night.phone.expect('warm');
    await night.clock.forward('1m');
    await probe.holds(7);
    await night.clock.forward('150s');
    await night.follow(configure(withProbe(rule('warm', 'high: 5, offDelay: 3m'))));
    probe.fallsSilent();
    await night.clock.forward('10m');
    night.phone.expectNothingNew();
  });

  test('judges from the next reading on', async () => {
    await using night = await warmNight();
    await night.follow(configure(withProbe(rule('warm', 'high: 10'))));
    night.phone.expectNothingNew();
    await night.clock.forward('1m');
    night.phone.expectOver('warm');
    await night.follow(configure(withProbe(rule('warm', 'high: 8'))));
    await night.clock.forward('1m');
    expect(night.phone.expect('warm').limit).toBe(8);
  });
});

test('nothing is said again because a configuration was taken', async () => {
  await using night = await warmNight();
  await night.follow(configure(WARM));
  await night.clock.forward('1h');
  night.phone.expectNothingNew();
  expect(night.alarm('probe', 'warm').occurrences).toBe(1);
});

test('a running delay goes on under a new configuration', async () => {
  const slow = withProbe(rule('warm', 'high: 8, onDelay: 10m'));
  await using night = await school(slow);
  await night.campus.thermometer('probe').holds(9);
  await night.clock.forward('5m');
  await night.follow(configure(slow));
  await night.clock.forward('5m');
  expect(night.history('probe', 'warm')).toEqual(['raised 11-23 20:10']);
});

test('the silence of a new device counts from when it became known', async () => {
  const silent = rule('silent', 'kind: silence');
  await using night = await school(withProbe(silent));
  const probe = night.campus.thermometer('probe');
  await probe.holds(4);
  await night.clock.forward('1h');
  const two = '[{id: probe, profile: test/probe}, {id: newcomer, profile: test/probe}]';
  await night.follow(configure({ ...withProbe(silent), devices: two }));
  await night.clock.forward('4m');
  night.phone.expectNothingNew();
  await night.clock.forward('65s');
  expect(night.phone.expect('silent').device.id).toBe('newcomer');
  night.phone.expectNothingNew();
});

test('a configuration that can not be written down is not taken at all', async () => {
  await using night = await school(WARM);
  const { configuration } = night;
  const two = '[{id: probe, profile: test/probe}, {id: newcomer, profile: test/probe}]';
  night.diskFails();
  expect(() => night.core.follow(configure({ ...WARM, devices: two }))).toThrow();
  night.diskWorks();
  expect(night.core.configuration).toBe(configuration);
  await night.campus.thermometer('probe').holds(9);
  night.phone.expect('warm');
});
