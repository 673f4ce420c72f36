import { describe, expect, test } from 'vitest';
import { replayDeadLetters } from '../../src/pipeline/replay-dead-letters.ts';
import { configure } from '../harness/configuration.ts';
import { rule } from '../harness/profiles.ts';
import { withProbe } from '../harness/scenes.ts';
import { type School, school } from '../harness/school.ts';
import { isoAt } from '../harness/story-clock.ts';

const WARM = withProbe(rule('warm', 'high: 8'));
const SMALL = configure({ ...WARM, storage: '{maxDeadLetters: 100}' });
const PROBE = 'campus/qingcheng/probe/up';
const NEWCOMER = 'campus/qingcheng/newcomer/up';

const send = (night: School, topic: string, payload: string) =>
  night.deliver({ topic, payload: Buffer.from(payload), replayed: false });

describe('dead letters are bounded', () => {
  test('by number: the oldest go first', async () => {
    await using night = await school(SMALL);
    const { deadLetters } = night.core.pipeline;
    for (let i = 0; i < 130; i++) await send(night, PROBE, `letter ${i}`);
    expect(deadLetters.kept).toBe(100);
    const [oldest] = deadLetters.list({ limit: 1 });
    expect(String(oldest?.payload)).toBe('letter 30');
    expect(deadLetters.counts.get('PAYLOAD_NOT_JSON')).toBe(130);
  });

  test('by size: 256 MB', async () => {
    await using night = await school(SMALL);
    const { deadLetters } = night.core.pipeline;
    const payload = Buffer.alloc(3_000_000);
    for (let i = 0; i < 90; i++)
      deadLetters.add({
        received: i,
        topic: '',
        payload,
        replayed: false,
        reason: 'X',
        detail: '',
      });
    expect(deadLetters.kept).toBe(89);
  });

  test('after a restart too', async () => {
    await using night = await school(SMALL);
    for (let i = 0; i < 100; i++) await send(night, PROBE, `letter ${i}`);
    await night.restart();
    await send(night, PROBE, 'letter 100');
    expect(night.core.pipeline.deadLetters.kept).toBe(100);
  });
});

test('they are listed by number and reason, a page at a time', async () => {
  await using night = await school(SMALL);
  const { deadLetters } = night.core.pipeline;
  for (const payload of ['no JSON', '', 'nor this', '']) await send(night, PROBE, payload);
  const reasons = (options: { after?: number; reason?: string }, limit = 10) =>
    deadLetters.list({ ...options, limit }).map(({ id, reason }) => `${id} ${reason}`);
  expect(reasons({}, 2)).toEqual(['1 PAYLOAD_NOT_JSON', '2 PAYLOAD_EMPTY']);
  expect(reasons({ after: 2 })).toEqual(['3 PAYLOAD_NOT_JSON', '4 PAYLOAD_EMPTY']);
  expect(reasons({ reason: 'PAYLOAD_EMPTY' })).toEqual(['2 PAYLOAD_EMPTY', '4 PAYLOAD_EMPTY']);
  deadLetters.remove(2);
  deadLetters.remove(99);
  expect(deadLetters.kept).toBe(3);
  expect(deadLetters.get(2)).toBeUndefined();
});

test('they go when their time is over, a few at a time', async () => {
  await using night = await school(SMALL);
  const { deadLetters } = night.core.pipeline;
  for (let i = 0; i < 5; i++) await send(night, PROBE, '');
  await night.clock.forward('1d');
  await send(night, PROBE, '');
  const before = night.clock.ago('1h');
  expect([deadLetters.expire(before, 3), deadLetters.expire(before, 3)]).toEqual([3, 2]);
  expect(deadLetters.expire(before, 3)).toBe(0);
  expect(deadLetters.kept).toBe(1);
});

