import { once } from 'node:events';
import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { checkAddress } from '../../src/http/security.ts';
import { type Gate, openGate, SCHOOL, shareGate } from './gate.ts';

const TOKEN = 'a-token-of-the-school';

interface Raw {
  status: number;
  body: string;
}

/** Sends a request with headers that fetch would not let through. */
function send(gate: Gate, path: string, headers: Record<string, string>, method = 'GET') {
  return new Promise<Raw>((resolve, reject) => {
    const sent = request(`${gate.url}${path}`, { method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('%s needs no token', (host) => {
  expect(() => checkAddress(host, false)).not.toThrow();
});

test.each(['0.0.0.0', '::', '192.168.1.5', 'gateway.school', '127.0.0.1.evil.example', ''])(
  'the gateway does not listen on "%s" without a token',
  (host) => {
    expect(() => checkAddress(host, false)).toThrowError(
      expect.objectContaining({ code: 'HTTP_WIDE_OPEN' }),
    );
    expect(() => checkAddress(host, true)).not.toThrow();
  },
);

test('a server that would be wide open is not even built', async () => {
  const school = `${SCHOOL}http: {host: 0.0.0.0}\n`;
  await expect(openGate({ school })).rejects.toMatchObject({ code: 'HTTP_WIDE_OPEN' });
});

describe('with a token', () => {
  const school = shareGate({ token: TOKEN, controlToken: 'of-this-run' });

  test.each(['/', '/api/v1/devices', '/api/docs', '/api/openapi.json', '/metrics', '/api/v1/live'])(
    '%s is for whoever has it',
    async (path) => {
      const stranger = await school.gate.get(path);
      expect(stranger.status).toBe(401);
      expect(stranger.headers.get('www-authenticate')).toBe('Bearer');
      expect(await stranger.json()).toMatchObject({ code: 'TOKEN_NEEDED' });
      const friend = await school.gate.get(path, { authorization: `Bearer ${TOKEN}` });
      expect(friend.status).toBe(200);
      await friend.body?.cancel();
    },
  );

  test.each(['/health', '/ready'])('%s needs no token', async (path) => {
    expect((await school.gate.get(path)).status).toBe(200);
  });

  test('the acknowledgement link needs no token: it is one', async () => {
    expect((await school.gate.post(`/a/${await school.gate.ring()}`)).status).toBe(200);
  });

  test.each(['Bearer wrong', `Basic ${TOKEN}`, 'Bearer', `Bearer ${TOKEN}x`, `Bearer ${TOKEN} x`])(
    'a wrong token (%s) opens nothing',
    async (authorization) => {
      expect((await school.gate.get('/api/v1/devices', { authorization })).status).toBe(401);
    },
  );

  test('the command line of the same machine is always let in', async () => {
    const authorization = 'Bearer of-this-run';
    expect((await school.gate.get('/api/v1/devices', { authorization })).status).toBe(200);
  });

  test('what does not exist is not told to strangers', async () => {
    expect((await school.gate.get('/api/v2/secrets')).status).toBe(401);
  });
});

describe('without a token', () => {
  const school = shareGate();

  test.each(['/api/v1/backups', '/api/v1/credentials', '/api/v1/notify/test'])(
    '%s needs a token even on loopback',
    async (path) => {
      const response = await school.gate.post(path, {});
      expect(response.status).toBe(401);
      expect(school.gate.backups).toEqual([]);
    },
  );

  test.each(['localhost', 'localhost:8080', '127.0.0.1:1', '[::1]:8080', 'LOCALHOST'])(
    'the gateway answers to the name %s',
    async (host) => {
      expect((await send(school.gate, '/api/v1/devices', { host })).status).toBe(200);
    },
  );

  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io', 'a b', '192.168.1.5'])(
    'a page that was rebound to us (%s) learns nothing',
    async (host) => {
      const { status, body } = await send(school.gate, '/api/v1/devices', { host });
      expect(status).toBe(403);
      expect(JSON.parse(body)).toMatchObject({ code: 'HOST_REFUSED' });
    },
  );

  test.each(['http://evil.example', 'null', 'http://localhost:1', 'nonsense'])(
    'another site (%s) changes nothing here',
    async (origin) => {
      await school.gate.ring();
      const response = await school.gate.post(
        '/api/v1/alarms/1/acknowledge',
        { person: 'x' },
        { origin },
      );
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: 'ORIGIN_REFUSED' });
      expect(school.gate.core.store.get(1).acknowledged).toBeUndefined();
    },
  );

  test('our own pages may change things', async () => {
    await school.gate.ring();
    const { status } = await school.gate.post(
      '/api/v1/alarms/1/acknowledge',
      { person: '张伟' },
      { origin: school.gate.url },
    );
    expect(status).toBe(200);
  });

  test('every answer forbids to sniff, to frame and to tell where one came from', async () => {
    for (const path of ['/', '/api/v1/devices', '/nowhere', '/api/docs', '/health']) {
      const { headers } = await school.gate.get(path);
      expect(headers.get('x-content-type-options'), path).toBe('nosniff');
      expect(headers.get('referrer-policy'), path).toBe('no-referrer');
      expect(headers.get('content-security-policy'), path).toMatch(/frame-ancestors 'none'/);
    }
  });
});

test.each([
  ['a stranger', '/api/v1/imports/readings', 401],
  ['a guesser', '/a/guess', 404],
])('%s who never stops sending is answered and hung up on', async (_who, path, status) => {
  await using gate = await openGate({ token: TOKEN });
  const sent = request(`${gate.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
  });
  sent.on('error', () => undefined);
  sent.write('for ever and ever');
  const [response] = await once(sent, 'response');
  expect(response.statusCode).toBe(status);
  expect(response.headers.connection).toBe('close');
  response.resume();
  await once(sent, 'close');
});

test('the address by which phones reach the gateway opens links and nothing else', async () => {
  const school = `${SCHOOL}http: {publicUrl: "https://gateway.school.example"}\n`;
  await using gate = await openGate({ school });
  const host = 'gateway.school.example';
  expect((await send(gate, '/api/v1/devices', { host })).status).toBe(403);
  expect((await send(gate, '/a/not-a-link', { host })).status).toBe(404);
});
