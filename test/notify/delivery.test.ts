import { describe, expect, test } from 'vitest';
import { rule } from '../harness/profiles.ts';
import { withProbe } from '../harness/scenes.ts';
import { type School, school } from '../harness/school.ts';

const WARM = withProbe(rule('warm', 'high: 8'));

/** A night on which the phone can't be reached, and a fridge is warm. */
async function unreachable(): Promise<School> {
  const night = await school(WARM);
  night.phone.isUnreachable();
  await night.campus.thermometer('probe').holds(9);
  night.campus.thermometer('probe').fallsSilent();
  return night;
}

const deliveries = (night: School) => {
  const [notification] = night.core.outbox.ofAlarm(night.alarm('probe', 'warm').id);
  return { state: notification?.state, log: notification?.deliveries ?? [] };
};

describe('while the phone can not be reached', () => {
  test('it is tried again, at first soon, later once a minute', async () => {
    await using night = await unreachable();
    await night.clock.forward('1h');
    const times = night.phone.attempts.map(({ time }) => time);
    const waits = times.slice(1).map((time, i) => time - (times[i] ?? 0));
    waits.forEach((wait, i) => {
      const nominal = Math.min(60_000, 1000 * 2 ** i);
      expect(wait, `wait ${i}`).toBeGreaterThanOrEqual(nominal * 0.75);
      expect(wait, `wait ${i}`).toBeLessThanOrEqual(nominal * 1.25);
    });
    expect(times.length).toBeGreaterThan(45);
  });

  test('the message arrives once when it is back', async () => {
    await using night = await unreachable();
    await night.clock.forward('1h');
    night.phone.isReachable();
    await night.clock.forward('76s');
    expect(night.phone.expect('warm').arrived).toBeGreaterThan(night.clock.ago('76s'));
    await night.clock.forward('1d');
    night.phone.expectNothingNew();
  });

  test('the link of a message that arrives late works as long as any', async () => {
    await using night = await unreachable();
    await night.clock.forward('13h');
    night.phone.isReachable();
    await night.clock.forward('76s');
    const message = night.phone.expect('warm');
    await night.clock.forward('11h');
    message.acknowledge('张伟');
    expect(night.alarm('probe', 'warm').acknowledgedBy).toBe('张伟');
  });

  test('every attempt carries the same id, and is in the delivery log', async () => {
    await using night = await unreachable();
    await night.clock.forward('10s');
    night.phone.isReachable();
    await night.clock.forward('1m');
    const { attempts } = night.phone;
    expect(new Set(attempts.map(({ message }) => message.id)).size).toBe(1);
    expect(deliveries(night)).toEqual({
      state: 'sent',
      log: attempts.map(({ time, outcome }) => ({
        time,
        outcome,
        detail: outcome === 'sent' ? 'arrived' : 'ECONNREFUSED',
      })),
    });
  });

  test('trying goes on after a restart and after a crash', async () => {
    await using night = await unreachable();
    await night.restart({ after: '10m' });
    await night.clock.forward('10m');
    await night.crash({ after: '10m' });
    night.phone.isReachable();
    await night.clock.forward('76s');
    night.phone.expect('warm');
    night.phone.expectNothingNew();
  });

  test('a clock that is set back by hours makes nobody wait for hours', async () => {
    await using night = await unreachable();
    await night.clock.forward('1m');
    // eight hours: the hardware's clock had the local time
    night.clock.virtual.set(-8 * 3_600_000);
    night.phone.isReachable();
    await night.clock.forward('76s');
    night.phone.expect('warm');
    await night.clock.forward('1d');
    night.phone.expectNothingNew();
  });

  test('nor does one that was set back while the gateway was down', async () => {
    await using night = await unreachable();
    await night.clock.forward('1m');
    await night.stop();
    night.clock.virtual.set(-8 * 3_600_000);
    night.phone.isReachable();
    night.start();
    await night.clock.forward('76s');
    night.phone.expect('warm');
  });

  test('what was seen meanwhile is not sent any more', async () => {
    await using night = await unreachable();
    night.acknowledge(night.alarm('probe', 'warm'), '李娜');
    night.phone.isReachable();
    await night.clock.forward('1h');
    night.phone.expectNothingNew();
    expect(deliveries(night).state).toBe('obsolete');
  });

  test('that it is over is told after that it began', async () => {
    await using night = await unreachable();
    await night.clock.forward('10m');
    night.phone.isReachable();
    await night.campus.thermometer('probe').holds(4);
    night.phone.expectNothingNew();
    await night.clock.forward('5m');
    expect(night.phone.inbox.map(({ event }) => event)).toEqual(['raised', 'cleared']);
  });

  test('that it was over is told with its own time, though it has begun again meanwhile', async () => {
    await using night = await unreachable();
    const probe = night.campus.thermometer('probe');
    await night.clock.forward('10m');
    await probe.holds(4);
    const over = night.clock.say(night.clock.now);
    await night.clock.forward('10m');
    await probe.holds(9);
    night.phone.isReachable();
    await night.clock.forward('5m');
    const [, cleared, again] = night.phone.inbox;
    expect(again?.event).toBe('raised');
    expect(cleared?.event).toBe('cleared');
    expect(cleared?.text.zh).toContain(`${over} 恢复`);
  });

  test('after a day the news is old: it is given up, and the log says so', async () => {
    await using night = await unreachable();
    await night.clock.forward('23h');
    expect(deliveries(night).state).toBe('pending');
    await night.clock.forward('62m');
    const { state, log } = deliveries(night);
    expect(state).toBe('failed');
    expect(log.at(-1)).toMatchObject({
      outcome: 'failed',
      detail: 'given up after a day: ECONNREFUSED',
    });
    night.phone.isReachable();
    await night.clock.forward('1d');
    night.phone.expectNothingNew();
  });
});

