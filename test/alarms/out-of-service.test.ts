import { describe, expect, test } from 'vitest';
import { configure } from '../harness/configuration.ts';
import { mistakesOf } from '../harness/mistakes.ts';
import { rule, smokeDetector, thermometer } from '../harness/profiles.ts';
import { type School, school } from '../harness/school.ts';

const RULES = [rule('warm', 'high: 8, onDelay: 3m'), rule('silent', 'kind: silence')];
const profiles = {
  'test/probe': thermometer(...RULES),
  'test/smoke': smokeDetector(rule('smoke', 'severity: critical, latched: true')),
};
const devices = (more = '') => `
- {id: probe, name: 探头, profile: test/probe, zone: canteen${more}}
- {id: smoke, name: 走廊烟感, profile: test/smoke, zone: teaching}`;
const SCHOOL = { devices: devices(), profiles };
const HOUR = 3_600_000;
const code = (name: string) => expect.objectContaining({ code: name });

/** Takes a device out of service from now on. */
const rest = (night: School, device: string, lasts: number) =>
  night.core.outOfService.begin({
    campus: 'qingcheng',
    device,
    person: '孙丽',
    reason: '暑假停用',
    since: night.clock.now,
    until: night.clock.now + lasts,
  });

describe('out of service', () => {
  test('its rules raise nothing, neither of values nor of silence, and others do', async () => {
    await using night = await school(SCHOOL);
    rest(night, 'probe', 10 * HOUR);
    const probe = night.campus.thermometer('probe');
    await probe.holds(30);
    await night.clock.forward('1h');
    probe.fallsSilent();
    await night.clock.forward('8h');
    night.phone.expectNothingNew();
    expect(night.openAlarms()).toEqual([]);
    await night.campus.detector('smoke').smellsSmoke();
    night.phone.expect('smoke');
  });

  test('back in service, a condition that still holds is raised after its delay', async () => {
    await using night = await school(SCHOOL);
    rest(night, 'probe', HOUR);
    await night.campus.thermometer('probe').holds(30);
    await night.clock.forward('62m');
    night.phone.expectNothingNew();
    await night.clock.forward('3m');
    night.phone.expect('warm');
  });

  test('silence counts from its end, however long it was silent before', async () => {
    await using night = await school(SCHOOL);
    await night.campus.thermometer('probe').measures(4);
    rest(night, 'probe', 10 * HOUR);
    await night.clock.forward('604m');
    night.phone.expectNothingNew();
    await night.clock.forward('2m');
    night.phone.expect('silent');
  });

  test('ended early by a person, it counts from then', async () => {
    await using night = await school(SCHOOL);
    await night.campus.thermometer('probe').measures(4);
    const { id = 0 } = rest(night, 'probe', 100 * HOUR);
    await night.clock.forward('2h');
    night.core.outOfService.end(id, '李娜');
    await night.clock.forward('4m');
    night.phone.expectNothingNew();
    await night.clock.forward('2m');
    night.phone.expect('silent');
    expect(() => night.core.outOfService.end(id, '李娜')).toThrow(code('OUT_OF_SERVICE_UNKNOWN'));
  });

  test('a restart and a crash in the middle of it change nothing', async () => {
    await using night = await school(SCHOOL);
    await night.campus.thermometer('probe').measures(4);
    rest(night, 'probe', 10 * HOUR);
    await night.clock.forward('3h');
    await night.restart();
    await night.clock.forward('3h');
    await night.crash();
    await night.clock.forward('4h');
    night.phone.expectNothingNew();
    await night.clock.forward('6m');
    night.phone.expect('silent');
  });
});

