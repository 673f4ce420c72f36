import { describe, expect, test } from 'vitest';
import { rule } from '../harness/profiles.ts';
import { withDetector, withProbe } from '../harness/scenes.ts';
import { type School, school } from '../harness/school.ts';

const STEPS = `{
  webhook: {url: "http://phone.invalid/"},
  escalation: [{to: [duty]}, {after: 10m, to: [li]}],
  reminder: {critical: 10m, major: 30m}}`;
const FIRE = { ...withDetector(rule('smoke', 'severity: critical, latched: true')), notify: STEPS };
const WARM = { ...withProbe(rule('warm', 'high: 8')), notify: STEPS };

/** Who was told that it began, and when: `20:00 张伟`. */
const rang = (night: School): string[] =>
  night.phone.inbox
    .filter(({ event }) => event === 'raised')
    .map(({ arrived, person }) => `${night.clock.say(arrived).slice(6, 11)} ${person?.name}`);

async function fire(scene: Parameters<typeof school>[0] = FIRE): Promise<School> {
  const night = await school(scene);
  await night.campus.detector('smoke').smellsSmoke();
  return night;
}

describe('a fire that nobody acknowledges', () => {
  test('rings again every ten minutes, with every step, until somebody does', async () => {
    await using night = await fire();
    await night.clock.forward('21m');
    expect(rang(night)).toEqual([
      '20:00 张伟',
      '20:00 李娜',
      '20:10 张伟',
      '20:10 李娜',
      '20:20 张伟',
      '20:20 李娜',
    ]);
    expect(night.phone.inbox[2]?.title.zh).toBe('【紧急】【再次提醒】smoke');
    expect(night.history('smoke', 'smoke')).toEqual([
      'raised 11-23 20:00',
      'reminded 11-23 20:10',
      'reminded 11-23 20:20',
    ]);
    night.phone.inbox.at(-1)?.acknowledge('李娜');
    await night.clock.forward('14m');
    expect(rang(night)).toHaveLength(6);
  });

  test('does so when the smoke is gone too: somebody must go and look', async () => {
    await using night = await fire();
    await night.clock.forward('2m');
    await night.campus.detector('smoke').isWell();
    await night.clock.forward('9m');
    expect(rang(night)).toEqual(['20:00 张伟', '20:00 李娜', '20:10 张伟', '20:10 李娜']);
  });

  test('rings at whoever has come on duty meanwhile', async () => {
    const roster = `{default: li, shifts: [{person: zhang, from: "18:00", to: "20:05"}]}`;
    const notify = '{webhook: {url: "http://phone.invalid/"}}';
    await using night = await fire({ ...FIRE, roster, notify });
    await night.clock.forward('11m');
    expect(rang(night)).toEqual(['20:00 张伟', '20:10 李娜']);
  });

  test('does so across a restart and a crash, and once at the start after a downtime', async () => {
    await using night = await fire();
    await night.clock.forward('6m');
    await night.restart();
    await night.clock.forward('5m');
    await night.crash();
    expect(rang(night)).toHaveLength(4);
    await night.restart({ after: '1h' });
    await night.clock.forward('1m');
    expect(rang(night).slice(4)).toEqual(['21:11 张伟', '21:11 李娜']);
  });

  test('is told once to a phone that could not be reached meanwhile', async () => {
    const night = await school(FIRE);
    await using _ = night;
    night.phone.isUnreachable();
    await night.campus.detector('smoke').smellsSmoke();
    await night.clock.forward('35m');
    night.phone.isReachable();
    await night.clock.forward('2m');
    const whom = night.phone.inbox.map(({ person }) => person?.name);
    expect(whom.toSorted()).toEqual(['张伟', '李娜'].toSorted());
  });
});

describe('nobody is reminded', () => {
  test('of a drill', async () => {
    await using night = await school(FIRE);
    const { core, clock } = night;
    const drill = { campus: 'qingcheng', zone: 'teaching', kind: 'fire', person: 'li' } as const;
    core.storm.startDrill({ ...drill, started: clock.now, ends: clock.now + 3_600_000 });
    await night.campus.detector('smoke').smellsSmoke();
    await night.clock.forward('30m');
    expect(rang(night)).toEqual(['20:00 张伟', '20:00 李娜']);
  });

  test('of what is over by itself, or was put on the shelf', async () => {
    await using night = await school(WARM);
    const probe = night.campus.thermometer('probe');
    await probe.holds(9);
    await night.clock.forward('12m');
    await probe.holds(4);
    await night.clock.forward('1h');
    expect(rang(night)).toEqual(['20:00 张伟', '20:10 李娜']);

    await probe.holds(9);
    const wish = { person: '张伟', reason: '除霜', lasts: 2 * 3_600_000 };
    night.core.actions.shelveAlarm(night.alarm('probe', 'warm').id, wish);
    const before = rang(night).length;
    await night.clock.forward('110m');
    expect(rang(night)).toHaveLength(before);
    expect(night.history('probe', 'warm').join()).not.toContain('reminded');
    // what still holds when the shelf ends rings, and waits for an answer anew
    await night.clock.forward('1h');
    expect(rang(night).length).toBeGreaterThan(before);
  });

  test('of lesser alarms, unless the school wants it', async () => {
    const quiet = { ...WARM, notify: STEPS.replace(', major: 30m', '') };
    await using night = await school(quiet);
    await night.campus.thermometer('probe').holds(9);
    await night.clock.forward('1d');
    expect(rang(night)).toEqual(['20:00 张伟', '20:10 李娜']);

    await using other = await school(WARM);
    await other.campus.thermometer('probe').holds(9);
    await other.clock.forward('52m');
    // the last step was due at 20:10
    expect(rang(other)).toEqual(['20:00 张伟', '20:10 李娜', '20:40 张伟', '20:50 李娜']);
  });
});

test('how long people may take is checked where it is written', async () => {
  await expect(school({ ...WARM, notify: '{reminder: {critical: soon}}' })).rejects.toThrow(
    /notify\.reminder\.critical: found "soon"/,
  );
});
