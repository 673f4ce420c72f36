import { constants } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { CodedError } from '../../src/errors.ts';
import { configure } from '../harness/configuration.ts';
import { rule } from '../harness/profiles.ts';
import { withProbe } from '../harness/scenes.ts';
import { type School, school } from '../harness/school.ts';
import { isoAt } from '../harness/story-clock.ts';

const SCHOOL = configure(
  withProbe(rule('warm', 'high: 8, onDelay: 10m'), rule('silent', 'kind: silence')),
);
const TOPIC = 'campus/qingcheng/probe/up';

const one = (night: School, sql: string): unknown =>
  Object.values(night.core.database.prepare(sql).get() ?? {})[0];

/** No page more may be added to the database. */
function fillDisk(night: School): void {
  const pages = one(night, 'PRAGMA page_count');
  night.core.database.connection.exec(`PRAGMA max_page_count = ${pages}`);
}

function freeDisk(night: School): void {
  night.core.database.connection.exec('PRAGMA max_page_count = 1000000');
}

/** Hands messages over; `answers` fills as they are answered. */
function send(night: School, payloads: readonly string[]): (Error | undefined)[] {
  const answers: (Error | undefined)[] = [];
  for (const payload of payloads) {
    const message = { topic: TOPIC, payload: Buffer.from(payload), replayed: false };
    night.core.pipeline.receive({ ...message, settle: (error) => answers.push(error) });
  }
  return answers;
}

const measured = (time: number, temperature: number): string =>
  JSON.stringify({ time: isoAt(time), values: { temperature } });
const bulky = (text: string): string => text.padEnd(20_000, '.');

describe('on a full disk', () => {
  test('nothing is acknowledged, and all of it is kept once there is room', async () => {
    await using night = await school(SCHOOL);
    const { clock, life } = night;
    const { counters } = night.core.pipeline;
    await night.campus.thermometer('probe').measures(4);
    fillDisk(night);
    const before = { ...counters };
    const good = Array.from({ length: 300 }, (_, i) => measured(clock.now - 300_000 + i, i % 8));
    const bad = Array.from({ length: 30 }, (_, i) => bulky(`not JSON ${i}`));
    await clock.forward('1m');
    const answers = send(night, [...good, ...bad, measured(clock.now, 5)]);
    await clock.forward('1m');
    expect(answers).toEqual([]);
    expect(counters).toEqual(before);
    expect(night.core.pipeline.deadLetters.kept).toBe(0);
    expect(one(night, 'SELECT count(*) FROM reading')).toBe(1);
    expect(life.storageTold).toEqual([expect.objectContaining({ code: 'STORAGE_FULL' })]);

    freeDisk(night);
    await clock.forward('1s');
    expect(answers).toEqual(Array(331).fill(undefined));
    expect(life.storageTold).toEqual([expect.any(CodedError), undefined]);
    expect(counters).toMatchObject({ messages: 332, readings: 302, duplicates: 0, refused: 30 });
    expect(one(night, 'SELECT count(*) FROM reading')).toBe(302);
    expect(one(night, 'SELECT count(*) FROM dead_letter')).toBe(30);
    expect([...night.core.pipeline.deadLetters.counts]).toEqual([['PAYLOAD_NOT_JSON', 30]]);
    expect(one(night, 'PRAGMA integrity_check')).toBe('ok');
  });

  test('what waits when the gateway stops stays with its sender', async () => {
    await using night = await school(SCHOOL);
    fillDisk(night);
    const answers = send(night, Array(50).fill(bulky('not JSON')));
    await night.settle();
    await night.restart();
    expect(answers).toHaveLength(50);
    for (const answer of answers) expect(answer).toBeInstanceOf(Error);
    expect(one(night, 'SELECT count(*) FROM dead_letter')).toBe(0);
    await night.campus.thermometer('probe').measures(4);
    expect(night.core.pipeline.counters.readings).toBe(1);
  });
});

