import type { Clock } from '../../clock.ts';
import { CodedError } from '../../errors.ts';
import type { Channel } from '../channel.ts';
import { aliyunSmsChannel } from './aliyun-sms.ts';
import { aliyunVoiceChannel } from './aliyun-voice.ts';
import { barkChannel } from './bark.ts';
import { dingtalkChannel } from './dingtalk.ts';
import { emailChannel } from './email.ts';
import { feishuChannel } from './feishu.ts';
import { type Limiter, withinLimits } from './limiter.ts';
import type { Quota } from './limits.ts';
import { ntfyChannel } from './ntfy.ts';
import { type QuotaChange, quotasOf } from './quotas.ts';
import type { ChannelConfig } from './schema.ts';
import { serverchanChannel } from './serverchan.ts';
import { tencentSmsChannel } from './tencent-sms.ts';
import { webhookChannel } from './webhook.ts';
import { wecomChannel } from './wecom.ts';

/** Whose channels, and what they need. */
export interface ChannelParts {
  /** The campus's id: quotas are counted apart. */
  campus: string;
  clock: Clock;
  env: Readonly<Record<string, string | undefined>>;
  limiter: Limiter;
}

/** What campus.yaml's `notify` says of channels. */
export interface NotifyConfig {
  webhook?: { url: string; secretEnv: string } | undefined;
  channels: Readonly<Record<string, ChannelConfig>>;
}

/**
 * Every channel of a campus by name, each below its quotas; `webhook` is notify.webhook.
 * Throws SECRET_MISSING.
 */
export function createChannels(notify: NotifyConfig, parts: ChannelParts): Map<string, Channel> {
  const configs = Object.entries(notify.channels);
  const channels = new Map(configs.map(([name, it]) => [name, createChannel(name, it, parts)]));
  if (notify.webhook) {
    const config: ChannelConfig = { kind: 'webhook', ...notify.webhook };
    channels.set('webhook', createChannel('webhook', config, parts));
  }
  return channels;
}

/** One channel, below its quotas. Throws SECRET_MISSING. */
export function createChannel(name: string, config: ChannelConfig, parts: ChannelParts): Channel {
  const { campus, clock, env, limiter } = parts;
  const channel = build(name, config, clock, secretsOf(env, `notify.channels.${name}`));
  const quotas = quotasFor(config);
  return withinLimits(channel, { key: `${campus}/${name}`, quotas, limiter, clock });
}

/** Where several people share one key, they share its quota. */
function quotasFor(config: ChannelConfig): readonly Quota[] {
  const change: QuotaChange = config.quota ?? {};
  const quotas = quotasOf(config.kind, change);
  if (config.kind !== 'serverchan' || config.keyEnv === undefined) return quotas;
  return quotas.map((quota) => ({ ...quota, scope: 'channel' }));
}

function build(name: string, config: ChannelConfig, clock: Clock, secret: Secrets): Channel {
  switch (config.kind) {
    case 'dingtalk':
      return dingtalkChannel({
        ...shared(name, config, clock),
        accessToken: secret.of(config.tokenEnv),
        secret: secret.maybe(config.secretEnv),
        keyword: config.keyword,
        atAll: config.atAll,
      });
    case 'wecom':
      return wecomChannel({
        ...shared(name, config, clock),
        key: secret.of(config.keyEnv),
        atAll: config.atAll,
      });
    case 'feishu':
      return feishuChannel({
        ...shared(name, config, clock),
        hook: secret.of(config.hookEnv),
        secret: secret.maybe(config.secretEnv),
        keyword: config.keyword,
        atAll: config.atAll,
      });
    case 'aliyun-sms':
    case 'aliyun-voice': {
      const account = {
        accessKeyId: secret.of(config.accessKeyIdEnv),
        accessKeySecret: secret.of(config.accessKeySecretEnv),
      };
      const options = { ...shared(name, config, clock), ...account };
      return config.kind === 'aliyun-sms'
        ? aliyunSmsChannel({ ...config, ...options })
        : aliyunVoiceChannel({ ...config, ...options });
    }
    case 'tencent-sms':
      return tencentSmsChannel({
        ...config,
        ...shared(name, config, clock),
        secretId: secret.of(config.secretIdEnv),
        secretKey: secret.of(config.secretKeyEnv),
      });
    case 'ntfy':
      return ntfyChannel({
        ...config,
        ...shared(name, config, clock),
        token: secret.maybe(config.tokenEnv),
        password: secret.maybe(config.passwordEnv),
      });
    case 'bark':
      return barkChannel({
        ...shared(name, config, clock),
        deviceKey: secret.maybe(config.keyEnv),
        deviceKeys: secret.byPerson(config.personKeyEnv),
      });
    case 'serverchan':
      return serverchanChannel({
        ...shared(name, config, clock),
        sendKey: secret.maybe(config.keyEnv),
        sendKeys: secret.byPerson(config.personKeyEnv),
      });
    case 'email':
      return emailChannel({ ...config, name, password: secret.maybe(config.passwordEnv) });
    case 'webhook':
      return webhookChannel(config.url, secret.of(config.secretEnv), clock, name);
  }
}

const shared = (
  name: string,
  { language, url }: Pick<Extract<ChannelConfig, { kind: 'wecom' }>, 'language' | 'url'>,
  clock: Clock,
) => ({ name, language, baseUrl: url, clock });

export interface Secrets {
  of(variable: string): string;
  maybe(variable: string | undefined): string | undefined;
  byPerson(variables: Readonly<Record<string, string>>): Record<string, string>;
}

/** Reads secrets from the environment. An empty one is as good as none: SECRET_MISSING. */
export function secretsOf(env: ChannelParts['env'], what: string): Secrets {
  const of = (name: string) => {
    const value = env[name];
    if (!value) throw new CodedError('SECRET_MISSING', { name, what });
    return value;
  };
  return {
    of,
    maybe: (variable) => (variable === undefined ? undefined : of(variable)),
    byPerson: (variables) =>
      Object.fromEntries(Object.entries(variables).map(([person, name]) => [person, of(name)])),
  };
}
