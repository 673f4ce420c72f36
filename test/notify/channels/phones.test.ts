import { describe, expect, test } from 'vitest';
import { bench, fire, LI, warm } from './support.ts';

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
