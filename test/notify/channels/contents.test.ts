import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { PROVIDERS } from '../../../simulators/providers/provider.ts';
import { bench, fire, LI, warm } from './support.ts';

const LINK = 'http://192.168.1.10:8080/a/token';

test('a robot: what, where, what to do, who, and the link', async () => {
  await using it = await bench();
  await it.send('wecom');
  expect(it.received[0]).toMatchObject({
    to: [LI.phone, '@all'],
    title: '【紧急】烟雾报警',
    text: [
      '锅炉房烟感：自 11-24 02:00 起。',
      '处置：立即到现场确认',
      '值班：李志强',
      '青城学区中心小学',
      `确认：${LINK}`,
    ].join('\n'),
  });
});

test.each(['dingtalk', 'wecom', 'feishu'] as const)(
  '%s: a fire mentions everybody and the person; nothing else mentions all',
  async (name) => {
    await using it = await bench();
    const quiet = [warm(), fire({ event: 'cleared' }), fire({ test: true }), fire({ drill: true })];
    for (const message of [fire(), ...quiet]) {
      await it.send(name, message);
      it.clock.moveTo(it.clock.now() + 10_000);
    }
    const person = name === 'feishu' ? LI.feishuId : LI.phone;
    expect(it.received.map(({ to }) => to)).toEqual([
      [person, '@all'],
      [person],
      [person],
      [person],
      [person],
    ]);
  },
);

test.each(['dingtalk', 'wecom', 'feishu'] as const)(
  '%s: nobody in particular, no mention',
  async (name) => {
    await using it = await bench();
    await it.send(name, warm(), {});
    expect(it.received[0]?.to).toEqual([]);
  },
);

test('nobody is mentioned by what a device is called', async () => {
  await using it = await bench();
  const text = { zh: '<at user_id="all"></at>烟感', en: 'x' };
  await it.send('feishu', warm({ text }), {});
  expect(it.received[0]?.to).toEqual([]);
});

test('a robot secured by a keyword has it in every message', async () => {
  await using it = await bench();
  const { dingtalkChannel } = await import('../../../src/notify/channels/dingtalk.ts');
  const { token: accessToken, secret } = it.providers.secrets.dingtalk;
  const channel = dingtalkChannel({
    name: 'd',
    clock: it.clock,
    accessToken,
    secret,
    keyword: '校园报警',
    baseUrl: it.providers.urls.dingtalk,
  });
  await channel.send(warm(), LI, new AbortController().signal);
  expect(it.received[0]?.text).toContain('校园报警');
});

test.each(PROVIDERS)('%s: a test is marked as one, a drill as well', async (name) => {
  await using it = await bench({ settings: { quota: { perMinute: 100 } } });
  await it.send(name, fire({ test: true }));
  it.clock.moveTo(it.clock.now() + 3_600_000);
  await it.send(name, fire({ drill: true }));
  const [trial = '', drill = ''] = it.received.map(({ title, text }) => `${title} ${text}`);
  expect(trial).toContain('测试');
  expect(drill).toContain('演练');
});

test.each(['aliyun-sms', 'tencent-sms'] as const)(
  '%s: place, item, value and time, without brackets and addresses',
  async (name) => {
    await using it = await bench();
    const device = { id: 'x', name: '冷柜 http://evil.example/x 1 号 www.a.cn' };
    await it.send(name, warm({ device }));
    expect(it.received[0]).toMatchObject({ title: '【青城学区】' });
    expect(it.received[0]?.text).toBe(
      '食堂冷库间 冷柜 1 号：一般 温度过高，9.5 ℃，11-24 02:00，请立即处理。',
    );
  },
);

test('SMS: a variable is shortened in the middle, an empty one is not sent', async () => {
  await using it = await bench();
  const device = { id: 'x', name: `${'长'.repeat(40)}一号冷柜` };
  await it.send('aliyun-sms', warm({ device, zone: '食堂', title: { zh: '【】', en: '' } }));
  const text = it.received[0]?.text ?? '';
  expect(text).toMatch(/^食堂 长+…[长]*一号冷柜：-，/);
  expect(text.split('：')[0]?.length).toBe(20);
});

test('SMS: that it is over is said as well', async () => {
  await using it = await bench();
  await it.send(
    'aliyun-sms',
    fire({ event: 'cleared', title: { zh: '【已恢复】烟雾报警', en: '' } }),
  );
  expect(it.received[0]?.text).toContain('已恢复 烟雾报警，已恢复');
});

test.each(['aliyun-sms', 'aliyun-voice', 'tencent-sms'] as const)(
  '%s: the time is the school’s',
  async (name) => {
    await using it = await bench();
    await it.send(name, fire({ timezone: 'Asia/Urumqi' }));
    expect(it.received[0]?.text).toContain('11-24 00:00');
  },
);

describe('a call', () => {
  test.each([
    ['minor', warm()],
    ['over', fire({ event: 'cleared' })],
  ])('is not for what is %s', async (_what, message) => {
    await using it = await bench();
    expect(await it.send('aliyun-voice', message)).toMatchObject({
      kind: 'failed',
      code: 'CHANNEL_CRITICAL_ONLY',
    });
    expect(it.providers.requests('aliyun-voice')).toBe(0);
    // and it has used nothing of the quota
    expect(await it.send('aliyun-voice')).toMatchObject({ kind: 'sent' });
  });

  test('reaches a landline too', async () => {
    await using it = await bench();
    const office = { name: '值班室', phone: '057188880000' };
    expect(await it.send('aliyun-voice', fire(), office)).toMatchObject({ kind: 'sent' });
  });
});

describe('a person who can not be reached that way', () => {
  test.each([
    ['aliyun-sms', {}],
    ['aliyun-voice', {}],
    ['tencent-sms', {}],
    ['email', { phone: LI.phone }],
  ] as const)('%s', async (name, to) => {
    await using it = await bench();
    expect(await it.send(name, fire(), to)).toMatchObject({
      kind: 'failed',
      code: 'RECIPIENT_UNREACHABLE',
    });
    expect(it.providers.requests(name)).toBe(0);
  });

  test.each([
    ['aliyun-sms', '057188880000'],
    ['tencent-sms', '12345'],
    ['aliyun-voice', '95588'],
  ] as const)('%s: the number %s has the wrong form', async (name, phone) => {
    await using it = await bench();
    const outcome = await it.send(name, fire(), { phone });
    expect(outcome).toMatchObject({ kind: 'failed', code: 'PHONE_INVALID' });
    expect(outcome.detail).toContain('****');
  });
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
