import { expect, test } from 'vitest';
import { FakeInflux } from './fake-influx.ts';
import { Rig } from './rig.ts';

const left = (rig: Rig): number =>
  Number(rig.core.database.prepare('SELECT sum(lines) AS n FROM influx_outbox').get()?.n ?? 0);

test('too many: the oldest go, counted and told; what is left arrives in order', async () => {
  await using server = new FakeInflux();
  await server.listen();
  server.answer = () => ({ status: 500 });
  await using rig = Rig.open({ url: server.url, influx: '  maxRows: 10000' });
  rig.readMany(10_000);
  await rig.begin();
  expect(rig.running.counters.dropped).toBe(0);
  rig.readMany(3_000);
  await rig.pass('10s');
  // whole rows of 500 go; the alarm is a line too
  expect(rig.running.counters.dropped).toBe(3_500);
  expect(rig.waiting).toBe(9_501);
  expect(left(rig)).toBe(9_501);
  expect(rig.alarms).toEqual(['influx-dropped']);
  server.answer = () => undefined;
  await rig.pass('20s');
  expect(rig.waiting).toBe(0);
  expect(rig.alarms).toEqual([]);
  const numbers = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => from + i);
  const arrived = [...server.readings.values()];
  expect(arrived).toEqual([...numbers(3_500, 10_000), ...numbers(0, 3_000)]);
});

test('too old: what has waited too long goes while nothing gets through', async () => {
  await using server = new FakeInflux();
  await server.listen();
  server.answer = () => ({ status: 500 });
  await using rig = Rig.open({ url: server.url, influx: '  maxAge: 1h' });
  rig.readMany(1_000);
  await rig.begin();
  await rig.pass('30m');
  rig.read({ temperature: -1 }, { at: rig.clock.now() });
  await rig.pass('29m');
  expect(rig.running.counters.dropped).toBe(0);
  await rig.pass('2m');
  expect(rig.running.counters.dropped).toBe(1_000);
  server.answer = () => undefined;
  await rig.pass('65s');
  expect([...server.readings.values()]).toEqual([-1]);
  expect(rig.waiting).toBe(0);
});

test('what has waited too long is sent all the same if the server is there', async () => {
  await using server = new FakeInflux();
  await server.listen();
  await using rig = Rig.open({ url: server.url, influx: '  maxAge: 1h' });
  rig.readMany(100);
  rig.clock.moveTo(rig.clock.now() + 30 * 86_400_000);
  await rig.restart();
  await rig.begin();
  expect(server.readings).toEqual(rig.expected());
  expect(rig.running.counters.dropped).toBe(0);
});

test('a server that is too slow for what comes in loses the oldest, and says so', async () => {
  await using server = new FakeInflux();
  await server.listen();
  await using rig = Rig.open({ url: server.url, influx: '  maxRows: 10000' });
  rig.readMany(14_000);
  await rig.begin();
  await rig.pass('2s');
  expect(rig.running.counters.dropped).toBe(4_000);
  expect(server.readings.size).toBe(10_000);
  expect(Math.min(...[...server.readings.values()].map(Number))).toBe(4_000);
  expect(rig.alarms).toEqual([]);
});
