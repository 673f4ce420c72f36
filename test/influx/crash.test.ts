import { expect, test } from 'vitest';
import { FakeInflux } from './fake-influx.ts';
import { Rig } from './rig.ts';

test('killed in the middle of the catch-up: each reading is there exactly once', async () => {
  await using server = new FakeInflux();
  await server.listen();
  await using rig = Rig.open({ url: server.url });
  rig.readMany(10_000);
  // the second batch is taken, and the answer never comes
  server.answer = (_request, number) => (number === 2 ? 'hang' : undefined);
  rig.start();
  await server.requests(2);
  await rig.crash();
  expect(rig.waiting).toBe(5_000);
  await rig.begin();
  await rig.pass('1s');
  expect(rig.waiting).toBe(0);
  expect(server.readings).toEqual(rig.expected());
});

test('power cut that takes back what was known: it is sent again, and is the same', async () => {
  await using server = new FakeInflux();
  await server.listen();
  await using rig = Rig.open({ url: server.url });
  rig.readMany(6_000);
  const before = rig.freeze();
  await rig.begin();
  await rig.pass('1s');
  expect(server.readings.size).toBe(6_000);
  await rig.crash(before);
  expect(rig.waiting).toBe(6_000);
  await rig.begin();
  await rig.pass('1s');
  expect(server.repeats).toBe(6_000);
  expect(server.readings).toEqual(rig.expected());
});

test('killed between a refusal and the rest of its batch: one dead letter', async () => {
  await using server = new FakeInflux();
  await server.listen();
  await using rig = Rig.open({ url: server.url });
  rig.readMany(1_000);
  const isBad = (line: string) => line.includes(' temperature=10 ');
  const refuse = ({ lines }: { lines: string[] }) =>
    lines.some(isBad) ? { status: 400, body: 'unable to parse' } : undefined;
  // the bad line is found within 12 requests; the good half after it hangs
  server.answer = (request) => refuse(request) ?? (request.lines.length > 400 ? 'hang' : undefined);
  rig.start();
  await server.requests(3);
  while (!server.seen.some(({ lines }) => lines.length > 400 && !lines.some(isBad))) {
    await server.requests(server.seen.length + 1);
  }
  expect(rig.deadLetters).toEqual([]);
  await rig.crash();
  server.answer = refuse;
  await rig.begin();
  expect(rig.deadLetters).toHaveLength(1);
  expect(rig.waiting).toBe(0);
  expect(server.readings.size).toBe(999);
});

test('stopped in the middle of a request: it ends at once, and goes on at the next start', async () => {
  await using server = new FakeInflux();
  await server.listen();
  await using rig = Rig.open({ url: server.url });
  rig.readMany(6_000);
  server.answer = (_request, number) => (number === 1 ? 'hang' : undefined);
  rig.start();
  await server.requests(1);
  await rig.restart();
  expect(rig.waiting).toBe(6_000);
  await rig.begin();
  await rig.pass('1s');
  expect(server.readings).toEqual(rig.expected());
});

test('ten minutes without a server: what came meanwhile is there, in order, once', async () => {
  await using server = new FakeInflux();
  await server.listen();
  await using rig = Rig.open({ url: server.url });
  await rig.begin();
  const tick = async () => {
    for (let probe = 1; probe <= 3; probe++)
      rig.read({ temperature: rig.clock.now() % 977 }, { probe });
    await rig.pass('10s');
  };
  await tick();
  await server.close();
  for (let i = 0; i < 60; i++) await tick();
  expect(rig.waiting).toBeGreaterThanOrEqual(180);
  await server.listen();
  for (let i = 0; i < 7; i++) await tick();
  await rig.pass('2s');
  expect(rig.waiting).toBe(0);
  expect(server.readings).toEqual(rig.expected());
  expect(server.repeats).toBe(0);
});
