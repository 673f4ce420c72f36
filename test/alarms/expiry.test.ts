import { describe, expect, test } from 'vitest';
import { rule } from '../harness/profiles.ts';
import { withDetector, withProbe } from '../harness/scenes.ts';
import { type School, school } from '../harness/school.ts';

const STEPS = `{
  webhook: {url: "http://phone.invalid/"},
  escalation: [{to: [duty]}, {after: 10m, to: [li]}],
  acknowledgement: {major: 30m}}`;
const WARM = { ...withProbe(rule('warm', 'high: 8')), notify: STEPS };

/** Who was told that it began, and when: `20:00 张伟`. */
const rang = (night: School): string[] =>
  night.phone.inbox
    .filter(({ event }) => event === 'raised')
    .map(({ arrived, person }) => `${night.clock.say(arrived).slice(6, 11)} ${person?.name}`);

async function acknowledged(scene = WARM): Promise<School> {
  const night = await school(scene);
  await night.campus.thermometer('probe').holds(9);
  await night.clock.forward('5m');
  night.acknowledge(night.alarm('probe', 'warm'), '张伟');
  return night;
}

describe('an acknowledgement that expires while the condition holds', () => {
  test('begins the escalation anew, from its first step to the last', async () => {
    await using night = await acknowledged();
    expect(night.alarm('probe', 'warm').acknowledgedUntil).toBe(
      Date.parse('2026-11-23T20:35:00+08:00'),
    );
    await night.clock.forward('50m');
    expect(rang(night)).toEqual(['20:00 张伟', '20:35 张伟', '20:45 李娜']);
    expect(night.history('probe', 'warm')).toEqual([
      'raised 11-23 20:00',
      'acknowledged 11-23 20:05',
      'expired 11-23 20:35',
    ]);
    expect(night.alarm('probe', 'warm')).toMatchObject({
      acknowledged: undefined,
      acknowledgedBy: undefined,
      occurrences: 1,
    });
  });

  test('says in its message that it is a reminder', async () => {
    await using night = await acknowledged();
    await night.clock.forward('31m');
    const [first, reminder] = night.phone.inbox;
    expect(first?.title.zh).toBe('【重要】warm');
    expect(reminder?.title.zh).toBe('【重要】【再次提醒】warm');
  });

  test('can be acknowledged again, by the link of the reminder, for as long again', async () => {
    await using night = await acknowledged();
    await night.clock.forward('32m');
    night.phone.expect('warm');
    night.phone.expect('再次提醒').acknowledge('张伟');
    await night.clock.forward('20m');
    expect(rang(night)).toEqual(['20:00 张伟', '20:35 张伟']);
    await night.clock.forward('20m');
    expect(rang(night).slice(2)).toEqual(['21:07 张伟', '21:17 李娜']);
  });

  test('does so across a restart and a crash', async () => {
    await using night = await acknowledged();
    await night.clock.forward('10m');
    await night.restart();
    await night.clock.forward('10m');
    await night.crash();
    await night.clock.forward('11m');
    expect(rang(night)).toEqual(['20:00 张伟', '20:35 张伟']);
    await night.restart();
    await night.clock.forward('10m');
    expect(rang(night)).toEqual(['20:00 张伟', '20:35 张伟', '20:45 李娜']);
  });

  test('while the gateway was down, rings at the start', async () => {
    await using night = await acknowledged();
    await night.restart({ after: '1h' });
    await night.clock.forward('1s');
    expect(rang(night)).toEqual(['20:00 张伟', '21:05 张伟']);
  });
});

test('what is over by then reminds nobody', async () => {
  await using night = await acknowledged();
  await night.clock.forward('10m');
  await night.campus.thermometer('probe').holds(4);
  await night.clock.forward('2h');
  expect(rang(night)).toEqual(['20:00 张伟']);
});

test('a minor alarm stays acknowledged for good', async () => {
  const minor = { ...WARM, ...withProbe(rule('warm', 'severity: minor, high: 8')) };
  await using night = await acknowledged({ ...minor, notify: STEPS });
  expect(night.alarm('probe', 'warm').acknowledgedUntil).toBeUndefined();
  await night.clock.forward('3d');
  expect(rang(night)).toEqual(['20:00 张伟']);
});

describe('a fire', () => {
  const SMOKE = withDetector(rule('smoke', 'severity: critical, latched: true'));

  test('is reminded of every quarter of an hour while it smokes, without being asked to', async () => {
    await using night = await school(SMOKE);
    await night.campus.detector('smoke').smellsSmoke();
    night.acknowledge(night.alarm('smoke', 'smoke'), '张伟');
    await night.clock.forward('16m');
    expect(rang(night)).toEqual(['20:00 张伟', '20:15 张伟']);
  });

  test('that has stopped smoking is not, though it waits for its reset', async () => {
    await using night = await school(SMOKE);
    const detector = night.campus.detector('smoke');
    await detector.smellsSmoke();
    night.acknowledge(night.alarm('smoke', 'smoke'), '张伟');
    await night.clock.forward('7m');
    await detector.isWell();
    await night.clock.forward('2h');
    expect(rang(night)).toEqual(['20:00 张伟']);
  });
});

test('what an acknowledgement may last is checked where it is written', async () => {
  const notify = '{acknowledgement: {major: soon}}';
  await expect(school({ ...WARM, notify })).rejects.toThrow(
    /notify\.acknowledgement\.major: found "soon"/,
  );
});
