import { describe, expect, test } from 'vitest';
import { FakeInflux, type Reply, refusing, type Seen } from './fake-influx.ts';
import { Rig, type RigOptions } from './rig.ts';

/** A server that listens, and a rig that is set to it. */
async function both(options: RigOptions = {}) {
  const stack = new AsyncDisposableStack();
  const server = stack.use(new FakeInflux());
  await server.listen();
  const rig = stack.use(Rig.open({ url: server.url, ...options }));
  return { server, rig, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** These answers in turn, then whatever the server says by itself. */
const script = (...replies: (Reply | undefined)[]) => {
  return (_request: Seen, number: number): Reply | undefined => replies[number - 1];
};

const temperatureIs = (value: number) => (line: string) => line.includes(` temperature=${value} `);

describe('what is taken', () => {
  test('arrives as float and boolean, in the device’s time, by the write API of InfluxDB 2', async () => {
    await using stage = await both({ token: 'secret', influx: '  org: 青城 小学\n  bucket: b&c' });
    const { server, rig } = stage;
    rig.read({ temperature: 4, door: true });
    rig.read({ temperature: -18.25 }, { at: rig.clock.now() - 60_000 });
    await rig.begin();
    const { path, headers, lines } = server.seen[0] ?? {};
    expect(lines).toEqual([
      'cold_storage,campus=qingcheng,device=probe-1,zone=canteen temperature=4 1740960000000',
      'cold_storage,campus=qingcheng,device=probe-1,zone=canteen door=true 1740960000000',
      'cold_storage,campus=qingcheng,device=probe-1,zone=canteen temperature=-18.25 1740959940000',
    ]);
    const url = new URL(path ?? '', server.url);
    expect(url.pathname).toBe('/api/v2/write');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      org: '青城 小学',
      bucket: 'b&c',
      precision: 'ms',
    });
    expect(headers?.authorization).toBe('Token secret');
    expect(rig.waiting).toBe(0);
    expect(server.readings).toEqual(rig.expected());
  });

  test('goes in order, gzipped, at most 5 000 lines at once', async () => {
    await using stage = await both({ probes: 10 });
    const { server, rig } = stage;
    rig.readMany(7_000);
    await rig.begin();
    await rig.pass('1s');
    expect(server.seen.map(({ lines }) => lines.length)).toEqual([5_000, 2_000]);
    expect(server.seen.every(({ isGzip }) => isGzip)).toBe(true);
    const values = server.seen.flatMap(({ lines }) =>
      lines.map((line) => Number(/temperature=(\d+)/.exec(line)?.[1])),
    );
    expect(values).toEqual(Array.from({ length: 7_000 }, (_, i) => i));
    expect(server.readings).toEqual(rig.expected());
    expect(server.repeats).toBe(0);
  });

  test('waits a second for company, and no longer', async () => {
    await using stage = await both();
    const { server, rig } = stage;
    await rig.begin();
    rig.read({ temperature: 1 });
    await rig.pass('600ms');
    rig.read({ temperature: 2 });
    await rig.pass('399ms');
    expect(server.seen).toHaveLength(0);
    await rig.pass('1ms');
    expect(server.seen.map(({ lines }) => lines.length)).toEqual([2]);
    expect(rig.running.status()).toMatchObject({ waiting: 0, oldest: 0, lag: 400, ok: true });
  });

  test('does not wait when 5 000 are there', async () => {
    await using stage = await both();
    const { server, rig } = stage;
    await rig.begin();
    rig.core.pipeline.transact(() => {
      for (let i = 0; i < 5_000; i++) {
        rig.core.influx?.enqueue({ measurement: 'm', tags: {}, fields: { i }, time: i });
      }
    });
    await rig.running.settled();
    expect(server.seen.map(({ lines }) => lines.length)).toEqual([5_000]);
  });

  test('goes more slowly while much comes in: that goes first', async () => {
    await using stage = await both({ probes: 10 });
    const { server, rig } = stage;
    rig.readMany(15_000);
    server.answer = (_request, number) => {
      if (number > 1) return undefined;
      rig.core.pipeline.transact(() => {
        for (let i = 0; i < 300; i++) {
          rig.admit((i % 10) + 1, rig.clock.now() + i, { temperature: i });
        }
      });
      rig.clock.moveTo(rig.clock.now() + 20);
      return undefined;
    };
    await rig.begin();
    expect(server.seen).toHaveLength(1);
    await rig.pass('19ms');
    expect(server.seen).toHaveLength(1);
    await rig.pass('1ms');
    expect(server.seen).toHaveLength(3);
    await rig.pass('1s');
    expect(server.readings).toEqual(rig.expected());
  });

  test.each([200, 201, 204])('is what HTTP %i says', async (status) => {
    await using stage = await both();
    const { server, rig } = stage;
    server.answer = script({ status });
    rig.read({ temperature: 1 });
    await rig.begin();
    expect(rig.waiting).toBe(0);
    expect(rig.running.counters).toMatchObject({ written: 1, failures: 0 });
  });
});

