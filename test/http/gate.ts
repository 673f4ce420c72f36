import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll } from 'vitest';
import { loadConfiguration } from '../../src/campus/load.ts';
import type { Configuration } from '../../src/campus/model.ts';
import { loadProfiles } from '../../src/campus/profile.ts';
import { createBooks } from '../../src/canteen/books.ts';
import { createCardLinks } from '../../src/canteen/card-links.ts';
import { VirtualClock } from '../../src/clock.ts';
import { Core } from '../../src/core.ts';
import { createBaseline } from '../../src/energy/create-baseline.ts';
import { createEnergy } from '../../src/energy/energy.ts';
import { createTargets } from '../../src/energy/target/targets.ts';
import type { Health } from '../../src/health.ts';
import { importReadings } from '../../src/history/import.ts';
import { LiveHub } from '../../src/http/hub.ts';
import { createMetrics } from '../../src/http/metrics.ts';
import type { HttpParts } from '../../src/http/parts.ts';
import { createHttpServer } from '../../src/http/server.ts';
import { openLink, useLink, useLinkForFalseAlarm } from '../../src/notify/acknowledge.ts';
import { calendarToken, createToken } from '../../src/notify/links.ts';
import { ReplyStore } from '../../src/notify/replies/store.ts';
import { SmsReplies } from '../../src/notify/sms-replies.ts';
import { replayDeadLetters } from '../../src/pipeline/replay-dead-letters.ts';
import { Reader } from '../../src/storage/reader.ts';

const PROFILES = loadProfiles(join(import.meta.dirname, '../../devices'));

/** Half past eight on a Monday morning at the school. */
export const NOW = Date.parse('2026-11-23T08:30:00+08:00');

const SECRET = 'of the links';

/** A school with a freezer, a smoke detector and a meter. */
export const SCHOOL = `
campus: {id: qingcheng, name: 青城小学}
zones:
  - {id: canteen, name: 食堂}
  - {id: cold-store, name: 冷库间, parent: canteen}
  - {id: teaching, name: 教学楼}
people: [{id: zhang, name: 张伟}]
notify: {webhook: {url: "http://phone.invalid/"}}
devices:
  - {id: freezer, name: 一号冷冻柜, profile: generic/freezer, zone: cold-store}
  - {id: smoke, name: 走廊烟感, profile: generic/smoke-detector, zone: teaching}
  - {id: meter, name: 总电表, profile: generic/electricity-meter}
`;

export interface GateOptions {
  school?: string;
  token?: string;
  controlToken?: string;
  health?: Partial<Health>;
  /** Takes the log's lines. */
  log?: (line: string) => void;
  parts?: Partial<HttpParts>;
}

/** A real server on a free port, over a real database, on a clock that the test moves. */
export class Gate implements AsyncDisposable {
  readonly clock: VirtualClock;
  readonly core: Core;
  readonly hub: LiveHub;
  readonly backups: string[] = [];
  readonly credentials: string[] = [];
  readonly #folder: string;
  #close: () => Promise<void> = async () => undefined;
  url = '';
  #parts: HttpParts | undefined;

  constructor(clock: VirtualClock, core: Core, hub: LiveHub, folder: string) {
    this.clock = clock;
    this.core = core;
    this.hub = hub;
    this.#folder = folder;
  }

