import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Severity } from '../../campus/rule.ts';
import type { Clock } from '../../clock.ts';
import type { Channel, Message, Outcome } from '../channel.ts';
import { below, post, type Reply, unexpected } from './http.ts';
import { headline, isUrgent, type Language, lines } from './letter.ts';
import { failed, judged, limited, sent } from './outcome.ts';
import { forPerson } from './person.ts';
import { guarded } from './redact.ts';
import { fitted, jsonBytes, shorten } from './text.ts';

/** Apple carries 4 KB a notification, everything included. */
const MAX_BODY = 2400;
const MAX_TITLE = 240;

/** `critical` sounds on a muted phone. */
const LEVELS: Record<Severity, string> = {
  critical: 'critical',
  major: 'timeSensitive',
  minor: 'active',
  info: 'passive',
};

const Answer = Type.Object({ code: Type.Integer(), message: Type.Optional(Type.String()) });

export interface BarkOptions {
  name: string;
  clock: Clock;
  deviceKey?: string | undefined;
  /** By person id: each iPhone has its own key. */
  deviceKeys?: Record<string, string>;
  language?: Language;
  baseUrl?: string | undefined;
}

/** Bark on an iPhone (channels.md). */
export function barkChannel(options: BarkOptions): Channel {
  const { name, clock, deviceKey: common, deviceKeys = {}, language = 'zh' } = options;
  const { baseUrl = 'https://api.day.app' } = options;
  const channel: Channel = {
    name,
    kind: 'bark',
    async send(message, to, signal) {
      const deviceKey = forPerson(deviceKeys, to, common);
      if (deviceKey === undefined) return failed('RECIPIENT_UNREACHABLE', 'no Bark key');
      const body = { device_key: deviceKey, ...content(message, language) };
      return judgeBark(await post({ url: below(baseUrl, '/push'), body }, signal, clock));
    },
  };
  return guarded(channel, [common ?? '', ...Object.values(deviceKeys)]);
}

function content(message: Message, language: Language): Record<string, string> {
  const { severity, event, acknowledgeUrl } = message;
  return {
    title: shorten(headline(message, language), MAX_TITLE, jsonBytes),
    body: fitted(lines(message, language), MAX_BODY, jsonBytes),
    group: message.campus.name,
    level: event === 'raised' ? LEVELS[severity] : 'active',
    ...(isUrgent(message) && event === 'raised' ? { call: '1', volume: '10' } : {}),
    ...(acknowledgeUrl === null ? {} : { url: acknowledgeUrl }),
  };
}

/** What the answer means: 200 in the body too. An unknown key is answered with 400. */
export function judgeBark(reply: Reply): Outcome {
  const { body, after } = reply;
  if (!Value.Check(Answer, body)) return unexpected(reply);
  const { code, message = '' } = body;
  const said = `${code} ${message}`;
  if (code === 200) return reply.status < 300 ? sent(said) : unexpected(reply);
  if (code === 429) return limited(said, after);
  if (/device.?(token|key)|unregistered/i.test(message)) return judged('setup', said);
  if (code === 401 || code === 403) return judged('setup', said);
  return judged(code >= 500 ? 'busy' : 'refused', said, after);
}
