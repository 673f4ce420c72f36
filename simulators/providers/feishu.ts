import { createHmac } from 'node:crypto';
import { Type } from 'typebox';
import { createFeishuStream } from './feishu-stream.ts';
import { type Answer, type Provider, type ProviderSecrets, read } from './provider.ts';
import { SlidingWindow } from './quota.ts';

const HOUR = 3_600_000;

const Body = Type.Object({
  timestamp: Type.Optional(Type.String()),
  sign: Type.Optional(Type.String()),
  msg_type: Type.Literal('text'),
  content: Type.Object({ text: Type.String({ minLength: 1 }) }),
});

const says = (status: number, code: number, msg: string): Answer => ({
  status,
  body: { code, data: {}, msg },
});

/** open.feishu.cn/open-apis/bot/v2/hook/…: signature, 100 a minute, 5 a second, 20 KB. */
export function createFeishu(secrets: ProviderSecrets['feishu']): Provider {
  const { hook, secret } = secrets;
  const stream = createFeishuStream(secrets);
  const perMinute = new SlidingWindow(100, 60_000);
  const perSecond = new SlidingWindow(5, 1000);
  return {
    ...stream,
    busy: says(200, 1000, 'internal error'),
    answer(call) {
      const streamed = stream.answer(call);
      if (streamed) return { ...streamed, isAside: true };
      if (call.rest !== `/open-apis/bot/v2/hook/${hook}`) {
        return says(400, 19001, 'param invalid: incoming webhook access token invalid');
      }
      const body = read(Body, call.body);
      if (!body || Buffer.byteLength(call.body) > 20 * 1024) return says(400, 9499, 'Bad Request');
      const { timestamp = '', sign = '' } = body;
      const key = `${timestamp}\n${secret}`;
      const isFresh = Math.abs(call.now / 1000 - Number(timestamp)) * 1000 <= HOUR;
      if (!isFresh || sign !== createHmac('sha256', key).update('').digest('base64')) {
        return says(
          200,
          19021,
          'sign match fail or timestamp is not within one hour from current time',
        );
      }
      if (!perSecond.hasRoom(hook, call.now) || !perMinute.take(hook, call.now)) {
        return says(200, 11232, 'frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]');
      }
      perSecond.count(hook, call.now);
      const mentions = [...body.content.text.matchAll(/<at user_id="([^"]*)">[^<]*<\/at>/g)];
      const to = mentions.map(([, id = '']) => (id === 'all' ? '@all' : id));
      const shown = body.content.text.replace(/\n?<at user_id="[^"]*">[^<]*<\/at>/g, '');
      const [title = '', ...rest] = shown.split('\n');
      return {
        status: 200,
        body: { StatusCode: 0, StatusMessage: 'success', code: 0, data: {}, msg: 'success' },
        delivers: { to, title, text: rest.join('\n'), raw: body },
      };
    },
  };
}
