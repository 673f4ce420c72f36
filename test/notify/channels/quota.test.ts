import { describe, expect, test } from 'vitest';
import { bench, fire, LI, warm } from './support.ts';

describe('the vendor’s quota', () => {
  // what a vendor allows at once, and how long it then asks to wait
  test.each([
    ['dingtalk', 20, 600_000],
    ['wecom', 20, 60_000],
    ['feishu', 5, 60_000],
    ['aliyun-sms', 50, 22 * 3_600_000],
    ['aliyun-voice', 1, 60_000],
    ['tencent-sms', 1, 30_000],
    ['ntfy', 60, 60_000],
    ['serverchan', 5, 22 * 3_600_000],
  ] as const)(
    '%s: after %i it says so, and the answer is "limited"',
    async (name, quota, after) => {
      await using it = await bench({ settings: { quota: { perMinute: 100_000 } } });
      for (let i = 0; i < quota; i++) {
        expect(await it.send(name, fire({ id: String(i) }))).toMatchObject({ kind: 'sent' });
      }
      expect(await it.send(name)).toMatchObject({
        kind: 'limited',
        code: 'CHANNEL_LIMITED',
        after,
      });
      expect(it.received).toHaveLength(quota);
      // what is urgent is tried all the same, what is not waits without asking
      const asked = it.providers.requests(name);
      expect(await it.send(name, warm({ test: name === 'aliyun-voice' }))).toMatchObject({
        kind: 'limited',
        detail: "CHANNEL_LIMITED: the gateway's own limit",
      });
      expect(it.providers.requests(name)).toBe(asked);
    },
  );

  test('the gateway stays below it, and keeps something for a fire', async () => {
    await using it = await bench();
    const outcomes: string[] = [];
    for (let i = 0; i < 30; i++) outcomes.push((await it.send('dingtalk', warm())).kind);
    const minor = outcomes.filter((kind) => kind === 'sent').length;
    expect(minor).toBe(7);
    expect(it.providers.requests('dingtalk')).toBe(minor);
    expect(await it.send('dingtalk')).toMatchObject({ kind: 'sent' });
  });

  test('one phone’s quota is not another’s', async () => {
    await using it = await bench();
    expect(await it.send('tencent-sms')).toMatchObject({ kind: 'sent' });
    expect(await it.send('tencent-sms')).toMatchObject({ kind: 'limited' });
    const wang = { ...LI, id: 'wang', phone: '+8613800000002' };
    expect(await it.send('tencent-sms', fire(), wang)).toMatchObject({ kind: 'sent' });
  });

  test('what never reached the vendor is not counted', async () => {
    await using it = await bench();
    it.providers.fail('tencent-sms', {
      status: 200,
      body: { Response: { Error: { Code: 'AuthFailure.SignatureFailure', Message: 'no' } } },
    });
    expect(await it.send('tencent-sms')).toMatchObject({ code: 'CHANNEL_SETUP' });
    it.providers.fail('tencent-sms', undefined);
    expect(await it.send('tencent-sms')).toMatchObject({ kind: 'sent' });
  });
});
