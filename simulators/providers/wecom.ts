import { Type } from 'typebox';
import { type Answer, ok, type Provider, type ProviderSecrets, read } from './provider.ts';
import { SlidingWindow } from './quota.ts';

const Body = Type.Object({
  msgtype: Type.Literal('text'),
  text: Type.Object({
    content: Type.String({ minLength: 1 }),
    mentioned_mobile_list: Type.Optional(Type.Array(Type.String())),
  }),
});

/** WeCom says where it was asked from and where to read more, whatever went wrong. */
function says(errcode: number, errmsg: string): Answer {
  const hint = `hint: [1700000000000000000000000], from ip: 203.0.113.7, more info at https://open.work.weixin.qq.com/devtool/query?e=${errcode}`;
  return ok({ errcode, errmsg: `${errmsg}, ${hint}` });
}

/** qyapi.weixin.qq.com/cgi-bin/webhook/send: 20 a minute, a text of 2 048 bytes. */
export function createWecom({ key }: ProviderSecrets['wecom']): Provider {
  const quota = new SlidingWindow(20, 60_000);
  return {
    busy: says(-1, 'system busy'),
    answer(call) {
      if (call.rest !== '/cgi-bin/webhook/send' || call.query.get('key') !== key) {
        return says(93000, 'invalid webhook url');
      }
      const body = read(Body, call.body);
      if (!body) return says(40058, 'invalid Request Parameter');
      const { content, mentioned_mobile_list: to = [] } = body.text;
      if (Buffer.byteLength(content) > 2048) {
        return says(40058, 'text.content exceed max length 2048. invalid Request Parameter');
      }
      if (!quota.take(key, call.now)) return says(45009, 'api freq out of limit');
      const [title = '', ...rest] = content.split('\n');
      return ok({ errcode: 0, errmsg: 'ok' }, { to, title, text: rest.join('\n'), raw: body });
    },
  };
}