describe('413', () => {
  test('splits until it fits, and remembers', async () => {
    await using stage = await both();
    const { server, rig } = stage;
    server.answer = ({ lines }) => (lines.length > 1_300 ? { status: 413 } : undefined);
    rig.readMany(6_000);
    await rig.begin();
    rig.readMany(4_000);
    await rig.pass('1s');
    expect(server.seen.map(({ lines }) => lines.length)).toEqual([
      ...[5_000, 2_500, 1_250, 1_250, 2_500, 1_250, 1_250],
      // what follows is in parts that fit, of whole rows
      ...[1_000, 1_000, 1_000, 1_000, 1_000],
    ]);
    expect(server.readings).toEqual(rig.expected());
    expect(server.repeats).toBe(0);
    expect(rig.deadLetters).toEqual([]);
  });

  test('makes a dead letter of one line that is too long for itself', async () => {
    await using stage = await both();
    const { server, rig } = stage;
    const isTooLong = temperatureIs(7);
    server.answer = ({ lines }) => (lines.some(isTooLong) ? { status: 413 } : undefined);
    rig.readMany(20);
    await rig.begin();
    await rig.pass('1s');
    expect(rig.deadLetters).toMatchObject([{ reason: 'INFLUX_REFUSED', detail: 'HTTP 413' }]);
    expect(server.readings.size).toBe(19);
    expect(rig.waiting).toBe(0);
  });
});

describe.each([400, 422] as const)('%i', (status) => {
  test('one bad line of 5 000 becomes a dead letter, the other 4 999 are there', async () => {
    await using stage = await both();
    const { server, rig } = stage;
    server.answer = refusing(temperatureIs(3_141), status);
    rig.readMany(5_000);
    await rig.begin();
    expect(rig.deadLetters).toHaveLength(1);
    const [letter] = rig.deadLetters;
    expect(letter).toMatchObject({ reason: 'INFLUX_REFUSED' });
    expect(letter?.detail).toContain(`HTTP ${status}: `);
    expect(letter?.text).toMatch(/^cold_storage,.* temperature=3141 \d{13}$/);
    expect(server.readings.size).toBe(4_999);
    expect(rig.running.counters).toMatchObject({ written: 4_999, refused: 1 });
    // a probe, then two a halving
    expect(server.seen.length).toBeLessThan(30);
    expect(rig.waiting).toBe(0);
    expect(rig.alarms).toEqual([]);
  });

  test('several bad lines, and order is kept among the good ones', async () => {
    await using stage = await both();
    const { server, rig } = stage;
    const bad = new Set([0, 1, 77, 998, 999]);
    const isBad = (line: string) => bad.has(Number(/temperature=(\d+) /.exec(line)?.[1]));
    server.answer = refusing(isBad, status);
    rig.readMany(1_000);
    await rig.begin();
    expect(rig.deadLetters.map(({ text }) => Number(/=(\d+) /.exec(text)?.[1]))).toEqual([...bad]);
    expect(server.readings.size).toBe(995);
    const good = server.seen
      .filter(({ lines }) => !lines.some(isBad) && !lines[0]?.startsWith('gateway'))
      .flatMap(({ lines }) => lines.map((line) => Number(/temperature=(\d+)/.exec(line)?.[1])));
    expect(good).toEqual(good.toSorted((a, b) => a - b));
  });
});

