import { describe, expect, test } from 'vitest';
import { rangeOf } from '../../src/influx/range.ts';
import { FakeInflux } from './fake-influx.ts';
import { configuration, Rig } from './rig.ts';

const DAY = 86_400_000;

/** Readings of ten days that were stored before there was an InfluxDB. */
function withHistory(probes = 4, perDay = 50): { rig: Rig; begun: number } {
  const rig = Rig.open({ probes });
  const begun = rig.clock.now();
  for (let day = 0; day < 10; day++) {
    rig.core.pipeline.transact(() => {
      for (let i = 0; i < perDay; i++) {
        for (let probe = 1; probe <= probes; probe++) {
          const at = rig.clock.now() + i * 500;
          rig.admit(probe, at, { temperature: day * 1_000 + i, door: i % 2 === 0 });
        }
      }
    });
    rig.clock.moveTo(begun + (day + 1) * DAY);
  }
  return { rig, begun };
}

describe('an export', () => {
  test('sends every stored reading of its days, and nothing else', async () => {
    const { rig: opened, begun } = withHistory();
    await using rig = opened;
    await using server = new FakeInflux();
    await server.listen();
    await rig.restart({ probes: 4, url: server.url });
    await rig.begin();
    expect(server.seen).toEqual([]);
    rig.running.export(begun + 2 * DAY, begun + 5 * DAY);
    await rig.running.settled();
    const expected = [...rig.expected()].filter(([key]) => {
      const time = Number(JSON.parse(key).at(-1));
      return time >= begun + 2 * DAY && time < begun + 5 * DAY;
    });
    expect(expected).toHaveLength(3 * 50 * 4 * 2);
    expect(server.readings).toEqual(new Map(expected));
    expect(server.repeats).toBe(0);
    expect(rig.running.exportProgress).toMatchObject({
      done: true,
      series: 8,
      finished: 8,
      sent: 1_200,
    });
  });

  test('goes on where it was when the gateway dies in the middle of it', async () => {
    const { rig: opened, begun } = withHistory(4, 300);
    await using rig = opened;
    await using server = new FakeInflux();
    await server.listen();
    await rig.restart({ probes: 4, url: server.url });
    server.answer = (_request, number) => (number === 3 ? 'hang' : undefined);
    rig.start();
    rig.running.export(begun, undefined);
    await server.requests(3);
    await rig.crash();
    await rig.begin();
    // nobody had to ask again
    expect(rig.running.exportProgress).toMatchObject({ done: true, sent: 24_000 });
    expect(server.readings).toEqual(rig.expected());
    // at most what was on its way when it died, and a second's work
    expect(server.repeats).toBeLessThanOrEqual(15_000);
  });

  test('asked again for the same days goes on; for others begins anew', async () => {
    const { rig: opened, begun } = withHistory();
    await using rig = opened;
    await using server = new FakeInflux();
    await server.listen();
    server.answer = () => ({ status: 500 });
    await rig.restart({ probes: 4, url: server.url });
    await rig.begin();
    const first = rig.running.export(begun, undefined);
    await rig.running.settled();
    expect(first.until).toBe(rig.clock.now());
    await rig.pass('10s');
    expect(rig.running.export(begun, undefined)).toBe(first);
    expect(rig.running.export(begun, first.until)).toBe(first);
    expect(rig.running.export(begun + DAY, first.until)).not.toBe(first);
    server.answer = () => undefined;
    await rig.pass('1m');
    expect(rig.running.exportProgress).toMatchObject({ done: true, sent: 9 * 50 * 8 });
    expect(server.readings.size).toBe(9 * 50 * 8);
  });

  test('lets what is new go first', async () => {
    const { rig: opened, begun } = withHistory(4, 300);
    await using rig = opened;
    await using server = new FakeInflux();
    await server.listen();
    await rig.restart({ probes: 4, url: server.url });
    server.answer = (_request, number) => {
      if (number === 1) rig.read({ temperature: -1 });
      if (number === 2) rig.clock.moveTo(rig.clock.now() + 1_000);
      return undefined;
    };
    await rig.begin();
    rig.running.export(begun, undefined);
    await rig.running.settled();
    const place = server.seen.findIndex(({ lines }) => lines[0]?.includes(' temperature=-1 '));
    expect(place).toBe(2);
    expect(server.seen.length).toBeGreaterThan(4);
    expect(server.readings).toEqual(rig.expected());
  });

  test('makes dead letters of what is refused, and goes on', async () => {
    const { rig: opened, begun } = withHistory();
    await using rig = opened;
    await using server = new FakeInflux();
    await server.listen();
    server.answer = ({ lines }) =>
      lines.some((line) => line.includes('=3007 ')) ? { status: 422 } : undefined;
    await rig.restart({ probes: 4, url: server.url });
    await rig.begin();
    rig.running.export(begun, undefined);
    await rig.running.settled();
    expect(rig.deadLetters).toHaveLength(4);
    expect(server.readings.size).toBe(4_000 - 4);
    const { exportProgress } = rig.running;
    expect(exportProgress).toMatchObject({ done: true, sent: 4_000 });
    await rig.restart();
    await rig.begin();
    expect(rig.running.exportProgress).toEqual(exportProgress);
  });

  test('of a device that has moved uses the zone it had when the reading came', async () => {
    await using server = new FakeInflux();
    await server.listen();
    await using rig = Rig.open({ url: server.url });
    rig.read({ temperature: 1 });
    rig.clock.moveTo(rig.clock.now() + DAY);
    await rig.restart({ url: server.url, zone: 'teaching' });
    rig.read({ temperature: 2 });
    await rig.begin();
    expect(server.readings.size).toBe(2);
    rig.running.export(0, undefined);
    await rig.pass('1s');
    expect(server.readings.size).toBe(2);
    expect(server.repeats).toBe(1); // the end is excluded, and the second came at that moment
    expect(server.readings).toEqual(rig.expected());
  });
});

describe('the days of an export', () => {
  const zone = configuration();

  test('are the campus’s, both included', () => {
    expect(rangeOf('2025-03-03', '2025-03-04', zone)).toEqual({
      from: Date.parse('2025-03-03T00:00:00+08:00'),
      until: Date.parse('2025-03-05T00:00:00+08:00'),
    });
    expect(rangeOf('2025-03-03', undefined, zone).until).toBeUndefined();
  });

  test.each([
    ['2025-02-30', undefined],
    ['yesterday', undefined],
    ['2025-03-03', '2025-03-02'],
    ['2025-03-03', '2025-13-01'],
  ])('can not be %s to %s', (from, until) => {
    expect(() => rangeOf(from, until, zone)).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID' }),
    );
  });
});