describe('while nothing can be written', () => {
  test('it is told once, whatever is tried, and once that it is over', async () => {
    await using night = await school(SCHOOL);
    for (const _ of [1, 2]) {
      night.life.storageTold.length = 0;
      night.diskFails();
      void night.campus.thermometer('probe').measures(4, { at: night.clock.now });
      await night.clock.forward('2m');
      void night.campus.thermometer('probe').measures(5);
      await night.clock.forward('1m');
      night.diskWorks();
      await night.clock.forward('1m');
      const failure = expect.objectContaining({ code: 'STORAGE_FAILED' });
      expect(night.life.storageTold).toEqual([failure, undefined]);
    }
    expect(night.core.pipeline.counters.readings).toBe(4);
  });

  test('a person’s acknowledgement is refused, and nothing of it remains', async () => {
    await using night = await school(SCHOOL);
    await night.campus.thermometer('probe').holds(9);
    await night.clock.forward('10m');
    const alarm = night.alarm('probe', 'warm');
    const link = night.phone.expect('warm');
    night.diskFails();
    expect(() => night.acknowledge(alarm, '张伟')).toThrow(
      expect.objectContaining({ code: 'STORAGE_FAILED' }),
    );
    night.diskWorks();
    expect(night.alarm('probe', 'warm')).toEqual(alarm);
    expect(night.life.events.map(({ event }) => event)).toEqual(['raised']);
    link.acknowledge('张伟');
  });

  test('a delay runs on, and its alarm is raised late with its own time', async () => {
    await using night = await school(SCHOOL);
    await night.campus.thermometer('probe').holds(9);
    await night.clock.forward('8m');
    night.diskFails();
    await night.clock.forward('5m');
    night.phone.expectNothingNew();
    night.diskWorks();
    await night.clock.forward('2s');
    night.phone.expect('warm');
    expect(night.history('probe', 'warm')).toEqual(['raised 11-23 20:10']);
  });

  test('no device is said to be silent: nobody listens', async () => {
    await using night = await school(SCHOOL);
    const probe = night.campus.thermometer('probe');
    await probe.holds(4);
    await night.clock.forward('1m');
    night.diskFails();
    await night.clock.forward('1h');
    night.diskWorks();
    await night.clock.forward('1h');
    expect(night.openAlarms()).toEqual([]);
  });

  test('nor is one that waited for its acknowledgement all the time', async () => {
    await using night = await school(SCHOOL);
    const probe = night.campus.thermometer('probe');
    await probe.holds(4);
    night.diskFails();
    await night.clock.forward('1m');
    probe.fallsSilent();
    await night.clock.forward('1h');
    night.diskWorks();
    await night.clock.forward('4m');
    expect(night.openAlarms()).toEqual([]);
    await night.clock.forward('2m');
    expect(night.openAlarms()).toEqual(['probe silent']);
  });
});

test('a gateway that can write nothing can be stopped all the same', async () => {
  await using night = await school(SCHOOL);
  const { database } = night.core;
  night.diskFails();
  const answers = send(night, [measured(night.clock.now, 4)]);
  await night.settle();
  await night.stop();
  expect(answers).toEqual([expect.any(Error)]);
  expect(database.connection.isOpen).toBe(false);
});

test('a failure in the middle of a batch repeats nothing of what was written before it', async () => {
  await using night = await school(SCHOOL);
  const { engine } = night.core;
  const take = engine.take.bind(engine);
  let isFull = true;
  engine.take = (reading) => {
    if (reading.value === 13) throw new Error('a stage that fails');
    if (reading.value === 6 && isFull) throw Object.assign(new Error('full'), { errcode: 13 });
    take(reading);
  };
  // without a time of its own a reading can't be told from a new one
  const untimed = (temperature: number) => JSON.stringify({ values: { temperature } });
  const answers = send(night, [untimed(5), untimed(13), untimed(6)]);
  await night.clock.forward('5s');
  expect(answers).toEqual([]);
  isFull = false;
  await night.clock.forward('1s');
  expect(answers).toEqual([undefined, undefined, undefined]);
  expect(night.core.database.prepare('SELECT value FROM reading').all()).toEqual([
    { value: 5 },
    { value: 6 },
  ]);
  expect(night.core.pipeline.counters).toMatchObject({ messages: 3, readings: 2, refused: 1 });
  expect(one(night, 'SELECT count(*) FROM dead_letter')).toBe(1);
});

test('a disk that can be read no more either leaves nothing half done', async () => {
  await using night = await school(configure(withProbe(rule('warm', 'high: 8'))));
  const { engine, database, pipeline } = night.core;
  const { connection } = database;
  const take = engine.take.bind(engine);
  let fails = true;
  engine.take = (reading) => {
    take(reading);
    if (!fails) return;
    connection.setAuthorizer((action) =>
      action === constants.SQLITE_TRANSACTION ? constants.SQLITE_OK : constants.SQLITE_DENY,
    );
    throw Object.assign(new Error('disk I/O error'), { errcode: 10 });
  };
  const answers = send(night, ['not JSON', measured(night.clock.now, 9)]);
  await night.settle();
  expect(pipeline.deadLetters.kept).toBe(0);
  connection.setAuthorizer(null);
  fails = false;
  await night.clock.forward('1s');
  expect(answers).toEqual([undefined, undefined]);
  night.phone.expect('warm');
  expect(night.history('probe', 'warm')).toHaveLength(1);
  expect(pipeline.deadLetters.kept).toBe(1);
});
