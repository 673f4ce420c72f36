import { expect, test } from 'vitest';
import type { Outgoing } from '../../simulators/encode.ts';
import { FaultBoard } from '../../simulators/fault-board.ts';
import type { FaultName } from '../../simulators/faults.ts';
import { campusModel } from '../../simulators/physics/campus-model.ts';
import { Reporter } from '../../simulators/reporter.ts';
import { VirtualClock } from '../../src/clock.ts';
import { at, configuration, device, MINUTE } from './fixture.ts';

const START = at('2026-11-24 10:00');

/** A campus at 10:00 on a Tuesday, and what its devices report. */
function campus(timeFactor = 1) {
  const clock = new VirtualClock(START);
  const now = () => START + (clock.now() - START) * timeFactor;
  const board = new FaultBoard({ configuration, clock, now, onChange: () => {} });
  const faultsOf = (key: string) => board.of(key);
  const model = campusModel(configuration, 1, faultsOf);
  const reporter = new Reporter({ model, faultsOf, now, stamp: () => clock.now() });
  return {
    board,
    after: (ms: number) => clock.moveTo(clock.now() + ms),
    report: (id: string) => reporter.report(device(id)),
    start: (fault: FaultName, id: string) => board.start({ fault, device: id }),
  };
}

const parse = ({ payload }: Outgoing) => JSON.parse(payload.toString());
const only = (messages: readonly Outgoing[]): Outgoing => {
  expect(messages).toHaveLength(1);
  return messages[0] ?? { topic: '', payload: '', retain: false };
};

test('our own format carries the time with its zone, and the values', () => {
  const message = only(campus().report('canteen-freezer-1'));
  expect(message).toMatchObject({ topic: 'campus/qingcheng/canteen-freezer-1/up', retain: false });
  expect(parse(message)).toEqual({
    time: '2026-11-24T10:00:00.000+08:00',
    values: { temperature: expect.closeTo(-20, -1) },
  });
});

test('a Zigbee device speaks in the units of its model, by the name the bridge knows', () => {
  const smoke = only(campus().report('library-smoke'));
  expect(smoke.topic).toBe('zigbee2mqtt/library-smoke');
  expect(parse(smoke)).toEqual({
    smoke: false,
    tamper: false,
    battery_low: false,
    battery: expect.any(Number),
    test: false,
    voltage: expect.closeTo(2900, -3),
    linkquality: expect.any(Number),
  });
  expect(parse(smoke).voltage).toBeGreaterThan(2600);
  expect(only(campus().report('music-room-climate')).topic).toBe('zigbee2mqtt/music-room');
});

test('stamps stay real however fast the simulation runs', () => {
  const fast = campus(60);
  const used = () => parse(only(fast.report('electricity-main')));
  const before = used();
  fast.after(MINUTE);
  const after = used();
  expect(after.time).toBe('2026-11-24T10:01:00.000+08:00');
  // an hour's worth
  expect(after.values.energy - before.values.energy).toBeGreaterThan(20);
});

test('smoke shows while the fault lasts', () => {
  const here = campus();
  const smoke = () => parse(only(here.report('boiler-room-smoke-1'))).values.smoke;
  expect(smoke()).toBe(false);
  here.board.start({ fault: 'smoke', device: 'boiler-room-smoke-1', for: '3m' });
  expect(smoke()).toBe(true);
  here.after(3 * MINUTE);
  expect(smoke()).toBe(false);
  expect(here.board.active()).toEqual([]);
});

test('a silent device says nothing until the fault is ended', () => {
  const here = campus();
  const { id } = here.start('silent', 'water-main');
  expect(here.report('water-main')).toEqual([]);
  expect(here.board.end(id)).toBe(true);
  expect(here.board.end(id)).toBe(false);
  expect(here.report('water-main')).toHaveLength(1);
});

test('a stuck device repeats its values at new times', () => {
  const here = campus();
  here.start('stuck', 'electricity-main');
  const first = parse(only(here.report('electricity-main')));
  here.after(10 * MINUTE);
  const second = parse(only(here.report('electricity-main')));
  expect(second.values).toEqual(first.values);
  expect(second.time).not.toBe(first.time);
});

test('a duplicating device sends each message twice', () => {
  const here = campus();
  here.start('duplicate', 'water-main');
  const [first, second] = here.report('water-main');
  expect(second).toEqual(first);
});

test('held-back messages come as a batch, each with its own time', () => {
  const here = campus();
  const { id } = here.start('late', 'water-main');
  for (let i = 0; i < 3; i++) {
    expect(here.report('water-main')).toEqual([]);
    here.after(MINUTE);
  }
  here.board.end(id);
  const [batch, now] = here.report('water-main').map(parse);
  expect(batch.map(({ time }: { time: string }) => time.slice(11, 16))).toEqual([
    '10:00',
    '10:01',
    '10:02',
  ]);
  expect(now.time).toBe('2026-11-24T10:03:00.000+08:00');
});

test('a clock that is ahead is two hours ahead', () => {
  const here = campus();
  here.start('future_clock', 'water-main');
  expect(parse(only(here.report('water-main'))).time).toBe('2026-11-24T12:00:00.000+08:00');
});

test('garbage comes in many kinds, none of them a reading', () => {
  const here = campus();
  here.start('garbage', 'electricity-main');
  const seen = new Set<string>();
  for (let i = 0; i < 9; i++) seen.add(only(here.report('electricity-main')).payload.toString());
  expect(seen.size).toBe(9);
  for (const payload of seen) expect(payload).not.toMatch(/"energy":\d/);
});

test('a broken probe says −127, a meter that is hard to read now and then 0', () => {
  const { start, report } = campus();
  start('probe_fault', 'canteen-fridge-1');
  expect(parse(only(report('canteen-fridge-1'))).values).toEqual({ temperature: -127 });
  start('zero_readings', 'water-main');
  const volumes = Array.from({ length: 8 }, () => parse(only(report('water-main'))).values.volume);
  expect(volumes.filter((volume) => volume === 0)).toHaveLength(2);
});
