import { Value } from 'typebox/value';
import { expect } from 'vitest';
import { gatewaySettings } from '../../../simulators/providers/settings.ts';
import {
  type ProviderName,
  type Providers,
  startProviders,
} from '../../../simulators/providers/start.ts';
import { VirtualClock } from '../../../src/clock.ts';
import type { Channel, Message, Outcome, Recipient } from '../../../src/notify/channel.ts';
import { createChannels } from '../../../src/notify/channels/create.ts';
import { Limiter } from '../../../src/notify/channels/limiter.ts';
import { Channels } from '../../../src/notify/channels/schema.ts';

/** 2026-11-24 02:00 at the school. */
export const NOW = Date.parse('2026-11-24T02:00:00+08:00');

export const LI: Recipient = {
  id: 'li',
  name: '李志强',
  phone: '13800000003',
  email: 'li@school.example',
  feishuId: 'ou_li',
};

const FIRE: Message = {
  id: '7',
  alarm: '3',
  event: 'raised',
  severity: 'critical',
  campus: { id: 'qingcheng', name: '青城学区中心小学' },
  device: { id: 'boiler-room-smoke-1', name: '锅炉房烟感' },
  zone: '锅炉房',
  rule: 'smoke',
  title: { zh: '【紧急】烟雾报警', en: '[CRITICAL] Smoke' },
  text: { zh: '锅炉房烟感：自 11-24 02:00 起。', en: '锅炉房烟感: since 11-24 02:00.' },
  action: { zh: '立即到现场确认', en: 'Go and look at once' },
  value: null,
  limit: null,
  unit: '',
  since: '2026-11-23T18:00:00.000Z',
  person: { id: 'li', name: '李志强' },
  acknowledgeUrl: 'http://192.168.1.10:8080/a/token',
};

export const fire = (changes: Partial<Message> = {}): Message => ({ ...FIRE, ...changes });

/** A fridge that is a little warm: not urgent. */
export const warm = (changes: Partial<Message> = {}): Message =>
  fire({
    severity: 'minor',
    device: { id: 'fridge-1', name: '肉类冷藏柜' },
    zone: '食堂 / 冷库间',
    title: { zh: '【一般】温度过高', en: '[MINOR] Too warm' },
    value: 9.5,
    limit: 8,
    unit: ' ℃',
    ...changes,
  });

interface Options {
  /** Instead of what the environment holds. */
  env?: Record<string, string>;
  /** Keys of campus.yaml that every channel has. */
  settings?: Record<string, unknown>;
}

/** A gateway's channels, and the providers they lead to. */
export class Bench {
  readonly providers: Providers;
  readonly clock: VirtualClock;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly limiter = new Limiter();
  readonly #secrets: string[];

  constructor(providers: Providers, clock: VirtualClock, { env = {}, settings = {} }: Options) {
    const gateway = gatewaySettings(providers);
    const written = Object.entries(gateway.channels).map(([name, one]) => [
      name,
      { ...one, ...settings },
    ]);
    const channels = Value.Parse(Channels, Value.Default(Channels, Object.fromEntries(written)));
    this.providers = providers;
    this.clock = clock;
    const environment = { ...gateway.env, ...env };
    this.channels = createChannels(
      { channels },
      { campus: 'qingcheng', clock, env: environment, limiter: this.limiter },
    );
    this.#secrets = [...Object.values(environment), providers.secrets.ntfy.topic];
  }

  get received() {
    return this.providers.received;
  }

  /** Sends, and makes sure that the delivery log would hold no secret. */
  async send(
    name: ProviderName,
    message: Message = fire(),
    to: Recipient = LI,
    signal = new AbortController().signal,
  ): Promise<Outcome> {
    const outcome = await this.channels.get(name)?.send(message, to, signal);
    if (!outcome) return expect.fail(`no channel ${name}`);
    const said = JSON.stringify(outcome);
    for (const secret of [...this.#secrets, to.phone, to.email]) {
      if (secret) expect(said, 'a secret in the delivery log').not.toContain(secret);
    }
    return outcome;
  }

  /** Sends, and gives up as soon as the provider has the request. */
  async sendAndGiveUp(name: ProviderName): Promise<Outcome> {
    const abort = new AbortController();
    const arrived = this.providers.nextRequest(name);
    const sending = this.send(name, fire(), LI, abort.signal);
    await arrived;
    abort.abort();
    return sending;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.providers.stop();
  }
}

export async function bench(options: Options = {}): Promise<Bench> {
  const clock = new VirtualClock(NOW);
  return new Bench(await startProviders({ clock }), clock, options);
}
