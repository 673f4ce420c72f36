import type { ProviderName } from './provider.ts';
import type { Providers } from './start.ts';

/** Of a channel in campus.yaml. */
export type ChannelSettings = { kind: ProviderName } & Record<string, unknown>;

/**
 * What campus.yaml's `notify.channels` and the environment must say for the gateway to use the
 * simulated providers: one channel of each kind, named after it.
 */
export function gatewaySettings({ urls, secrets }: Pick<Providers, 'urls' | 'secrets'>): {
  channels: Record<ProviderName, ChannelSettings>;
  env: Record<string, string>;
} {
  const smtp = new URL(urls.email);
  const sms = { signName: '青城学区' };
  return {
    channels: {
      dingtalk: { kind: 'dingtalk', secretEnv: 'DINGTALK_SECRET', url: urls.dingtalk },
      wecom: { kind: 'wecom', url: urls.wecom },
      feishu: { kind: 'feishu', secretEnv: 'FEISHU_SECRET', url: urls.feishu },
      'aliyun-sms': {
        kind: 'aliyun-sms',
        ...sms,
        templateCode: 'SMS_100000001',
        url: urls['aliyun-sms'],
      },
      'aliyun-voice': { kind: 'aliyun-voice', ttsCode: 'TTS_100000001', url: urls['aliyun-voice'] },
      'tencent-sms': {
        kind: 'tencent-sms',
        ...sms,
        sdkAppId: '1400000000',
        templateId: '1000001',
        url: urls['tencent-sms'],
      },
      ntfy: { kind: 'ntfy', topic: secrets.ntfy.topic, tokenEnv: 'NTFY_TOKEN', url: urls.ntfy },
      bark: { kind: 'bark', keyEnv: 'BARK_KEY', url: urls.bark },
      serverchan: { kind: 'serverchan', keyEnv: 'SERVERCHAN_KEY', url: urls.serverchan },
      email: {
        kind: 'email',
        host: smtp.hostname,
        port: Number(smtp.port),
        security: 'none',
        from: secrets.email.user,
        user: secrets.email.user,
        passwordEnv: 'MAIL_PASSWORD',
      },
    },
    env: {
      DINGTALK_CLIENT_ID: secrets.dingtalk.clientId,
      DINGTALK_CLIENT_SECRET: secrets.dingtalk.clientSecret,
      FEISHU_APP_ID: secrets.feishu.appId,
      FEISHU_APP_SECRET: secrets.feishu.appSecret,
      DINGTALK_TOKEN: secrets.dingtalk.token,
      DINGTALK_SECRET: secrets.dingtalk.secret,
      WECOM_KEY: secrets.wecom.key,
      FEISHU_HOOK: secrets.feishu.hook,
      FEISHU_SECRET: secrets.feishu.secret,
      ALIYUN_ACCESS_KEY_ID: secrets.aliyun.accessKeyId,
      ALIYUN_ACCESS_KEY_SECRET: secrets.aliyun.accessKeySecret,
      TENCENT_SECRET_ID: secrets.tencent.secretId,
      TENCENT_SECRET_KEY: secrets.tencent.secretKey,
      NTFY_TOKEN: secrets.ntfy.token,
      BARK_KEY: secrets.bark.deviceKey,
      SERVERCHAN_KEY: secrets.serverchan.sendKey,
      MAIL_PASSWORD: secrets.email.password,
    },
  };
}
