import { expect, test } from 'vitest';
import { VirtualClock } from '../../../src/clock.ts';
import type { Channel, Outcome } from '../../../src/notify/channel.ts';
import { Limiter, withinLimits } from '../../../src/notify/channels/limiter.ts';
import type { Quota } from '../../../src/notify/channels/limits.ts';
import { fire, LI, NOW, warm } from './support.ts';

const QUOTAS: Quota[] = [{ limit: 5, window: 60_000, scope: 'channel' }];
const signal = new AbortController().signal;

/** A channel that answers what it is told, below a quota of five a minute. */
function channel(limiter = new Limiter(), clock = new VirtualClock(NOW)) {
  const it = { answer: { kind: 'sent', detail: 'ok' } as Outcome, asked: 0, clock, limiter };
  const inner: Channel = {
    name: 'group',
    kind: 'dingtalk',
    send() {
      it.asked += 1;
      return Promise.resolve(it.answer);
    },
  };
  const outer = withinLimits(inner, { key: 'qingcheng/group', quotas: QUOTAS, limiter, clock });
  return Object.assign(it, {
    send: async (message = warm()) => (await outer.send(message, LI, signal)).kind,
    outer,
  });
}

test('the same after a restart', async () => {
  const before = channel();
  expect([await before.send(), await before.send(), await before.send()]).toEqual([
    'sent',
    'sent',
    'limited',
  ]);
  const saved = before.limiter.export(NOW);
  const after = channel(new Limiter(saved), new VirtualClock(NOW + 1000));
  expect(await after.send()).toBe('limited');
  expect(await after.send(fire())).toBe('sent');
  expect(after.limiter.export(NOW + 1000)).not.toBe(saved);
});

test('what has recovered is not stored', async () => {
  const it = channel();
  await it.send();
  expect(it.limiter.export(NOW)).toMatch(/^\{"qingcheng\/group":\{"60000":\d+\}\}$/);
  expect(it.limiter.export(NOW + 3_600_000)).toBe('{}');
});

test.each([undefined, '', 'no JSON', '[]', '{"a":{"b":"c"}}', '{"a":{"b":-1}}', 'null'])(
  'a state that can not be read begins anew: %s',
  async (saved) => {
    expect(await channel(new Limiter(saved)).send()).toBe('sent');
  },
);

test('a wait that the vendor asks for is kept, but for a fire', async () => {
  const it = channel();
  it.answer = { kind: 'limited', after: 600_000, detail: 'too fast' };
  expect(await it.send()).toBe('limited');
  it.answer = { kind: 'sent', detail: 'ok' };
  it.clock.moveTo(NOW + 599_999);
  expect(await it.send()).toBe('limited');
  expect(it.asked).toBe(1);
  expect(await it.send(fire())).toBe('sent');
  it.clock.moveTo(NOW + 600_000);
  expect(await it.send()).toBe('sent');
});

test('neither a test nor a drill takes what is kept for a fire', async () => {
  const it = channel();
  await it.send();
  await it.send();
  expect(await it.send(fire({ test: true }))).toBe('limited');
  expect(await it.send(fire({ drill: true }))).toBe('limited');
  expect(await it.send(fire())).toBe('sent');
});

test('it says for how long', async () => {
  const it = channel();
  await it.send();
  await it.send();
  const outcome = await it.outer.send(warm(), LI, signal);
  expect(outcome).toMatchObject({ kind: 'limited', code: 'CHANNEL_LIMITED' });
  const after = outcome.kind === 'limited' ? (outcome.after ?? 0) : 0;
  it.clock.moveTo(NOW + after);
  expect(await it.send()).toBe('sent');
});

test.each([
  ['CHANNEL_UNREACHABLE', 'sent'],
  ['CHANNEL_SETUP', 'sent'],
  ['CHANNEL_NO_ANSWER', 'limited'],
  ['CHANNEL_BUSY', 'limited'],
] as const)('two messages that ended as %s: the next is %s', async (code, next) => {
  const it = channel();
  it.answer = { kind: 'retry', code, detail: code };
  await it.send();
  await it.send();
  it.answer = { kind: 'sent', detail: 'ok' };
  expect(await it.send()).toBe(next);
});