describe('a refusal', () => {
  test('can be taken again once the cause is gone', async () => {
    await using stage = await both();
    const { server, rig } = stage;
    server.answer = refusing(temperatureIs(2), 422);
    rig.readMany(5);
    await rig.begin();
    expect(rig.deadLetters).toHaveLength(1);
    server.answer = () => undefined;
    const [letter] = rig.core.pipeline.deadLetters.list({ limit: 1 });
    expect(rig.core.pipeline.takeAgain(letter?.id ?? 0)).toBe(true);
    await rig.pass('1s');
    expect(rig.deadLetters).toEqual([]);
    expect(server.readings).toEqual(rig.expected());
  });

  test('of whatever is sent is no dead letter: it is kept, and somebody is told', async () => {
    await using stage = await both();
    const { server, rig } = stage;
    const body = '{"code":"invalid","message":"Please provide either orgID or org"}';
    server.answer = () => ({ status: 400, body });
    rig.readMany(100);
    await rig.begin();
    expect(rig.alarms).toEqual(['influx-request']);
    expect(rig.deadLetters).toEqual([]);
    expect(rig.running.status()).toMatchObject({ ok: false, waiting: 101 });
    expect(rig.running.status().problem).toBe('HTTP 400: Please provide either orgID or org');
    const tried = server.seen.length;
    await rig.pass('59s');
    expect(server.seen).toHaveLength(tried);
    server.answer = () => undefined;
    await rig.pass('1s');
    expect(rig.alarms).toEqual([]);
    await rig.pass('1s');
    expect(server.readings).toEqual(rig.expected());
  });

  test('of every single line as too large is none either', async () => {
    await using stage = await both();
    const { server, rig } = stage;
    server.answer = () => ({ status: 413 });
    rig.readMany(3);
    await rig.begin();
    expect(rig.alarms).toEqual(['influx-request']);
    expect(rig.deadLetters).toEqual([]);
  });

  test('of what the bucket would delete at once is none: InfluxDB has kept the others', async () => {
    await using stage = await both();
    const { server, rig } = stage;
    const message = 'partial write: points beyond retention policy dropped=3';
    server.answer = script({ status: 422, body: JSON.stringify({ message }) });
    rig.readMany(10);
    await rig.begin();
    expect(server.seen).toHaveLength(1);
    expect(rig.running.counters).toMatchObject({ written: 7, expired: 3, refused: 0 });
    expect(rig.deadLetters).toEqual([]);
    expect(rig.waiting).toBe(0);
  });

  test('of a type is one too where InfluxDB 2 says it with 500', async () => {
    await using stage = await both();
    const { server, rig } = stage;
    const isBad = temperatureIs(4);
    const message = 'unexpected error writing points to database: field type conflict';
    const body = JSON.stringify({ code: 'internal error', message });
    server.answer = ({ lines }) => (lines.some(isBad) ? { status: 500, body } : undefined);
    rig.readMany(8);
    await rig.begin();
    expect(rig.deadLetters).toMatchObject([{ detail: `HTTP 500: ${message}` }]);
    expect(server.readings.size).toBe(7);
  });

  test('in part, as InfluxDB 3 says it with 201, is looked into', async () => {
    await using stage = await both();
    const { server, rig } = stage;
    const isBad = temperatureIs(4);
    server.answer = ({ lines }) => {
      if (!lines.some(isBad)) return undefined;
      const data = [{ error_message: 'invalid column type', line_number: 5, original_line: '…' }];
      const body = JSON.stringify({ error: 'partial write of line protocol occurred', data });
      return { status: lines.length > 1 ? 201 : 400, body, takes: (line) => !isBad(line) };
    };
    rig.readMany(8);
    await rig.begin();
    expect(rig.deadLetters).toMatchObject([
      { detail: 'HTTP 400: partial write of line protocol occurred: invalid column type' },
    ]);
    expect(rig.waiting).toBe(0);
  });
});

describe.each([
  [401, 'influx-credentials'],
  [403, 'influx-credentials'],
  [404, 'influx-bucket'],
])('%i', (status, alarm) => {
  test('keeps everything, alarms and tries again each minute; then all is there', async () => {
    await using stage = await both();
    const { server, rig } = stage;
    server.answer = () => ({ status, body: '{"code":"x","message":"no"}' });
    rig.readMany(20);
    await rig.begin();
    expect(rig.alarms).toEqual([alarm]);
    await rig.pass('5m');
    expect(server.seen).toHaveLength(6);
    expect(rig.alarms).toEqual([alarm]);
    expect(rig.waiting).toBe(21); // the alarm is a point too
    server.answer = () => undefined;
    await rig.pass('62s');
    expect(rig.waiting).toBe(0);
    expect(rig.alarms).toEqual([]);
    expect(server.readings).toEqual(rig.expected());
  });
});

test('401, and after a restart with a good token everything is there', async () => {
  await using stage = await both({ token: 'wrong' });
  const { server, rig } = stage;
  server.answer = ({ headers }) =>
    headers.authorization === 'Token right' ? undefined : { status: 401 };
  rig.readMany(10);
  await rig.begin();
  expect(rig.alarms).toEqual(['influx-credentials']);
  await rig.restart({ url: server.url, token: 'right' });
  await rig.begin();
  // the alarm is cleared by the first success, which is a point of its own
  await rig.pass('1s');
  expect(rig.alarms).toEqual([]);
  expect(rig.waiting).toBe(0);
  expect(server.readings).toEqual(rig.expected());
});

