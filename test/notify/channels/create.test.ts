import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/clock.ts';
import { CodedError } from '../../../src/errors.ts';
import { CHANNEL_KINDS } from '../../../src/notify/channel.ts';
import { checkChannels } from '../../../src/notify/channels/check.ts';
import { createChannels } from '../../../src/notify/channels/create.ts';
import { Limiter } from '../../../src/notify/channels/limiter.ts';
import { ChannelSchemas, Channels } from '../../../src/notify/channels/schema.ts';
import { NEEDS } from '../../../src/notify/reach.ts';
import { YamlFile } from '../../../src/validation.ts';
import { bench, fire, LI, NOW } from './support.ts';

const File = Type.Object({
  notify: Type.Object({
    webhook: Type.Optional(Type.Object({ url: Type.String(), secretEnv: Type.String() })),
    channels: Channels,
  }),
});

const PEOPLE = [{ id: 'li' }, { id: 'wang' }];

/** Reads `notify` as campus.yaml has it, indented by four. */
function read(text: string) {
  const yaml = new YamlFile('campus.yaml', `notify:\n  channels:\n${text}`);
  const value = yaml.check(File);
  if (value) checkChannels(value.notify, PEOPLE, (...mistake) => yaml.mistake(...mistake));
  return {
    notify: value?.notify ?? { channels: {} },
    mistakes: yaml.mistakes.map(({ line, path, allowed }) => `${line} ${path}: ${allowed.en}`),
  };
}

const create = (text: string, env: Record<string, string> = {}) =>
  createChannels(read(text).notify, {
    campus: 'qingcheng',
    clock: new VirtualClock(NOW),
    env,
    limiter: new Limiter(),
  });

test('every kind has a schema, and the other way round', () => {
  const kinds = ChannelSchemas.map(({ properties }) => properties.kind.const);
  expect(kinds).toEqual([...CHANNEL_KINDS]);
});

test('names, kinds and what is not said', () => {
  const channels = create(
    `
    group: {kind: dingtalk}
    sms: {kind: aliyun-sms, signName: 青城小学, templateCode: SMS_1}
`,
    { DINGTALK_TOKEN: 't', ALIYUN_ACCESS_KEY_ID: 'i', ALIYUN_ACCESS_KEY_SECRET: 's' },
  );
  expect([...channels].map(([id, { name, kind }]) => [id, name, kind])).toEqual([
    ['group', 'group', 'dingtalk'],
    ['sms', 'sms', 'aliyun-sms'],
  ]);
});

test('notify.webhook is one of them', () => {
  const channels = createChannels(
    { webhook: { url: 'http://127.0.0.1:9/', secretEnv: 'HOOK' }, channels: {} },
    { campus: 'q', clock: new VirtualClock(NOW), env: { HOOK: 's' }, limiter: new Limiter() },
  );
  expect(channels.get('webhook')).toMatchObject({ name: 'webhook', kind: 'webhook' });
});

describe('a secret that is missing or empty', () => {
  test.each([
    ['group: {kind: dingtalk}', 'DINGTALK_TOKEN'],
    ['group: {kind: wecom, keyEnv: MY_KEY}', 'MY_KEY'],
    ['group: {kind: feishu}', 'FEISHU_HOOK'],
    ['sms: {kind: aliyun-sms, signName: a, templateCode: b}', 'ALIYUN_ACCESS_KEY_ID'],
    ['voice: {kind: aliyun-voice, ttsCode: b}', 'ALIYUN_ACCESS_KEY_ID'],
    ['sms: {kind: tencent-sms, sdkAppId: "1", signName: a, templateId: "1"}', 'TENCENT_SECRET_ID'],
    ['push: {kind: ntfy, topic: t, tokenEnv: NTFY}', 'NTFY'],
    ['push: {kind: bark, personKeyEnv: {li: BARK_LI}}', 'BARK_LI'],
    ['push: {kind: serverchan, keyEnv: SC}', 'SC'],
    ['mail: {kind: email, host: h, from: a@b.cn, user: a, passwordEnv: MAIL}', 'MAIL'],
    ['hook: {kind: webhook, url: "http://a/"}', 'CAMPUS_WEBHOOK_SECRET'],
  ])('%s', (line, name) => {
    for (const env of [{}, { [name]: '' }]) {
      let found: unknown;
      try {
        create(`    ${line}\n`, env);
      } catch (error) {
        found = error;
      }
      expect(found).toBeInstanceOf(CodedError);
      expect(found).toMatchObject({ code: 'SECRET_MISSING', params: { name } });
    }
  });
});

