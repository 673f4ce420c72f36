import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { WebSocket } from 'ws';
import type { Clock, Millis } from '../../clock.ts';
import type { Text } from '../../errors.ts';
import { below, post } from '../channels/http.ts';
import { readJson } from './json.ts';
import { keepConnected, type ReconnectOptions } from './reconnect.ts';
import type { OnAcknowledge, Replies } from './reply.ts';
import { listenTo } from './socket.ts';
import { HELP, isAcknowledgement } from './words.ts';

// DingTalk's Stream mode, as its own client speaks it (dingtalk-stream 2.1.5, client.mjs): that
// package always goes to api.dingtalk.com, reconnects every second and writes to the console.

const TOPIC = '/v1.0/im/bot/messages/get';
const TIMEOUT: Millis = 10_000;

const Opened = Type.Object({
  endpoint: Type.String({ pattern: '^wss?://' }),
  ticket: Type.String({ minLength: 1 }),
});
const Refused = Type.Object({ code: Type.String() });

const Frame = Type.Object({
  type: Type.String(),
  headers: Type.Object({ topic: Type.String(), messageId: Type.String() }),
  data: Type.Optional(Type.String()),
});

/** What somebody wrote to the robot. `senderStaffId` is missing for people of another company. */
const Said = Type.Object({
  msgId: Type.String({ minLength: 1, maxLength: 200 }),
  createAt: Type.Integer({ minimum: 0 }),
  senderStaffId: Type.Optional(Type.String({ maxLength: 200 })),
  sessionWebhook: Type.Optional(Type.String({ maxLength: 1000 })),
  text: Type.Optional(Type.Object({ content: Type.String() })),
});

export interface DingtalkRepliesOptions extends ReconnectOptions {
  clock: Clock;
  clientId: string;
  clientSecret: string;
  /** Where the connection is asked for. */
  apiUrl?: string | undefined;
  /** Where answers go: an address elsewhere, whoever sent it, gets none. */
  robotUrl?: string | undefined;
  onAcknowledge: OnAcknowledge;
}

/** What people write to a DingTalk robot, by a connection in Stream mode. */
export function dingtalkReplies(options: DingtalkRepliesOptions): Replies {
  const { clock, log, name, clientId, clientSecret, onAcknowledge } = options;
  const { apiUrl = 'https://api.dingtalk.com', robotUrl = 'https://oapi.dingtalk.com' } = options;

  const answer = async (webhook: string | undefined, text: Text | undefined, stop: AbortSignal) => {
    if (text === undefined || !webhook?.startsWith(below(robotUrl, '/robot/sendBySession?')))
      return;
    const body = { msgtype: 'text', text: { content: text.zh } };
    const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT)]);
    await post({ url: webhook, body }, signal, clock).catch((error: Error) =>
      log.warn({ channel: name, reason: error.message }, 'a reply could not be answered'),
    );
  };

  const take = (data: Buffer, socket: WebSocket, signal: AbortSignal) => {
    const frame = readJson(Frame, data.toString('utf8'));
    if (!frame) return;
    const { topic, messageId } = frame.headers;
    const confirm = (body: string) =>
      socket.send(
        JSON.stringify({
          code: 200,
          headers: { contentType: 'application/json', messageId },
          message: 'OK',
          data: body,
        }),
      );
    if (frame.type === 'SYSTEM' && topic === 'ping') confirm(frame.data ?? '');
    // DingTalk is about to close: it asks for a new connection
    if (frame.type === 'SYSTEM' && topic === 'disconnect') socket.close();
    if (frame.type !== 'CALLBACK' || topic !== TOPIC) return;
    const said = readJson(Said, frame.data ?? '');
    let text: Text | undefined = HELP;
    if (said && isAcknowledgement(said.text?.content ?? '')) {
      const sender = { field: 'dingtalkId', id: said.senderStaffId } as const;
      text = onAcknowledge({ newestAt: said.createAt, reply: said.msgId }, sender);
    }
    confirm(JSON.stringify({ response: {} }));
    void answer(said?.sessionWebhook, text, signal);
  };

  return keepConnected(options, async (signal, onUp) => {
    const subscriptions = [{ type: 'CALLBACK', topic: TOPIC }];
    const request = {
      url: below(apiUrl, '/v1.0/gateway/connections/open'),
      headers: { accept: 'application/json' },
      body: { clientId, clientSecret, ua: 'campus-gateway', subscriptions },
    };
    const timeout = AbortSignal.timeout(TIMEOUT);
    const { status, body } = await post(request, AbortSignal.any([signal, timeout]), clock);
    if (!Value.Check(Opened, body)) {
      const code = Value.Check(Refused, body) ? ` ${body.code.slice(0, 60)}` : '';
      return `turned away: HTTP ${status}${code}`;
    }
    const url = new URL(body.endpoint);
    url.searchParams.set('ticket', body.ticket);
    return listenTo({
      url: url.href,
      clock,
      signal,
      onOpen: onUp,
      onMessage: (data, socket) => take(data, socket, signal),
      // not confirmed: DingTalk sends it again
      onError: (error) => log.error({ err: error, channel: name }, 'a reply could not be taken'),
    });
  });
}
