import { describe, expect, test } from 'vitest';
import { PROVIDERS, type ProviderName } from '../../../simulators/providers/provider.ts';
import { bench, fire, LI, warm } from './support.ts';

/** Never sent twice: what may have arrived has failed for good. */
const ONCE: readonly ProviderName[] = ['aliyun-sms', 'tencent-sms'];
const HTTP = PROVIDERS.filter((name) => name !== 'email');

const uncertainOr = (name: ProviderName, code: string) =>
  ONCE.includes(name) ? { kind: 'failed', code: 'CHANNEL_UNCERTAIN' } : { kind: 'retry', code };

describe.each(PROVIDERS)('%s', (name) => {
  test('the message arrives', async () => {
    await using it = await bench();
    expect(await it.send(name)).toMatchObject({ kind: 'sent' });
    expect(it.received).toHaveLength(1);
    const [message] = it.received;
    expect(`${message?.title}\n${message?.text}`).toContain('烟雾报警');
    expect(`${message?.title}\n${message?.text}`).toContain('锅炉房');
  });

  test('a wrong secret is for a person to put right: tried again later, with its code', async () => {
    const wrong = Object.fromEntries(
      ['DINGTALK_SECRET', 'WECOM_KEY', 'FEISHU_SECRET', 'ALIYUN_ACCESS_KEY_SECRET']
        .concat(['TENCENT_SECRET_KEY', 'NTFY_TOKEN', 'BARK_KEY', 'SERVERCHAN_KEY', 'MAIL_PASSWORD'])
        .map((variable) => [variable, `wrong-${variable.toLowerCase()}`]),
    );
    await using it = await bench({ env: wrong });
    expect(await it.send(name)).toMatchObject({
      kind: 'retry',
      code: 'CHANNEL_SETUP',
      after: 300_000,
      detail: expect.stringMatching(/^CHANNEL_SETUP: /),
    });
    expect(it.received).toEqual([]);
  });

  test('success that is a lie can not be told from success', async () => {
    await using it = await bench();
    it.providers.fail(name, 'swallow');
    expect(await it.send(name)).toMatchObject({ kind: 'sent' });
    expect(it.received).toEqual([]);
  });

  test('its own code for "in trouble", with HTTP 200, is not success', async () => {
    await using it = await bench();
    it.providers.fail(name, 'busy');
    expect(await it.send(name)).toMatchObject({ kind: 'retry', code: 'CHANNEL_BUSY' });
    it.providers.fail(name, undefined);
    expect(await it.send(name)).toMatchObject({ kind: 'sent' });
  });

  test('no answer before the time is up', async () => {
    await using it = await bench();
    it.providers.fail(name, 'stall');
    expect(await it.sendAndGiveUp(name)).toMatchObject(uncertainOr(name, 'CHANNEL_NO_ANSWER'));
  });

  test('delivered, but the answer was lost', async () => {
    await using it = await bench();
    it.providers.fail(name, 'silent');
    expect(await it.sendAndGiveUp(name)).toMatchObject(uncertainOr(name, 'CHANNEL_NO_ANSWER'));
  });

  test('the connection breaks in the middle', async () => {
    await using it = await bench();
    it.providers.fail(name, 'drop');
    expect(await it.send(name)).toMatchObject({
      kind: ONCE.includes(name) ? 'failed' : 'retry',
    });
  });

  test('nobody listens: surely not sent, so it is tried again', async () => {
    await using it = await bench();
    await it.providers.stop();
    const outcome = await it.send(name);
    expect(outcome).toMatchObject({ kind: 'retry' });
    expect(outcome).toMatchObject({
      code: expect.stringMatching(/^CHANNEL_(UNREACHABLE|NO_ANSWER)$/),
    });
  });

  test('stopped before it began', async () => {
    await using it = await bench();
    const outcome = await it.send(name, fire(), LI, AbortSignal.abort());
    expect(['retry', 'failed']).toContain(outcome.kind);
    expect(it.received).toEqual([]);
  });
});

describe.each(HTTP)('%s', (name) => {
  test('a page in the place of an answer, with HTTP 200', async () => {
    await using it = await bench();
    it.providers.fail(name, 'html');
    expect(await it.send(name)).toMatchObject({
      kind: 'retry',
      code: 'CHANNEL_ANSWER',
      detail: 'CHANNEL_ANSWER: HTTP 200 with text/html',
    });
  });

  test('JSON that breaks off', async () => {
    await using it = await bench();
    it.providers.fail(name, 'malformed');
    expect(await it.send(name)).toMatchObject({ kind: 'retry', code: 'CHANNEL_ANSWER' });
  });

  test('JSON of another kind', async () => {
    await using it = await bench();
    it.providers.fail(name, { status: 200, body: { status: 1111, punish: 'deny' } });
    expect(await it.send(name)).toMatchObject({
      kind: 'retry',
      detail: 'CHANNEL_ANSWER: HTTP 200 with unknown JSON',
    });
  });

  test('a login page of the network: a redirect is not followed', async () => {
    await using it = await bench();
    it.providers.fail(name, { status: 302, headers: { location: 'http://127.0.0.1:9/login' } });
    expect(await it.send(name)).toMatchObject({
      kind: 'retry',
      detail: 'CHANNEL_ANSWER: HTTP 302 with text/html',
    });
    expect(it.providers.requests(name)).toBe(1);
  });

  test('an answer without an end is not read to the end', async () => {
    await using it = await bench();
    it.providers.fail(name, { status: 200, body: 'x'.repeat(100_000) });
    expect(await it.send(name)).toMatchObject({ kind: 'retry', code: 'CHANNEL_ANSWER' });
  });

  test('HTTP 503 with a wait that is asked for', async () => {
    await using it = await bench();
    it.providers.fail(name, { status: 503, headers: { 'retry-after': '120' } });
    const outcome = await it.send(name);
    expect(outcome).toMatchObject(uncertainOr(name, 'CHANNEL_BUSY'));
    if (!ONCE.includes(name)) expect(outcome).toMatchObject({ after: 120_000 });
  });

  test('HTTP 429', async () => {
    await using it = await bench();
    it.providers.fail(name, { status: 429, headers: { 'retry-after': '7' } });
    expect(await it.send(name)).toMatchObject({ kind: 'limited', after: 7000 });
  });
});

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
