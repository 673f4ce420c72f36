import { describe, expect, test } from 'vitest';
import { rule } from '../harness/profiles.ts';
import { withDetector, withProbe } from '../harness/scenes.ts';
import { school } from '../harness/school.ts';

const WARM = withProbe(rule('warm', 'high: 8'));
const SMOKE = withDetector(rule('smoke', 'severity: critical, latched: true'));
const FAULT = withDetector(rule('fault', 'severity: major'));

describe('late data, older than what is known', () => {
  test('raises nothing, and is kept', async () => {
    await using night = await school(WARM);
    const probe = night.campus.thermometer('probe');
    await probe.holds(4);
    await night.clock.forward('1h');
    await probe.measures(30, { late: '45s' });
    night.phone.expectNothingNew();
    expect(night.core.pipeline.counters.late).toBe(1);
    expect(night.readings.at(-1)).toMatchObject({ value: 30, timeliness: 'late' });
  });

  test('clears nothing', async () => {
    await using night = await school(WARM);
    const probe = night.campus.thermometer('probe');
    await probe.holds(9);
    await night.clock.forward('1h');
    night.phone.expect('warm');
    await probe.measures(4, { late: '45s' });
    night.phone.expectNothingNew();
  });

  test('neither ends nor starts a delay', async () => {
    await using night = await school(withProbe(rule('warm', 'high: 8, onDelay: 10m')));
    const probe = night.campus.thermometer('probe');
    await probe.holds(9);
    await night.clock.forward('5m');
    await probe.measures(4, { late: '45s' });
    await night.clock.forward('5m');
    expect(night.history('probe', 'warm')).toEqual(['raised 11-23 20:10']);
  });

  test('rings for no fire either', async () => {
    await using night = await school(SMOKE);
    const detector = night.campus.detector('smoke');
    await detector.isWell();
    await night.clock.forward('10m');
    await detector.says(true, { late: '6m' });
    night.phone.expectNothingNew();
  });
});

describe('delayed data, newer than what is known but long under way', () => {
  test('a temperature of an hour ago rings nobody', async () => {
    await using night = await school(WARM);
    await night.campus.thermometer('probe').measures(30, { late: '1h' });
    night.phone.expectNothingNew();
  });

  test('a temperature of fifteen minutes ago still does', async () => {
    await using night = await school(WARM);
    await night.campus.thermometer('probe').measures(30, { late: '15m' });
    night.phone.expect('warm');
  });

  test('ends no alarm', async () => {
    await using night = await school(WARM);
    const probe = night.campus.thermometer('probe');
    await probe.holds(9);
    night.phone.expect('warm');
    probe.fallsSilent();
    await night.clock.forward('1h');
    await probe.measures(4, { late: '30m' });
    night.phone.expectNothingNew();
    expect(night.alarm('probe', 'warm').cleared).toBeUndefined();
  });

  test('a running delay is given up: what lay between is unknown', async () => {
    await using night = await school(withProbe(rule('warm', 'high: 8, onDelay: 40m')));
    const probe = night.campus.thermometer('probe').hasMemory();
    await probe.holds(9);
    await night.clock.forward('10m');
    probe.losesLink();
    await night.clock.forward('25m');
    await probe.regainsLink();
    // readings of the last fifteen minutes are live again: the delay runs from the first of them
    await night.clock.forward('24m');
    night.phone.expectNothingNew();
    await night.clock.forward('6m');
    expect(night.clock.say(night.alarm('probe', 'warm').since)).toBe('11-23 20:20:30');
  });

  test('a fire alarm that waited in a queue rings', async () => {
    await using night = await school(SMOKE);
    const detector = night.campus.detector('smoke');
    await detector.says(true, { late: '2h' });
    night.phone.expect('smoke');
    expect(night.clock.say(night.alarm('smoke', 'smoke').raised)).toBe('11-23 18:00');
  });

  test('what is not latched does not, of a fire detector too', async () => {
    await using night = await school(FAULT);
    await night.campus.detector('smoke').says(true, { late: '2h' });
    night.phone.expectNothingNew();
  });
});

describe('what a broker plays back from its retained messages', () => {
  test('rings nobody the second time', async () => {
    await using night = await school(SMOKE);
    const detector = night.campus.detector('smoke');
    await detector.smellsSmoke();
    night.phone.expect('smoke').acknowledge('张伟');
    const seen = night.clock.now;
    detector.fallsSilent();
    await night.clock.forward('10m');
    await night.restart();
    await detector.says(true, { at: seen, replayed: true });
    night.phone.expectNothingNew();
    expect(night.core.pipeline.counters).toMatchObject({ duplicates: 1, readings: 0 });
  });

  test('without a time of its own it is no reading at all', async () => {
    await using night = await school(SMOKE);
    await night.campus.detector('smoke').says(true, { at: 'none', replayed: true });
    night.phone.expectNothingNew();
    expect(night.core.pipeline.counters).toMatchObject({ ignored: 1, readings: 0, refused: 0 });
  });

  test('as the first word of a device it is kept, and proves nothing new', async () => {
    await using night = await school(SMOKE);
    await night.campus.detector('smoke').says(true, { late: '1m', replayed: true });
    night.phone.expectNothingNew();
    expect(night.core.pipeline.counters.readings).toBe(1);
  });

  test('with a device time newer than the last seen it counts', async () => {
    await using night = await school(SMOKE);
    const detector = night.campus.detector('smoke');
    await detector.isWell();
    await night.stop();
    await night.clock.forward('20m');
    night.start();
    await detector.says(true, { late: '10m', replayed: true });
    night.phone.expect('smoke');
    expect(night.clock.say(night.alarm('smoke', 'smoke').raised)).toBe('11-23 20:10');
  });

  test('is no sign of life', async () => {
    const silent = rule('silent', 'kind: silence');
    await using night = await school(withDetector(silent));
    const detector = night.campus.detector('smoke');
    await detector.isWell();
    detector.fallsSilent();
    await night.clock.forward('14m');
    await detector.says(false, { late: '1m', replayed: true });
    await night.clock.forward('1m');
    await night.clock.forward('5s');
    night.phone.expect('silent');
  });

  test('tells after a restart of its own time only, not of when it was played back', async () => {
    await using night = await school(withDetector(rule('silent', 'kind: silence')));
    const detector = night.campus.detector('smoke');
    await detector.isWell();
    detector.fallsSilent();
    await night.clock.forward('14m');
    await detector.says(false, { late: '13m', replayed: true });
    await night.restart();
    await night.clock.forward('3m');
    night.phone.expect('silent');
  });

  test('does not make its device silent since ever after a restart', async () => {
    await using night = await school(withDetector(rule('silent', 'kind: silence')));
    const detector = night.campus.detector('smoke');
    await detector.isWell();
    await night.clock.forward('1h');
    await detector.says(false, { late: '1m', replayed: true });
    await night.restart();
    await night.clock.forward('1m');
    night.phone.expectNothingNew();
  });
});
