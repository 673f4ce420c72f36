import { describe, expect, test } from 'vitest';
import { rule } from '../harness/profiles.ts';
import { withDetector, withProbe } from '../harness/scenes.ts';
import { type School, school } from '../harness/school.ts';

const WARM = withProbe(rule('warm', 'high: 8'));
const SMOKE = withDetector(rule('smoke', 'severity: critical, latched: true'));

async function warmNight(): Promise<School> {
  const night = await school(WARM);
  await night.campus.thermometer('probe').holds(9);
  night.phone.expect('warm');
  await night.clock.forward('10m');
  return night;
}

const code = (name: string) => expect.objectContaining({ code: name });

describe('an assignment', () => {
  test('says whose business it is, by whom, and it goes on ringing until it is acknowledged', async () => {
    await using night = await warmNight();
    const { id } = night.alarm('probe', 'warm');
    const alarm = night.core.actions.assign(id, '维修李师傅', '张伟');
    expect(alarm).toMatchObject({
      assigned: night.clock.now,
      assignedTo: '维修李师傅',
      acknowledged: undefined,
    });
    expect(night.core.store.history(id).at(-1)).toMatchObject({
      event: 'assigned',
      person: '张伟',
      assignee: '维修李师傅',
    });
  });

  test('can change hands, and outlives a restart and a second time', async () => {
    await using night = await warmNight();
    const { id } = night.alarm('probe', 'warm');
    night.core.actions.assign(id, '李师傅', '张伟');
    night.core.actions.assign(id, '王师傅', '李娜');
    await night.restart();
    const probe = night.campus.thermometer('probe');
    await probe.holds(4);
    await night.clock.forward('1m');
    await probe.holds(9);
    expect(night.alarm('probe', 'warm')).toMatchObject({ occurrences: 2, assignedTo: '王师傅' });
  });

  test('of a closed alarm is refused', async () => {
    await using night = await warmNight();
    const { id } = night.acknowledge(night.alarm('probe', 'warm'), '张伟');
    await night.campus.thermometer('probe').holds(4);
    expect(() => night.core.actions.assign(id, '李师傅', '张伟')).toThrow(code('ALARM_CLOSED'));
  });
});

describe('a comment', () => {
  test('stands in the history, in order, and changes nothing else', async () => {
    await using night = await warmNight();
    const before = night.alarm('probe', 'warm');
    expect(night.core.actions.comment(before.id, '张伟', '门没关严')).toEqual(before);
    await night.clock.forward('1m');
    night.core.actions.comment(before.id, '李娜', '已关门');
    const said = night.core.store.history(before.id).filter(({ event }) => event === 'commented');
    expect(said.map(({ person, detail }) => `${person}: ${detail}`)).toEqual([
      '张伟: 门没关严',
      '李娜: 已关门',
    ]);
  });

  test('is taken after the alarm was closed too', async () => {
    await using night = await warmNight();
    const { id } = night.acknowledge(night.alarm('probe', 'warm'), '张伟');
    await night.campus.thermometer('probe').holds(4);
    expect(night.core.actions.comment(id, '张伟', '更换了门封条').closed).toBeDefined();
  });

  test('finds an end: an alarm takes so many and no more', async () => {
    await using night = await warmNight();
    const { id } = night.alarm('probe', 'warm');
    for (let i = 0; i < 200; i++) night.core.actions.comment(id, '张伟', `第 ${i} 条`);
    expect(() => night.core.actions.comment(id, '张伟', '还有')).toThrow(
      code('ALARM_REMARKS_FULL'),
    );
    expect(() => night.core.actions.assign(id, '李师傅', '张伟')).toThrow(
      code('ALARM_REMARKS_FULL'),
    );
    expect(night.acknowledge(night.alarm('probe', 'warm'), '张伟').acknowledged).toBeDefined();
  });
});

test('the reset of a fire says what it was', async () => {
  await using night = await school(SMOKE);
  const detector = night.campus.detector('smoke');
  await detector.smellsSmoke();
  await night.clock.forward('7m');
  await detector.isWell();
  const closed = night.reset(night.alarm('smoke', 'smoke'), '李娜', '厨房起火，已扑灭', 'fire');
  expect(closed).toMatchObject({ disposition: 'fire', closeReason: '厨房起火，已扑灭' });
  const reset = night.core.store.history(closed.id).find(({ event }) => event === 'reset');
  expect(reset).toMatchObject({
    person: '李娜',
    disposition: 'fire',
    detail: '厨房起火，已扑灭',
  });
});

describe('severity', () => {
  const graver = (night: School) => {
    const { store, pipeline } = night.core;
    const alarm = { ...night.alarm('probe', 'warm'), severity: 'critical' as const, value: 30 };
    pipeline.transact(() => store.raise({ ...alarm, raised: night.clock.now }));
  };

  test('that rises while the condition holds is another event of the same alarm', async () => {
    await using night = await warmNight();
    graver(night);
    expect(night.history('probe', 'warm')).toEqual(['raised 11-23 20:00', 'escalated 11-23 20:10']);
    expect(night.alarm('probe', 'warm')).toMatchObject({
      severity: 'critical',
      value: 30,
      occurrences: 1,
      since: Date.parse('2026-11-23T20:00:00+08:00'),
    });
  });

  test('that rises rings again, also for whoever had acknowledged the lesser one', async () => {
    await using night = await warmNight();
    night.acknowledge(night.alarm('probe', 'warm'), '张伟');
    graver(night);
    await night.settle();
    expect(night.phone.expect('warm').severity).toBe('critical');
    expect(night.alarm('probe', 'warm').acknowledged).toBeUndefined();
  });
});

test('nobody rewrites the history, not even by hand', async () => {
  await using night = await warmNight();
  const { database } = night.core;
  for (const sql of [
    "UPDATE alarm_event SET person = '别人'",
    'DELETE FROM alarm_event',
    'DELETE FROM alarm_event WHERE id = 1',
  ]) {
    expect(() => database.connection.exec(sql)).toThrow('append-only');
  }
  expect(night.history('probe', 'warm')).toEqual(['raised 11-23 20:00']);
});
