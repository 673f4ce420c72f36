import { describe, expect, test } from 'vitest';
import { rule } from '../harness/profiles.ts';
import { withDetector, withProbe } from '../harness/scenes.ts';
import { type School, school } from '../harness/school.ts';

const WARM = withProbe(rule('warm', 'high: 8'));
const SMOKE = withDetector(rule('smoke', 'severity: critical, latched: true'));
const PROBE = { campus: 'qingcheng', device: 'probe', rule: 'warm' };
const WHY = { person: '张伟', reason: '除霜中' };
const HOUR = 3_600_000;

const code = (name: string) => expect.objectContaining({ code: name });

/** A night on which the warm probe's rule is on the shelf before anything happens. */
async function shelvedNight(lasts?: number): Promise<School> {
  const night = await school(WARM);
  night.core.actions.shelveRule(PROBE, { ...WHY, lasts });
  return night;
}

describe('while a rule is on the shelf', () => {
  test('its alarm is recorded and shown, and tells nobody, neither that it began nor that it is over', async () => {
    await using night = await shelvedNight();
    const probe = night.campus.thermometer('probe');
    await probe.holds(9);
    await night.clock.forward('1h');
    expect(night.openAlarms()).toEqual(['probe warm']);
    expect(night.alarm('probe', 'warm').shelvedUntil).toBe(Date.parse('2026-11-24T04:00:00+08:00'));
    await probe.holds(4);
    await night.clock.forward('8h');
    night.phone.expectNothingNew();
    expect(night.history('probe', 'warm')).toEqual([
      'raised 11-23 20:00',
      'shelved 11-23 20:00',
      'cleared 11-23 21:00',
      'unshelved 11-24 04:00',
    ]);
  });

  test('another rule of the device still rings', async () => {
    const rules = [rule('warm', 'high: 8'), rule('hot', 'high: 15')];
    await using night = await school(withProbe(...rules));
    night.core.actions.shelveRule(PROBE, WHY);
    await night.campus.thermometer('probe').holds(20);
    night.phone.expect('hot');
    night.phone.expectNothingNew();
  });

  test('an alarm that was ringing falls silent, and steps to come are given up', async () => {
    const steps =
      '{webhook: {url: "http://phone.invalid/"}, escalation: [{}, {after: 10m, to: [li]}]}';
    await using night = await school({ ...WARM, notify: steps });
    await night.campus.thermometer('probe').holds(9);
    night.phone.expect('warm');
    night.core.actions.shelveRule(PROBE, WHY);
    await night.clock.forward('1h');
    night.phone.expectNothingNew();
  });
});

describe('when the shelf ends', () => {
  test('by itself, after eight hours, a condition that still holds rings then', async () => {
    await using night = await shelvedNight();
    await night.campus.thermometer('probe').holds(9);
    await night.clock.forward('479m');
    night.phone.expectNothingNew();
    await night.clock.forward('1m');
    expect(night.clock.say(night.phone.expect('warm').arrived)).toMatch(/^11-24 04:00/);
    expect(night.alarm('probe', 'warm').shelvedUntil).toBeUndefined();
  });

  test('an alarm that somebody has acknowledged meanwhile does not', async () => {
    await using night = await shelvedNight(HOUR);
    await night.campus.thermometer('probe').holds(9);
    night.acknowledge(night.alarm('probe', 'warm'), '李娜');
    await night.clock.forward('2h');
    night.phone.expectNothingNew();
  });

  test('a restart and a crash in the middle of it change nothing', async () => {
    await using night = await shelvedNight(HOUR);
    await night.campus.thermometer('probe').holds(9);
    await night.clock.forward('20m');
    await night.restart();
    await night.clock.forward('20m');
    await night.crash();
    await night.clock.forward('19m');
    night.phone.expectNothingNew();
    await night.clock.forward('2m');
    night.phone.expect('warm');
    night.phone.expectNothingNew();
  });

  test('while the gateway was down, it rings at the start', async () => {
    await using night = await shelvedNight(HOUR);
    await night.campus.thermometer('probe').holds(9);
    await night.clock.forward('1m');
    await night.restart({ after: '2h' });
    await night.clock.forward('1s');
    night.phone.expect('warm');
  });

  test('lifted early by a person, it rings at once, and says who did it', async () => {
    await using night = await school(WARM);
    const { id } = night.core.actions.shelveRule(PROBE, WHY);
    await night.campus.thermometer('probe').holds(9);
    await night.clock.forward('1h');
    const shelf = night.core.actions.liftShelf(id, '李娜');
    expect(shelf).toMatchObject({ ended: night.clock.now, endedBy: '李娜' });
    await night.settle();
    night.phone.expect('warm');
    expect(() => night.core.actions.liftShelf(id, '李娜')).toThrow(code('SHELF_ENDED'));
  });
});

