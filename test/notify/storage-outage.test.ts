import { pino } from 'pino';
import { expect, test } from 'vitest';
import { StorageOutage } from '../../src/storage-outage.ts';
import { configure } from '../harness/configuration.ts';
import { rule } from '../harness/profiles.ts';
import { withProbe } from '../harness/scenes.ts';
import { type School, school } from '../harness/school.ts';

const SCHOOL = configure(withProbe(rule('warm', 'high: 8')));

/** A school whose people hear that nothing can be written. */
async function openSchool(): Promise<{ night: School; log: () => string[] }> {
  const lines: string[] = [];
  const log = pino(
    { level: 'info' },
    { write: (line: string) => void lines.push(JSON.parse(line).msg) },
  );
  const night: School = await school(SCHOOL, undefined, {
    parts: ({ core, clock, storageListeners }) => {
      const outage = new StorageOutage({
        clock,
        log,
        campus: () => core.campus(''),
        channels: () => [night.phone],
        record: ({ code, params }, since, heard) => core.recordOver(code, params, since, heard),
      });
      storageListeners.push((failure) => outage.change(failure));
      return () => void outage.stop();
    },
  });
  return { night, log: () => lines };
}

/** A reading arrives, and the disk does not take it. */
async function diskFails(night: School): Promise<void> {
  night.diskFails();
  await night.campus.thermometer('probe').measures(4);
  await night.settle();
}

async function diskWorks(night: School): Promise<void> {
  night.diskWorks();
  await night.clock.forward('10s');
}

const outcomes = (night: School) =>
  night.phone.attempts.map(({ time, message: { event, rule }, outcome }) => [
    night.clock.say(time),
    event,
    rule,
    outcome,
  ]);

test('people hear at once why nothing can be written, and once that it is over', async () => {
  const { night } = await openSchool();
  await using _ = night;
  await diskFails(night);
  expect(night.phone.expect('数据库无法写入')).toMatchObject({
    rule: 'storage-failed',
    since: '2026-11-23T12:00:00.000Z',
  });
  await night.clock.forward('3m');
  night.phone.expectNothingNew();
  await diskWorks(night);
  expect(night.phone.expectOver('数据库无法写入')).toMatchObject({
    rule: 'storage-failed',
    since: '2026-11-23T12:00:00.000Z',
  });
  await night.clock.forward('1h');
  night.phone.expectNothingNew();
  expect(night.history('gateway', 'storage-failed')).toEqual([
    'raised 11-23 20:00',
    'cleared 11-23 20:03:01',
  ]);
});

test('the record says who was told past the outbox', async () => {
  const { night } = await openSchool();
  await using _ = night;
  await diskFails(night);
  await night.clock.forward('3m');
  await diskWorks(night);
  const { id } = night.alarm('gateway', 'storage-failed');
  const sent = night.core.outbox.ofAlarm(id).filter(({ state }) => state === 'sent');
  expect(sent).toMatchObject([
    { event: 'raised', channel: 'webhook', person: 'zhang', attempts: 1 },
    { event: 'cleared', channel: 'webhook', person: 'zhang', attempts: 1 },
  ]);
});

test('it is said each minute until somebody has heard it, and so is it in the log', async () => {
  const { night, log } = await openSchool();
  await using _ = night;
  night.phone.isUnreachable();
  await diskFails(night);
  await night.clock.forward('2m');
  night.phone.isReachable();
  await night.clock.forward('10m');
  expect(outcomes(night)).toEqual([
    ['11-23 20:00', 'raised', 'storage-failed', 'retry'],
    ['11-23 20:01', 'raised', 'storage-failed', 'retry'],
    ['11-23 20:02', 'raised', 'storage-failed', 'retry'],
    ['11-23 20:03', 'raised', 'storage-failed', 'sent'],
  ]);
  expect(new Set(night.phone.attempts.map(({ message }) => message.id)).size).toBe(1);
  expect(log().filter((line) => line.startsWith('not told'))).toHaveLength(3);
  expect(log().filter((line) => line.startsWith('told'))).toHaveLength(1);
});

test('whom nobody could tell that it began hears that it is over', async () => {
  const { night } = await openSchool();
  await using _ = night;
  night.phone.isUnreachable();
  await diskFails(night);
  await night.clock.forward('90s');
  night.phone.isReachable();
  await diskWorks(night);
  night.phone.expectOver('数据库无法写入');
  await night.clock.forward('1h');
  night.phone.expectNothingNew();
});

test('who is being told when it ends hears that too', async () => {
  const { night } = await openSchool();
  await using _ = night;
  night.phone.goesQuiet();
  await diskFails(night);
  night.diskWorks();
  await night.clock.forward('2s');
  expect(night.openAlarms()).toEqual([]);
  night.phone.isReachable();
  night.phone.answersNow();
  await night.clock.forward('2s');
  night.phone.expect('数据库无法写入');
  night.phone.expectOver('数据库无法写入');
  night.phone.expectNothingNew();
});

test('an outage that cannot be written down at first is one with what follows', async () => {
  const { night } = await openSchool();
  await using _ = night;
  const { core } = night;
  const record = core.recordOver.bind(core);
  core.recordOver = () => {
    throw new Error('full again');
  };
  await diskFails(night);
  await diskWorks(night);
  core.recordOver = record;
  await night.clock.forward('1m');
  night.phone.expect('数据库无法写入');
  night.phone.expectOver('数据库无法写入');
  expect(night.history('gateway', 'storage-failed')[0]).toBe('raised 11-23 20:00');
});

test('damage that is known already goes on when something could be written again', async () => {
  const { night } = await openSchool();
  await using _ = night;
  const params = { file: 'campus.db', reason: 'a page' };
  night.core.raiseOwn('DATABASE_CORRUPT', params);
  night.core.recordOver('DATABASE_CORRUPT', params, night.clock.now, []);
  expect(night.history('gateway', 'database-corrupt')).toEqual(['raised 11-23 20:00']);
});