describe('when it begins', () => {
  test('an active alarm ends with its reason, and nobody is told that all is well', async () => {
    await using night = await school(SCHOOL);
    await night.campus.thermometer('probe').holds(30);
    await night.clock.forward('4m');
    night.phone.expect('warm');
    rest(night, 'probe', HOUR);
    await night.settle();
    night.phone.expectNothingNew();
    const { id, cleared } = night.alarm('probe', 'warm');
    expect(cleared).toBe(night.clock.now);
    expect(night.core.store.history(id).at(-1)).toMatchObject({
      event: 'cleared',
      person: '孙丽',
      detail: '暑假停用',
    });
    await night.clock.forward('65m');
    night.phone.expect('warm');
  });

  test('a fire still needs its reset, and can have it', async () => {
    await using night = await school(SCHOOL);
    await night.campus.detector('smoke').smellsSmoke();
    night.phone.expect('smoke');
    await night.clock.forward('1m');
    rest(night, 'smoke', HOUR);
    expect(night.openAlarms()).toEqual(['smoke smoke']);
    const alarm = night.alarm('smoke', 'smoke');
    expect(night.reset(alarm, '李娜', '探测器故障', 'fault').closed).toBeDefined();
    await night.clock.forward('10m');
    expect(night.openAlarms()).not.toContain('smoke smoke');
  });

  test('later, it begins by itself, also after a restart', async () => {
    await using night = await school(SCHOOL);
    await night.campus.thermometer('probe').holds(30);
    await night.clock.forward('4m');
    const begins = night.clock.now + HOUR;
    const period = { campus: 'qingcheng', device: 'probe', person: '孙丽', reason: '停用' };
    night.core.outOfService.begin({ ...period, since: begins, until: begins + HOUR });
    await night.restart();
    await night.clock.forward('59m');
    expect(night.alarm('probe', 'warm').cleared).toBeUndefined();
    await night.clock.forward('2m');
    expect(night.alarm('probe', 'warm').cleared).toBe(begins);
  });
});

describe('campus.yaml', () => {
  const summer = devices(
    ', outOfService: [{from: 2026-11-24, to: 2026-11-25, person: 孙丽, reason: 停用}]',
  );

  test('declares whole days, the last included', async () => {
    await using night = await school({ devices: summer, profiles });
    const probe = night.campus.thermometer('probe');
    await probe.holds(4);
    await night.clock.until('00:00');
    await night.clock.forward('1s');
    await probe.holds(30);
    await night.clock.forward('47h');
    night.phone.expectNothingNew();
    await night.clock.forward('64m');
    const { arrived } = night.phone.expect('warm');
    expect(night.clock.say(arrived)).toMatch(/^11-26 00:0/);
  });

  test('that is changed while the gateway runs takes effect at once', async () => {
    await using night = await school(SCHOOL, '2026-11-24T10:00:00+08:00');
    await night.campus.thermometer('probe').holds(30);
    await night.clock.forward('4m');
    night.phone.expect('warm');
    await night.follow(configure({ devices: summer, profiles }));
    expect(night.alarm('probe', 'warm').cleared).toBe(night.clock.now);
    await night.clock.forward('1h');
    night.phone.expectNothingNew();
  });

  test('names dates that are impossible or in the wrong order', () => {
    const wrong = devices(`, outOfService: [
      {from: 2026-02-31, to: 2026-03-01, person: 孙丽, reason: 停用},
      {from: 2026-08-31, to: 2026-07-01, person: 孙丽, reason: 停用}]`);
    const found = mistakesOf(() => configure({ devices: wrong, profiles }));
    expect(found.map(({ path }) => path)).toEqual([
      'devices[0].outOfService[0].from',
      'devices[0].outOfService[1].to',
    ]);
  });
});

test('two periods of a device do not overlap, and unknown devices have none', async () => {
  await using night = await school(SCHOOL);
  rest(night, 'probe', HOUR);
  expect(() => rest(night, 'probe', 2 * HOUR)).toThrow(code('OUT_OF_SERVICE_ALREADY'));
  expect(() => rest(night, 'nothing', HOUR)).toThrow(code('DEVICE_NOT_FOUND'));
});
