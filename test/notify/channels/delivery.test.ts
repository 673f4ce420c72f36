import { describe, expect, test } from 'vitest';
import { PROVIDERS, type ProviderName } from '../../../simulators/providers/provider.ts';
import { bench, fire, LI } from './support.ts';

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
    expect(outcome.kind, 'nothing was sent, so it stays owed').toBe('retry');
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