describe('taken again', () => {
  const TWO = '[{id: probe, profile: test/probe}, {id: newcomer, profile: test/probe}]';
  const WITH_NEWCOMER = configure({ ...WARM, devices: TWO });

  /** A device that nobody knew yesterday has reported; today it is configured. */
  async function today(payload: (time: string) => string): Promise<School> {
    const night = await school(WARM);
    await send(night, NEWCOMER, payload(isoAt(night.clock.now)));
    await night.clock.forward('1d');
    await night.follow(WITH_NEWCOMER);
    return night;
  }
  const timed = (time: string) => `{"time":"${time}","values":{"temperature":30}}`;
  const untimed = () => '{"values":{"temperature":30}}';

  test.each([
    ['with a time of its own', timed, 8],
    ['without one', untimed, 9],
  ])(
    'one %s is kept where it belongs, and no longer a dead letter',
    async (_what, payload, quality) => {
      await using night = await today(payload);
      expect(night.core.pipeline.takeAgain(1)).toBe(true);
      expect(night.core.pipeline.deadLetters.kept).toBe(0);
      expect(night.core.database.prepare('SELECT time, value, quality FROM reading').all()).toEqual(
        [{ time: night.clock.ago('1d'), value: 30, quality }],
      );
    },
  );

  test.each([
    ['with a time of its own', timed],
    ['without one', untimed],
  ])('one %s rings nobody: it tells of yesterday', async (_what, payload) => {
    await using night = await today(payload);
    night.core.pipeline.takeAgain(1);
    await night.clock.forward('1m');
    night.phone.expectNothingNew();
  });

  test('one without a time does not pass for the newest either', async () => {
    await using night = await today(untimed);
    const newcomer = night.campus.thermometer('newcomer');
    await newcomer.measures(4, { at: 'none' });
    night.core.pipeline.takeAgain(1);
    await night.settle();
    night.phone.expectNothingNew();
    expect(night.readings.at(-1)).toMatchObject({
      time: night.clock.ago('1d'),
      timeliness: 'late',
    });
  });

  test.each([
    ['with a time of its own', timed, 1],
    ['without one', untimed, 0],
  ])('a retained one %s rings nobody, however soon it is taken', async (_what, payload, kept) => {
    await using night = await school(WARM);
    const body = Buffer.from(payload(isoAt(night.clock.now)));
    await night.deliver({ topic: NEWCOMER, payload: body, replayed: true });
    expect(night.core.pipeline.deadLetters.get(1)).toMatchObject({ replayed: true });
    await night.restart({ configuration: WITH_NEWCOMER });
    expect(night.core.pipeline.takeAgain(1)).toBe(true);
    await night.settle();
    night.phone.expectNothingNew();
    expect(night.readings).toHaveLength(kept);
  });

  test('one that was sent just now still rings', async () => {
    await using night = await school(WARM);
    await send(night, NEWCOMER, timed(isoAt(night.clock.now)));
    await night.follow(WITH_NEWCOMER);
    night.core.pipeline.takeAgain(1);
    await night.settle();
    expect(night.openAlarms()).toEqual(['newcomer warm']);
  });

  test('one that is still refused stays', async () => {
    await using night = await today(() => 'still no JSON');
    expect(night.core.pipeline.takeAgain(1)).toBe(false);
    expect(night.core.pipeline.deadLetters.kept).toBe(1);
  });

  test('a large one that may be taken is kept whole, a larger one says that it is not', async () => {
    const large = { transport: '{maxPayload: 8388608}' };
    const padded = (bytes: number) => untimed().padEnd(bytes);
    await using night = await school(configure({ ...WARM, ...large }));
    await send(night, NEWCOMER, padded(5_000_000));
    await send(night, NEWCOMER, padded(9_000_000));
    const { deadLetters } = night.core.pipeline;
    expect(deadLetters.get(1)?.detail).not.toContain('kept');
    expect(deadLetters.get(2)?.detail).toMatch(/Only the first 8388608 bytes are kept/);
    await night.follow(WITH_NEWCOMER);
    expect(night.core.pipeline.takeAgain(1), 'too large by now').toBe(false);
    await night.follow(configure({ ...WARM, ...large, devices: TWO }));
    expect(night.core.pipeline.takeAgain(1)).toBe(true);
  });

  test('one that there is not is not taken', async () => {
    await using night = await school(WARM);
    expect(night.core.pipeline.takeAgain(7)).toBe(false);
  });

  test('what of it was kept before is not kept twice', async () => {
    await using night = await school(WARM);
    await send(night, PROBE, '{"values":{"temperature":4,"pressure":1}}');
    await night.clock.forward('1m');
    expect(night.core.pipeline.takeAgain(1)).toBe(false);
    expect(night.core.pipeline.counters).toMatchObject({ readings: 1, duplicates: 1 });
  });

  test.each([
    ['by number', Array.from({ length: 60 }, (_, i) => i + 1)],
    ['all of them', undefined],
  ])('%s, an alarm does not wait until they are through', async (_what, ids) => {
    await using night = await school(WARM);
    for (let i = 0; i < 60; i++) await send(night, NEWCOMER, untimed());
    await night.clock.forward('1d');
    await night.follow(WITH_NEWCOMER);
    const { pipeline } = night.core;
    const replaying = replayDeadLetters(pipeline, { ids });
    await night.campus.thermometer('probe').measures(30);
    const { kept } = pipeline.deadLetters;
    expect(await replaying).toEqual({ replayed: 60, refused: 0 });
    expect(night.openAlarms()).toEqual(['probe warm']);
    expect(kept).toBeGreaterThan(50);
  });

  test('all of them ends, though a broken device brings more all the while', async () => {
    await using night = await school(WARM);
    for (let i = 0; i < 10; i++) await send(night, PROBE, 'no JSON');
    const replaying = replayDeadLetters(night.core.pipeline, {});
    for (let i = 0; i < 10; i++) await send(night, PROBE, 'no JSON');
    expect(await replaying).toEqual({ replayed: 0, refused: 10 });
    expect(night.core.pipeline.deadLetters.kept).toBe(20);
  });

  test('numbers that there are not are named, and none is taken', async () => {
    await using night = await today(untimed);
    const replaying = replayDeadLetters(night.core.pipeline, { ids: [1, 7, 8] });
    await expect(replaying).rejects.toMatchObject({
      code: 'DEAD_LETTER_UNKNOWN',
      params: { ids: '7, 8' },
    });
    expect(night.core.pipeline.deadLetters.kept).toBe(1);
  });
});
