import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import { PROVIDERS } from '../../../simulators/providers/provider.ts';
import { bench, fire, LI, warm } from './support.ts';

const LINK = 'http://192.168.1.10:8080/a/token';

test.each(PROVIDERS)('%s: a test is marked as one, a drill as well', async (name) => {
  await using it = await bench({ settings: { quota: { perMinute: 100 } } });
  await it.send(name, fire({ test: true }));
  it.clock.moveTo(it.clock.now() + 3_600_000);
  await it.send(name, fire({ drill: true }));
  const [trial = '', drill = ''] = it.received.map(({ title, text }) => `${title} ${text}`);
  expect(trial).toContain('测试');
  expect(drill).toContain('演练');
});

const Push = Type.Object({
  priority: Type.Optional(Type.Number()),
  level: Type.Optional(Type.String()),
  call: Type.Optional(Type.String()),
  click: Type.Optional(Type.String()),
  url: Type.Optional(Type.String()),
});

test.each([
  [fire(), 5, 'critical', '1'],
  [fire({ test: true }), 5, 'critical', undefined],
  [warm({ severity: 'major' }), 4, 'timeSensitive', undefined],
  [warm(), 3, 'active', undefined],
  [fire({ event: 'cleared', acknowledgeUrl: null }), 3, 'active', undefined],
])('ntfy and Bark: %o', async (message, priority, level, call) => {
  await using it = await bench();
  await it.send('ntfy', message);
  await it.send('bark', message);
  const [ntfy, bark] = it.received.map(({ raw }) => Value.Parse(Push, raw));
  expect(ntfy?.priority).toBe(priority);
  expect(ntfy?.click ?? null).toBe(message.acknowledgeUrl);
  expect(bark?.level).toBe(level);
  expect(bark?.call).toBe(call);
  expect(bark?.url ?? null).toBe(message.acknowledgeUrl);
});

test.each(PROVIDERS)('%s takes a message that is far too long, shortened', async (name) => {
  await using it = await bench();
  const long = '"烟感👨‍👩‍👧\n'.repeat(20_000);
  const message = fire({
    title: { zh: long, en: long },
    text: { zh: long, en: long },
    action: { zh: long, en: long },
    device: { id: 'x', name: long },
    campus: { id: 'qingcheng', name: long.slice(0, 100) },
  });
  expect(await it.send(name, message)).toMatchObject({ kind: 'sent' });
  const { title = '', text = '' } = it.received[0] ?? {};
  expect(`${title}${text}`.isWellFormed()).toBe(true);
  if (!['aliyun-sms', 'aliyun-voice', 'tencent-sms'].includes(name)) {
    expect(text.endsWith(`确认：${LINK}`)).toBe(true);
  }
});

test('both languages, where they are wanted', async () => {
  await using it = await bench({ settings: { language: 'both' } });
  await it.send('dingtalk');
  expect(it.received[0]?.text).toContain('[CRITICAL] Smoke');
  expect(it.received[0]?.text).toContain('处置：');
});

test('English only', async () => {
  await using it = await bench({ settings: { language: 'en' } });
  await it.send('email');
  expect(it.received[0]).toMatchObject({ title: '[CRITICAL] Smoke', to: [LI.email] });
  expect(it.received[0]?.text).toContain('To do: Go and look at once');
});

test('e-mail: a repeat has the same Message-ID, and a subject no line of its own', async () => {
  await using it = await bench();
  const message = fire({ title: { zh: '烟雾\r\nBcc: x@evil.example', en: '' } });
  await it.send('email', message);
  await it.send('email', message);
  const heads = it.received.map(({ raw }) => String(raw).split('\r\n\r\n')[0] ?? '');
  const [first, second] = heads.map((head) => /^Message-ID: (.*)$/im.exec(head)?.[1]);
  expect(first).toBeTruthy();
  expect(second).toBe(first);
  expect(heads[0]).not.toMatch(/^Bcc:/im);
  expect(heads[0]).toMatch(/^Auto-Submitted: auto-generated$/m);
});
