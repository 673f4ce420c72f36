import { mkdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { pino } from 'pino';
import { expect } from 'vitest';
import { gatewaySettings } from '../../../simulators/providers/settings.ts';
import { type Providers, startProviders } from '../../../simulators/providers/start.ts';
import type { Alarm } from '../../../src/alarms/store.ts';
import { VirtualClock } from '../../../src/clock.ts';
import { Gateway } from '../../../src/gateway.ts';
import { Folder } from '../../harness/folder.ts';

const START = Date.parse('2026-11-24T02:00:00+08:00');
const PATIENCE = 10_000;

export type Kind = 'dingtalk' | 'feishu' | 'ntfy';

/** How campus.yaml switches replies on. */
const REPLIES: Record<Kind, (url: string) => unknown> = {
  dingtalk: (url) => ({ url }),
  feishu: () => ({}),
  ntfy: () => true,
};

function schools(): Folder {
  const folder = new Folder();
  mkdirSync(folder.file('schools'));
  return folder;
}

/** A whole gateway whose only channel is one of the simulated providers, with its replies. */
export class Site implements AsyncDisposable {
  readonly clock = new VirtualClock(START);
  readonly folder = schools();
  readonly logged: { level: number; code?: string; msg: string }[] = [];
  readonly kind: Kind;
  readonly providers: Providers;
  #gateway: Gateway | undefined;
  env: Record<string, string> = {};

  private constructor(kind: Kind, providers: Providers, clock: { now(): number }) {
    this.kind = kind;
    this.providers = providers;
    clock.now = () => this.clock.now();
  }

  static async open(kind: Kind, env: Record<string, string> = {}, second?: string): Promise<Site> {
    const clock = { now: () => START };
    const site = new Site(kind, await startProviders({ clock }), clock);
    const settings = gatewaySettings(site.providers);
    site.env = { ...settings.env, ...env };
    const channel = settings.channels[kind];
    const replies = REPLIES[kind](String(channel.url));
    site.configure({ channels: { [kind]: { ...channel, replies } } }, second);
    try {
      await site.start();
    } catch (error) {
      await site[Symbol.asyncDispose]();
      throw error;
    }
    return site;
  }

  get gateway(): Gateway {
    return this.#gateway ?? expect.fail('the gateway does not run');
  }

  /** Writes campus.yaml, and that of a second school where one is named. */
  configure(notify: object, second?: string): void {
    this.#write('qingcheng', 'li', notify);
    if (second !== undefined) this.#write(second, 'zhao', notify);
  }

  #write(campus: string, person: string, notify: object): void {
    this.folder.write(
      `schools/${campus}.yaml`,
      `
campus: {id: ${campus}, name: 青城小学}
people:
  - {id: li, name: 李志强, dingtalkId: staff-${person}, feishuId: ou_${person}}
  - {id: wang, name: 王秀英, dingtalkId: staff-wang, feishuId: ou_wang}
roster: {default: li}
notify: ${JSON.stringify(notify)}
zones: [{id: corridor, name: 走廊}, {id: sports, name: 体育馆}]
devices:
  - {id: hall, name: 走廊烟感, zone: corridor, profile: generic/smoke-detector}
  - {id: stairs, name: 楼梯口烟感, zone: corridor, profile: generic/smoke-detector}
  - {id: gym, name: 体育馆烟感, zone: sports, profile: generic/smoke-detector}
`,
    );
  }

  async start(): Promise<void> {
    const log = pino({ level: 'info' }, { write: (line) => this.logged.push(JSON.parse(line)) });
    this.#gateway = await Gateway.open({
      config: this.folder.file('schools'),
      data: this.folder.file('data'),
      clock: this.clock,
      env: this.env,
      log,
      httpPort: 0,
      mqttPort: 0,
    });
    await this.#gateway.start();
  }

  async stop(): Promise<void> {
    await this.#gateway?.stop();
    this.#gateway = undefined;
  }

  /** Resolves once a gateway listens to replies. */
  listening(): Promise<void> {
    return this.until(() => this.providers.listeners(this.kind) > 0);
  }

  /** A detector rings, and the message about it has arrived. */
  async rings(device: string, campus = 'qingcheng'): Promise<Alarm> {
    const { received } = this.providers;
    const before = received.length;
    this.publish(device, { smoke: true }, campus);
    const alarmOf = () =>
      this.alarms().find((one) => one.campus === campus && one.device === device);
    // the message is not only out: that it is, is written down
    const isSent = () => this.gateway.core.outbox.ofAlarm(alarmOf()?.id ?? 0)[0]?.state === 'sent';
    await this.until(() => received.length > before && isSent());
    return alarmOf() ?? expect.fail('no alarm');
  }

  publish(device: string, values: object, campus = 'qingcheng'): void {
    const time = new Date(this.clock.now()).toISOString();
    const payload = Buffer.from(JSON.stringify({ time, values }));
    const topic = `campus/${campus}/${device}/up`;
    const settle = () => undefined;
    this.gateway.core.pipeline.receive({ topic, payload, replayed: false, settle });
  }

  alarms(): Alarm[] {
    return this.gateway.core.store.list({ limit: 100 });
  }

  /** Who acknowledged which device, in the order of their alarms. */
  acknowledged(): (string | undefined)[] {
    return this.alarms()
      .reverse()
      .map(({ acknowledgedBy }) => acknowledgedBy);
  }

  /** What the robot answered to somebody. */
  answers(person: string): string[] {
    return this.providers.received
      .filter(({ to, text }) => to[0] === person && text === '')
      .map(({ title }) => title);
  }

  codes(): string[] {
    return this.logged.flatMap(({ code }) => code ?? []);
  }

  /** Waits for what comes over a socket. */
  async until(condition: () => boolean): Promise<void> {
    const deadline = AbortSignal.timeout(PATIENCE);
    while (!condition()) {
      if (deadline.aborted) return expect.fail(`it never happened: ${condition}`);
      await setTimeout(5);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.providers.stop();
    this.folder[Symbol.dispose]();
  }
}
