import { describe, expect, test } from 'vitest';
import { rule } from '../harness/profiles.ts';
import { withProbe } from '../harness/scenes.ts';
import { school } from '../harness/school.ts';

const WARM = withProbe(rule('warm', 'high: 8, onDelay: 10m, offDelay: 5m'));

describe('the on-delay', () => {
  test('is over at its moment, between two readings too', async () => {
    await using night = await school(withProbe(rule('warm', 'high: 8, onDelay: 90s')));
    await night.campus.thermometer('probe').holds(9);
    await night.clock.forward('89s');
    night.phone.expectNothingNew();
    await night.clock.forward('1s');
    night.phone.expect('warm');
    expect(night.history('probe', 'warm')).toEqual(['raised 11-23 20:01:30']);
  });

  test('rings nobody when the value is back in range before', async () => {
    await using night = await school(WARM);
    const probe = night.campus.thermometer('probe');
    await probe.holds(9);
    await night.clock.forward('599s');
    await probe.holds(8);
    await night.clock.forward('1h');
    night.phone.expectNothingNew();
  });

  test('counts event time: readings that come in a heap are stamped since + delay', async () => {
    await using night = await school(WARM);
    const probe = night.campus.thermometer('probe').hasMemory();
    await night.clock.forward('30s');
    probe.losesLink();
    await probe.holds(9);
    await night.clock.forward('13m');
    await probe.regainsLink();
    night.phone.expect('warm');
    expect(night.alarm('probe', 'warm').since).toBe(Date.parse('2026-11-23T20:00:30+08:00'));
    expect(night.history('probe', 'warm')).toEqual(['raised 11-23 20:10:30']);
  });

  test('starts anew after a relapse', async () => {
    await using night = await school(WARM);
    const probe = night.campus.thermometer('probe');
    await probe.holds(9);
    await night.clock.forward('8m');
    await probe.holds(7);
    await night.clock.forward('1m');
    await probe.holds(9);
    await night.clock.forward('9m');
    night.phone.expectNothingNew();
    await night.clock.forward('1m');
    expect(night.clock.say(night.alarm('probe', 'warm').raised)).toBe('11-23 20:19');
  });

  test('survives a restart', async () => {
    await using night = await school(WARM);
    await night.campus.thermometer('probe').holds(9);
    await night.clock.forward('6m');
    await night.restart({ after: '2m' });
    await night.clock.forward('2m');
    expect(night.history('probe', 'warm')).toEqual(['raised 11-23 20:10']);
  });

  test('survives a crash', async () => {
    await using night = await school(WARM);
    await night.campus.thermometer('probe').holds(9);
    await night.clock.forward('6m');
    await night.crash({ after: '2m' });
    await night.clock.forward('2m');
    expect(night.history('probe', 'warm')).toEqual(['raised 11-23 20:10']);
  });
});

describe('the off-delay', () => {
  test('clears at its moment, stamped so', async () => {
    await using night = await school(WARM);
    const probe = night.campus.thermometer('probe');
    await probe.holds(9);
    await night.clock.forward('20m');
    night.phone.expect('warm');
    await probe.holds(7);
    await night.clock.forward('299s');
    night.phone.expectNothingNew();
    await night.clock.forward('1s');
    night.phone.expectOver('warm');
    expect(night.history('probe', 'warm')).toEqual(['raised 11-23 20:10', 'cleared 11-23 20:25']);
  });

  test('a relapse within it neither clears nor rings', async () => {
    await using night = await school(WARM);
    const probe = night.campus.thermometer('probe');
    await probe.holds(9);
    await night.clock.forward('20m');
    night.phone.expect('warm');
    for (const temperature of [7, 9, 7]) {
      await probe.holds(temperature);
      await night.clock.forward('4m');
    }
    night.phone.expectNothingNew();
    await night.clock.forward('1m');
    night.phone.expectOver('warm');
    expect(night.alarm('probe', 'warm').occurrences).toBe(1);
  });

  test('survives a restart', async () => {
    await using night = await school(WARM);
    const probe = night.campus.thermometer('probe');
    await probe.holds(9);
    await night.clock.forward('20m');
    await probe.holds(7);
    await night.clock.forward('2m');
    await night.restart({ after: '1m' });
    await night.clock.forward('2m');
    expect(night.history('probe', 'warm')).toEqual(['raised 11-23 20:10', 'cleared 11-23 20:25']);
  });
});

describe('a stretch without readings is unknown', () => {
  test('a value holds for as long as the device may be silent, no longer', async () => {
    const rules = [rule('soon', 'high: 8, onDelay: 5m'), rule('later', 'high: 8, onDelay: 301s')];
    await using night = await school(withProbe(...rules));
    const probe = night.campus.thermometer('probe');
    await probe.holds(9);
    probe.fallsSilent();
    await night.clock.forward('1h');
    night.phone.expect('soon');
    night.phone.expectNothingNew();
  });

  test('a delay that was running starts anew after it', async () => {
    await using night = await school(WARM);
    const probe = night.campus.thermometer('probe');
    await probe.holds(9);
    await night.clock.forward('3m');
    probe.fallsSilent();
    await night.clock.forward('6m');
    await probe.holds(9);
    await night.clock.forward('9m');
    night.phone.expectNothingNew();
    await night.clock.forward('1m');
    expect(night.clock.say(night.alarm('probe', 'warm').since)).toBe('11-23 20:09');
  });

  test('so does the delay of being over', async () => {
    await using night = await school(withProbe(rule('warm', 'high: 8, offDelay: 8m')));
    const probe = night.campus.thermometer('probe');
    await probe.holds(9);
    night.phone.expect('warm');
    await night.clock.forward('1m');
    await probe.holds(7);
    await night.clock.forward('2m');
    probe.fallsSilent();
    await night.clock.forward('7m');
    await probe.holds(7);
    await night.clock.forward('7m');
    night.phone.expectNothingNew();
    await night.clock.forward('1m');
    expect(night.history('probe', 'warm').at(-1)).toBe('cleared 11-23 20:18');
  });

  test('so does one that was running when the gateway went down for long', async () => {
    await using night = await school(WARM);
    await night.campus.thermometer('probe').holds(9);
    await night.clock.forward('3m');
    await night.restart({ after: '20m' });
    await night.clock.forward('10m');
    night.phone.expectNothingNew();
    await night.clock.forward('1m');
    expect(night.history('probe', 'warm')).toEqual(['raised 11-23 20:33:30']);
  });

  test('an alarm is not cleared by it', async () => {
    await using night = await school(WARM);
    const probe = night.campus.thermometer('probe');
    await probe.holds(9);
    await night.clock.forward('20m');
    night.phone.expect('warm');
    await probe.holds(7);
    probe.fallsSilent();
    await night.clock.forward('4m');
    await night.clock.forward('3h');
    night.phone.expectOver('warm');
    await probe.holds(9);
    await night.clock.forward('20m');
    probe.fallsSilent();
    await night.clock.forward('1d');
    expect(night.alarm('probe', 'warm')).toMatchObject({ cleared: undefined, occurrences: 2 });
  });
});

test('what was said before a restart is not said again', async () => {
  await using night = await school(WARM);
  await night.campus.thermometer('probe').holds(9);
  await night.clock.forward('20m');
  night.phone.expect('warm');
  await night.restart();
  await night.clock.forward('1h');
  await night.crash();
  await night.clock.forward('1h');
  await night.restart({ after: '2h' });
  await night.clock.forward('1h');
  night.phone.expectNothingNew();
  expect(night.alarm('probe', 'warm').occurrences).toBe(1);
});
