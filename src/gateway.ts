import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import cron, { type ScheduledTask } from 'node-cron';
import type { Logger } from 'pino';
import type { Alarm } from './alarms/store.ts';
import { loadConfiguration } from './campus/load.ts';
import { loadApart } from './campus/load-apart.ts';
import type { Configuration } from './campus/model.ts';
import { loadProfiles } from './campus/profile.ts';
import type { MachineConfig } from './campus/schema.ts';
import { fingerprint } from './campus/watch.ts';
import { type Books, createBooks } from './canteen/books.ts';
import { createCardLinks } from './canteen/card-links.ts';
import { startCanteenClerk } from './canteen/clerk.ts';
import { type Clock, systemClock } from './clock.ts';
import { Core } from './core.ts';
import { parseDuration } from './duration.ts';
import { createBaseline } from './energy/create-baseline.ts';
import { createEnergy } from './energy/energy.ts';
import { startTargetReports } from './energy/target/reporter.ts';
import { createTargets } from './energy/target/targets.ts';
import { type Health, judgeHealth } from './health.ts';
import { importReadings } from './history/import.ts';
import { LiveHub } from './http/hub.ts';
import { listen } from './http/listen.ts';
import { createMetrics } from './http/metrics.ts';
import type { HttpParts } from './http/parts.ts';
import { createHttpServer } from './http/server.ts';
import { createForwarder } from './influx/create.ts';
import type { Forwarder } from './influx/forwarder.ts';
import { ownFigures } from './influx/own-figures.ts';
import { startSelfReport } from './influx/self-report.ts';
import { awaitingRestart, gatherMeans, type Means } from './machine.ts';
import { type LinkParts, openLink, useLink, useLinkForFalseAlarm } from './notify/acknowledge.ts';
import { CampusChannels } from './notify/campus-channels.ts';
import { calendarToken } from './notify/links.ts';
import { Notifier } from './notify/notifier.ts';
import { ReplyConnections } from './notify/replies/connections.ts';
import { ReplyStore } from './notify/replies/store.ts';
import { SmsReplies } from './notify/sms-replies.ts';
import { sendTest } from './notify/test-message.ts';
import { replayDeadLetters } from './pipeline/replay-dead-letters.ts';
import { ProofOfLife } from './proof-of-life.ts';
import { followConfiguration } from './reload.ts';
import { keptSecret } from './secrets.ts';
import { backupDatabase, DATABASE_FILE } from './storage/backup.ts';
import { IntegrityCheck } from './storage/integrity.ts';
import { startJanitor } from './storage/janitor.ts';
import { announce, lockFolder } from './storage/lock.ts';
import { Reader } from './storage/reader.ts';
import { Retention } from './storage/retention.ts';
import { RollUps } from './storage/rollups.ts';
import { StorageOutage } from './storage-outage.ts';
import { createTransport } from './transport/create.ts';
import { type CredentialStore, createCredentialStore } from './transport/credential-store.ts';
import { createVerifier } from './transport/credentials.ts';
import type { EmbeddedBroker } from './transport/embedded.ts';
import { grantsOf } from './transport/grants.ts';
import { RefusalLog } from './transport/refusal-log.ts';
import type { Transport } from './transport/transport.ts';
import { spaceOf } from './watchdogs/disk.ts';

const ROOT = new URL('..', import.meta.url).pathname;
export const PROFILES = join(ROOT, 'devices');
export const VERSION: string = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;

export interface GatewayOptions {
  /** campus.yaml, or a folder with one file per campus. */
  config: string;
  /** The data folder. */
  data: string;
  log: Logger;
  clock?: Clock;
  env?: NodeJS.ProcessEnv;
  /** Instead of the configured ports; 0 picks a free one. */
  httpPort?: number | undefined;
  mqttPort?: number | undefined;
  /** Instead of every campus's notify.webhook.url: the demonstration's phone may have moved. */
  webhookUrl?: string | undefined;
}

