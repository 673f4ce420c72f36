import { describe, expect, test } from 'vitest';
import { rule } from '../harness/profiles.ts';
import { withDetector, withProbe } from '../harness/scenes.ts';
import { school } from '../harness/school.ts';

const of = (kind: string, keys: string) =>
  rule(kind, `kind: ${kind}, metric: temperature, ${keys}`);

describe('a rate of change', () => {
  const RISING = withProbe(of('rate', 'rise: 5, window: 10m'));

  test('rings when it rises by more than that within the window, with the change', async () => {
    await using night = await school(RISING);
    const probe = night.campus.thermometer('probe');
    await probe.holds(-20);
    await night.clock.forward('30m');
    await probe.rises({ to: -8, over: '20m' });
    await night.clock.forward('5m');
    night.phone.expectNothingNew();
    await night.clock.forward('15m');
    expect(night.phone.expect('rate')).toMatchObject({ limit: 5, unit: '℃/10 min' });
    expect(night.alarm('probe', 'rate').value).toBeGreaterThan(5);
    await night.clock.forward('30m');
    night.phone.expectOver('rate');
  });

  test('takes a slow rise as none, and a fall neither', async () => {
    await using night = await school(RISING);
    const probe = night.campus.thermometer('probe');
    await probe.holds(-20);
    await night.clock.forward('10m');
    await probe.rises({ to: 4, over: '1h' });
    await night.clock.forward('1h');
    await probe.falls({ to: -20, over: '5m' });
    await night.clock.forward('1h');
    night.phone.expectNothingNew();
  });

  test('knows what was before a restart in the middle of the window', async () => {
    await using night = await school(RISING);
    const probe = night.campus.thermometer('probe');
    await probe.holds(-20);
    await night.clock.forward('10m');
    await probe.rises({ to: -14, over: '6m' });
    await night.clock.forward('4m');
    await night.crash();
    night.phone.expectNothingNew();
    await night.clock.forward('3m');
    night.phone.expect('rate');
  });

  test('is neither raised nor cleared by late readings', async () => {
    await using night = await school(RISING);
    const probe = night.campus.thermometer('probe');
    await probe.holds(-20);
    await night.clock.forward('10m');
    await probe.measures(-40, { late: '270s' });
    await night.clock.forward('10m');
    night.phone.expectNothingNew();
  });
});

describe('a stuck value', () => {
  const STUCK = withProbe(of('stuck', 'after: 1h'));

  test('rings when readings keep coming and none differs', async () => {
    await using night = await school(STUCK);
    await night.campus.thermometer('probe').holds(-18.4);
    await night.clock.forward('59m');
    night.phone.expectNothingNew();
    await night.clock.forward('2m');
    night.phone.expect('stuck');
  });

  test('clears with the first value that moves', async () => {
    await using night = await school(STUCK);
    const probe = night.campus.thermometer('probe');
    await probe.holds(-18.4);
    await night.clock.forward('2h');
    night.phone.expect('stuck');
    await probe.holds(-18.3);
    night.phone.expectOver('stuck');
  });

  test('is none where readings were missing, and the hour starts anew', async () => {
    await using night = await school(STUCK);
    const probe = night.campus.thermometer('probe');
    await probe.holds(-18.4);
    await night.clock.forward('50m');
    probe.fallsSilent();
    await night.clock.forward('10m');
    await probe.holds(-18.4);
    await night.clock.forward('50m');
    night.phone.expectNothingNew();
    await night.clock.forward('11m');
    night.phone.expect('stuck');
  });

  test('counts on through a restart', async () => {
    await using night = await school(STUCK);
    await night.campus.thermometer('probe').holds(-18.4);
    await night.clock.forward('40m');
    await night.restart({ after: '1m' });
    await night.clock.forward('20m');
    night.phone.expect('stuck');
  });
});

describe('a count', () => {
  const DIRTY = withDetector(
    rule('dirty', 'kind: count, metric: smoke, is: true, times: 3, window: 1d, severity: minor'),
  );

  test('rings at the third time within the window, and is over when the first leaves it', async () => {
    await using night = await school(DIRTY);
    const detector = night.campus.detector('smoke');
    await detector.isWell();
    for (const times of [1, 2, 3]) {
      await night.clock.forward('1h');
      if (times < 3) night.phone.expectNothingNew();
      await detector.smellsSmoke();
      await night.clock.forward('7m');
      await detector.isWell();
      if (times === 2) await night.crash();
    }
    night.phone.expect('dirty');
    expect(night.alarm('smoke', 'dirty')).toMatchObject({ value: 3, limit: 3, unit: '' });
    await night.clock.forward('23h');
    night.phone.expectOver('dirty');
    expect(night.history('smoke', 'dirty').at(-1)).toBe('cleared 11-24 21:00');
  });

  test('counts how often it began, not how often it was said', async () => {
    await using night = await school(DIRTY);
    await night.campus.detector('smoke').isWell();
    await night.clock.forward('7m');
    await night.campus.detector('smoke').smellsSmoke();
    await night.clock.forward('3h');
    night.phone.expectNothingNew();
  });
});

describe('a cumulative time', () => {
  const LONG = withProbe(of('cumulative', 'high: 8, total: 1h, window: 1d'));

  test('adds up short stretches, and rings between two readings too', async () => {
    await using night = await school(LONG);
    const probe = night.campus.thermometer('probe');
    for (const stretch of [1, 2]) {
      await probe.holds(9);
      await night.clock.forward('25m');
      await probe.holds(4);
      await night.clock.forward('1h');
      if (stretch === 1) await night.restart({ after: '1m' });
    }
    await probe.holds(9);
    await night.clock.forward('9m');
    night.phone.expectNothingNew();
    await night.clock.forward('1m');
    expect(night.phone.expect('cumulative').text.zh).toContain('60 min，达到限值 60 min');
    await probe.holds(4);
    await night.clock.forward('1d');
    night.phone.expectOver('cumulative');
  });

  test('leaves out what nobody knows', async () => {
    await using night = await school(LONG);
    const probe = night.campus.thermometer('probe');
    await probe.holds(9);
    await night.clock.forward('30m');
    probe.fallsSilent();
    await night.clock.forward('3h');
    await probe.holds(9);
    await night.clock.forward('24m');
    night.phone.expectNothingNew();
    // 30 min before, 5 min until it became unknown, 25 min now
    await night.clock.forward('3m');
    night.phone.expect('cumulative');
  });

  test('is not lengthened by readings that were long under way', async () => {
    await using night = await school(LONG);
    const probe = night.campus.thermometer('probe').hasMemory();
    await probe.holds(4);
    await night.clock.forward('10m');
    probe.losesLink();
    await probe.holds(9);
    await night.clock.forward('2h');
    await probe.holds(4);
    await night.clock.forward('20m');
    await probe.regainsLink();
    await night.clock.forward('10m');
    night.phone.expectNothingNew();
  });
});

test('a failed write leaves the memory as it was', async () => {
  await using night = await school(withProbe(of('count', 'high: 8, times: 2, window: 1d')));
  const probe = night.campus.thermometer('probe');
  await probe.measures(4);
  await night.clock.forward('1m');
  night.diskFails();
  await probe.measures(9);
  night.diskWorks();
  await night.clock.forward('1m');
  await probe.measures(4);
  await night.clock.forward('1m');
  night.phone.expectNothingNew();
  await probe.measures(9);
  night.phone.expect('count');
});
