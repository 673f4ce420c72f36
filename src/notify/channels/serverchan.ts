import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Clock, Millis } from '../../clock.ts';
import type { Channel, Outcome } from '../channel.ts';
import { below, post, type Reply, unexpected } from './http.ts';
import { headline, type Language, lines } from './letter.ts';
import { failed, judged, limited, sent, untilMidnightInChina } from './outcome.ts';
import { forPerson } from './person.ts';
import { guarded } from './redact.ts';
import { characters, fitted, shorten, utf8Bytes } from './text.ts';

const MAX_TITLE = 32;
const MAX_BODY = 30_000;

const Answer = Type.Object({ code: Type.Integer(), message: Type.Optional(Type.String()) });

export interface ServerchanOptions {
  name: string;
  clock: Clock;
  sendKey?: string | undefined;
  /** By person id: each WeChat has its own key. */
  sendKeys?: Record<string, string>;
  language?: Language;
  baseUrl?: string | undefined;
}

/** Server酱 to WeChat. Five messages a day are free: a backup only (channels.md). */
export function serverchanChannel(options: ServerchanOptions): Channel {
  const { name, clock, sendKey: common, sendKeys = {}, language = 'zh' } = options;
  const { baseUrl = 'https://sctapi.ftqq.com' } = options;
  const channel: Channel = {
    name,
    kind: 'serverchan',
    async send(message, to, signal) {
      const sendKey = forPerson(sendKeys, to, common);
      if (sendKey === undefined) return failed('RECIPIENT_UNREACHABLE', 'no Server酱 key');
      const body = {
        title: shorten(headline(message, language), MAX_TITLE, characters),
        // markdown: only an empty line ends a paragraph
        desp: fitted(lines(message, language), MAX_BODY, utf8Bytes).replaceAll('\n', '\n\n'),
      };
      const url = below(baseUrl, `/${encodeURIComponent(sendKey)}.send`);
      return judgeServerchan(await post({ url, body }, signal, clock), clock.now());
    },
  };
  return guarded(channel, [common ?? '', ...Object.values(sendKeys)]);
}

/** What the answer means: 40001 is a wrong key and the daily quota alike, only the words differ. */
export function judgeServerchan(reply: Reply, now: Millis): Outcome {
  const { body } = reply;
  if (!Value.Check(Answer, body)) return unexpected(reply);
  const { code, message = '' } = body;
  const said = `${code} ${message}`;
  if (code === 0) return sent(said);
  if (/次数|频率|超过|limit/i.test(message)) return limited(said, untilMidnightInChina(now));
  if (code >= 40000 && code < 50000) return judged('setup', said);
  return judged('busy', said, reply.after);
}
