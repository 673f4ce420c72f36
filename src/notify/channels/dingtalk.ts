import { createHmac } from 'node:crypto';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Clock, Millis } from '../../clock.ts';
import type { Channel, Outcome } from '../channel.ts';
import { below, post, type Reply, unexpected } from './http.ts';
import { isUrgent, type Language, letter } from './letter.ts';
import { judged, sent, type Verdict } from './outcome.ts';
import { mobileNumber } from './phone.ts';
import { guarded } from './redact.ts';
import { fitted, jsonBytes } from './text.ts';

/** A body has at most 20 000 bytes (channels.md); what surrounds the text needs some. */
const MAX_TEXT = 19_000;
/** Beyond 20 messages a minute a robot is blocked for ten minutes (channels.md). */
const BLOCKED: Millis = 10 * 60_000;

const VERDICTS: Record<number, Verdict> = {
  [-1]: 'busy',
  130101: 'limited', // send too fast, exceed 20 times per minute
  410100: 'limited', // 发送速度太快而限流
  310000: 'setup', // keyword, sign or IP
  300001: 'setup', // token is not exist
  300005: 'setup',
  400101: 'setup', // access_token 不存在
  400102: 'setup', // 机器人已停用
  400106: 'setup', // 机器人不存在
  400013: 'setup', // 群已被解散
  40035: 'refused', // 缺少参数
  400105: 'refused', // 不支持的消息类型
  430101: 'refused', // 含有不安全的外链
  430102: 'refused', // 含有不合适的文本
  430104: 'refused', // 含有不合适的内容
  460101: 'refused', // message too long
};

const Answer = Type.Object({ errcode: Type.Integer(), errmsg: Type.Optional(Type.String()) });

export interface DingtalkOptions {
  name: string;
  clock: Clock;
  accessToken: string;
  /** Of a robot secured by 加签. */
  secret?: string | undefined;
  /** Of a robot secured by a keyword. */
  keyword?: string | undefined;
  /** Whether a fire mentions everybody in the group. */
  atAll?: boolean;
  language?: Language;
  baseUrl?: string | undefined;
}

/** base64(HMAC-SHA256(secret, `<timestamp>\n<secret>`)) (channels.md). */
export const signDingtalk = (secret: string, timestamp: Millis): string =>
  createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');

/** A robot in a DingTalk group: a text, with the person on duty mentioned by phone number. */
export function dingtalkChannel(options: DingtalkOptions): Channel {
  const { name, clock, accessToken, secret, keyword, atAll = true, language = 'zh' } = options;
  const { baseUrl = 'https://oapi.dingtalk.com' } = options;
  const channel: Channel = {
    name,
    kind: 'dingtalk',
    async send(message, to, signal) {
      const query = new URLSearchParams({ access_token: accessToken });
      if (secret !== undefined) {
        const timestamp = clock.now();
        query.set('timestamp', String(timestamp));
        query.set('sign', signDingtalk(secret, timestamp));
      }
      const phone = mobileNumber(to.phone);
      const isAtAll = atAll && isUrgent(message) && message.event === 'raised';
      const body = {
        msgtype: 'text',
        text: { content: fitted(letter(message, language, keyword), MAX_TEXT, jsonBytes) },
        at: { atMobiles: phone === undefined ? [] : [phone], isAtAll },
      };
      const url = below(baseUrl, `/robot/send?${query}`);
      return judgeDingtalk(await post({ url, body }, signal, clock));
    },
  };
  return guarded(channel, [accessToken, secret ?? '']);
}

/** What the answer means. A code that is not in the table is tried again. */
export function judgeDingtalk(reply: Reply): Outcome {
  const { body } = reply;
  if (!Value.Check(Answer, body)) return unexpected(reply);
  const said = `${body.errcode} ${body.errmsg ?? ''}`;
  if (body.errcode === 0) return sent(said);
  const verdict = VERDICTS[body.errcode] ?? 'busy';
  return judged(verdict, said, verdict === 'limited' ? BLOCKED : reply.after);
}
