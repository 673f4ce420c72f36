import { createReadStream } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import { ask } from '../../src/cli/remote.ts';

const Answer = Type.Object({ rows: Type.Number() });
const words = { zh: '词', en: 'words' };

/** A gateway that answers as the test says. */
async function gateway(answer: RequestListener) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    running: { pid: 1, url: `http://127.0.0.1:${port}`, token: 'the-token' },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const megabytes = (count: number) =>
  Readable.from(Array.from({ length: count }, () => Buffer.alloc(1_000_000, 'x')));

test.each([
  ['nothing', undefined, 'GET', undefined, ''],
  ['an object', { a: 1 }, 'POST', 'application/json', '{"a":1}'],
  ['a file', Buffer.from('PK'), 'POST', 'application/octet-stream', 'PK'],
  ['a stream', Readable.from(['a,', 'b']), 'POST', 'text/csv', 'a,b'],
])('%s is sent with the token of the run', async (_what, body, method, type, sent) => {
  const seen: unknown[] = [];
  await using there = await gateway(async (request, response) => {
    const { authorization, 'content-type': contentType } = request.headers;
    seen.push(request.method, authorization, contentType, await text(request));
    response.end('{"rows":7}');
  });
  expect(await ask(there.running, '/path', Answer, body)).toEqual({ rows: 7 });
  expect(seen).toEqual([method, 'Bearer the-token', type, sent]);
});

test('what the gateway refuses is told in its words, though the file is not yet sent', async () => {
  await using there = await gateway((_request, response) => {
    response.statusCode = 400;
    response.end(JSON.stringify({ code: 'CSV_HEADING', message: words, remedy: words }));
  });
  const refused = { code: 'CSV_HEADING', words: { message: words, remedy: words } };
  await expect(ask(there.running, '/', Answer, megabytes(200))).rejects.toMatchObject(refused);
});

describe('a gateway that is gone is told as such', () => {
  test.each<[string, RequestListener, Readable | undefined]>([
    ['before it answers', (request) => request.socket.destroy(), undefined],
    [
      'while a file is sent',
      (request) => request.once('data', () => request.destroy()),
      megabytes(9),
    ],
    [
      'within its answer',
      (_request, response) => response.write('{"rows":', () => response.destroy()),
      undefined,
    ],
  ])('%s', async (_when, answer, body) => {
    await using there = await gateway(answer);
    const lost = { code: 'GATEWAY_LOST' };
    await expect(ask(there.running, '/', Answer, body)).rejects.toMatchObject(lost);
  });

  test('when nothing listens any more', async () => {
    const there = await gateway(() => undefined);
    await there[Symbol.asyncDispose]();
    const lost = { code: 'GATEWAY_LOST' };
    await expect(ask(there.running, '/', Answer)).rejects.toMatchObject(lost);
  });
});

test('a file that cannot be read is not the fault of the gateway', async () => {
  await using there = await gateway((request) => request.resume());
  const folder = createReadStream(import.meta.dirname);
  await expect(ask(there.running, '/', Answer, folder)).rejects.toMatchObject({ code: 'EISDIR' });
});
