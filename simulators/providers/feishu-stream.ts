import { Type } from 'typebox';
import type { WebSocket } from 'ws';
import { decodeFrame, encodeFrame } from '../../src/notify/replies/feishu-frame.ts';
import {
  type Answer,
  type Call,
  header,
  ok,
  type ProviderSecrets,
  read,
  type Words,
} from './provider.ts';

const ACCESS_TOKEN = 't-simulated';
const SERVICE = 7;

const Endpoint = Type.Object({ AppID: Type.String(), AppSecret: Type.String() });
const Credentials = Type.Object({ app_id: Type.String(), app_secret: Type.String() });
const Spoken = Type.Object({ msg_type: Type.Literal('text'), content: Type.String() });
const Content = Type.Object({ text: Type.String({ minLength: 1 }) });
const Confirmation = Type.Object({ code: Type.Integer() });

/** Feishu's long connection, and the API by which a robot answers. */
export function createFeishuStream({ appId, appSecret }: ProviderSecrets['feishu']) {
  const tickets = new Set<string>();
  const sockets = new Set<WebSocket>();
  /** Not confirmed yet, by the frame's sequence. */
  const waiting = new Map<bigint, Words>();
  const senders = new Map<string, string>();
  let count = 0;

  const push = (socket: WebSocket | undefined, sequence: bigint, words: Words) => {
    senders.set(words.id, words.sender);
    const message = {
      message_id: words.id,
      create_time: String(words.time),
      chat_type: 'p2p',
      message_type: 'text',
      content: JSON.stringify({ text: words.text }),
    };
    const payload = {
      schema: '2.0',
      header: { event_id: `event-${sequence}`, event_type: 'im.message.receive_v1' },
      event: { sender: { sender_id: { open_id: words.sender } }, message },
    };
    const headers: [string, string][] = [
      ['type', 'event'],
      ['message_id', `m-${sequence}`],
      ['sum', '1'],
      ['seq', '0'],
    ];
    const bytes = Buffer.from(JSON.stringify(payload));
    socket?.send(
      encodeFrame({ sequence, log: 0n, service: SERVICE, method: 1, headers, payload: bytes }),
    );
  };

  return {
    /** undefined: not of the long connection. */
    answer(call: Call): Answer | undefined {
      const { rest, host, body } = call;
      if (rest === '/callback/ws/endpoint') {
        const asked = read(Endpoint, body);
        if (asked?.AppID !== appId || asked.AppSecret !== appSecret) {
          return ok({ code: 514, msg: 'app_id or app_secret is invalid', data: null });
        }
        const ticket = `ticket-${++count}`;
        tickets.add(ticket);
        const query = `device_id=1&service_id=${SERVICE}&ticket=${ticket}`;
        const ClientConfig = {
          ReconnectCount: -1,
          ReconnectInterval: 120,
          ReconnectNonce: 30,
          PingInterval: 120,
        };
        const data = { URL: `ws://${host}/feishu/ws/v2?${query}`, ClientConfig };
        return ok({ code: 0, msg: 'success', data });
      }
      if (rest === '/open-apis/auth/v3/tenant_access_token/internal') {
        const asked = read(Credentials, body);
        return asked?.app_id === appId && asked.app_secret === appSecret
          ? ok({ code: 0, msg: 'ok', tenant_access_token: ACCESS_TOKEN, expire: 7200 })
          : ok({ code: 10014, msg: 'app secret invalid' });
      }
      const [, message] = /^\/open-apis\/im\/v1\/messages\/([^/]+)\/reply$/.exec(rest) ?? [];
      if (message === undefined) return undefined;
      if (header(call, 'authorization') !== `Bearer ${ACCESS_TOKEN}`) {
        return { status: 400, body: { code: 99991663, msg: 'Invalid access token' } };
      }
      const sender = senders.get(message);
      const spoken = read(Spoken, body);
      const text = spoken && read(Content, spoken.content)?.text;
      if (sender === undefined || text === undefined) {
        return { status: 400, body: { code: 230001, msg: 'invalid param' } };
      }
      return ok({ code: 0, msg: 'success' }, { to: [sender], title: text, text: '', raw: spoken });
    },
    connect(call: Call, socket: WebSocket): void {
      if (!tickets.delete(call.query.get('ticket') ?? '')) {
        socket.close();
        return;
      }
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('message', (data) => {
        const frame = decodeFrame(Buffer.isBuffer(data) ? data : Buffer.alloc(0));
        const confirmation = read(Confirmation, frame.payload.toString('utf8'));
        if (confirmation?.code === 200) waiting.delete(frame.sequence);
      });
      for (const [sequence, words] of waiting) push(socket, sequence, words);
    },
    say(words: Words): void {
      const sequence = BigInt(++count);
      waiting.set(sequence, words);
      push([...sockets][0], sequence, words);
    },
    listeners: () => sockets.size,
    cut() {
      for (const socket of sockets) socket.terminate();
    },
  };
}
