import { createAliyunSms, createAliyunVoice } from './aliyun.ts';
import { createDingtalk } from './dingtalk.ts';
import { createFeishu } from './feishu.ts';
import type { Exchange, Failure, Provider, ProviderName, ProviderSecrets } from './provider.ts';
import { PROVIDERS, type ReceivedMessage } from './provider.ts';
import { createBark, createNtfy, createServerchan } from './push.ts';
import { startServer } from './server.ts';
import { startSmtp } from './smtp.ts';
import { createTencentSms } from './tencent.ts';
import { createWecom } from './wecom.ts';

export type {
  Exchange,
  Failure,
  ProviderName,
  ProviderSecrets,
  ReceivedMessage,
} from './provider.ts';

/** Messages kept; the oldest go first. */
const MAX_RECEIVED = 1000;

/** What is agreed on unless told otherwise. */
export const SIMULATED_SECRETS: ProviderSecrets = {
  dingtalk: {
    token: 'simulated-dingtalk-token',
    secret: 'SECsimulated-dingtalk',
    clientId: 'simulated-client-id',
    clientSecret: 'simulated-client-secret',
  },
  wecom: { key: 'simulated-wecom-key' },
  feishu: {
    hook: 'simulated-feishu-hook',
    secret: 'simulated-feishu-secret',
    appId: 'cli_simulated',
    appSecret: 'simulated-app-secret',
  },
  aliyun: { accessKeyId: 'simulated-access-key', accessKeySecret: 'simulated-access-secret' },
  tencent: { secretId: 'simulated-secret-id', secretKey: 'simulated-secret-key' },
  ntfy: { topic: 'simulated-topic', token: 'tk_simulated' },
  bark: { deviceKey: 'simulated-bark-key' },
  serverchan: { sendKey: 'SCTsimulated' },
  email: { user: 'gateway@school.example', password: 'simulated-mail-password' },
};

export interface ProvidersOptions {
  /** Signatures and quotas go by it. */
  clock?: { now(): number };
  /** Instead of the simulated ones, each provider as a whole. */
  secrets?: Partial<ProviderSecrets>;
  host?: string;
  /** Of all but e-mail; 0 picks a free one. */
  port?: number;
  /** Told of every message that is delivered: this is where a phone shows it. */
  onReceived?: (message: ReceivedMessage) => void;
  /** Told what became of every request for a message. */
  onAnswer?: (exchange: Exchange) => void;
}

export interface Providers {
  /** The base address of each; e-mail's is `smtp://host:port`. */
  urls: Readonly<Record<ProviderName, string>>;
  secrets: ProviderSecrets;
  /** What was delivered, oldest first. */
  readonly received: readonly ReceivedMessage[];
  /** Requests so far, whatever became of them. */
  requests(name: ProviderName): number;
  /** Resolves at the next request that comes in. */
  nextRequest(name: ProviderName): Promise<void>;
  /** Lets a provider misbehave; undefined: works again. */
  fail(name: ProviderName, how: Failure | undefined): void;
  /** Somebody writes to a robot, now unless told otherwise. Two of one id are the same message. */
  say(
    name: 'dingtalk' | 'feishu',
    sender: string,
    text: string,
    as?: { id?: string; time?: number },
  ): void;
  /** How many connections for replies a provider has. */
  listeners(name: ProviderName): number;
  /** Ends a provider's connections for replies. */
  cut(name: ProviderName): void;
  stop(): Promise<unknown>;
}

/**
 * DingTalk, WeCom, Feishu, Aliyun, Tencent and the others on this machine: they verify signatures,
 * enforce quotas and answer with their own error bodies.
 */
export async function startProviders(options: ProvidersOptions = {}): Promise<Providers> {
  const {
    clock = { now: () => Date.now() },
    host = '127.0.0.1',
    port = 0,
    onReceived,
    onAnswer,
  } = options;
  const secrets = { ...SIMULATED_SECRETS, ...options.secrets };
  const received: ReceivedMessage[] = [];
  const failures = new Map<string, Failure>();
  const requests = new Map<string, number>();
  const waiting: { name: string; resolve: () => void }[] = [];
  const providers = createProviders(secrets);
  let said = 0;

  const deliver = (message: ReceivedMessage) => {
    received.push(message);
    if (received.length > MAX_RECEIVED) received.shift();
    onReceived?.(message);
  };
  const onRequest = (name: string) => {
    requests.set(name, (requests.get(name) ?? 0) + 1);
    for (const one of waiting.filter((other) => other.name === name)) {
      waiting.splice(waiting.indexOf(one), 1);
      one.resolve();
    }
  };

  const server = await startServer(host, port, {
    find: (name) => providers.get(name),
    failure: (name) => failures.get(name),
    onRequest,
    answered(name, result, delivers) {
      const provider = PROVIDERS.find((other) => other === name);
      const { to = [], title = '', text = '' } = delivers ?? {};
      if (provider) onAnswer?.({ provider, time: clock.now(), to, title, text, result });
    },
    deliver(name, delivered) {
      const provider = PROVIDERS.find((other) => other === name);
      if (provider) deliver({ provider, time: clock.now(), ...delivered });
    },
    now: () => clock.now(),
  });
  const smtp = await startSmtp({
    host,
    secrets: secrets.email,
    now: () => clock.now(),
    failure: () => failures.get('email'),
    onRequest: () => onRequest('email'),
    deliver(message) {
      deliver(message);
      onAnswer?.({ ...message, result: '250 OK' });
    },
  });
  let stopped: Promise<unknown> | undefined;
  const at = (name: string) => `${server.url}/${name}`;

  return {
    urls: {
      dingtalk: at('dingtalk'),
      wecom: at('wecom'),
      feishu: at('feishu'),
      'aliyun-sms': at('aliyun-sms'),
      'aliyun-voice': at('aliyun-voice'),
      'tencent-sms': at('tencent-sms'),
      ntfy: at('ntfy'),
      bark: at('bark'),
      serverchan: at('serverchan'),
      email: `smtp://${host}:${smtp.port}`,
    },
    secrets,
    received,
    requests: (name) => requests.get(name) ?? 0,
    nextRequest: (name) => new Promise((resolve) => waiting.push({ name, resolve })),
    fail(name, how) {
      if (how === undefined) failures.delete(name);
      else failures.set(name, how);
    },
    say(name, sender, text, { id = `said-${++said}`, time = clock.now() } = {}) {
      providers.get(name)?.say?.({ sender, text, id, time });
    },
    listeners: (name) => providers.get(name)?.listeners?.() ?? 0,
    cut: (name) => providers.get(name)?.cut?.(),
    stop() {
      stopped ??= Promise.all([server.stop(), smtp.stop()]);
      return stopped;
    },
  };
}

const createProviders = (secrets: ProviderSecrets): ReadonlyMap<string, Provider> =>
  new Map<ProviderName, Provider>([
    ['dingtalk', createDingtalk(secrets.dingtalk)],
    ['wecom', createWecom(secrets.wecom)],
    ['feishu', createFeishu(secrets.feishu)],
    ['aliyun-sms', createAliyunSms(secrets.aliyun)],
    ['aliyun-voice', createAliyunVoice(secrets.aliyun)],
    ['tencent-sms', createTencentSms(secrets.tencent)],
    ['ntfy', createNtfy(secrets.ntfy)],
    ['bark', createBark(secrets.bark)],
    ['serverchan', createServerchan(secrets.serverchan)],
  ]);