describe('what the other side says', () => {
  test('a wait it asks for is kept', async () => {
    await using night = await school(WARM);
    night.phone.answers({ kind: 'retry', after: 600_000, detail: 'HTTP 429' });
    await night.campus.thermometer('probe').holds(9);
    night.phone.isReachable();
    await night.clock.forward('599s');
    night.phone.expectNothingNew();
    await night.clock.forward('1s');
    night.phone.expect('warm');
  });

  test('what can never work is not tried again', async () => {
    await using night = await school(WARM);
    night.phone.answers({ kind: 'failed', detail: 'HTTP 404' });
    await night.campus.thermometer('probe').holds(9);
    await night.clock.forward('1d');
    expect(night.phone.attempts).toHaveLength(1);
    expect(deliveries(night)).toMatchObject({ state: 'failed', log: [{ detail: 'HTTP 404' }] });
  });
});

describe('no message is lost or said twice', () => {
  test('one that was taken and could not be noted is noted later, not sent again', async () => {
    await using night = await school(WARM);
    night.phone.goesQuiet();
    await night.campus.thermometer('probe').holds(9);
    night.phone.expect('warm');
    night.phone.isReachable();
    await night.clock.forward('1m');
    night.diskFails();
    night.phone.answersNow();
    await night.clock.forward('10m');
    night.diskWorks();
    await night.clock.forward('10m');
    expect(night.phone.attempts).toHaveLength(1);
    expect(deliveries(night).state).toBe('sent');
  });

  test('one that was under way when it was acknowledged counts as sent', async () => {
    await using night = await school(WARM);
    night.phone.goesQuiet();
    await night.campus.thermometer('probe').holds(9);
    night.acknowledge(night.alarm('probe', 'warm'), '李娜');
    night.phone.answersNow();
    await night.settle();
    expect(deliveries(night).state).toBe('sent');
    night.phone.isReachable();
    await night.clock.forward('1m');
    await night.campus.thermometer('probe').holds(4);
    night.phone.expectOver('warm');
  });

  test('one that was under way at a stop is sent again, under the same id', async () => {
    await using night = await school(WARM);
    night.phone.goesQuiet();
    await night.campus.thermometer('probe').holds(9);
    const first = night.phone.expect('warm');
    await night.stop();
    night.phone.isReachable();
    night.start();
    await night.settle();
    expect(night.phone.expect('warm').id).toBe(first.id);
  });

  test('so is one that was under way at a crash', async () => {
    await using night = await school(WARM);
    night.phone.goesQuiet();
    await night.campus.thermometer('probe').holds(9);
    const first = night.phone.expect('warm');
    night.phone.isReachable();
    await night.crash();
    expect(night.phone.expect('warm').id).toBe(first.id);
  });
});

test('the most urgent goes first', async () => {
  const rules = ['minor', 'critical', 'major'].map((severity) =>
    rule(severity, `high: 8, severity: ${severity}`),
  );
  await using night = await school(withProbe(...rules));
  await night.campus.thermometer('probe').holds(9);
  expect(night.phone.inbox.map(({ severity }) => severity)).toEqual(['critical', 'major', 'minor']);
});

test('a crowd of messages goes out sixteen at a time; a fire does not queue behind it', async () => {
  const many = Array.from({ length: 40 }, (_, i) => i);
  const rules = withProbe(
    rule('warm', 'high: 8, severity: major'),
    rule('fire', 'high: 50, severity: critical'),
  );
  // a building each: nothing is merged
  const zones = many.map((i) => `{id: house-${i}, name: ${i}号楼}`);
  const devices = many.map((i) => `{id: probe-${i}, zone: house-${i}, profile: test/probe}`);
  await using night = await school({
    ...rules,
    zones: `[${zones.join(', ')}]`,
    devices: `[${devices.join(', ')}]`,
  });
  night.phone.goesQuiet();
  for (const i of many) await night.campus.thermometer(`probe-${i}`).measures(9);
  expect(night.phone.inbox).toHaveLength(16);
  await night.clock.forward('1s');
  await night.campus.thermometer('probe-39').measures(60);
  expect(night.phone.inbox).toHaveLength(17);
  expect(night.phone.inbox.at(-1)?.severity).toBe('critical');
  night.phone.isReachable();
  night.phone.answersNow();
  await night.settle();
  expect(new Set(night.phone.inbox.map(({ id }) => id)).size).toBe(41);
  expect(night.phone.inbox).toHaveLength(41);
});
