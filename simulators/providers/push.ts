import { Type } from 'typebox';
import { createNtfyReplies } from './ntfy-replies.ts';
import {
  type Answer,
  createIds,
  header,
  ok,
  type Provider,
  type ProviderSecrets,
  read,
} from './provider.ts';
import { SlidingWindow } from './quota.ts';

const MINUTE = 60_000;

const NtfyBody = Type.Object({
  topic: Type.String({ pattern: '^[-_A-Za-z0-9]{1,64}$' }),
  title: Type.Optional(Type.String()),
  message: Type.String(),
  priority: Type.Optional(Type.Integer({ minimum: 1, maximum: 5 })),
});

/** An ntfy server with an access token; 60 requests in five minutes. */
export function createNtfy({ topic, token }: ProviderSecrets['ntfy']): Provider {
  const quota = new SlidingWindow(60, 5 * MINUTE);
  const id = createIds('ntfy');
  const replies = createNtfyReplies({ topic, token });
  const refuse = (code: number, error: string): Answer => {
    const http = Math.floor(code / 100);
    return { status: http, body: { code, http, error, link: 'https://ntfy.sh/docs/publish/' } };
  };
  return {
    ...replies,
    busy: refuse(50001, 'internal server error'),
    answer(call) {
      const reply = replies.answer(call);
      if (reply) return { ...reply, isAside: true };
      if (header(call, 'authorization') !== `Bearer ${token}`) return refuse(40101, 'unauthorized');
      const body = read(NtfyBody, call.body);
      if (!body) return refuse(40024, 'invalid request: request body must be valid JSON');
      if (body.topic !== topic) return refuse(40301, 'forbidden');
      if (Buffer.byteLength(body.title ?? '') > 1024) return refuse(40057, 'title too large');
      if (!quota.take(topic, call.now)) {
        return refuse(42901, 'limit reached: too many requests');
      }
      const { title = '', message } = body;
      return ok(
        { id: id(), time: Math.floor(call.now / 1000), event: 'message', topic, title, message },
        { to: [topic], title, text: message, raw: body },
      );
    },
  };
}

const BarkBody = Type.Object({
  device_key: Type.String(),
  title: Type.String(),
  body: Type.String(),
  level: Type.Optional(Type.Enum(['critical', 'active', 'timeSensitive', 'passive'])),
});

/** api.day.app/push. An unknown key is repeated in the answer. */
export function createBark({ deviceKey }: ProviderSecrets['bark']): Provider {
  const says = (code: number, message: string, now: number): Answer => ({
    status: code,
    body: { code, message, timestamp: Math.floor(now / 1000) },
  });
  return {
    busy: says(500, 'push failed: apns push failed: ServiceUnavailable', 0),
    answer(call) {
      const body = read(BarkBody, call.body);
      if (!body) return says(400, 'request bind failed', call.now);
      if (body.device_key !== deviceKey) {
        const why = `failed to get [${body.device_key}] device token from database`;
        return says(400, `failed to get device token: ${why}`, call.now);
      }
      if (Buffer.byteLength(call.body) > 4096) {
        return says(500, 'push failed: PayloadTooLarge', call.now);
      }
      return {
        ...says(200, 'success', call.now),
        delivers: { to: [deviceKey], title: body.title, text: body.body, raw: body },
      };
    },
  };
}

const ServerchanBody = Type.Object({
  title: Type.String({ minLength: 1 }),
  desp: Type.Optional(Type.String()),
});

/** sctapi.ftqq.com: five a day; a wrong key and a used-up quota have one code. */
export function createServerchan({ sendKey }: ProviderSecrets['serverchan']): Provider {
  const perDay = new SlidingWindow(5, 24 * 60 * MINUTE);
  const pushid = createIds('push');
  const refuse = (info: string): Answer => ({
    status: 400,
    body: { message: `[AUTH]${info}`, code: 40001, info: `[AUTH]${info}`, args: [null] },
  });
  return {
    busy: ok({ code: 50000, message: 'internal error' }),
    answer(call) {
      if (call.rest !== `/${sendKey}.send`) return refuse('错误的Key');
      const body = read(ServerchanBody, call.body);
      if (!body) return { status: 400, body: { code: 20001, message: '标题不能为空' } };
      if (!perDay.take(sendKey, call.now)) {
        return refuse('超过当天的发送次数限制[5]，请24小时后再试');
      }
      return ok(
        { code: 0, message: '', data: { pushid: pushid(), error: 'SUCCESS', errno: 0 } },
        { to: [sendKey], title: body.title, text: body.desp ?? '', raw: body },
      );
    },
  };
}
