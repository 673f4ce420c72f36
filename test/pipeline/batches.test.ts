import { describe, expect, test } from 'vitest';
import { configure } from '../harness/configuration.ts';
import { rule } from '../harness/profiles.ts';
import { withProbe } from '../harness/scenes.ts';
import { type School, school } from '../harness/school.ts';
import { isoAt } from '../harness/story-clock.ts';

const SCHOOL = configure(withProbe(rule('warm', 'high: 8'), rule('slow', 'high: 8, onDelay: 5m')));
const IGNORED = configure({
  devices: '[]',
  bridges: '[{id: zigbee, kind: zigbee2mqtt, topic: zigbee2mqtt}]',
});

const measured = (time: number, temperature: number) => ({
  topic: 'campus/qingcheng/probe/up',
  payload: Buffer.from(JSON.stringify({ time: isoAt(time), values: { temperature } })),
  replayed: false,
});

/** A stage that fails at thirteen degrees, after it has written. */
function failsAtThirteen(night: School): void {
  const { engine } = night.core;
  const take = engine.take.bind(engine);
  engine.take = (reading) => {
    take(reading);
    if (reading.value === 13) throw new TypeError('thirteen is no number');
  };
}

/** Everything that the next reading could depend on. */
function memory(night: School): unknown {
  const { catalogue, pipeline } = night.core;
  return structuredClone({
    series: [...catalogue.devices.values()].flatMap(({ series }) =>
      [...series.values()].map(({ metric, last, staged }) => ({ metric, last, staged })),
    ),
    counters: pipeline.counters,
    letters: pipeline.deadLetters.kept,
    events: night.life.events.length,
    readings: night.readings.length,
  });
}

describe('a message on which a stage fails', () => {
  test('is set aside, and the others of its batch are kept', async () => {
    await using night = await school(SCHOOL);
    failsAtThirteen(night);
    const begin = night.clock.now - 10_000;
    const batch = [4, 5, 13, 6, 7].map((temperature, i) => measured(begin + i, temperature));
    expect(await Promise.all(batch.map((message) => night.deliver(message)))).toEqual(
      Array(5).fill(true),
    );
    expect(night.readings.map(({ value }) => value)).toEqual([4, 5, 6, 7]);
    expect(night.core.pipeline.deadLetters.list({ limit: 10 })).toMatchObject([
      { reason: 'INTERNAL', detail: expect.stringContaining('thirteen is no number') },
    ]);
    expect(night.core.pipeline.counters).toMatchObject({ messages: 5, readings: 4, refused: 1 });
    expect(night.life.complaints).toEqual(['a message was set aside']);
  });

  test('leaves nothing behind: no reading, no alarm, no news', async () => {
    await using night = await school(SCHOOL);
    failsAtThirteen(night);
    await night.deliver(measured(night.clock.now, 13));
    expect(night.readings).toEqual([]);
    expect(night.openAlarms()).toEqual([]);
    expect(night.life.events).toEqual([]);
    night.phone.expectNothingNew();
    expect(night.core.database.prepare('SELECT * FROM reading').all()).toEqual([]);
    expect(night.core.database.prepare('SELECT * FROM rule_state').all()).toEqual([]);
  });

  test('can be taken again once the fault is mended', async () => {
    await using night = await school(SCHOOL);
    const { engine, pipeline } = night.core;
    const { take } = engine;
    failsAtThirteen(night);
    await night.deliver(measured(night.clock.now, 13));
    engine.take = take;
    expect(pipeline.takeAgain(1)).toBe(true);
    await night.settle();
    expect(night.readings.map(({ value }) => value)).toEqual([13]);
    night.phone.expect('warm');
  });
});

