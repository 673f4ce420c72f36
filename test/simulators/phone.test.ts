import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { inboxFile } from '../../simulators/phone/inbox.ts';
import {
  type DutyPhone,
  type DutyPhoneOptions,
  type Notification,
  sign,
  startDutyPhone,
} from '../../simulators/phone.ts';
import type { Exchange } from '../../simulators/providers/provider.ts';
import { notification } from './notification.ts';

const SECRET = 'a webhook secret';
const MINUTE = 60_000;

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function startPhone(options: Partial<DutyPhoneOptions> = {}): Promise<DutyPhone> {
  const phone = await startDutyPhone({ host: '127.0.0.1', port: 0, secret: SECRET, ...options });
  closers.push(() => phone.stop());
  return phone;
}

interface Post {
  secret?: string;
  /** How old the signature is. */
  age?: number;
  headers?: Record<string, string>;
  body?: string;
}

/** Sends a notification as the gateway does, but for what the test changes. */
function post(
  phone: DutyPhone,
  what: Notification,
  { secret = SECRET, age = 0, ...rest }: Post = {},
) {
  const timestamp = String(Date.now() - age);
  const body = JSON.stringify(what);
  return fetch(`${phone.url}/notifications`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-campus-timestamp': timestamp,
      'x-campus-signature': sign(secret, timestamp, body),
      'idempotency-key': what.id,
      ...rest.headers,
    },
    body: rest.body ?? body,
  });
}

/** A server that answers every request so; what it was asked is kept. */
async function startServer(status: number, answer: unknown) {
  const asked: { method?: string; url?: string; type?: string; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { method, url, headers } = request;
      asked.push({ method, url, type: headers['content-type'], body });
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, asked };
}

const acknowledge = (phone: DutyPhone, id: string, init: RequestInit = {}) =>
  fetch(`${phone.url}/notifications/${id}/acknowledge`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
    ...init,
  });

test('the signature is the one that was agreed', () => {
  // printf '1700000000000.{}' | openssl dgst -sha256 -hmac secret
  expect(sign('secret', '1700000000000', '{}')).toBe(
    'v1=8399216d111287e3bb28e25c0f4f31dffdf831c68c9ee2b96c2f67c9b81d341b',
  );
});

test('takes a signed message once, however often it is sent', async () => {
  const phone = await startPhone();
  for (let i = 0; i < 3; i++) {
    const response = await post(phone, notification('1'));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ ok: true });
  }
  expect(phone.received).toEqual([notification('1')]);
});

test.each<[string, Post]>([
  ['another secret', { secret: 'guessed' }],
  ['no signature', { headers: { 'x-campus-signature': '' } }],
  ['a short signature', { headers: { 'x-campus-signature': 'v1=00' } }],
  ['a changed body', { body: JSON.stringify(notification('1', { rule: 'other' })) }],
  ['an old signature', { age: 5 * MINUTE + 1000 }],
  ['a signature of the future', { age: -5 * MINUTE - 1000 }],
  ['no time', { headers: { 'x-campus-timestamp': 'now' } }],
])('refuses %s', async (_, change) => {
  const phone = await startPhone();
  expect((await post(phone, notification('1'), change)).status).toBe(401);
  expect(phone.received).toEqual([]);
});

test('refuses what is too large, no notification, or goes by another key', async () => {
  const phone = await startPhone();
  const large = notification('1', { text: { zh: 'x'.repeat(65 * 1024), en: '' } });
  expect((await post(phone, large)).status).toBe(413);
  const wrong = { ...notification('1'), severity: 'terrible' };
  const timestamp = String(Date.now());
  const body = JSON.stringify(wrong);
  const headers = {
    'x-campus-timestamp': timestamp,
    'x-campus-signature': sign(SECRET, timestamp, body),
  };
  expect((await post(phone, notification('1'), { headers, body })).status).toBe(400);
  const other = await post(phone, notification('1'), { headers: { 'idempotency-key': '2' } });
  expect(other.status).toBe(400);
  expect(phone.received).toEqual([]);
});

test('keeps the last 500 messages, over a restart too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'phone-'));
  closers.push(() => rmSync(folder, { recursive: true }));
  const dataFile = join(folder, 'messages.jsonl');
  const phone = await startPhone({ dataFile });
  for (let i = 1; i <= 502; i++) await post(phone, notification(String(i)));
  expect(phone.received).toHaveLength(500);
  await phone.stop();

  const again = await startPhone({ dataFile });
  expect(again.received.map(({ id }) => id)).toEqual(phone.received.map(({ id }) => id));
  expect(again.received.at(-1)).toEqual(notification('502'));
  await post(again, notification('502'));
  expect(again.received).toHaveLength(500);
});

test('goes on with the messages of an earlier version, whose file had another name', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'phone-'));
  closers.push(() => rmSync(folder, { recursive: true }));
  const dataFile = inboxFile(folder);
  const phone = await startPhone({ dataFile });
  await post(phone, notification('1'));
  await phone.stop();
  const former = join(folder, 'phone.json');
  renameSync(dataFile, former);

  expect((await startPhone({ dataFile: inboxFile(folder) })).received).toHaveLength(1);
  expect(existsSync(former)).toBe(false);
  expect((await startPhone({ dataFile: inboxFile(folder) })).received).toHaveLength(1);
});

