import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Severity } from '../../campus/rule.ts';
import type { Clock } from '../../clock.ts';
import type { Channel, Message, Outcome } from '../channel.ts';
import { tokenOf } from '../links.ts';
import { replyTopic } from '../replies/ntfy.ts';
import { below, post, type Reply, unexpected } from './http.ts';
import { headline, type Language, lines } from './letter.ts';
import { failed, judged, limited, sent } from './outcome.ts';
import { forPerson } from './person.ts';
import { guarded } from './redact.ts';
import { fitted, shorten, utf8Bytes } from './text.ts';

/** ntfy makes an attachment of a longer message, and refuses a title over 1 KB. */
const MAX_MESSAGE = 4000;
const MAX_TITLE = 250;

const PRIORITIES: Record<Severity, number> = { critical: 5, major: 4, minor: 3, info: 2 };
const TAGS: Record<Severity, string> = {
  critical: 'rotating_light',
  major: 'warning',
  minor: 'small_orange_diamond',
  info: 'information_source',
};

const WORDS = {
  zh: { acknowledge: '确认', open: '打开' },
  en: { acknowledge: 'Acknowledge', open: 'Open' },
} as const;

const Published = Type.Object({ id: Type.String(), event: Type.Literal('message') });
const Refused = Type.Object({ http: Type.Integer(), code: Type.Integer(), error: Type.String() });

export interface NtfyOptions {
  name: string;
  clock: Clock;
  /** On a public server a topic is a secret: whoever knows it reads along. */
  topic?: string | undefined;
  /** By person id: each phone its own topic. */
  topics?: Record<string, string>;
  token?: string | undefined;
  user?: string | undefined;
  password?: string | undefined;
  /** Whether a button acknowledges through the reply topic. */
  replies?: boolean;
  language?: Language;
  baseUrl?: string | undefined;
}

/** ntfy, public or the school's own: POST JSON to the root (channels.md). */
export function ntfyChannel(options: NtfyOptions): Channel {
  const { name, clock, topic: common, topics = {}, token, user, password } = options;
  const { language = 'zh', replies = false, baseUrl = 'https://ntfy.sh' } = options;
  const authorization = authorize(token, user, password);
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
  const channel: Channel = {
    name,
    kind: 'ntfy',
    async send(message, to, signal) {
      const topic = forPerson(topics, to, common);
      if (topic === undefined) return failed('RECIPIENT_UNREACHABLE', 'no ntfy topic');
      const replyUrl = replies ? below(baseUrl, `/${replyTopic(topic)}`) : undefined;
      const body = { topic, ...content(message, language, replyUrl) };
      return judgeNtfy(await post({ url: below(baseUrl, '/'), headers, body }, signal, clock));
    },
  };
  const secrets = [common, ...Object.values(topics), token, password, authorization];
  return guarded(
    channel,
    secrets.filter((secret) => secret !== undefined),
  );
}

function content(
  message: Message,
  language: Language,
  replyUrl: string | undefined,
): Record<string, unknown> {
  const { severity, event, acknowledgeUrl } = message;
  const isOver = event === 'cleared';
  const words = WORDS[language === 'en' ? 'en' : 'zh'];
  return {
    title: shorten(headline(message, language), MAX_TITLE, utf8Bytes),
    message: fitted(lines(message, language), MAX_MESSAGE, utf8Bytes),
    priority: isOver ? 3 : PRIORITIES[severity],
    tags: [isOver ? 'white_check_mark' : TAGS[severity]],
    ...(acknowledgeUrl === null
      ? {}
      : {
          click: acknowledgeUrl,
          actions:
            replyUrl === undefined
              ? [{ action: 'view', label: words.acknowledge, url: acknowledgeUrl }]
              : [
                  {
                    action: 'http',
                    label: words.acknowledge,
                    url: replyUrl,
                    body: tokenOf(acknowledgeUrl),
                    clear: true,
                  },
                  { action: 'view', label: words.open, url: acknowledgeUrl },
                ],
        }),
  };
}

/** The header of a token, or of user and password. */
export function authorize(token?: string, user?: string, password?: string): string | undefined {
  if (token !== undefined) return `Bearer ${token}`;
  if (user === undefined || password === undefined) return undefined;
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** What the answer means: ntfy speaks by HTTP status, and says what it published. */
export function judgeNtfy(reply: Reply): Outcome {
  const { body, status, after } = reply;
  if (status < 300 && Value.Check(Published, body)) return sent(`published ${body.id}`);
  if (!Value.Check(Refused, body)) return unexpected(reply);
  const said = `${body.code} ${body.error}`;
  if (status === 429) return limited(said, after);
  if (status >= 500) return judged('busy', said, after);
  return judged(status === 401 || status === 403 ? 'setup' : 'refused', said);
}
