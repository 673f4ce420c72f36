import { describe, expect, test } from 'vitest';
import type { Point } from '../../src/influx/lines.ts';
import { FakeInflux } from './fake-influx.ts';
import { Rig } from './rig.ts';

const URL = 'http://influx.invalid';
const point = (value: number): Point => ({
  measurement: 'consumption',
  tags: { campus: 'qingcheng', device: 'd' },
  fields: { amount: value },
  time: value,
});

/** Rows of the outbox: how many lines each holds, and whether they are packed. */
const rows = (rig: Rig) =>
  rig.core.database
    .prepare('SELECT lines, typeof(body) AS body FROM influx_outbox ORDER BY id')
    .all()
    .map(({ lines, body }) => `${body} ${lines}`);

async function serve(rig: Rig, server: FakeInflux): Promise<void> {
  await server.listen();
  await rig.restart({ url: server.url });
  await rig.begin();
  await rig.pass('2s');
}

describe('the outbox', () => {
  test('is one row for the readings of a transaction, of 1 000 at most', async () => {
    await using rig = Rig.open({ url: URL });
    rig.readMany(2_500, 2_500);
    rig.read({ temperature: 1, door: false });
    expect(rows(rig)).toEqual(['blob 1000', 'blob 1000', 'blob 500', 'blob 2']);
    expect(rig.waiting).toBe(2_502);
  });

  test('is not there where no InfluxDB is configured', async () => {
    await using rig = Rig.open({});
    rig.readMany(100);
    expect(rig.core.influx).toBeUndefined();
    expect(rows(rig)).toEqual([]);
    rig.start();
    expect(rig.forwarder).toBeUndefined();
  });

  test('takes late and imported readings, and no repetition', async () => {
    await using rig = Rig.open({ url: URL });
    const now = rig.clock.now();
    rig.read({ temperature: 1 });
    rig.read({ temperature: 2 }, { at: now - 86_400_000 });
    rig.read({ temperature: 2 }, { at: now - 86_400_000 });
    rig.read({ temperature: 1 });
    expect(rig.waiting).toBe(2);
  });

  test('forgets with the transaction: nothing of a rollback is sent', async () => {
    await using server = new FakeInflux();
    await using rig = Rig.open({ url: URL });
    rig.read({ temperature: 1 });
    rig.clock.moveTo(rig.clock.now() + 1_000);
    const fail = () =>
      rig.core.pipeline.transact(() => {
        rig.readMany(1_500);
        rig.core.influx?.enqueue(point(1));
        throw new Error('no');
      });
    expect(fail).toThrow('no');
    expect(rig.waiting).toBe(1);
    rig.read({ temperature: 2 });
    expect(rig.waiting).toBe(2);
    await serve(rig, server);
    expect(server.readings).toEqual(rig.expected());
    expect(server.points.size).toBe(2);
  });

  test('keeps the order of readings and points, whoever began the transaction', async () => {
    await using server = new FakeInflux();
    await using rig = Rig.open({ url: URL });
    rig.read({ temperature: 1 });
    rig.core.database.transaction(() => rig.core.influx?.enqueue(point(2), point(3)));
    rig.core.pipeline.transact(() => rig.core.influx?.enqueue(point(4)));
    rig.read({ temperature: 5 }, { at: rig.clock.now() + 1 });
    expect(rows(rig)).toEqual(['blob 1', 'text 2', 'text 1', 'blob 1']);
    expect(rig.waiting).toBe(5);
    await serve(rig, server);
    const values = server.seen.flatMap(({ lines }) =>
      lines.map((line) => Number(/=(\d+) \d+$/.exec(line)?.[1])),
    );
    expect(values).toEqual([1, 2, 3, 4, 5]);
  });

  test('knows after a restart what waits, and since when', async () => {
    await using rig = Rig.open({ url: URL });
    rig.readMany(700, 300);
    rig.core.database.transaction(() => rig.core.influx?.enqueue(point(2), point(3)));
    const oldest = rig.core.influx?.oldest();
    await rig.restart();
    expect(rig.waiting).toBe(702);
    expect(rig.core.influx?.oldest()).toBe(oldest);
    expect(oldest).toBeLessThan(rig.clock.now());
  });

  test('a point without a field that says something is none', async () => {
    await using rig = Rig.open({ url: URL });
    rig.core.influx?.enqueue({ ...point(1), fields: { amount: Number.NaN } });
    expect(rig.waiting).toBe(0);
  });
});

describe('a device that moves', () => {
  test('is sent with the zone it was in; a repetition is the same point', async () => {
    await using server = new FakeInflux();
    await server.listen();
    await using rig = Rig.open({ url: server.url });
    rig.read({ temperature: 1 });
    rig.clock.moveTo(rig.clock.now() + 60_000);
    const before = rig.freeze();
    await rig.begin();
    expect(server.points.size).toBe(1);
    // power is cut before it is known that the server has it, and somebody moves the probe
    await rig.restart({ url: server.url, zone: 'teaching' });
    await rig.crash(before);
    rig.read({ temperature: 2 });
    await rig.begin();
    const zones = [...server.readings].map(
      ([key, value]) => `${/canteen|teaching/.exec(key)} ${value}`,
    );
    expect(zones).toEqual(['canteen 1', 'teaching 2']);
    expect(server.readings).toEqual(rig.expected());
    expect(server.repeats).toBe(1);
  });

  test('and moves back has its first zone again', async () => {
    await using rig = Rig.open({ url: URL });
    const heads = () => {
      const sql = 'SELECT head FROM influx_head WHERE series = 1 ORDER BY id';
      const found = rig.core.database.prepare(sql).all();
      return found.map(({ head }) => /zone=(\w+)/.exec(String(head))?.[1]);
    };
    await rig.restart();
    expect(heads()).toEqual(['canteen']);
    await rig.restart({ url: URL, zone: 'teaching' });
    await rig.restart({ url: URL, zone: 'canteen' });
    await rig.restart({ url: URL, zone: 'canteen' });
    expect(heads()).toEqual(['canteen', 'teaching', 'canteen']);
  });
});

test('each step of an alarm is a point of its own', async () => {
  await using server = new FakeInflux();
  await server.listen();
  const rule = `{id: warm, kind: threshold, metric: temperature, high: 8, severity: major,
    name: {zh: "太,热", en: "too warm"}, action: {zh: 去看看, en: look}}`;
  await using rig = Rig.open({ url: server.url, rules: rule });
  const { store, pipeline } = rig.core;
  rig.read({ temperature: 9 });
  const [alarm] = store.allOpen();
  rig.clock.moveTo(rig.clock.now() + 1_000);
  rig.read({ temperature: 5 });
  pipeline.transact(() => store.acknowledge(alarm?.id ?? 0, 'zhang', rig.clock.now()));
  await rig.begin();
  const lines = server.seen.flatMap((request) => request.lines);
  const steps = lines.filter((line) => line.startsWith('alarm,'));
  expect(steps).toEqual([
    'alarm,campus=qingcheng,device=probe-1,event=raised,rule=warm,severity=major,zone=canteen ' +
      'alarm=1,active=true,occurrences=1,value=9,limit=8,' +
      'title="探头 1 太,热",title_en="探头 1 too warm" 1740960000000',
    expect.stringMatching(/event=cleared,.* alarm=1,active=false,.* 1740960001000$/),
    expect.stringMatching(/event=acknowledged,.* 1740960001000$/),
    expect.stringMatching(/event=closed,.* 1740960001000$/),
  ]);
  expect(server.repeats).toBe(0);
});