/** Reads profiles and configuration as the gateway does. */
export const readConfiguration = (config: string): Configuration =>
  loadConfiguration(config, loadProfiles(PROFILES));

/** Builds the parts and joins them. */
export class Gateway {
  readonly core: Core;
  readonly credentials: CredentialStore;
  readonly #options: GatewayOptions;
  /** Of the configuration's files, as they were opened. */
  readonly #fingerprint: string;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #env: NodeJS.ProcessEnv;
  /** As it was at the start: until the next one, addresses, keys and the like stay these. */
  readonly #machine: MachineConfig;
  readonly #means: Means;
  readonly #lock: { release(): void };
  readonly #hub = new LiveHub();
  readonly #notifier: Notifier;
  readonly #forwarder: Forwarder | undefined;
  readonly #linkSecret: string;
  readonly #controlToken = randomBytes(24).toString('base64url');
  readonly #stoppers: (() => void)[] = [];
  readonly #channels: CampusChannels;
  readonly #replyStore: ReplyStore;
  readonly #replies: ReplyConnections;
  readonly #outage: StorageOutage;
  readonly #refusals: RefusalLog;
  readonly #integrity: IntegrityCheck;
  readonly #books: Books;
  #grants: ReturnType<typeof grantsOf>;
  #transport: Transport;
  #embedded: EmbeddedBroker | undefined;
  /** Which the transport was made for. */
  #topics = '';
  #reader: Reader | undefined;
  #proofOfLife: ProofOfLife | undefined;
  #http: FastifyInstance | undefined;
  #httpUrl = '';
  #latestAlarmEvent: number;
  #nightly: ScheduledTask | undefined;
  #ready = false;

  /** Opens the data folder. Rejects with the coded errors of configuration, lock and database. */
  static async open(options: GatewayOptions): Promise<Gateway> {
    // before the files are read: what is edited meanwhile is taken as soon as it runs
    const before = fingerprint(options.config);
    return new Gateway(options, await loadApart(options.config, PROFILES), before);
  }

