import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { WebSocket } from 'ws';
import type { Clock, Millis } from '../../clock.ts';
import type { Text } from '../../errors.ts';
import { below, post } from '../channels/http.ts';
import { decodeFrame, encodeFrame, type Frame, METHOD } from './feishu-frame.ts';
import { readJson } from './json.ts';
import { keepConnected, type ReconnectOptions } from './reconnect.ts';
import type { OnAcknowledge, Replies } from './reply.ts';
import { listenTo } from './socket.ts';
import { HELP, isAcknowledgement } from './words.ts';

// Feishu's long connection, as its own client speaks it (@larksuiteoapi/node-sdk 1.74.0, WSClient).

const TIMEOUT: Millis = 10_000;
const USUAL_BEAT = 120;

const Opened = Type.Object({
  code: Type.Literal(0),
  data: Type.Object({
    URL: Type.String({ pattern: '^wss?://' }),
    ClientConfig: Type.Optional(
      Type.Object({ PingInterval: Type.Integer({ minimum: 1, maximum: 3600 }) }),
    ),
  }),
});
const Refused = Type.Object({ code: Type.Integer() });
const Token = Type.Object({ code: Type.Literal(0), tenant_access_token: Type.String() });

/** im.message.receive_v1: `content` is JSON once more. */
const Received = Type.Object({
  header: Type.Object({ event_type: Type.Literal('im.message.receive_v1') }),
  event: Type.Object({
    sender: Type.Object({ sender_id: Type.Object({ open_id: Type.String({ maxLength: 200 }) }) }),
    message: Type.Object({
      message_id: Type.String({ pattern: '^[\\w-]{1,100}$' }),
      create_time: Type.String({ pattern: '^\\d{10,16}$' }),
      content: Type.String(),
      chat_type: Type.String(),
      mentions: Type.Optional(Type.Array(Type.Unknown())),
    }),
  }),
});
const Content = Type.Object({ text: Type.String() });

export interface FeishuRepliesOptions extends ReconnectOptions {
  clock: Clock;
  appId: string;
  appSecret: string;
  baseUrl?: string | undefined;
  onAcknowledge: OnAcknowledge;
}

/** What people write to a Feishu robot, by a long connection. */
export function feishuReplies(options: FeishuRepliesOptions): Replies {
  const { clock, log, name, appId, appSecret, onAcknowledge } = options;
  const { baseUrl = 'https://open.feishu.cn' } = options;
  const within = (stop: AbortSignal) => AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT)]);

  const answer = async (message: string, { zh }: Text, stop: AbortSignal) => {
    const url = below(baseUrl, '/open-apis/auth/v3/tenant_access_token/internal');
    const credentials = { app_id: appId, app_secret: appSecret };
    const { status, body } = await post({ url, body: credentials }, within(stop), clock);
    if (!Value.Check(Token, body)) throw new Error(`no access token: HTTP ${status}`);
    const reply = {
      url: below(baseUrl, `/open-apis/im/v1/messages/${message}/reply`),
      headers: { authorization: `Bearer ${body.tenant_access_token}` },
      body: { msg_type: 'text', content: JSON.stringify({ text: zh }) },
    };
    await post(reply, within(stop), clock);
  };

  /** Confirms an event; 500 lets Feishu send it again. */
  const confirm = (socket: WebSocket, frame: Frame, code: 200 | 500) => {
    const payload = Buffer.from(JSON.stringify({ code }));
    socket.send(encodeFrame({ ...frame, headers: [...frame.headers, ['biz_rt', '0']], payload }));
  };

  const take = (data: Buffer, socket: WebSocket, signal: AbortSignal) => {
    const frame = decodeFrame(data);
    const headers = new Map(frame.headers);
    if (frame.method !== METHOD.data || headers.get('type') !== 'event') return;
    // an event in several parts is longer than any acknowledgement
    const received = readJson(Received, frame.payload.toString('utf8'));
    // in a group only what mentions the robot is meant for it
    const { chat_type = '', mentions = [] } = received?.event.message ?? {};
    if (!received || (chat_type !== 'p2p' && mentions.length === 0)) {
      return confirm(socket, frame, 200);
    }
    const { sender, message } = received.event;
    const said = readJson(Content, message.content)?.text ?? '';
    let text: Text | undefined = HELP;
    try {
      if (isAcknowledgement(said)) {
        const who = { field: 'feishuId', id: sender.sender_id.open_id } as const;
        const reference = { newestAt: Number(message.create_time), reply: message.message_id };
        text = onAcknowledge(reference, who);
      }
    } catch (error) {
      confirm(socket, frame, 500);
      throw error;
    }
    confirm(socket, frame, 200);
    if (text === undefined) return;
    answer(message.message_id, text, signal).catch((error: Error) =>
      log.warn({ channel: name, reason: error.message }, 'a reply could not be answered'),
    );
  };

  return keepConnected(options, async (signal, onUp) => {
    const request = {
      url: below(baseUrl, '/callback/ws/endpoint'),
      headers: { locale: 'zh' },
      body: { AppID: appId, AppSecret: appSecret },
    };
    const { status, body } = await post(request, within(signal), clock);
    if (!Value.Check(Opened, body)) {
      const code = Value.Check(Refused, body) ? ` ${body.code}` : '';
      return `turned away: HTTP ${status}${code}`;
    }
    const { URL: url, ClientConfig } = body.data;
    const service = Number(new URL(url).searchParams.get('service_id') ?? 0) || 0;
    const beat: Frame = {
      sequence: 0n,
      log: 0n,
      service,
      method: METHOD.control,
      headers: [['type', 'ping']],
      payload: Buffer.alloc(0),
    };
    return listenTo({
      url,
      clock,
      signal,
      onOpen: onUp,
      onMessage: (data, socket) => take(data, socket, signal),
      onError: (error) => log.error({ err: error, channel: name }, 'a reply could not be taken'),
      beat: {
        every: (ClientConfig?.PingInterval ?? USUAL_BEAT) * 1000,
        frame: () => encodeFrame(beat),
      },
    });
  });
}
