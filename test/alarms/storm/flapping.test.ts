import { describe, expect, test } from 'vitest';
import { rule } from '../../harness/profiles.ts';
import { withDetector, withProbe } from '../../harness/scenes.ts';
import { type School, school } from '../../harness/school.ts';

const WARM = withProbe(rule('warm', 'high: 8'));

/** The value is above and below its limit, so many times. */
async function flaps(night: School, times: number): Promise<void> {
  const probe = night.campus.thermometer('probe');
  for (let i = 0; i < times; i++) {
    await probe.measures(9);
    await night.clock.forward('8s');
    await probe.measures(4);
    await night.clock.forward('8s');
  }
}

const titles = (night: School) => night.phone.inbox.map(({ title }) => title.zh);

test('the third time within a minute it is one unstable alarm, and rings no more', async () => {
  await using night = await school(WARM);
  await flaps(night, 20);
  expect(titles(night)).toEqual([
    '【重要】warm',
    '【已恢复】warm',
    '【重要】warm',
    '【已恢复】warm',
    '【重要】warm（信号不稳定）',
  ]);
  expect(night.alarm('probe', 'warm').occurrences).toBe(20);
  expect(night.history('probe', 'warm').filter((event) => event.startsWith('raised'))).toHaveLength(
    20,
  );
});

test('twice a minute is no chatter', async () => {
  await using night = await school(WARM);
  for (let i = 0; i < 10; i++) {
    await flaps(night, 2);
    await night.clock.forward('1m');
  }
  expect(titles(night).some((title) => title.includes('不稳定'))).toBe(false);
  expect(night.phone.inbox).toHaveLength(40);
});

test('after ten quiet minutes it is told that it is over, once', async () => {
  await using night = await school(WARM);
  await flaps(night, 5);
  night.phone.expect('不稳定');
  const told = night.phone.inbox.length;
  await night.clock.forward('591s');
  expect(night.phone.inbox).toHaveLength(told);
  await night.clock.forward('1s');
  expect(titles(night).slice(told)).toEqual(['【已恢复】warm']);
  await night.clock.forward('1d');
  expect(night.phone.inbox).toHaveLength(told + 1);
  expect(night.alarm('probe', 'warm').unstableUntil).toBeUndefined();
});

test('or that it holds, if it does', async () => {
  await using night = await school(WARM);
  await flaps(night, 5);
  const told = night.phone.inbox.length;
  await night.campus.thermometer('probe').holds(9);
  await night.clock.forward('10m');
  expect(titles(night).slice(told)).toEqual(['【重要】warm']);
});

test('a restart in the middle forgets none of it', async () => {
  await using night = await school(WARM);
  await flaps(night, 5);
  const told = night.phone.inbox.length;
  await night.restart({ after: '3m' });
  await flaps(night, 1);
  await night.crash({ after: '3m' });
  await night.clock.forward('6m');
  expect(night.phone.inbox).toHaveLength(told);
  await night.clock.forward('1m');
  expect(titles(night).slice(told)).toEqual(['【已恢复】warm']);
});

describe('once it is acknowledged', () => {
  test('it stays the same alarm while it comes and goes, and is closed when it is quiet', async () => {
    await using night = await school(WARM);
    await flaps(night, 3);
    night.phone.expect('不稳定').acknowledge('张伟');
    await flaps(night, 3);
    expect(night.core.store.list({ limit: 10 })).toHaveLength(1);
    night.acknowledge(night.alarm('probe', 'warm'), '张伟');
    await night.clock.forward('10m');
    expect(night.openAlarms()).toEqual([]);
  });

  test('it is noticed that each time makes a new alarm', async () => {
    await using night = await school(WARM);
    const probe = night.campus.thermometer('probe');
    for (let i = 0; i < 3; i++) {
      await probe.measures(9);
      night.acknowledge(night.alarm('probe', 'warm'), '张伟');
      await night.clock.forward('6s');
      await probe.measures(4);
      await night.clock.forward('6s');
    }
    expect(night.alarm('probe', 'warm').unstableUntil).toBeDefined();
  });
});

test('a fire alarm is never muted, however often it comes', async () => {
  await using night = await school(
    withDetector(rule('smoke', 'severity: critical, latched: true')),
  );
  const detector = night.campus.detector('smoke');
  for (let i = 0; i < 10; i++) {
    await detector.says(true);
    await night.clock.forward('5s');
    await detector.says(false);
    await night.clock.forward('5s');
  }
  expect(night.phone.inbox.filter(({ event }) => event === 'raised')).toHaveLength(10);
  expect(titles(night).some((title) => title.includes('不稳定'))).toBe(false);
});