describe.each([429, 503])('%i', (status) => {
  test.each([
    ['seconds', () => '90'],
    ['a date', (now: number) => new Date(now + 90_000).toUTCString()],
  ])('waits as Retry-After says: %s', async (_form, header) => {
    await using stage = await both();
    const { server, rig } = stage;
    const headers = { 'retry-after': header(rig.clock.now()) };
    server.answer = script({ status, headers });
    rig.read({ temperature: 1 });
    await rig.begin();
    await rig.pass('89s');
    expect(server.seen).toHaveLength(1);
    await rig.pass('1s');
    expect(server.seen).toHaveLength(2);
    expect(rig.waiting).toBe(0);
  });

  test('without Retry-After backs off', async () => {
    await using stage = await both();
    const { server, rig } = stage;
    server.answer = script({ status });
    rig.read({ temperature: 1 });
    await rig.begin();
    await rig.pass('1s');
    expect(server.seen).toHaveLength(2);
  });
});

test('a Retry-After of days is an hour', async () => {
  await using stage = await both();
  const { server, rig } = stage;
  server.answer = script({ status: 503, headers: { 'retry-after': '999999' } });
  rig.read({ temperature: 1 });
  await rig.begin();
  await rig.pass('3599s');
  expect(server.seen).toHaveLength(1);
  await rig.pass('1s');
  expect(rig.waiting).toBe(0);
});

describe('anything else', () => {
  test.each([301, 408, 500, 504])('HTTP %i is tried again', async (status) => {
    await using stage = await both();
    const { server, rig } = stage;
    server.answer = script({ status });
    rig.read({ temperature: 1 });
    await rig.begin();
    expect(rig.waiting).toBe(1);
    expect(rig.running.status().problem).toBe(`HTTP ${status}`);
    await rig.pass('1s');
    expect(rig.waiting).toBe(0);
    expect(rig.running.status().problem).toBeUndefined();
  });

  test('backs off from a second to a minute', async () => {
    await using stage = await both();
    const { server, rig } = stage;
    server.answer = () => ({ status: 500 });
    const begun = rig.clock.now();
    const at: number[] = [];
    rig.read({ temperature: 1 });
    await rig.begin();
    for (let seen = 0; at.length < 10; await rig.pass('250ms')) {
      if (server.seen.length > seen) at.push((rig.clock.now() - begun) / 1000);
      seen = server.seen.length;
    }
    expect(at).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183, 243]);
  });

  test('with jitter between three and five quarters', async () => {
    await using stage = await both();
    const { server, rig } = stage;
    server.answer = () => 'reset';
    rig.read({ temperature: 1 });
    await rig.begin({ random: () => 0 });
    await rig.pass('749ms');
    expect(server.seen).toHaveLength(1);
    await rig.pass('1ms');
    expect(server.seen).toHaveLength(2);
  });

  test('a broken connection', async () => {
    await using stage = await both();
    const { server, rig } = stage;
    server.answer = script('reset');
    rig.read({ temperature: 1 });
    await rig.begin();
    expect(rig.running.status().problem).toBe('ECONNRESET');
    await rig.pass('1s');
    expect(rig.waiting).toBe(0);
  });

  test('no server at all; somebody is told after a quarter of an hour, and when it is back', async () => {
    await using stage = await both();
    const { server, rig } = stage;
    await server.close();
    rig.readMany(50);
    await rig.begin();
    expect(rig.running.status().problem).toBe('ECONNREFUSED');
    await rig.pass('14m');
    expect(rig.alarms).toEqual([]);
    expect(rig.running.status()).toMatchObject({ ok: true, oldest: 14 * 60_000 + 1_000 });
    await rig.pass('65s');
    expect(rig.alarms).toEqual(['influx-unreachable']);
    await server.listen();
    await rig.pass('62s');
    expect(rig.alarms).toEqual([]);
    expect(rig.waiting).toBe(0);
    expect(server.readings).toEqual(rig.expected());
  });

  test('a failure in the middle of a bisection goes on where it was', async () => {
    await using stage = await both();
    const { server, rig } = stage;
    const refuse = refusing(temperatureIs(600), 400);
    server.answer = (request, number) => (number % 3 === 0 ? { status: 500 } : refuse(request));
    rig.readMany(1_000);
    await rig.begin();
    await rig.pass('10m');
    expect(rig.deadLetters).toHaveLength(1);
    const good = [...rig.expected()].filter(([, value]) => value !== 600);
    expect(server.readings).toEqual(new Map(good));
  });
});
