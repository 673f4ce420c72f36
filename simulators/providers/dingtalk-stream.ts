import { Type } from 'typebox';
import type { WebSocket } from 'ws';
import { type Answer, type Call, ok, type ProviderSecrets, read, type Words } from './provider.ts';

const TOPIC = '/v1.0/im/bot/messages/get';

const Open = Type.Object({
  clientId: Type.String(),
  clientSecret: Type.String(),
  subscriptions: Type.Array(Type.Object({ type: Type.String(), topic: Type.String() })),
});
const Confirmation = Type.Object({
  code: Type.Integer(),
  headers: Type.Object({ messageId: Type.String() }),
});
const Spoken = Type.Object({
  msgtype: Type.Literal('text'),
  text: Type.Object({ content: Type.String({ minLength: 1 }) }),
});

/** DingTalk's Stream mode: a ticket for one connection, and what people write to the robot. */
export function createDingtalkStream({ clientId, clientSecret }: ProviderSecrets['dingtalk']) {
  const tickets = new Set<string>();
  const sockets = new Set<WebSocket>();
  /** Not confirmed yet, by message id. */
  const waiting = new Map<string, Words>();
  /** Who wrote, by the address for answers. */
  const sessions = new Map<string, string>();
  let host = '';
  let count = 0;

  const push = (socket: WebSocket | undefined, messageId: string, words: Words) => {
    const session = `session-${words.id}`;
    sessions.set(session, words.sender);
    const data = JSON.stringify({
      msgId: words.id,
      msgtype: 'text',
      conversationType: '2',
      createAt: words.time,
      senderStaffId: words.sender,
      senderNick: words.sender,
      sessionWebhook: `http://${host}/dingtalk/robot/sendBySession?session=${session}`,
      text: { content: ` ${words.text}` },
    });
    const headers = { topic: TOPIC, messageId, contentType: 'application/json' };
    socket?.send(JSON.stringify({ specVersion: '1.0', type: 'CALLBACK', headers, data }));
  };

  return {
    /** undefined: not of the Stream mode. */
    answer(call: Call): Answer | undefined {
      ({ host } = call);
      if (call.rest === '/v1.0/gateway/connections/open') {
        const body = read(Open, call.body);
        const isKnown = body?.clientId === clientId && body.clientSecret === clientSecret;
        if (!isKnown || !body.subscriptions.some(({ topic }) => topic === TOPIC)) {
          return { status: 401, body: { code: 'authFailed', message: '鉴权失败' } };
        }
        const ticket = `ticket-${++count}`;
        tickets.add(ticket);
        return ok({ endpoint: `ws://${host}/dingtalk/connect`, ticket });
      }
      if (call.rest !== '/robot/sendBySession') return undefined;
      const sender = sessions.get(call.query.get('session') ?? '');
      const body = read(Spoken, call.body);
      if (sender === undefined || !body) return ok({ errcode: 300001, errmsg: 'session 不存在' });
      const delivers = { to: [sender], title: body.text.content, text: '', raw: body };
      return ok({ errcode: 0, errmsg: 'ok' }, delivers);
    },
    connect(call: Call, socket: WebSocket): void {
      if (!tickets.delete(call.query.get('ticket') ?? '')) {
        socket.close();
        return;
      }
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('message', (data) => {
        const confirmation = read(Confirmation, String(data));
        if (confirmation?.code === 200) waiting.delete(confirmation.headers.messageId);
      });
      for (const [messageId, words] of waiting) push(socket, messageId, words);
    },
    say(words: Words): void {
      const messageId = `frame-${++count}`;
      waiting.set(messageId, words);
      push([...sockets][0], messageId, words);
    },
    listeners: () => sockets.size,
    cut() {
      for (const socket of sockets) socket.terminate();
    },
  };
}