describe('a mistake is named by line', () => {
  test.each([
    ['    group: {kind: dingding}', /^3 notify\.channels\.group: .*kind: one of dingtalk, wecom/],
    ['    group: {}', /^3 notify\.channels\.group: /],
    ['    sms: {kind: aliyun-sms, templateCode: a}', /^3 notify\.channels\.sms\.signName: /],
    ['    g: {kind: wecom, keyEnv: lower}', /^3 notify\.channels\.g\.keyEnv: .*environment/],
    ['    g: {kind: wecom, key: secret}', /^3 notify\.channels\.g\.key: only these keys/],
    ['    g: {kind: wecom, quota: {perDay: 0}}', /^3 notify\.channels\.g\.quota\.perDay: /],
    ['    G 1: {kind: wecom}', /^3 notify\.channels\.G 1: a short name/],
    ['    p: {kind: bark}', /^3 notify\.channels\.p: keyEnv, personKeyEnv or both/],
    ['    p: {kind: ntfy}', /^3 notify\.channels\.p: topic, topics or both/],
    ['    p: {kind: ntfy, topic: t, user: u}', /^3 notify\.channels\.p: passwordEnv beside user/],
    [
      '    p:\n      kind: ntfy\n      topics:\n        zhao: t',
      /^6 .*topics\.zhao: the id of a person/,
    ],
    [
      `    p: {kind: ntfy, topic: ${'t'.repeat(61)}, replies: true}`,
      /^3 notify\.channels\.p: topics of at most 60 characters/,
    ],
    [
      '    g: {kind: dingtalk, replies: {clientId: secret}}',
      /^3 notify\.channels\.g\.replies\.clientId: only these keys/,
    ],
    ['    p: {kind: serverchan, personKeyEnv: {zhao: A}}', /^3 .*personKeyEnv\.zhao: the id of/],
    ['    webhook: {kind: wecom}\n  webhook: {url: "http://a/", secretEnv: A}', /^3 .*webhook: /],
  ])('%s', (text, mistake) => {
    expect(read(`${text}\n`).mistakes).toEqual([expect.stringMatching(mistake)]);
  });
});

test('each person has an own key, the others share one', async () => {
  await using it = await bench();
  const { urls, secrets } = it.providers;
  const channels = create(
    `
    push: {kind: bark, url: "${urls.bark}", personKeyEnv: {li: BARK_LI}}
    both: {kind: bark, url: "${urls.bark}", personKeyEnv: {wang: BARK_WANG}, keyEnv: BARK_LI}
`,
    { BARK_LI: secrets.bark.deviceKey, BARK_WANG: 'another' },
  );
  const send = async (name: string, id: string) =>
    channels.get(name)?.send(fire(), { ...LI, id }, new AbortController().signal);
  expect(await send('push', 'li')).toMatchObject({ kind: 'sent' });
  expect(await send('push', 'wang')).toMatchObject({ code: 'RECIPIENT_UNREACHABLE' });
  expect(await send('push', 'constructor')).toMatchObject({ code: 'RECIPIENT_UNREACHABLE' });
  expect(await send('both', 'wang')).toMatchObject({ code: 'CHANNEL_SETUP' });
  expect(await send('both', 'constructor')).toMatchObject({ kind: 'sent' });
});

test.each([
  ['serverchan', '{kind: serverchan, keyEnv: SC, personKeyEnv: {wang: SC}}', false],
  ['serverchan', '{kind: serverchan, personKeyEnv: {li: SC, wang: SC}}', true],
])('%s %s: a person’s own quota: %s', async (_kind, config, isOwn) => {
  await using it = await bench();
  const { urls, secrets } = it.providers;
  const channels = create(`    s: ${config.replace('kind', `url: "${urls.serverchan}", kind`)}\n`, {
    SC: secrets.serverchan.sendKey,
  });
  const send = async (id: string) =>
    (await channels.get('s')?.send(fire(), { id }, new AbortController().signal))?.kind;
  expect([await send('li'), await send('li'), await send('li')]).toEqual(['sent', 'sent', 'sent']);
  expect(await send('li')).toBe('limited');
  expect(await send('wang')).toBe(isOwn ? 'sent' : 'limited');
});

test('a quota of the account’s own', async () => {
  await using it = await bench({ settings: { quota: { perMinute: 2 } } });
  expect(await it.send('wecom')).toMatchObject({ kind: 'sent' });
  expect(await it.send('wecom')).toMatchObject({ kind: 'limited' });
});

test('what a channel needs of a person', () => {
  expect(NEEDS).toEqual({
    'aliyun-sms': 'phone',
    'aliyun-voice': 'phone',
    'tencent-sms': 'phone',
    email: 'email',
  });
});

test('the schema’s defaults are filled in within a record', () => {
  expect(Value.Default(Channels, { g: { kind: 'wecom' } })).toEqual({
    g: { kind: 'wecom', keyEnv: 'WECOM_KEY', atAll: true, language: 'zh' },
  });
});