  async serve(options: GateOptions, reader: Reader, configuration: Configuration): Promise<void> {
    const { core, clock, hub } = this;
    const links = { outbox: core.outbox, store: core.store, secret: SECRET };
    const { log } = options;
    const parts: Omit<HttpParts, 'registry'> = {
      clock,
      log: log ? pino({ level: 'debug' }, { write: log }) : pino({ level: 'silent' }),
      version: '1.2.3',
      configuration: () => configuration,
      catalogue: core.catalogue,
      store: core.store,
      latestAlarmEvent: () =>
        Number(
          core.database.prepare('SELECT coalesce(max(id), 0) AS id FROM alarm_event').get()?.id,
        ),
      actions: core.actions,
      outOfService: core.outOfService,
      periods: core.periods,
      smsReplies: new SmsReplies({
        replies: new ReplyStore(core.database),
        store: core.store,
        outbox: core.outbox,
        configuration: () => configuration,
        now: () => clock.now(),
        transact: (work) => core.pipeline.transact(work),
      }),
      smsReplySecret: undefined,
      outbox: core.outbox,
      drills: core.storm.desk,
      notices: core.notices,
      openLink: (token) => openLink(links, token, clock.now()),
      useLink: (token) => core.pipeline.transact(() => useLink(links, token, clock.now())),
      useLinkForFalseAlarm: (token) =>
        core.pipeline.transact(() => useLinkForFalseAlarm(links, token, clock.now())),
      calendarToken: (campus) => calendarToken(SECRET, campus),
      sendTest: async () => [],
      deadLetters: core.pipeline.deadLetters,
      replayDeadLetters: (selection) => replayDeadLetters(core.pipeline, selection),
      importReadings: (csv) => importReadings(core, csv, () => clock.now()),
      backup: async (file) => {
        this.backups.push(file);
        return { file, bytes: 4096, files: 0, missingFiles: [] };
      },
      addCredential: async (username, password) => {
        this.credentials.push(`${username}:${password}`);
      },
      canteen: createBooks({
        alarms: core,
        database: core.database,
        clock,
        configuration: () => configuration,
        transact: (work) => core.pipeline.transact(work),
      }),
      cards: createCardLinks(SECRET),
      reader,
      energy: createEnergy(core, clock, (query) => reader.consumption(query)),
      baseline: createBaseline(core, clock, (query) => reader.consumption(query)),
      targets: createTargets(core, clock, reader),
      hub,
      health: () => ({
        ok: true,
        ready: true,
        parts: { storage: { ok: true } },
        ...options.health,
      }),
      controlToken: options.controlToken ?? 'control-token',
      token: options.token,
    };
    const registry = createMetrics({
      ...parts,
      pipeline: core.pipeline,
      engine: core.engine,
      meters: core.meters,
    });
    const whole = { ...parts, registry, ...options.parts };
    this.#parts = whole;
    const server = await createHttpServer(whole);
    this.#close = async () => {
      await server.close();
      await reader.stop();
    };
    this.url = await server.listen({ host: '127.0.0.1', port: 0 });
  }

  get parts(): HttpParts {
    if (!this.#parts) throw new Error('not serving');
    return this.#parts;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}${path}`, { headers });
  }

  post(path: string, body?: object, headers: Record<string, string> = {}): Promise<Response> {
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    return fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { ...json, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** The body of an answer that must be JSON. */
  async json(path: string): Promise<Record<string, unknown>> {
    const response = await this.get(path);
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return JSON.parse(await response.text());
  }

  /** A device reports; resolves after the commit. */
  report(device: string, values: Record<string, number | boolean>, at?: number): Promise<void> {
    const time = new Date(at ?? this.clock.now()).toISOString();
    return this.send(`campus/qingcheng/${device}/up`, JSON.stringify({ time, values }));
  }

  send(topic: string, payload: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const message = { topic, payload: Buffer.from(payload), replayed: false };
      const settle = (error?: Error) => (error ? reject(error) : resolve());
      this.core.pipeline.receive({ ...message, settle });
    });
  }

  /** The smoke detector rings; answers the token of the message that is owed. */
  async ring(): Promise<string> {
    await this.report('smoke', { smoke: true });
    return this.linkOf(1);
  }

  linkOf(notification: number): string {
    return createToken(SECRET, notification, this.clock.now() + 3_600_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
    this.core.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Leaves no folder behind where the school is a mistake. */
function configurationIn(folder: string, school: string): Configuration {
  const yaml = join(folder, 'campus.yaml');
  writeFileSync(yaml, school);
  try {
    return loadConfiguration(yaml, PROFILES);
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
}

/** Opens a school's gateway. */
export async function openGate(options: GateOptions = {}): Promise<Gate> {
  const folder = mkdtempSync(join(tmpdir(), 'campus-http-'));
  const configuration = configurationIn(folder, options.school ?? SCHOOL);
  const clock = new VirtualClock(NOW);
  const hub = new LiveHub();
  const file = join(folder, 'campus.db');
  const core = new Core({
    file,
    clock,
    log: pino({ level: 'silent' }),
    configuration,
    onReadings: (readings) => hub.publishReadings(readings),
    onAlarmEvents: (events) => {
      for (const event of events) hub.publishAlarm(event);
    },
  });
  const gate = new Gate(clock, core, hub, folder);
  try {
    // its thread starts with the first query: most tests need none
    await gate.serve(options, new Reader(file, clock), configuration);
  } catch (error) {
    await gate[Symbol.asyncDispose]();
    throw error;
  }
  return gate;
}

/** One gate for all tests of a group: they only ask, or don't mind what the others did. */
export function shareGate(options: GateOptions = {}): { readonly gate: Gate } {
  let shared: Gate | undefined;
  beforeAll(async () => {
    shared = await openGate(options);
  });
  afterAll(() => shared?.[Symbol.asyncDispose]());
  return {
    get gate() {
      if (!shared) throw new Error('not open yet');
      return shared;
    },
  };
}
