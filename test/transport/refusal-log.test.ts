import { pino } from 'pino';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { CodedError, type ErrorCode } from '../../src/errors.ts';
import { RefusalLog } from '../../src/transport/refusal-log.ts';

function open() {
  const clock = new VirtualClock(0);
  const lines: string[] = [];
  const write = (line: string) => {
    const { code, username, address, count, msg } = JSON.parse(line);
    lines.push(code ? `${code} ${username} ${address} ${count}` : `${msg} ${count}`);
  };
  const refusals = new RefusalLog(clock, pino({ level: 'warn' }, { write }));
  return {
    clock,
    refusals,
    refuse(code: ErrorCode, username: string, address = '10.0.0.1') {
      refusals.take(new CodedError(code, { username, address, topic: 't' }));
    },
    wait: (ms: number) => clock.moveTo(clock.now() + ms),
    /** What was logged since this was last asked. */
    said: () => lines.splice(0),
  };
}

test('a device that keeps trying is named once a minute, with how often it was refused', () => {
  const { refuse, wait, said, refusals } = open();
  for (let second = 0; second <= 120; second += 5) {
    refuse('MQTT_CREDENTIALS', 'meter');
    wait(5_000);
  }
  expect(said()).toEqual([
    'MQTT_CREDENTIALS meter 10.0.0.1 1',
    'MQTT_CREDENTIALS meter 10.0.0.1 13',
    'MQTT_CREDENTIALS meter 10.0.0.1 25',
  ]);
  expect(refusals.count).toBe(25);
});

test('one that keeps trying hides no other, and no other mistake of its own', () => {
  const { refuse, said } = open();
  for (let i = 0; i < 5_000; i++) refuse('MQTT_CREDENTIALS', 'meter');
  said();
  refuse('MQTT_CREDENTIALS', 'fridge');
  refuse('MQTT_TOPIC', 'meter');
  expect(said()).toEqual(['MQTT_CREDENTIALS fridge 10.0.0.1 1', 'MQTT_TOPIC meter 10.0.0.1 1']);
});

test('who gave no name is known by the address', () => {
  const { refuse, said } = open();
  refuse('MQTT_PROTOCOL', '?', '10.0.0.7');
  refuse('MQTT_PROTOCOL', '?', '10.0.0.8');
  refuse('MQTT_PROTOCOL', '?', '10.0.0.7');
  expect(said()).toEqual(['MQTT_PROTOCOL ? 10.0.0.7 1', 'MQTT_PROTOCOL ? 10.0.0.8 1']);
});

test('a client with ever new names fills neither memory nor log', () => {
  const { refuse, wait, said, refusals } = open();
  for (let i = 0; i < 10_000; i++) refuse('MQTT_CREDENTIALS', `name-${i}`);
  const lines = said();
  expect(lines).toHaveLength(101);
  expect(lines.at(-1)).toBe('more are refused than can be named 1');
  expect(refusals.count).toBe(10_000);
  wait(60_000);
  refuse('MQTT_CREDENTIALS', 'meter');
  expect(said()).toEqual(['MQTT_CREDENTIALS meter 10.0.0.1 1']);
});

test('of those that must be forgotten, whoever was named longest ago goes first', () => {
  const { refuse, wait, said } = open();
  refuse('MQTT_CREDENTIALS', 'meter');
  for (let i = 1; i < 100; i++) refuse('MQTT_CREDENTIALS', `name-${i}`);
  wait(60_000);
  refuse('MQTT_CREDENTIALS', 'meter');
  refuse('MQTT_CREDENTIALS', 'fridge');
  wait(60_000);
  said();
  refuse('MQTT_CREDENTIALS', 'meter');
  expect(said()).toEqual(['MQTT_CREDENTIALS meter 10.0.0.1 3']);
});

test('setting the time changes nothing', () => {
  const { clock, refuse, wait, said } = open();
  refuse('MQTT_CREDENTIALS', 'meter');
  clock.set(-3_600_000);
  wait(59_000);
  refuse('MQTT_CREDENTIALS', 'meter');
  wait(1_000);
  refuse('MQTT_CREDENTIALS', 'meter');
  expect(said()).toHaveLength(2);
});