describe('a transaction that fails', () => {
  test('leaves the memory as it was', async () => {
    await using night = await school(SCHOOL);
    await night.deliver(measured(night.clock.now - 60_000, 4));
    const before = memory(night);
    const { pipeline, catalogue } = night.core;
    const device = catalogue.devices.get('qingcheng/probe') ?? expect.fail('no device');
    const point = { time: isoAt(night.clock.now), values: [['temperature', 9]] as const };
    expect(() =>
      pipeline.transact(() => {
        expect(pipeline.admit(device, [point], night.clock.now, 0)).toEqual([]);
        pipeline.deadLetters.add({
          received: 0,
          topic: 'x',
          payload: Buffer.from('x'),
          replayed: false,
          reason: 'INTERNAL',
          detail: '',
        });
        throw new Error('changed my mind');
      }),
    ).toThrow('changed my mind');
    expect(memory(night)).toEqual(before);
    expect([...pipeline.deadLetters.counts]).toEqual([]);
    expect(night.openAlarms()).toEqual([]);
  });

  test('does not count for what comes next', async () => {
    await using night = await school(SCHOOL);
    const { pipeline, catalogue } = night.core;
    const device = catalogue.devices.get('qingcheng/probe') ?? expect.fail('no device');
    const at = night.clock.now;
    const point = { time: isoAt(at), values: [['temperature', 9]] as const };
    const admit = () => pipeline.admit(device, [point], at, 0);
    expect(() =>
      pipeline.transact(() => {
        admit();
        throw new Error('changed my mind');
      }),
    ).toThrow();
    pipeline.transact(() => undefined);
    pipeline.transact(admit);
    await night.settle();
    night.phone.expect('warm');
    expect(night.core.database.prepare('SELECT count(*) AS n FROM reading').get()?.n).toBe(1);
    expect(night.core.database.prepare('SELECT count(*) AS n FROM open_hour').get()?.n).toBe(1);
    // the delay of the other rule runs since the reading that counted
    await night.clock.forward('5m');
    night.phone.expect('slow');
  });
});

describe('what waits is bounded', () => {
  test('by number: the 70 001st message is refused, the others are taken 4000 at a time', async () => {
    await using night = await school(IGNORED);
    const { pipeline } = night.core;
    const message = { topic: 'zigbee2mqtt/bridge/x', payload: Buffer.alloc(1), replayed: false };
    const answers: boolean[] = [];
    const settle = (error?: Error) => answers.push(!error);
    for (let i = 0; i <= 70_000; i++) pipeline.receive({ ...message, settle });
    expect(answers).toEqual([false]);
    await night.settle();
    expect(answers).toHaveLength(70_001);
    expect(answers.filter((wasTaken) => !wasTaken)).toHaveLength(1);
    expect(pipeline.counters).toMatchObject({ messages: 70_000, transactions: 18 });
    expect(await night.deliver(message)).toBe(true);
  });

  test('in one transaction by size too: what devices have kept while they were offline is long', async () => {
    await using night = await school(IGNORED);
    const { pipeline } = night.core;
    const message = {
      topic: 'zigbee2mqtt/bridge/x',
      payload: Buffer.alloc(65_536),
      replayed: false,
    };
    for (let i = 0; i < 12; i++) pipeline.receive({ ...message, settle: () => undefined });
    pipeline.receive({ ...message, payload: Buffer.alloc(1_000_000), settle: () => undefined });
    await night.settle();
    // six times 64 KiB, the other six, and what is longer than all of a batch by itself
    expect(pipeline.counters).toMatchObject({ messages: 13, transactions: 3 });
  });

  test('by size: more than 128 MB are refused', async () => {
    await using night = await school(IGNORED);
    const { pipeline } = night.core;
    const payload = Buffer.alloc(16 * 1024 * 1024);
    const message = { topic: 'zigbee2mqtt/bridge/x', payload, replayed: false };
    const answers: boolean[] = [];
    const settle = (error?: Error) => answers.push(!error);
    for (let i = 0; i < 9; i++) pipeline.receive({ ...message, settle });
    expect(answers).toEqual([false]);
    await night.settle();
    expect(await night.deliver(message)).toBe(true);
  });
});

test('a stopped gateway takes nothing', async () => {
  await using night = await school(SCHOOL);
  const { pipeline } = night.core;
  await night.stop();
  const answer = new Promise((settle) => pipeline.receive({ ...measured(0, 4), settle }));
  expect(await answer).toBeInstanceOf(Error);
});

test('what was handed over before a stop is written before it', async () => {
  await using night = await school(SCHOOL);
  const answers: (Error | undefined)[] = [];
  const message = measured(night.clock.now, 4);
  night.core.pipeline.receive({ ...message, settle: (error) => answers.push(error) });
  await night.restart();
  expect(answers).toEqual([undefined]);
  expect(night.core.database.prepare('SELECT value FROM reading').all()).toEqual([{ value: 4 }]);
});
