import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { Message } from '../../src/notify/channel.ts';
import { signature, webhookChannel } from '../../src/notify/channels/webhook.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const MESSAGE: Message = {
  id: '7',
  alarm: '3',
  event: 'raised',
  severity: 'major',
  campus: { id: 'qingcheng', name: '青城小学' },
  device: { id: 'probe', name: '探头' },
  zone: '食堂',
  rule: 'warm',
  title: { zh: '温度过高', en: 'Too warm' },
  text: { zh: '温度过高。', en: 'Too warm.' },
  action: { zh: '检查', en: 'Check' },
  value: 9,
  limit: 8,
  unit: '℃',
  since: '2026-11-23T12:00:00.000Z',
  person: null,
  acknowledgeUrl: null,
};

interface Request {
  headers: IncomingMessage['headers'];
  method: string | undefined;
  body: string;
}

let server: Server;
let requests: Request[];
let answer: { status: number; headers: Record<string, string> };

beforeEach(async () => {
  requests = [];
  answer = { status: 200, headers: {} };
  server = createServer(async (request, response) => {
    const { headers, method } = request;
    requests.push({ headers, method, body: await text(request) });
    response.writeHead(answer.status, answer.headers).end('thank you');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/key-1234`;
const send = (signal = new AbortController().signal) =>
  webhookChannel(address(), 'shared', new VirtualClock(NOW)).send(MESSAGE, {}, signal);

test('posts the message as JSON, with an id that stays the same, signed', async () => {
  expect(await send()).toEqual({ kind: 'sent', detail: 'HTTP 200' });
  const [request] = requests;
  expect(request?.method).toBe('POST');
  expect(JSON.parse(request?.body ?? '')).toEqual(MESSAGE);
  const mac = createHmac('sha256', 'shared').update(`${NOW}.${request?.body}`).digest('hex');
  expect(request?.headers).toMatchObject({
    'content-type': 'application/json',
    'idempotency-key': '7',
    'x-campus-timestamp': String(NOW),
    'x-campus-signature': `v1=${mac}`,
  });
});

test.each([
  [{ test: true }, '【测试】', '[TEST] '],
  [{ drill: true }, '【演练】', '[DRILL] '],
])('says what is not real: %j', async (mark, zh, en) => {
  await webhookChannel(address(), 'shared', new VirtualClock(NOW)).send(
    { ...MESSAGE, ...mark },
    {},
    new AbortController().signal,
  );
  const { title } = MESSAGE;
  expect(JSON.parse(requests[0]?.body ?? '').title).toEqual({
    zh: `${zh}${title.zh}`,
    en: `${en}${title.en}`,
  });
});

test('the signature covers the time, the body and nothing else', () => {
  const signed = signature('shared', 1, 'a');
  expect(signature('shared', 1, 'a')).toBe(signed);
  expect(signature('shared', 2, 'a')).not.toBe(signed);
  expect(signature('shared', 1, 'b')).not.toBe(signed);
  expect(signature('other', 1, 'a')).not.toBe(signed);
});

describe('what an answer means', () => {
  test.each([
    [200, 'sent', undefined],
    [204, 'sent', undefined],
    [400, 'failed', 'CHANNEL_REFUSED'],
    [404, 'failed', 'CHANNEL_REFUSED'],
    [410, 'failed', 'CHANNEL_REFUSED'],
    [413, 'failed', 'CHANNEL_REFUSED'],
    [422, 'failed', 'CHANNEL_REFUSED'],
    [401, 'retry', 'CHANNEL_SETUP'],
    [403, 'retry', 'CHANNEL_SETUP'],
    [408, 'retry', 'CHANNEL_BUSY'],
    [429, 'retry', 'CHANNEL_BUSY'],
    [500, 'retry', 'CHANNEL_BUSY'],
    [502, 'retry', 'CHANNEL_BUSY'],
    [503, 'retry', 'CHANNEL_BUSY'],
  ])('%i: %s', async (status, kind, code) => {
    answer = { status, headers: {} };
    const detail = code === undefined ? `HTTP ${status}` : `${code}: HTTP ${status}`;
    expect(await send()).toEqual({ kind, detail, ...(code === undefined ? {} : { code }) });
  });

  test.each([
    ['120', 120_000],
    ['0', 0],
    ['999999', 3_600_000],
    [new Date(NOW + 90_000).toUTCString(), 90_000],
    [new Date(NOW - 90_000).toUTCString(), 0],
  ])('Retry-After: %s', async (value, after) => {
    answer = { status: 503, headers: { 'retry-after': value } };
    expect(await send()).toMatchObject({ kind: 'retry', after, code: 'CHANNEL_BUSY' });
  });

  test('a wait that can not be read is none', async () => {
    answer = { status: 503, headers: { 'retry-after': 'soon' } };
    expect(await send()).toMatchObject({ kind: 'retry' });
    expect(await send()).not.toHaveProperty('after');
  });
});

describe('what can not be reached is tried again later', () => {
  test('nobody listens: the reason names no address, which may hold a key', async () => {
    const url = address();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const channel = webhookChannel(url, 'shared', new VirtualClock(NOW));
    const outcome = await channel.send(MESSAGE, {}, new AbortController().signal);
    expect(outcome).toEqual({
      kind: 'retry',
      code: 'CHANNEL_UNREACHABLE',
      detail: 'CHANNEL_UNREACHABLE: ECONNREFUSED',
    });
  });

  test('a redirect is not followed', async () => {
    answer = { status: 302, headers: { location: 'http://127.0.0.1:9/' } };
    expect(await send()).toMatchObject({ kind: 'retry' });
    expect(requests).toHaveLength(1);
  });

  test('stopped while it is under way', async () => {
    const abort = new AbortController();
    server.removeAllListeners('request');
    server.on('request', () => abort.abort());
    expect(await send(abort.signal)).toMatchObject({
      kind: 'retry',
      detail: 'CHANNEL_NO_ANSWER: AbortError',
    });
  });
});
