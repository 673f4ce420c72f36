import type { Text } from '../../errors.ts';
import { NEITHER, type Path } from '../../validation.ts';
import { replyTopic } from '../replies/ntfy.ts';
import type { NotifyConfig } from './create.ts';
import type { ChannelConfig } from './schema.ts';

type Report = (path: Path, allowed: Text, found?: Text | string) => void;

const MAX_TOPIC = 64;

const ID = /^[a-z0-9][a-z0-9_-]{0,62}$/;

const NEEDED = {
  keys: { en: 'keyEnv, personKeyEnv or both', zh: 'keyEnv、personKeyEnv 或两者' },
  topics: { en: 'topic, topics or both', zh: 'topic、topics 或两者' },
  reply: {
    en: 'topics of at most 60 characters, for replies',
    zh: '启用 replies 时主题最长 60 个字符',
  },
  password: { en: 'passwordEnv beside user', zh: '与 user 同时填写 passwordEnv' },
} as const;

const LONGER = { en: 'longer ones', zh: '更长的主题' };

/** What the schema alone does not see in `notify.channels`; paths begin with `notify`. */
export function checkChannels(
  notify: NotifyConfig,
  people: readonly { id: string }[],
  report: Report,
): void {
  const known = people.map(({ id }) => id);
  for (const [name, config] of Object.entries(notify.channels)) {
    const path = ['notify', 'channels', name];
    if (!ID.test(name) || (name === 'webhook' && notify.webhook)) {
      const allowed = {
        en: 'a short name of a–z, 0–9, - and _ that no other channel has',
        zh: '由 a–z、0–9、- 和 _ 组成的短名，不与其他渠道重复',
      };
      report(path, allowed, `"${name}"`);
    }
    for (const need of missing(config))
      report(path, NEEDED[need], need === 'reply' ? LONGER : NEITHER);
    for (const [field, person] of persons(config)) {
      if (known.includes(person)) continue;
      const list = known.slice(0, 20).join(', ') || '–';
      const allowed = { en: `the id of a person: ${list}`, zh: `人员 id：${list}` };
      report([...path, field, person], allowed, `"${person}"`);
    }
  }
}

function missing(config: ChannelConfig): (keyof typeof NEEDED)[] {
  switch (config.kind) {
    case 'bark':
    case 'serverchan':
      return config.keyEnv || Object.keys(config.personKeyEnv).length > 0 ? [] : ['keys'];
    case 'ntfy': {
      const topics = [config.topic ?? '', ...Object.values(config.topics)];
      const reaches = config.topic || Object.keys(config.topics).length > 0;
      const loginIsWhole = (config.user === undefined) === (config.passwordEnv === undefined);
      return [
        ...(reaches ? [] : ['topics' as const]),
        ...(config.replies && topics.some((topic) => replyTopic(topic).length > MAX_TOPIC)
          ? ['reply' as const]
          : []),
        ...(loginIsWhole ? [] : ['password' as const]),
      ];
    }
    case 'email':
      return (config.user === undefined) === (config.passwordEnv === undefined) ? [] : ['password'];
    default:
      return [];
  }
}

/** The persons whom a channel names, with the field that does. */
function persons(config: ChannelConfig): [string, string][] {
  if (config.kind === 'ntfy') return Object.keys(config.topics).map((id) => ['topics', id]);
  if (config.kind !== 'bark' && config.kind !== 'serverchan') return [];
  return Object.keys(config.personKeyEnv).map((id) => ['personKeyEnv', id]);
}
