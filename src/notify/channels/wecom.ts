import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Clock } from '../../clock.ts';
import type { Channel, Outcome } from '../channel.ts';
import { below, post, type Reply, unexpected } from './http.ts';
import { isUrgent, type Language, letter } from './letter.ts';
import { judged, sent, type Verdict } from './outcome.ts';
import { mobileNumber } from './phone.ts';
import { guarded } from './redact.ts';
import { fitted, utf8Bytes } from './text.ts';

/** A text has at most 2 048 bytes (channels.md). */
const MAX_TEXT = 2048;

const VERDICTS: Record<number, Verdict> = {
  [-1]: 'busy',
  45009: 'limited', // api freq out of limit: 20 a minute
  45033: 'limited', // concurrent calls
  93000: 'setup', // invalid webhook url: the key is wrong, or the robot was removed
  93008: 'setup', // not in group
  40058: 'refused', // invalid request parameter, among them a text that is too long
  44004: 'refused', // empty content
  45002: 'refused', // content too long
};

const Answer = Type.Object({ errcode: Type.Integer(), errmsg: Type.Optional(Type.String()) });

export interface WecomOptions {
  name: string;
  clock: Clock;
  /** The only secret there is: whoever has it writes to the group. */
  key: string;
  atAll?: boolean;
  language?: Language;
  baseUrl?: string | undefined;
}

/**
 * A robot in a WeCom group: always `text`, for markdown ignores the mention list (channels.md),
 * and a mention is what makes a phone ring.
 */
export function wecomChannel(options: WecomOptions): Channel {
  const { name, clock, key, atAll = true, language = 'zh' } = options;
  const { baseUrl = 'https://qyapi.weixin.qq.com' } = options;
  const channel: Channel = {
    name,
    kind: 'wecom',
    async send(message, to, signal) {
      const phone = mobileNumber(to.phone);
      const everybody = atAll && isUrgent(message) && message.event === 'raised';
      const body = {
        msgtype: 'text',
        text: {
          content: fitted(letter(message, language), MAX_TEXT, utf8Bytes),
          mentioned_mobile_list: [
            ...(phone === undefined ? [] : [phone]),
            ...(everybody ? ['@all'] : []),
          ],
        },
      };
      const url = below(baseUrl, `/cgi-bin/webhook/send?${new URLSearchParams({ key })}`);
      return judgeWecom(await post({ url, body }, signal, clock));
    },
  };
  return guarded(channel, [key]);
}

/** What the answer means. A code that is not in the table is tried again. */
export function judgeWecom(reply: Reply): Outcome {
  const { body } = reply;
  if (!Value.Check(Answer, body)) return unexpected(reply);
  const said = `${body.errcode} ${body.errmsg ?? ''}`;
  return body.errcode === 0
    ? sent(said)
    : judged(VERDICTS[body.errcode] ?? 'busy', said, reply.after);
}
