import { describe, expect, test } from 'vitest';
import {
  afterAttempt,
  type ChannelRecord,
  failingChannels,
  UNTRIED,
} from '../../src/watchdogs/channel-record.ts';

const MINUTE = 60_000;
const NOW = 100 * MINUTE;
const closed = () => false;

/** A channel after these attempts, at minutes. */
const after = (...attempts: [minute: number, outcome: string, detail?: string][]): ChannelRecord =>
  attempts.reduce(
    (record, [minute, outcome, detail = '']) =>
      afterAttempt(record, { time: minute * MINUTE, outcome, detail }),
    UNTRIED,
  );

const failures = (count: number, from: number) =>
  after(...Array.from({ length: count }, (_, i) => [from + i, 'retry'] as [number, string]));

const works = after([99, 'sent']);

describe('a channel fails', () => {
  test('after five failures in a row', () => {
    const four = new Map([
      ['sms', failures(4, 95)],
      ['robot', works],
    ]);
    expect(failingChannels(four, NOW, closed)).toEqual({ failing: [], none: false });
    const five = new Map([
      ['sms', failures(5, 95)],
      ['robot', works],
    ]);
    expect(failingChannels(five, NOW, closed)).toEqual({ failing: ['sms'], none: false });
  });

  test('after ten minutes, while another works', () => {
    const records = new Map([
      ['sms', failures(1, 89)],
      ['robot', works],
    ]);
    expect(failingChannels(records, NOW, closed).failing).toEqual(['sms']);
    expect(failingChannels(records, 98 * MINUTE, closed).failing).toEqual([]);
    const alone = new Map([['sms', failures(1, 89)]]);
    expect(failingChannels(alone, NOW, closed)).toEqual({ failing: [], none: false });
  });

  test('until its next success, once that was told', () => {
    const records = new Map([['sms', failures(1, 99)]]);
    expect(failingChannels(records, NOW, () => true).failing).toEqual(['sms']);
    records.set('sms', works);
    expect(failingChannels(records, NOW, () => true).failing).toEqual([]);
  });
});

test('where none works it is no single channel', () => {
  const records = new Map([
    ['sms', failures(9, 90)],
    ['robot', failures(9, 90)],
  ]);
  expect(failingChannels(records, NOW, closed)).toEqual({ failing: [], none: true });
});

test('a success before the failures began says nothing of now', () => {
  const records = new Map([
    ['sms', failures(9, 90)],
    ['robot', after([80, 'sent'])],
  ]);
  expect(failingChannels(records, NOW, closed)).toEqual({ failing: [], none: true });
});

test.each([
  ['limited', 'CHANNEL_LIMITED: 20 a minute'],
  ['failed', 'RECIPIENT_UNREACHABLE: no phone number'],
  ['failed', 'CHANNEL_CRITICAL_ONLY: major, raised'],
])('%s, %s: that is not its fault', (outcome, detail) => {
  expect(after([1, outcome, detail])).toEqual(UNTRIED);
});
