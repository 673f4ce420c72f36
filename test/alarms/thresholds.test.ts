import { expect, test } from 'vitest';
import { rule } from '../harness/profiles.ts';
import { withProbe } from '../harness/scenes.ts';
import { school } from '../harness/school.ts';

test('rings above the upper limit, not at it', async () => {
  await using night = await school(withProbe(rule('warm', 'high: 8')));
  const probe = night.campus.thermometer('probe');
  await probe.holds(8);
  night.phone.expectNothingNew();
  await night.clock.forward('1m');
  await probe.holds(8.1);
  const message = night.phone.expect('warm');
  expect(message).toMatchObject({ value: 8.1, limit: 8, unit: '℃', severity: 'major' });
});

test('rings below the lower limit, not at it', async () => {
  await using night = await school(withProbe(rule('cold', 'low: 0')));
  const probe = night.campus.thermometer('probe');
  await probe.holds(0);
  night.phone.expectNothingNew();
  await night.clock.forward('1m');
  await probe.holds(-0.1);
  expect(night.phone.expect('cold')).toMatchObject({ value: -0.1, limit: 0 });
});

test('a rule with two limits rings beyond either, and names the one it is beyond', async () => {
  await using night = await school(withProbe(rule('range', 'high: 8, low: 0')));
  const probe = night.campus.thermometer('probe');
  await probe.holds(9);
  expect(night.phone.expect('range').limit).toBe(8);
  await night.clock.forward('1m');
  await probe.holds(4);
  night.phone.expectOver('range');
  await night.clock.forward('1m');
  await probe.holds(-1);
  expect(night.phone.expect('range').limit).toBe(0);
});

test('clears only past the dead band', async () => {
  await using night = await school(withProbe(rule('warm', 'high: 8, deadBand: 1')));
  const probe = night.campus.thermometer('probe');
  await probe.holds(9);
  night.phone.expect('warm');
  await night.clock.forward('1m');
  await probe.holds(7.1);
  night.phone.expectNothingNew();
  await night.clock.forward('1m');
  await probe.holds(7);
  night.phone.expectOver('warm');
});

test('the dead band of a lower limit lies above it', async () => {
  await using night = await school(withProbe(rule('cold', 'low: 0, deadBand: 0.5')));
  const probe = night.campus.thermometer('probe');
  await probe.holds(-1);
  night.phone.expect('cold');
  await night.clock.forward('1m');
  await probe.holds(0.4);
  night.phone.expectNothingNew();
  await night.clock.forward('1m');
  await probe.holds(0.5);
  night.phone.expectOver('cold');
});

test('a value that wobbles around the limit rings once', async () => {
  await using night = await school(withProbe(rule('warm', 'high: 8, deadBand: 1')));
  const probe = night.campus.thermometer('probe');
  for (const temperature of [8.2, 7.9, 8.1, 7.5, 8.3, 7.9]) {
    await probe.holds(temperature);
    await night.clock.forward('1m');
  }
  night.phone.expect('warm');
  night.phone.expectNothingNew();
  expect(night.alarm('probe', 'warm').occurrences).toBe(1);
});

test('one device may break several rules, each with an alarm of its own', async () => {
  const rules = [rule('warm', 'high: 8'), rule('hot', 'high: 15, severity: critical')];
  await using night = await school(withProbe(...rules));
  await night.campus.thermometer('probe').holds(20);
  night.phone.expect('warm');
  night.phone.expect('hot');
  expect(night.openAlarms().sort()).toEqual(['probe hot', 'probe warm']);
});

test('a rule judges its own metric only', async () => {
  const humid = rule('humid', 'kind: threshold, metric: humidity, high: 70');
  await using night = await school(withProbe(humid));
  const probe = night.campus.device('probe');
  await probe.shows({ temperature: 80, humidity: 60 });
  night.phone.expectNothingNew();
  await night.clock.forward('1m');
  await probe.shows({ temperature: 20, humidity: 80 });
  night.phone.expect('humid');
});
