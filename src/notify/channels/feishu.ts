import { createHmac } from 'node:crypto';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Clock } from '../../clock.ts';
import type { Channel, Message, Outcome, Recipient } from '../channel.ts';
import { below, post, type Reply, unexpected } from './http.ts';
import { isUrgent, type Language, letter } from './letter.ts';
import { judged, sent, type Verdict } from './outcome.ts';
import { guarded } from './redact.ts';
import { fitted, jsonBytes } from './text.ts';

/** A body has at most 20 KB (channels.md); signature, mentions and the rest need some. */
const MAX_TEXT = 19_000;

const VERDICTS: Record<number, Verdict> = {
  11232: 'limited', // frequency limited: 100 a minute, 5 a second
  9499: 'refused', // bad request; also said of too many, see below
  19001: 'setup', // incoming webhook access token invalid
  19007: 'setup', // bot not enabled
  19021: 'setup', // sign match fail, or the clock is off by an hour
  19022: 'setup', // IP not allowed
  19024: 'setup', // keyword not found
  19002: 'refused', // params error
  19003: 'refused',
};

const Answer = Type.Object({ code: Type.Integer(), msg: Type.Optional(Type.String()) });

export interface FeishuOptions {
  name: string;
  clock: Clock;
  /** The last part of the robot's address: the only secret without 签名校验. */
  hook: string;
  secret?: string | undefined;
  keyword?: string | undefined;
  atAll?: boolean;
  language?: Language;
  baseUrl?: string | undefined;
}

/** base64(HMAC-SHA256(`<timestamp>\n<secret>`, "")): the text is the key (channels.md). */
export const signFeishu = (secret: string, timestamp: number): string =>
  createHmac('sha256', `${timestamp}\n${secret}`).digest('base64');

/**
 * A robot in a Feishu group. Feishu itself asks to avoid full and half hours (channels.md), when
 * everybody's reports go out: alarms do not wait, reports should.
 */
export function feishuChannel(options: FeishuOptions): Channel {
  const { name, clock, hook, secret, keyword, atAll = true, language = 'zh' } = options;
  const { baseUrl = 'https://open.feishu.cn' } = options;
  const channel: Channel = {
    name,
    kind: 'feishu',
    async send(message, to, signal) {
      const timestamp = Math.floor(clock.now() / 1000);
      const text = fitted(letter(message, language, keyword), MAX_TEXT, jsonBytes);
      const body = {
        ...(secret === undefined
          ? {}
          : { timestamp: String(timestamp), sign: signFeishu(secret, timestamp) }),
        msg_type: 'text',
        content: { text: `${withoutTags(text)}${mentions(message, to, atAll)}` },
      };
      const url = below(baseUrl, `/open-apis/bot/v2/hook/${encodeURIComponent(hook)}`);
      return judgeFeishu(await post({ url, body }, signal, clock));
    },
  };
  return guarded(channel, [hook, secret ?? '']);
}

/** Feishu mentions by open_id, never by phone number. */
function mentions(message: Message, to: Recipient, atAll: boolean): string {
  const everybody = atAll && isUrgent(message) && message.event === 'raised';
  const mentioned = [
    ...(to.feishuId === undefined ? [] : [[to.feishuId, withoutTags(to.name ?? '')]]),
    ...(everybody ? [['all', '所有人']] : []),
  ];
  return mentioned.map(([id, name]) => `\n<at user_id="${id}">${name}</at>`).join('');
}

/** Nothing that a device is called by may mention anybody. */
const withoutTags = (text: string): string => text.replaceAll('<', '＜');

/** What the answer means. A code that is not in the table is tried again. */
export function judgeFeishu(reply: Reply): Outcome {
  const { body } = reply;
  if (!Value.Check(Answer, body)) return unexpected(reply);
  const { code, msg = '' } = body;
  const said = `${code} ${msg}`;
  if (code === 0) return sent(said);
  const verdict =
    code === 9499 && /too many|frequen/i.test(msg) ? 'limited' : (VERDICTS[code] ?? 'busy');
  return judged(verdict, said, reply.after);
}
