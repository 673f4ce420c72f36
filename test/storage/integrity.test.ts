import { pino } from 'pino';
import { expect, test } from 'vitest';
import { IntegrityCheck } from '../../src/storage/integrity.ts';
import { errorLog } from '../harness/life.ts';
import { withProbe } from '../harness/scenes.ts';
import { type School, school } from '../harness/school.ts';

const DAMAGE = 'row 3 missing from index alarm_open';

function employ({ core }: School, check: () => Promise<string[]>, log = pino({ level: 'silent' })) {
  return new IntegrityCheck({
    check,
    log,
    raise: (reason) => core.raiseOwn('DATABASE_CORRUPT', { file: 'campus.db', reason }),
    clear: () => core.clearOwn('DATABASE_CORRUPT'),
  });
}

test('damage is an alarm, which ends once the file is found sound', async () => {
  await using night = await school(withProbe());
  let findings = [DAMAGE];
  const integrity = employ(night, async () => findings);
  await integrity.run();
  await night.settle();
  night.phone.expect(DAMAGE);
  expect(integrity.damage).toBe(DAMAGE);
  await night.clock.forward('1d');
  await integrity.run();
  findings = [];
  await integrity.run();
  await night.settle();
  night.phone.expectOver(DAMAGE);
  expect(integrity.damage).toBeUndefined();
  night.phone.expectNothingNew();
});

test('so does one of an earlier run', async () => {
  await using night = await school(withProbe());
  await employ(night, async () => [DAMAGE]).run();
  await night.restart();
  await employ(night, async () => []).run();
  expect(night.core.ownAlarms()).toEqual([]);
});

test('a check that was stopped says nothing about the file', async () => {
  await using night = await school(withProbe());
  await employ(night, async () => [DAMAGE]).run();
  const stopped = async () => {
    throw new Error('stopped');
  };
  await employ(night, stopped).run();
  expect(night.core.ownAlarms()).toHaveLength(1);
});

test('damage too great for an alarm to be written is in the log, and known all the same', async () => {
  await using night = await school(withProbe());
  const complaints: string[] = [];
  const integrity = employ(night, async () => [DAMAGE], errorLog(complaints));
  night.diskFails();
  await integrity.run();
  expect(integrity.damage).toBe(DAMAGE);
  expect(complaints).toEqual([
    'the database is damaged',
    'the alarm about a damaged database could not be written',
  ]);
});