  private constructor(options: GatewayOptions, loaded: Configuration, fingerprint: string) {
    this.#options = options;
    this.#fingerprint = fingerprint;
    this.#log = options.log;
    this.#clock = options.clock ?? systemClock;
    this.#env = options.env ?? process.env;
    const configuration = this.#withPorts(loaded);
    this.#machine = configuration.machine;
    this.#means = gatherMeans(this.#machine, this.#env);
    this.#grants = grantsOf(configuration);
    this.#lock = lockFolder(options.data);
    try {
      this.core = new Core({
        file: join(options.data, DATABASE_FILE),
        clock: this.#clock,
        log: this.#log,
        configuration,
        onReadings: (readings) => {
          this.#hub.publishReadings(readings);
          this.#proofOfLife?.hear(readings);
        },
        onAlarmEvents: (events) => {
          for (const event of events) {
            this.#latestAlarmEvent = event.id;
            this.#hub.publishAlarm(event);
            const { id, device, rule, severity } = event.alarm;
            this.#log.info({ alarm: id, device, rule, severity }, `alarm ${event.event}`);
          }
          this.#notifier.kick();
        },
        onStorage: (failure) => this.#outage.change(failure),
      });
    } catch (error) {
      this.#lock.release();
      throw error;
    }
    const { core } = this;
    try {
      this.#channels = new CampusChannels({
        database: core.database,
        clock: this.#clock,
        log: this.#log,
        env: this.#env,
        webhookUrl: options.webhookUrl,
      });
      this.#channels.use(this.#channels.prepare(configuration));
      this.#replyStore = new ReplyStore(core.database);
      this.#replies = new ReplyConnections({
        clock: this.#clock,
        log: this.#log,
        env: this.#env,
        campus: (id) => core.campus(id),
        transact: (work) => core.pipeline.transact(work),
        store: core.store,
        outbox: core.outbox,
        replies: this.#replyStore,
        openLink: (token) => openLink(this.#links, token, this.#clock.now()),
        useLink: (token) => this.#useLink(token),
      });
      this.#replies.use(this.#replies.prepare(configuration));
      this.#transport = this.#createTransport();
    } catch (error) {
      core.close();
      this.#lock.release();
      throw error;
    }
    this.#outage = new StorageOutage({
      clock: this.#clock,
      log: this.#log,
      campus: () => core.campus(''),
      channels: (campus) => this.#channels.of(campus),
      record: ({ code, params }, since, heard) => core.recordOver(code, params, since, heard),
    });
    this.#latestAlarmEvent = Number(
      core.database.prepare('SELECT coalesce(max(id), 0) AS id FROM alarm_event').get()?.id,
    );
    this.#linkSecret = keptSecret(core.database, 'link-secret');
    this.credentials = createCredentialStore(core.database);
    this.#notifier = new Notifier({
      outbox: core.outbox,
      clock: this.#clock,
      log: this.#log,
      linkSecret: this.#linkSecret,
      baseUrl: () =>
        core.configuration.machine.http.publicUrl?.replace(/\/+$/, '') ?? this.#httpUrl,
      alarm: (id) => core.store.get(id),
      notice: (id) => core.notices.get(id),
      campus: (id) => core.campus(id),
      channel: (campus, name) => this.#channels.get(campus.id, name),
    });
    this.#forwarder = createForwarder(core, {
      clock: this.#clock,
      log: this.#log,
      token: this.#means.influxToken,
    });
    this.#integrity = new IntegrityCheck({
      check: async () => {
        if (!this.#reader) throw new Error('no reader');
        return this.#reader.integrityCheck();
      },
      log: this.#log,
      raise: (reason) => core.raiseOwn('DATABASE_CORRUPT', { file: core.database.file, reason }),
      clear: () => core.clearOwn('DATABASE_CORRUPT'),
    });
    this.#refusals = new RefusalLog(this.#clock, this.#log);
    this.#books = createBooks({
      alarms: core,
      database: core.database,
      clock: this.#clock,
      configuration: () => core.configuration,
      transact: (work) => core.pipeline.transact(work),
    });
  }

  get urls(): { http: string; mqtt: string } {
    const { transport } = this.#machine;
    const mqtt =
      transport.external?.url ?? `mqtt://${transport.host}:${this.#embedded?.ports.mqtt}`;
    return { http: this.#httpUrl, mqtt };
  }

  /** Opens the doors: reader, HTTP, transport, workers. Throws PORT_IN_USE among others. */
  async start(): Promise<void> {
    try {
      this.#reader = new Reader(this.core.database.file, this.#clock);
      await this.#startHttp();
      await this.#transport.start();
    } catch (error) {
      await this.stop();
      throw error;
    }
    const { core } = this;
    const storage = () => core.configuration.machine.storage;
    this.#stoppers.push(
      startJanitor({
        clock: this.#clock,
        rollUps: new RollUps(core.database, core.pipeline.writer),
        retention: new Retention(core.database),
        deadLetters: core.pipeline.deadLetters,
        runs: core.runs,
        keepReadings: () => parseDuration(storage().keepReadings),
        keepDeadLetters: () => parseDuration(storage().keepDeadLetters),
        onError: (error) => this.#log.warn({ err: error }, 'house work failed; trying again'),
      }),
      followConfiguration({
        config: this.#options.config,
        fingerprint: this.#fingerprint,
        clock: this.#clock,
        log: this.#log,
        core,
        load: () => loadApart(this.#options.config, PROFILES),
        take: (configuration) => this.#take(this.#withPorts(configuration)),
      }),
      startCanteenClerk({
        books: this.#books,
        notices: core.notices,
        ownAlarms: () => core.ownAlarms(),
        reader: this.#reader,
        log: this.#log,
        onFiled: this.#notifier.kick,
      }),
      startTargetReports({
        clock: this.#clock,
        log: this.#log,
        database: core.database,
        configuration: () => core.configuration,
        targets: createTargets(core, this.#clock, this.#reader),
        influx: core.influx,
        transact: (work) => core.pipeline.transact(work),
      }),
    );
    // at an hour when nobody looks; the check reads the whole file, in the reader thread
    this.#nightly = cron.schedule('10 3 * * *', () => this.#integrity.run());
    void this.#integrity.run();
    announce(this.#options.data, {
      pid: process.pid,
      url: this.#httpUrl,
      token: this.#controlToken,
    });
    this.#notifier.kick();
    this.#forwarder?.start();
    this.#reportToInflux();
    this.#channels.start();
    this.#proofOfLife = new ProofOfLife({
      core,
      clock: this.#clock,
      log: this.#log,
      transport: () => this.#transport.status(),
      disk: () => spaceOf(this.#options.data),
      reader: this.#reader,
      isWell: () => {
        const { storage, notifier } = this.health().parts;
        return storage?.ok === true && notifier?.ok === true;
      },
      onFiled: this.#notifier.kick,
    });
    this.#replies.start();
    this.#ready = true;
  }

  /** Closes everything; what was acknowledged is on disk. */
  async stop(): Promise<void> {
    this.#ready = false;
    for (const stop of this.#stoppers.splice(0)) stop();
    void this.#nightly?.destroy();
    await this.#proofOfLife?.stop();
    await this.#transport.stop();
    await this.#http?.close();
    await this.#replies.stop();
    await this.#outage.stop();
    await this.#notifier.stop();
    this.#channels.stop();
    await this.#forwarder?.stop();
    await this.#reader?.stop();
    this.core.close();
    this.#lock.release();
  }

  health(): Health {
    return judgeHealth({
      core: this.core,
      now: this.#clock.now(),
      started: this.#ready,
      transport: this.#transport.status(),
      refused: this.#refusals.count,
      reader: this.#reader,
      forwarder: this.#forwarder,
      replies: this.#replies.status(),
      storageFailure: this.#outage.failure?.message,
      damage: this.#integrity.damage,
      watchdogs: this.#proofOfLife?.health(),
    });
  }

  async #startHttp(): Promise<void> {
    const { core } = this;
    const { host, port } = this.#machine.http;
    const reader = this.#reader;
    if (!reader) return;
    const now = () => this.#clock.now();
    const parts: Omit<HttpParts, 'registry'> = {
      clock: this.#clock,
      log: this.#log,
      version: VERSION,
      configuration: () => core.configuration,
      catalogue: core.catalogue,
      store: core.store,
      latestAlarmEvent: () => this.#latestAlarmEvent,
      actions: core.actions,
      outOfService: core.outOfService,
      periods: core.periods,
      smsReplies: new SmsReplies({
        replies: this.#replyStore,
        store: core.store,
        outbox: core.outbox,
        configuration: () => core.configuration,
        now,
        transact: (work) => core.pipeline.transact(work),
      }),
      smsReplySecret: this.#means.smsReplySecret,
      outbox: core.outbox,
      drills: core.storm.desk,
      notices: core.notices,
      openLink: (token) => openLink(this.#links, token, now()),
      useLink: (token) => this.#useLink(token),
      useLinkForFalseAlarm: (token) =>
        core.pipeline.transact(() => useLinkForFalseAlarm(this.#links, token, now())),
      calendarToken: (campus) => calendarToken(this.#linkSecret, campus),
      sendTest: (request) =>
        sendTest(request, core.configuration, (campus) => this.#channels.of(campus), now()),
      deadLetters: core.pipeline.deadLetters,
      replayDeadLetters: (selection) => replayDeadLetters(core.pipeline, selection),
      importReadings: (csv) => importReadings(core, csv, now),
      backup: (file) => backupDatabase(core.database.file, file),
      addCredential: (username, password) => this.credentials.save(username, password),
      canteen: this.#books,
      cards: createCardLinks(this.#linkSecret),
      reader,
      energy: createEnergy(core, this.#clock, (query) => reader.consumption(query)),
      baseline: createBaseline(core, this.#clock, (query) => reader.consumption(query)),
      targets: createTargets(core, this.#clock, reader),
      hub: this.#hub,
      influx: this.#forwarder,
      health: () => this.health(),
      token: this.#means.httpToken,
      controlToken: this.#controlToken,
    };
    const registry = createMetrics({
      ...parts,
      pipeline: core.pipeline,
      engine: core.engine,
      meters: core.meters,
      replies: () => this.#replies.status(),
    });
    const server = await createHttpServer({ ...parts, registry });
    this.#http = server;
    server.server.on('upgrade', (request, socket, head) => {
      if (!this.#embedded?.acceptWebSocket(request, socket, head)) socket.destroy();
    });
    this.#httpUrl = await listen(server, host, port);
  }

  get #links(): LinkParts {
    const { outbox, store } = this.core;
    return { outbox, store, secret: this.#linkSecret };
  }

  #useLink(token: string): Alarm {
    return this.core.pipeline.transact(() => useLink(this.#links, token, this.#clock.now()));
  }

  #createTransport(): Transport {
    const { database, pipeline } = this.core;
    const verify = createVerifier((username) => this.credentials.lookup(username));
    const { transport, embedded } = createTransport(
      this.#machine.transport,
      {
        clock: this.#clock,
        database,
        filters: pipeline.filters,
        keys: this.#means.broker,
        authenticate: (username, password) => verify(username, password),
        grants: (username) => this.#grants.get(username),
        onState: (status) => this.#log.info(status, 'external broker'),
        onRefused: (refusal) => this.#refusals.take(refusal),
      },
      pipeline.receive,
    );
    this.#embedded = embedded;
    this.#topics = pipeline.filters.join();
    return transport;
  }

  /** Takes a changed configuration whole; rejects with nothing changed. */
  async #take(configuration: Configuration): Promise<void> {
    const { core } = this;
    // what the next start would refuse is refused now
    gatherMeans(configuration.machine, this.#env);
    const channels = this.#channels.prepare(configuration);
    const replies = this.#replies.prepare(configuration);
    core.follow(configuration);
    this.#channels.use(channels);
    this.#replies.use(replies);
    this.#grants = grantsOf(configuration);
    this.#log.info({ devices: configuration.devices.size }, 'configuration taken');
    const sections = awaitingRestart(this.#machine, configuration.machine);
    if (sections.length > 0) {
      this.#log.warn({ sections }, 'changed settings of these take effect at the next start');
    }
    this.#notifier.kick();
    await this.#followTopics();
  }

  /** New campuses have new topics, which an external broker must be asked for. */
  async #followTopics(): Promise<void> {
    const topics = this.core.pipeline.filters.join();
    if (this.#embedded || topics === this.#topics) return;
    await this.#transport.stop();
    // else what is started now nobody would stop
    if (!this.#ready) return;
    this.#transport = this.#createTransport();
    await this.#transport.start();
  }

  /** The gateway's own figures, each minute, on the way of all other points. */
  #reportToInflux(): void {
    const { influx, pipeline, configuration } = this.core;
    const forwarder = this.#forwarder;
    if (!influx || !forwarder) return;
    const figures = () =>
      ownFigures(this.core, forwarder, this.#clock.now(), {
        ok: this.health().ok,
        clients: this.#transport.status().clients,
      });
    this.#stoppers.push(
      startSelfReport({
        clock: this.#clock,
        instance: configuration.machine.influx?.instance ?? '',
        figures,
        keep: (point) => pipeline.transact(() => influx.enqueue(point)),
        onError: (error) => this.#log.warn({ err: error }, 'own figures could not be kept'),
      }),
    );
  }

  #withPorts(configuration: Configuration): Configuration {
    const { machine } = configuration;
    const { httpPort, mqttPort } = this.#options;
    return {
      ...configuration,
      machine: {
        ...machine,
        http: { ...machine.http, port: httpPort ?? machine.http.port },
        transport: { ...machine.transport, port: mqttPort ?? machine.transport.port },
      },
    };
  }
}
