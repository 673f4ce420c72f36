import { expect, test } from 'vitest';
import { dingtalkChannel } from '../../../src/notify/channels/dingtalk.ts';
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
  const text = { zh: '<at user_id="all">所有人</at>烟感', en: 'x' };
  await it.send('feishu', warm({ text }), {});
  expect(it.received[0]?.to).toEqual([]);
});

test('a robot secured by a keyword has it in every message', async () => {
  await using it = await bench();
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
