import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type Providers,
  type ProvidersOptions,
  startProviders,
} from '../../../simulators/providers/start.ts';

const NOW = Date.parse('2026-11-24T02:00:00+08:00');
const MINUTE = 60_000;

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(options: ProvidersOptions = {}) {
  const clock = { time: NOW, now: () => clock.time };
  const providers = await startProviders({ clock, ...options });
  closers.push(() => providers.stop());
  return { providers, clock };
}

async function post(url: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

const TEXT = { msgtype: 'text', text: { content: '烟雾报警\n锅炉房' } };

function dingtalk({ urls, secrets }: Providers, time: number, secret = secrets.dingtalk.secret) {
  const query = new URLSearchParams({
    access_token: secrets.dingtalk.token,
    timestamp: String(time),
    sign: createHmac('sha256', secret).update(`${time}\n${secret}`).digest('base64'),
  });
  return post(`${urls.dingtalk}/robot/send?${query}`, TEXT);
}

const wecom = ({ urls, secrets }: Providers, key = secrets.wecom.key) =>
  post(`${urls.wecom}/cgi-bin/webhook/send?key=${key}`, TEXT);

describe('DingTalk', () => {
  test('takes what is signed within the hour', async () => {
    const { providers } = await start();
    expect(await dingtalk(providers, NOW - 59 * MINUTE)).toEqual({
      status: 200,
      body: { errcode: 0, errmsg: 'ok' },
    });
    expect(providers.received).toEqual([
      { provider: 'dingtalk', time: NOW, to: [], title: '烟雾报警', text: '锅炉房', raw: TEXT },
    ]);
  });

  test.each([
    ['an old signature', -61, undefined],
    ['another secret', 0, 'SECother'],
  ])('refuses %s with HTTP 200', async (_what, minutes, secret) => {
    const { providers } = await start();
    const answer = await dingtalk(providers, NOW + minutes * MINUTE, secret);
    expect(answer).toMatchObject({ status: 200, body: { errcode: 310000 } });
    expect(providers.received).toEqual([]);
  });

  test('refuses another token', async () => {
    const { providers } = await start();
    const { urls } = providers;
    expect(await post(`${urls.dingtalk}/robot/send?access_token=x`, TEXT)).toMatchObject({
      status: 200,
      body: { errcode: 300005 },
    });
  });

  test('blocks for ten minutes beyond 20 in a minute, and longer for who goes on', async () => {
    const { providers, clock } = await start();
    for (let i = 0; i < 20; i++) await dingtalk(providers, clock.time);
    const tooFast = { body: { errcode: 130101 } };
    expect(await dingtalk(providers, clock.time)).toMatchObject(tooFast);
    clock.time += 9 * MINUTE;
    expect(await dingtalk(providers, clock.time)).toMatchObject(tooFast);
    clock.time += 9 * MINUTE;
    expect(await dingtalk(providers, clock.time)).toMatchObject(tooFast);
    clock.time += 10 * MINUTE;
    expect(await dingtalk(providers, clock.time)).toMatchObject({ body: { errcode: 0 } });
  });
});

test('WeCom: key, length, 20 a minute', async () => {
  const { providers, clock } = await start();
  expect(await wecom(providers, 'other')).toMatchObject({ status: 200, body: { errcode: 93000 } });
  const long = { msgtype: 'text', text: { content: '烟'.repeat(683) } };
  const url = `${providers.urls.wecom}/cgi-bin/webhook/send?key=${providers.secrets.wecom.key}`;
  expect(await post(url, long)).toMatchObject({ body: { errcode: 40058 } });
  for (let i = 0; i < 20; i++)
    expect(await wecom(providers)).toMatchObject({ body: { errcode: 0 } });
  expect(await wecom(providers)).toMatchObject({ body: { errcode: 45009 } });
  clock.time += MINUTE;
  expect(await wecom(providers)).toMatchObject({ body: { errcode: 0 } });
});

test('Feishu: without a signature', async () => {
  const { providers } = await start();
  const { hook } = providers.secrets.feishu;
  const body = { msg_type: 'text', content: { text: 'x' } };
  expect(await post(`${providers.urls.feishu}/open-apis/bot/v2/hook/${hook}`, body)).toMatchObject({
    status: 200,
    body: { code: 19021 },
  });
  expect(await post(`${providers.urls.feishu}/open-apis/bot/v2/hook/x`, body)).toMatchObject({
    status: 400,
    body: { code: 19001 },
  });
});

test.each([
  ['aliyun-sms', 400, { Code: 'IncompleteSignature' }],
  ['aliyun-voice', 400, { Code: 'IncompleteSignature' }],
  ['tencent-sms', 200, { Response: { Error: { Code: 'AuthFailure.SecretIdNotFound' } } }],
  ['ntfy', 401, { code: 40101 }],
  ['bark', 400, { code: 400 }],
  ['serverchan', 400, { code: 40001 }],
] as const)('%s refuses who does not sign', async (name, status, body) => {
  const { providers } = await start();
  expect(await post(`${providers.urls[name]}/`, '{}')).toMatchObject({ status, body });
  expect(providers.received).toEqual([]);
});

test('only what is posted, and only to who is there', async () => {
  const { providers } = await start();
  expect((await fetch(providers.urls.wecom)).status).toBe(405);
  const elsewhere = new URL('/nobody/x', providers.urls.wecom);
  expect((await fetch(elsewhere, { method: 'POST', body: 'x' })).status).toBe(404);
  const huge = { method: 'POST', body: 'x'.repeat(300_000) };
  expect((await fetch(providers.urls.wecom, huge)).status).toBe(413);
});

test('who listens is told of what is delivered', async () => {
  const told: string[] = [];
  const { providers } = await start({ onReceived: ({ title }) => told.push(title) });
  await wecom(providers);
  providers.fail('wecom', 'swallow');
  expect(await wecom(providers)).toMatchObject({ body: { errcode: 0 } });
  providers.fail('wecom', 'busy');
  await wecom(providers);
  expect(told).toEqual(['烟雾报警']);
  expect(providers.requests('wecom')).toBe(3);
});

test('secrets of one’s own', async () => {
  const { providers } = await start({ secrets: { wecom: { key: 'mine' } } });
  expect(await wecom(providers, 'mine')).toMatchObject({ body: { errcode: 0 } });
  expect(providers.secrets.feishu.hook).toBeTruthy();
});

test('it stops while somebody waits for an answer, and twice', async () => {
  const { providers } = await start();
  providers.fail('wecom', 'stall');
  const arrived = providers.nextRequest('wecom');
  const waiting = wecom(providers).catch((error: unknown) => error);
  const { hostname, port } = new URL(providers.urls.email);
  const mail = connect(Number(port), hostname);
  await Promise.all([arrived, once(mail, 'data')]);
  await providers.stop();
  await providers.stop();
  expect(await waiting).toBeInstanceOf(TypeError);
  mail.destroy();
});

test('tells what became of every message, refused ones too, for the phone to show', async () => {
  const said: string[] = [];
  const { providers } = await start({
    onAnswer: ({ provider, title, result }) => said.push(`${provider} ${title}: ${result}`),
  });
  await dingtalk(providers, NOW);
  await dingtalk(providers, NOW, 'SECother');
  providers.fail('wecom', { status: 503 });
  await fetch(`${providers.urls.wecom}/cgi-bin/webhook/send`, { method: 'POST', body: '{}' });
  expect(said).toEqual([
    'dingtalk 烟雾报警: {"errcode":0,"errmsg":"ok"}',
    expect.stringMatching(/^dingtalk : \{"errcode":310000/),
    'wecom : HTTP 503',
  ]);
});
