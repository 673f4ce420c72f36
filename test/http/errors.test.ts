import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { CodedError } from '../../src/errors.ts';
import { openGate, shareGate } from './gate.ts';

test('what does not exist is said in both languages, with a remedy', async () => {
  await using gate = await openGate();
  const response = await gate.get('/api/v1/nothing');
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({
    code: 'ROUTE_UNKNOWN',
    message: {
      zh: 'GET /api/v1/nothing 不存在。',
      en: 'There is nothing at GET /api/v1/nothing.',
    },
    remedy: { zh: expect.any(String), en: expect.any(String) },
  });
});

test('what is wrong with a request is said by place, finding and what is allowed', async () => {
  await using gate = await openGate();
  const response = await gate.get('/api/v1/devices?limit=many');
  expect(await response.json()).toMatchObject({
    code: 'REQUEST_INVALID',
    where: 'query.limit',
    message: {
      zh: 'query.limit 为 "many"；允许：整数 1–1000。',
      en: 'query.limit is "many"; allowed: a whole number 1–1000.',
    },
  });
});

test.each([
  ['credentials', { username: 'a' }, 'body.password 为 空（未填写）；'],
  ['credentials', { username: 'a', password: '5f4dcc3' }, 'body.password 为 文字（不显示）；'],
  ['dead-letters/replay', { id: 1 }, 'body.id 为 未知的键 "id"；'],
])(
  'what was found is said in Chinese too, and a password to nobody: %s %j',
  async (path, body, zh) => {
    await using gate = await openGate();
    const headers = { authorization: 'Bearer control-token' };
    const response = await gate.post(`/api/v1/${path}`, body, headers);
    expect(await response.json()).toMatchObject({
      code: 'REQUEST_INVALID',
      message: { zh: expect.stringContaining(zh) },
    });
  },
);

test('an error that nobody foresaw tells nothing, and is logged once', async () => {
  const lines: string[] = [];
  await using gate = await openGate({
    log: (line) => lines.push(line),
    parts: {
      replayDeadLetters: () => {
        throw new Error('the secret inside');
      },
    },
  });
  const response = await gate.post('/api/v1/dead-letters/replay', {});
  expect(response.status).toBe(500);
  const body = await response.text();
  expect(JSON.parse(body)).toMatchObject({ code: 'INTERNAL' });
  expect(body).not.toContain('the secret inside');
  expect(lines.filter((line) => line.includes('the secret inside'))).toHaveLength(1);
});

test('a refusal is nobody’s trouble: it is not logged', async () => {
  const lines: string[] = [];
  await using gate = await openGate({ log: (line) => lines.push(line) });
  lines.length = 0;
  await gate.get('/api/v1/nothing');
  await gate.get('/api/v1/alarms/99');
  expect(lines).toEqual([]);
});

test('a body that is too large is refused', async () => {
  await using gate = await openGate();
  const body = { person: 'x'.repeat(2 * 1024 * 1024) };
  const response = await gate.post('/api/v1/alarms/1/acknowledge', body);
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({
    code: 'REQUEST_TOO_LARGE',
    message: { en: 'The request is larger than 1048576 bytes.' },
  });
});

describe('a body that is no object', () => {
  const school = shareGate();

  test.each(['', '{', '[]', 'null', '"x"'])('a body that is %j is refused', async (body) => {
    const response = await fetch(`${school.gate.url}/api/v1/alarms/1/acknowledge`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'REQUEST_INVALID', where: 'body' });
  });
});

test('a missing body is refused', async () => {
  await using gate = await openGate();
  const response = await gate.post('/api/v1/alarms/1/acknowledge');
  expect(await response.json()).toMatchObject({ code: 'REQUEST_INVALID', where: 'body' });
});

test('a body of another type is refused', async () => {
  await using gate = await openGate();
  const response = await fetch(`${gate.url}/api/v1/alarms/1/acknowledge`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'person=x',
  });
  expect(response.status).toBe(415);
  expect(await response.json()).toMatchObject({ code: 'REQUEST_MEDIA_TYPE' });
});

test('an address that cannot be read is refused in the same shape', async () => {
  await using gate = await openGate();
  const response = await gate.get('/api/v1/devices/%E0%A4%A/x');
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: 'REQUEST_INVALID', where: 'path' });
});

test('a storage error has its own status', async () => {
  await using gate = await openGate({
    parts: {
      replayDeadLetters: () => {
        throw new CodedError('STORAGE_FULL');
      },
    },
  });
  const response = await gate.post('/api/v1/dead-letters/replay', {});
  expect(response.status).toBe(507);
  expect(await response.json()).toMatchObject({ code: 'STORAGE_FULL' });
});

test('what is no HTTP is answered and closed', async () => {
  await using gate = await openGate();
  const socket = connect(Number(new URL(gate.url).port), '127.0.0.1');
  socket.write('HELO gateway\r\n\r\n');
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
});