describe('a shelf for one alarm', () => {
  test('is not for the next one', async () => {
    await using night = await school(WARM);
    const probe = night.campus.thermometer('probe');
    await probe.holds(9);
    night.phone.expect('warm');
    const alarm = night.acknowledge(night.alarm('probe', 'warm'), '张伟');
    const { id } = night.core.actions.shelveAlarm(alarm.id, WHY);
    await night.clock.forward('10m');
    await probe.holds(4);
    expect(night.core.store.shelves.get(id).ended).toBe(night.clock.now);
    await night.clock.forward('10m');
    await probe.holds(9);
    night.phone.expect('warm');
  });

  test('ends when it becomes critical: that is kept from nobody', async () => {
    await using night = await school(WARM);
    await night.campus.thermometer('probe').holds(9);
    night.phone.expect('warm');
    const alarm = night.alarm('probe', 'warm');
    night.core.actions.shelveAlarm(alarm.id, WHY);
    const { store, pipeline } = night.core;
    const graver = { ...alarm, severity: 'critical' as const, raised: night.clock.now };
    pipeline.transact(() => store.raise(graver));
    await night.settle();
    expect(night.phone.expect('warm').severity).toBe('critical');
    night.phone.expectNothingNew();
    expect(store.shelves.list({ open: true, limit: 10 })).toEqual([]);
  });
});

describe('is refused', () => {
  test('for fire, by rule and by alarm', async () => {
    await using night = await school(SMOKE);
    const { actions } = night.core;
    const place = { campus: 'qingcheng', device: 'smoke', rule: 'smoke' };
    expect(() => actions.shelveRule(place, WHY)).toThrow(code('SHELVE_FORBIDDEN'));
    await night.campus.detector('smoke').smellsSmoke();
    night.phone.expect('smoke');
    const { id } = night.alarm('smoke', 'smoke');
    expect(() => actions.shelveAlarm(id, WHY)).toThrow(code('SHELVE_FORBIDDEN'));
    expect(night.core.store.shelves.list({ limit: 10 })).toEqual([]);
  });

  test('where there is no such device, rule or open alarm, or a shelf already', async () => {
    await using night = await school(WARM);
    const { actions } = night.core;
    expect(() => actions.shelveRule({ ...PROBE, device: 'nothing' }, WHY)).toThrow(
      code('DEVICE_NOT_FOUND'),
    );
    expect(() => actions.shelveRule({ ...PROBE, rule: 'cold' }, WHY)).toThrow(code('RULE_UNKNOWN'));
    expect(() => actions.shelveAlarm(7, WHY)).toThrow(code('ALARM_UNKNOWN'));
    expect(() => actions.liftShelf(7, '张伟')).toThrow(code('SHELF_UNKNOWN'));
    actions.shelveRule(PROBE, WHY);
    expect(() => actions.shelveRule(PROBE, WHY)).toThrow(code('SHELVED_ALREADY'));
  });
});

test('no shelf lasts longer than a day, whatever is asked for', async () => {
  await using night = await school(WARM);
  const shelf = night.core.actions.shelveRule(PROBE, { ...WHY, lasts: 100 * HOUR });
  expect(shelf.until - shelf.since).toBe(24 * HOUR);
});