test('a test can wait for a message, make the phone fail, and make it stall', async () => {
  const phone = await startPhone();
  const cleared = phone.waitFor(({ event }) => event === 'cleared', 5000);
  phone.respondWith(503);
  expect((await post(phone, notification('1'))).status).toBe(503);
  phone.respondWith(undefined);
  expect(phone.received).toEqual([]);

  phone.stall(true);
  const stalled = post(phone, notification('2', { event: 'cleared' }));
  const meanwhile = await Promise.race([stalled, fetch(phone.url).then(() => 'still waiting')]);
  expect(meanwhile).toBe('still waiting');
  phone.stall(false);
  expect((await stalled).status).toBe(200);
  expect((await cleared).id).toBe('2');
  await expect(phone.waitFor(({ id }) => id === '3', 1)).rejects.toThrow(
    /received: cleared Smoke alarm/,
  );
});

test.each([
  [200, 'acknowledged', '李志强'],
  [409, 'already', '王秀英'],
  [410, 'expired', null],
  [500, 'failed', null],
] as const)('acknowledges at the gateway: %i means %s', async (status, outcome, by) => {
  const at = '2026-11-24T02:01:00.000Z';
  const gateway = await startServer(status, by ? { acknowledgedBy: by, at } : { error: 'no' });
  const phone = await startPhone();
  await post(phone, notification('1', { acknowledgeUrl: `${gateway.url}/ack/token` }));
  const answer = await (await acknowledge(phone, '1')).json();
  expect(answer).toMatchObject({ outcome, by, at: by ? at : null });
  expect(gateway.asked).toEqual([
    { method: 'POST', url: '/ack/token', type: 'application/x-www-form-urlencoded', body: '' },
  ]);
});

test('another site can neither acknowledge nor cause a fault', async () => {
  const gateway = await startServer(200, {});
  const phone = await startPhone({ controlUrl: gateway.url });
  await post(phone, notification('1', { acknowledgeUrl: `${gateway.url}/ack/token` }));
  // what a page may send across sites without being asked first
  for (const init of [
    { body: '{}', headers: {} },
    { body: null, headers: {} },
  ]) {
    expect((await acknowledge(phone, '1', init)).status).toBeGreaterThanOrEqual(400);
    const fault = await fetch(`${phone.url}/faults`, { method: 'POST', ...init });
    expect(fault.status).toBeGreaterThanOrEqual(400);
  }
  expect(gateway.asked).toEqual([]);
});

test('passes faults on to the simulator', async () => {
  const phone = await startPhone();
  expect((await fetch(`${phone.url}/faults`)).status).toBe(404);
  const control = await startServer(201, { id: '7' });
  phone.controlWith(control.url);
  const fault = { fault: 'smoke', device: 'boiler-room-smoke-1', for: '3m' };
  const response = await fetch(`${phone.url}/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fault),
  });
  expect(response.status).toBe(201);
  expect(await response.json()).toEqual({ id: '7' });
  await fetch(`${phone.url}/faults/7`, { method: 'DELETE' });
  expect(control.asked).toMatchObject([
    { method: 'POST', url: '/faults', body: JSON.stringify(fault) },
    { method: 'DELETE', url: '/faults/7' },
  ]);
});

test('an open page is told of new messages at once', async () => {
  const phone = await startPhone();
  await post(phone, notification('1'));
  const events = await fetch(`${phone.url}/events`);
  const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
  const next = async () => {
    const { value = '' } = (await reader?.read()) ?? {};
    return JSON.parse(/^data: (.*)$/m.exec(value)?.[1] ?? 'null');
  };
  expect(await next()).toMatchObject({
    messages: [{ notification: { id: '1' } }],
    canCauseFaults: false,
  });
  await post(phone, notification('2'));
  expect(await next()).toMatchObject({ messages: [{ notification: { id: '2' } }] });

  const exchange: Exchange = {
    provider: 'dingtalk',
    time: 1,
    to: ['@all'],
    title: '【紧急】烟雾报警',
    text: '锅炉房',
    result: '{"errcode":0}',
  };
  phone.show(exchange);
  expect(await next()).toEqual({ exchanges: [exchange] });
  const later = (await fetch(`${phone.url}/events`)).body?.pipeThrough(new TextDecoderStream());
  const { value: first = '' } = (await later?.getReader().read()) ?? {};
  const data = /^data: (.*)$/m.exec(first)?.[1] ?? 'null';
  expect(JSON.parse(data)).toMatchObject({ exchanges: [exchange] });
});

test('the page loads nothing from elsewhere and never reads what it is sent as HTML', async () => {
  const phone = await startPhone();
  const response = await fetch(phone.url);
  expect(response.headers.get('content-security-policy')).toMatch(
    /default-src 'none'; script-src 'sha256-[^']+' 'self';/,
  );
  const page = await response.text();
  expect(page).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/);
  expect(page).not.toMatch(/(src|href)="/);
  // the one file beside it
  expect([...page.matchAll(/\bfrom '(.*)'/g)].map(([, file]) => file)).toEqual(['./screen.js']);
  const screen = await fetch(`${phone.url}/screen.js`);
  expect(screen.headers.get('content-type')).toMatch('text/javascript');
  expect(await screen.text()).toContain('export class Screen');
});
