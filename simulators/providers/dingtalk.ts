import { createHmac } from 'node:crypto';
import { Type } from 'typebox';
import { createDingtalkStream } from './dingtalk-stream.ts';
import {
  type Answer,
  type Call,
  ok,
  type Provider,
  type ProviderSecrets,
  read,
} from './provider.ts';
import { SlidingWindow } from './quota.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const Body = Type.Object({
  msgtype: Type.Literal('text'),
  text: Type.Object({ content: Type.String({ minLength: 1 }) }),
  at: Type.Optional(
    Type.Object({
      atMobiles: Type.Optional(Type.Array(Type.String())),
      isAtAll: Type.Optional(Type.Boolean()),
    }),
  ),
});

const says = (errcode: number, errmsg: string): Answer => ok({ errcode, errmsg });

/** oapi.dingtalk.com/robot/send: signature, 20 a minute, then blocked for ten minutes. */
export function createDingtalk(secrets: ProviderSecrets['dingtalk']): Provider {
  const { token, secret } = secrets;
  const stream = createDingtalkStream(secrets);
  const quota = new SlidingWindow(20, MINUTE);
  let blockedUntil = 0;
  return {
    ...stream,
    busy: says(-1, '系统繁忙'),
    answer(call) {
      const streamed = stream.answer(call);
      if (streamed) return { ...streamed, isAside: true };
      if (call.rest !== '/robot/send') return says(404, '请求的URI地址不存在');
      if (call.query.get('access_token') !== token) return says(300005, 'token is not exist');
      if (!isSigned(call, secret)) {
        return says(
          310000,
          'description:机器人发送签名不匹配;solution:请确认签名和生成签名的时间戳必须都放在调用的网址中，请确认机器人的密钥加密和填写正确;',
        );
      }
      if (Buffer.byteLength(call.body) > 20_000) {
        return says(460101, 'message too long, exceed 20000 bytes');
      }
      const body = read(Body, call.body);
      if (!body) return says(40035, '缺少参数 json');
      if (call.now < blockedUntil || !quota.take(token, call.now)) {
        blockedUntil = Math.max(blockedUntil, call.now + 10 * MINUTE);
        return says(130101, 'send too fast, exceed 20 times per minute');
      }
      const { atMobiles = [], isAtAll = false } = body.at ?? {};
      const [title = '', ...rest] = body.text.content.split('\n');
      return ok(
        { errcode: 0, errmsg: 'ok' },
        {
          to: [...atMobiles, ...(isAtAll ? ['@all'] : [])],
          title,
          text: rest.join('\n'),
          raw: body,
        },
      );
    },
  };
}

function isSigned({ query, now }: Call, secret: string): boolean {
  const timestamp = query.get('timestamp') ?? '';
  const expected = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
  return Math.abs(now - Number(timestamp)) <= HOUR && query.get('sign') === expected;
}
