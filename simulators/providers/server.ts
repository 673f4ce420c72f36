import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Answer, Call, Failure, Provider } from './provider.ts';

const MAX_BODY = 256 * 1024;

const PAGE =
  '<!doctype html><html><head><title>校园网认证</title></head><body>请登录</body></html>';

export interface Door {
  /** Whose request it is, by the first part of the path. */
  find(name: string): Provider | undefined;
  failure(name: string): Failure | undefined;
  onRequest(name: string): void;
  /** Told what was said to a request for a message. */
  answered(name: string, result: string, delivers?: Answer['delivers']): void;
  deliver(name: string, delivered: NonNullable<Answer['delivers']>): void;
  now(): number;
}

/** One HTTP server for all providers: `/<provider>` and behind it the provider's own paths. */
export async function startServer(
  host: string,
  port: number,
  door: Door,
): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    handle(request, response, door).catch(() => response.destroy());
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const call = callOf(request, '', door.now());
    const provider = door.find(call.name);
    if (!provider?.connect || door.failure(call.name) !== undefined) {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => provider.connect?.(call, opened));
  });
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  const actual = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://${host}:${actual}`,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function handle(request: IncomingMessage, response: ServerResponse, door: Door) {
  const body = await readBody(request);
  const call = callOf(request, body ?? '', door.now());
  const { name } = call;
  const provider = door.find(name);
  if (provider?.stream && request.method === 'GET' && door.failure(name) === undefined) {
    provider.stream(call, response);
    return;
  }
  if (!provider || body === undefined || request.method !== 'POST') {
    const status = provider ? (body === undefined ? 413 : 405) : 404;
    response.writeHead(status, { 'content-type': 'text/html' }).end(PAGE);
    return;
  }
  const failure = door.failure(name);
  door.onRequest(name);
  if (failure !== undefined && failure !== 'silent' && failure !== 'swallow') {
    door.answered(name, typeof failure === 'object' ? `HTTP ${failure.status}` : failure);
  }
  if (failure === 'stall') return;
  if (failure === 'drop') {
    response.destroy();
    return;
  }
  if (failure === 'html' || (typeof failure === 'object' && failure.body === undefined)) {
    const [status, headers] =
      typeof failure === 'object' ? [failure.status, failure.headers] : [200, {}];
    response
      .writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...headers })
      .end(PAGE);
    return;
  }
  if (failure === 'malformed') {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"errcode":0,"err');
    return;
  }
  if (failure === 'busy') return say(response, provider.busy);
  if (typeof failure === 'object') {
    return say(response, { ...failure, body: failure.body });
  }
  const answer = provider.answer(call);
  const result = failure ?? JSON.stringify(answer.body);
  if (!answer.isAside || answer.delivers) door.answered(name, result, answer.delivers);
  if (answer.delivers && failure !== 'swallow') door.deliver(name, answer.delivers);
  if (failure !== 'silent') say(response, answer);
}

/** A request, and whose it is by the first part of the path. */
function callOf(request: IncomingMessage, body: string, now: number): Call & { name: string } {
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  const name = path.split('/', 2)[1] ?? '';
  return {
    name,
    method: request.method ?? '',
    host: request.headers.host ?? '',
    path,
    rest: path.slice(name.length + 1),
    query: new URLSearchParams(query),
    headers: request.headers,
    body,
    now,
  };
}

function say(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    .end(JSON.stringify(body));
}

/** undefined: too long for any provider. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= MAX_BODY) chunks.push(bytes);
  }
  return size > MAX_BODY ? undefined : Buffer.concat(chunks).toString('utf8');
}
