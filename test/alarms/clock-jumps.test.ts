import { describe, expect, test } from 'vitest';
import { parseDuration } from '../../src/duration.ts';
import { rule } from '../harness/profiles.ts';
import { withProbe } from '../harness/scenes.ts';
import { type School, school } from '../harness/school.ts';

const SILENT = {
  ...withProbe(rule('silent', 'kind: silence, severity: minor')),
  devices: '[{id: probe, profile: test/probe}, {id: other, profile: test/probe}]',
};

const setForward = (night: School, by: string) => night.clock.virtual.set(parseDuration(by));
const setBack = (night: School, by: string) => night.clock.virtual.set(-parseDuration(by));

/** A device that has reported for an hour, and another that is about to be missed. */
async function wellSchool(): Promise<School> {
  const night = await school(SILENT);
  await night.campus.thermometer('probe').holds(4);
  await night.clock.forward('55m');
  await night.campus.thermometer('other').measures(4);
  await night.clock.forward('295s');
  return night;
}

const silent = (night: School) => night.openAlarms().filter((alarm) => alarm === 'probe silent');

describe('the clock is set forward', () => {
  test('a device that reports is not silent', async () => {
    await using night = await wellSchool();
    setForward(night, '3h');
    await night.clock.forward('20s');
    expect(silent(night)).toEqual([]);
    await night.clock.forward('1h');
    expect(silent(night)).toEqual([]);
  });

  test('one that reports no more is missed after its limit, not sooner', async () => {
    await using night = await wellSchool();
    night.campus.thermometer('probe').fallsSilent();
    await night.clock.forward('2s');
    setForward(night, '3h');
    await night.clock.forward('4m');
    expect(silent(night)).toEqual([]);
    await night.clock.forward('1m');
    expect(silent(night)).toEqual(['probe silent']);
  });

  test('a device that was heard since then has no excuse', async () => {
    await using night = await wellSchool();
    setForward(night, '3h');
    await night.clock.forward('10m');
    night.campus.thermometer('probe').fallsSilent();
    await night.clock.forward('5m');
    expect(silent(night)).toEqual(['probe silent']);
  });

  test('while nothing can be written, that counts once', async () => {
    await using night = await wellSchool();
    night.diskFails();
    await night.clock.forward('10m');
    setForward(night, '3h');
    await night.clock.forward('10m');
    night.campus.thermometer('probe').fallsSilent();
    night.diskWorks();
    await night.clock.forward('4m');
    expect(silent(night)).toEqual([]);
    await night.clock.forward('2m');
    expect(silent(night)).toEqual(['probe silent']);
  });
});

describe('the clock is set back', () => {
  test('a device that fell silent is missed after its limit all the same', async () => {
    await using night = await wellSchool();
    night.campus.thermometer('probe').fallsSilent();
    setBack(night, '3h');
    await night.clock.forward('4m');
    expect(silent(night)).toEqual([]);
    await night.clock.forward('6m');
    expect(silent(night)).toEqual(['probe silent']);
  });

  test('one that reports is heard, and missed once it does not', async () => {
    await using night = await wellSchool();
    setBack(night, '3h');
    await night.clock.forward('1h');
    expect(silent(night)).toEqual([]);
    night.campus.thermometer('probe').fallsSilent();
    await night.clock.forward('5m');
    expect(silent(night)).toEqual(['probe silent']);
  });

  test.each(['2m', '3h'])(
    'by %s: the first word of a silent device clears its alarm',
    async (by) => {
      await using night = await wellSchool();
      const probe = night.campus.thermometer('probe');
      probe.fallsSilent();
      await night.clock.forward('5m');
      night.acknowledge(night.alarm('probe', 'silent'), '张伟');
      setBack(night, by);
      await probe.measures(4);
      expect(silent(night)).toEqual([]);
    },
  );

  test('over a restart too: who was heard by the old clock is missed', async () => {
    await using night = await wellSchool();
    night.campus.thermometer('probe').fallsSilent();
    await night.stop();
    setBack(night, '3h');
    night.start();
    await night.clock.forward('5m');
    expect(silent(night)).toEqual(['probe silent']);
  });

  test('over a restart too: the first word of a silent device clears its alarm', async () => {
    await using night = await wellSchool();
    const probe = night.campus.thermometer('probe');
    probe.fallsSilent();
    await night.clock.forward('5m');
    night.acknowledge(night.alarm('probe', 'silent'), '张伟');
    await night.stop();
    setBack(night, '3h');
    night.start();
    await probe.measures(4);
    expect(silent(night)).toEqual([]);
  });
});
