import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import cron, { type ScheduledTask } from 'node-cron';
import type { Logger } from 'pino';
import { loadConfiguration } from './campus/load.ts';
import { loadApart } from './campus/load-apart.ts';
import type { Configuration } from './campus/model.ts';
import { loadProfiles } from './campus/profile.ts';
import { watchConfiguration } from './campus/watch.ts';
import { type Clock, type Millis, systemClock, type Timer } from './clock.ts';
import { Core } from './core.ts';
import { parseDuration } from './duration.ts';
import { CodedError, describe } from './errors.ts';
import { importReadings } from './history/import.ts';
import { LiveHub } from './http/hub.ts';
import { createMetrics } from './http/metrics.ts';
import type { Health, HttpParts } from './http/parts.ts';
import { checkAddress, createHttpServer } from './http/server.ts';
import { createForwarder } from './influx/create.ts';
import { type Forwarder, healthOf } from './influx/forwarder.ts';
import { startSelfReport } from './influx/self-report.ts';
import { openLink, useLink } from './notify/acknowledge.ts';
import type { Channel, Message } from './notify/channel.ts';
import { createChannels } from './notify/channels/create.ts';
import { Limiter } from './notify/channels/limiter.ts';
import { Notifier } from './notify/notifier.ts';
import { onDuty } from './notify/roster.ts';
import { replayDeadLetters } from './pipeline/replay-dead-letters.ts';
import { backupDatabase, DATABASE_FILE } from './storage/backup.ts';
import { startJanitor } from './storage/janitor.ts';
import { announce, lockFolder } from './storage/lock.ts';
import { createReader, type Reader } from './storage/reader.ts';
import { Retention } from './storage/retention.ts';
import { RollUps } from './storage/rollups.ts';
import { readSetting, writeSetting } from './storage/settings.ts';
import { type CredentialStore, createCredentialStore } from './transport/credential-store.ts';
import { createVerifier } from './transport/credentials.ts';
import { createEmbeddedBroker, type EmbeddedBroker } from './transport/embedded.ts';
import { createExternalBroker } from './transport/external.ts';
import { grantsOf } from './transport/grants.ts';
import type { Transport } from './transport/transport.ts';

const ROOT = new URL('..', import.meta.url).pathname;
export const PROFILES = join(ROOT, 'devices');
export const VERSION: string = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;

/** The setting that holds the channels' quotas. */
const LIMITS = 'channel-limits';
const LIMITS_EVERY: Millis = 60_000;

/** A payload beyond transport.maxPayload becomes a dead letter; one beyond this is not even read. */
const HARD_PAYLOAD_LIMIT = 4 * 1024 * 1024;

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
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #lock: { release(): void };
  readonly #hub = new LiveHub();
  readonly #notifier: Notifier;
  readonly #forwarder: Forwarder | undefined;
  readonly #linkSecret: string;
  readonly #controlToken = randomBytes(24).toString('base64url');
  readonly #stoppers: (() => void)[] = [];
  readonly #limiter: Limiter;
  #limitsTimer: Timer | undefined;
  /** By campus, then by name. */
  #channels: ReadonlyMap<string, ReadonlyMap<string, Channel>>;
  #grants: ReturnType<typeof grantsOf>;
  #transport: Transport;
  #embedded: EmbeddedBroker | undefined;
  #reader: Reader | undefined;
  #http: FastifyInstance | undefined;
  #httpUrl = '';
  #storageFailure: Error | undefined;
  #integrity: string | undefined;
  #refused = 0;
  #latestAlarmEvent: number;
  #nightly: ScheduledTask | undefined;
  #ready = false;

  /** Opens the data folder. Rejects with the coded errors of configuration, lock and database. */
  static async open(options: GatewayOptions): Promise<Gateway> {
    return new Gateway(options, await loadApart(options.config, PROFILES));
  }

  private constructor(options: GatewayOptions, loaded: Configuration) {
    this.#options = options;
    this.#log = options.log;
    this.#clock = options.clock ?? systemClock;
    const configuration = this.#withPorts(loaded);
    checkAddress(configuration.machine.http.host, this.#httpToken(configuration) !== undefined);
    this.#grants = grantsOf(configuration);
    const influxToken = this.#influxToken(configuration);
    this.#lock = lockFolder(options.data);
    try {
      this.core = new Core({
        file: join(options.data, DATABASE_FILE),
        clock: this.#clock,
        log: this.#log,
        configuration,
        onReadings: (readings) => this.#hub.publishReadings(readings),
        onAlarmEvents: (events) => {
          for (const event of events) {
            this.#latestAlarmEvent = event.id;
            this.#hub.publishAlarm(event);
            const { id, device, rule, severity } = event.alarm;
            this.#log.info({ alarm: id, device, rule, severity }, `alarm ${event.event}`);
          }
          this.#notifier.kick();
        },
        onStorage: (failure) => this.#storageChanged(failure),
      });
    } catch (error) {
      this.#lock.release();
      throw error;
    }
    const { core } = this;
    try {
      this.#limiter = new Limiter(readSetting(core.database, LIMITS));
      this.#channels = this.#createChannels(configuration);
    } catch (error) {
      core.close();
      this.#lock.release();
      throw error;
    }
    this.#latestAlarmEvent = Number(
      core.database.prepare('SELECT coalesce(max(id), 0) AS id FROM alarm_event').get()?.id,
    );
    this.#linkSecret = this.#keptSecret('link-secret');
    this.credentials = createCredentialStore(core.database);
    this.#notifier = new Notifier({
      outbox: core.outbox,
      clock: this.#clock,
      log: this.#log,
      linkSecret: this.#linkSecret,
      baseUrl: () =>
        core.configuration.machine.http.publicUrl?.replace(/\/+$/, '') ?? this.#httpUrl,
      alarm: (id) => core.store.get(id),
      campus: (id) => core.campus(id),
      channel: (campus, name) => this.#channels.get(campus.id)?.get(name),
    });
    this.#forwarder = createForwarder(core, {
      clock: this.#clock,
      log: this.#log,
      token: influxToken,
    });
    this.#transport = this.#createTransport();
  }

  get urls(): { http: string; mqtt: string } {
    const { transport } = this.core.configuration.machine;
    const mqtt =
      transport.external?.url ?? `mqtt://${transport.host}:${this.#embedded?.ports.mqtt}`;
    return { http: this.#httpUrl, mqtt };
  }

  /** Opens the doors: reader, HTTP, transport, workers. Throws PORT_IN_USE among others. */
  async start(): Promise<void> {
    try {
      this.#reader = await createReader(this.core.database.file);
      await this.#startHttp();
      await this.#transport.start();
    } catch (error) {
      await this.stop();
      throw error;
    }
    const { core } = this;
    const { storage } = core.configuration.machine;
    this.#stoppers.push(
      startJanitor({
        clock: this.#clock,
        rollUps: new RollUps(core.database, core.pipeline.writer),
        retention: new Retention(core.database),
        deadLetters: core.pipeline.deadLetters,
        runs: core.runs,
        keepReadings: () => parseDuration(storage.keepReadings),
        keepDeadLetters: () => parseDuration(storage.keepDeadLetters),
        onError: (error) => this.#log.warn({ err: error }, 'house work failed; trying again'),
      }),
      watchConfiguration(this.#options.config, this.#clock, () => void this.#reload()),
    );
    // at an hour when nobody looks; the check reads the whole file, in the reader thread
    this.#nightly = cron.schedule('10 3 * * *', () => this.#checkIntegrity());
    void this.#checkIntegrity();
    announce(this.#options.data, {
      pid: process.pid,
      url: this.#httpUrl,
      token: this.#controlToken,
    });
    this.#notifier.kick();
    this.#forwarder?.start();
    this.#reportToInflux();
    this.#keepLimits();
    this.#ready = true;
  }

  /** Closes everything; what was acknowledged is on disk. */
  async stop(): Promise<void> {
    this.#ready = false;
    for (const stop of this.#stoppers.splice(0)) stop();
    this.#limitsTimer?.cancel();
    void this.#nightly?.destroy();
    await this.#transport.stop();
    await this.#http?.close();
    await this.#notifier.stop();
    this.#saveLimits();
    await this.#forwarder?.stop();
    await this.#reader?.stop();
    this.core.close();
    this.#lock.release();
  }

  health(): Health {
    const { core } = this;
    const { pipeline } = core;
    const transport = this.#transport.status();
    const owed = core.outbox.pending(this.#clock.now());
    const owedFor = owed.oldest === undefined ? 0 : this.#clock.now() - owed.oldest;
    const parts: Health['parts'] = {
      storage: {
        ok: !this.#storageFailure && !this.#integrity,
        problem: this.#storageFailure?.message ?? this.#integrity,
      },
      ingest: { ok: !this.#storageFailure, figures: { waiting: pipeline.waiting } },
      transport: {
        ok: transport.connected,
        problem: transport.problem,
        figures: {
          ...(transport.clients === undefined ? {} : { clients: transport.clients }),
          refused: this.#refused,
        },
      },
      notifier: {
        // a message that has been owed for five minutes has not reached anybody
        ok: owedFor < 5 * 60_000,
        problem:
          owedFor < 5 * 60_000 ? undefined : 'notifications are owed for more than 5 minutes',
        figures: { pending: owed.count, oldestMs: owedFor },
      },
      ...(this.#forwarder ? { influx: healthOf(this.#forwarder) } : {}),
    };
    return { ok: Object.values(parts).every(({ ok }) => ok), ready: this.#ready, parts };
  }

  async #startHttp(): Promise<void> {
    const { core } = this;
    const { host, port } = core.configuration.machine.http;
    const reader = this.#reader;
    if (!reader) return;
    const links = { outbox: core.outbox, store: core.store, secret: this.#linkSecret };
    const now = () => this.#clock.now();
    const parts: Omit<HttpParts, 'registry'> = {
      clock: this.#clock,
      log: this.#log,
      version: VERSION,
      configuration: () => core.configuration,
      catalogue: core.catalogue,
      store: core.store,
      latestAlarmEvent: () => this.#latestAlarmEvent,
      acknowledge: (id, person) =>
        core.pipeline.transact(() => core.store.acknowledge(id, person, now())),
      reset: (id, person, reason) =>
        core.pipeline.transact(() => core.store.reset(id, person, reason, now())),
      outbox: core.outbox,
      openLink: (token) => openLink(links, token, now()),
      useLink: (token) => core.pipeline.transact(() => useLink(links, token, now())),
      deadLetters: core.pipeline.deadLetters,
      replayDeadLetters: (selection) => replayDeadLetters(core.pipeline, selection),
      importReadings: (csv) => importReadings(core, csv, now),
      backup: (file) => backupDatabase(core.database.file, file),
      addCredential: (username, password) => this.credentials.save(username, password),
      reader,
      hub: this.#hub,
      influx: this.#forwarder,
      health: () => this.health(),
      token: this.#httpToken(core.configuration),
      controlToken: this.#controlToken,
    };
    const registry = createMetrics({ ...parts, pipeline: core.pipeline, engine: core.engine });
    const server = await createHttpServer({ ...parts, registry });
    this.#http = server;
    server.server.on('upgrade', (request, socket, head) => {
      if (!this.#embedded?.acceptWebSocket(request, socket, head)) socket.destroy();
    });
    try {
      await server.listen({ host, port });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
        throw new CodedError('PORT_IN_USE', { port, host, what: 'HTTP' }, { cause: error });
      }
      throw error;
    }
    const address = server.server.address();
    const actual = typeof address === 'object' && address ? address.port : port;
    this.#httpUrl = `http://${host.includes(':') ? `[${host}]` : host}:${actual}`;
  }

  #createTransport(): Transport {
    const { core } = this;
    const { transport } = core.configuration.machine;
    const { external, tls } = transport;
    if (external) {
      return createExternalBroker(
        {
          url: external.url,
          clientId: external.clientId,
          filters: core.pipeline.filters,
          ...(external.username === undefined ? {} : { username: external.username }),
          ...(external.passwordEnv
            ? { password: this.#secret(external.passwordEnv, external.url) }
            : {}),
          ...(external.caFile ? { ca: readFileSync(external.caFile, 'utf8') } : {}),
          onState: (status) => this.#log.info(status, 'external broker'),
        },
        core.pipeline.receive,
        this.#clock,
      );
    }
    const verify = createVerifier((username) => this.credentials.lookup(username));
    this.#embedded = createEmbeddedBroker(
      {
        host: transport.host,
        port: transport.port,
        ...(tls
          ? {
              tls: {
                port: tls.port,
                cert: readFileSync(tls.certFile, 'utf8'),
                key: readFileSync(tls.keyFile, 'utf8'),
              },
            }
          : {}),
        authenticate: (username, password) => verify(username, password),
        grants: (username) => this.#grants.get(username),
        onRefused: (refusal) => {
          this.#refused += 1;
          // all are counted; a hostile client must not fill the log
          if (this.#refused <= 20 || this.#refused % 1000 === 0) {
            this.#log.warn({ code: refusal.code, ...refusal.params }, refusal.message);
          }
        },
        limits: { maxConnections: transport.maxConnections, maxPayload: HARD_PAYLOAD_LIMIT },
      },
      core.pipeline.receive,
    );
    return this.#embedded;
  }

  /** Takes a changed configuration, or says why not and goes on with the old one. */
  async #reload(): Promise<void> {
    const { core } = this;
    try {
      const loaded = await loadApart(this.#options.config, PROFILES);
      if (!this.#ready) return;
      const configuration = this.#withPorts(loaded);
      const channels = this.#createChannels(configuration);
      const before = core.configuration.machine;
      const filters = core.pipeline.filters.join();
      core.follow(configuration);
      this.#channels = channels;
      this.#grants = grantsOf(configuration);
      core.clearOwn('CONFIG_RELOAD_FAILED');
      this.#log.info({ devices: configuration.devices.size }, 'configuration taken');
      if (JSON.stringify(before) !== JSON.stringify(configuration.machine)) {
        this.#log.warn(
          'transport, storage, http or influx changed: they take effect at the next start',
        );
      }
      if (configuration.machine.transport.external && filters !== core.pipeline.filters.join()) {
        void this.#replaceTransport();
      }
      this.#notifier.kick();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.error({ err: error }, 'the changed configuration was not taken');
      core.raiseOwn('CONFIG_RELOAD_FAILED', { reason: reason.slice(0, 1000) });
    }
  }

  /** New campuses have new topics, which an external broker must be asked for. */
  async #replaceTransport(): Promise<void> {
    await this.#transport.stop();
    this.#transport = this.#createTransport();
    await this.#transport.start();
  }

  /** While nothing can be written, the duty phone is told past the outbox. */
  #storageChanged(failure: Error | undefined): void {
    this.#storageFailure = failure;
    if (!failure) {
      this.#log.info('the database can be written again');
      this.core.raiseOwn('STORAGE_FULL');
      this.core.clearOwn('STORAGE_FULL');
      return;
    }
    this.#log.error({ err: failure }, 'the database cannot be written; nothing is acknowledged');
    const campus = this.core.campus('');
    if (!campus) return;
    const code = failure instanceof CodedError ? failure.code : 'STORAGE_FAILED';
    const params = failure instanceof CodedError ? failure.params : { reason: failure.message };
    const words = describe(code, params);
    const now = this.#clock.now();
    const message = {
      id: `storage-${now}`,
      alarm: '0',
      event: 'raised',
      severity: 'major',
      campus: { id: campus.id, name: campus.name },
      device: { id: 'gateway', name: '网关 gateway' },
      zone: campus.name,
      rule: code.toLowerCase().replaceAll('_', '-'),
      title: words.message,
      text: words.message,
      action: words.remedy,
      value: null,
      limit: null,
      unit: '',
      since: new Date(now).toISOString(),
      person: null,
      acknowledgeUrl: null,
    } satisfies Message;
    for (const channel of this.#channels.get(campus.id)?.values() ?? []) {
      void channel.send(message, onDuty(campus, now) ?? {}, AbortSignal.timeout(10_000));
    }
  }

  /** The gateway's own figures, each minute, on the way of all other points. */
  #reportToInflux(): void {
    const { influx, pipeline, outbox, store, configuration } = this.core;
    const forwarder = this.#forwarder;
    if (!influx || !forwarder) return;
    const figures = () => {
      const { waiting, oldest, lag } = forwarder.status();
      const { written, refused: influxRefused, dropped } = forwarder.counters;
      const { messages, readings, duplicates, late, refused, transactions } = pipeline.counters;
      return {
        ok: this.health().ok,
        ...{ messages, readings, duplicates, late, refused, transactions },
        waiting: pipeline.waiting,
        dead_letters: pipeline.deadLetters.kept,
        clients: this.#transport.status().clients,
        open_alarms: store.allOpen().length,
        notifications_pending: outbox.pending(this.#clock.now()).count,
        outbox_rows: waiting,
        outbox_age_ms: oldest,
        influx_lag_ms: lag,
        influx_written: written,
        influx_refused: influxRefused,
        influx_dropped: dropped,
        memory_bytes: process.memoryUsage.rss(),
      };
    };
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

  async #checkIntegrity(): Promise<void> {
    try {
      const findings = await this.#reader?.integrityCheck();
      this.#integrity =
        findings && findings.length > 0 ? findings.join('; ').slice(0, 500) : undefined;
      if (!this.#integrity) return;
      const params = { file: this.core.database.file, reason: this.#integrity };
      this.#log.error(params, 'the database is damaged');
      this.core.raiseOwn('DATABASE_CORRUPT', params);
    } catch (error) {
      // at a stop in the middle of it
      this.#log.debug({ err: error }, 'the integrity check did not finish');
    }
  }

  #createChannels(configuration: Configuration): ReadonlyMap<string, ReadonlyMap<string, Channel>> {
    const byCampus = new Map<string, ReadonlyMap<string, Channel>>();
    const { env = process.env, webhookUrl } = this.#options;
    for (const { id, notify } of configuration.campuses.values()) {
      const moved = notify.webhook && { ...notify.webhook, url: webhookUrl ?? notify.webhook.url };
      const parts = { campus: id, clock: this.#clock, env, limiter: this.#limiter };
      const channels = createChannels({ ...notify, webhook: moved }, parts);
      if (channels.size === 0) {
        this.#log.warn(
          { campus: id },
          'no way to notify anybody: alarms of this campus reach nobody',
        );
      }
      byCampus.set(id, channels);
    }
    return byCampus;
  }

  /** A restart must not refill the vendors' quotas: what was used is written down each minute. */
  #keepLimits(): void {
    this.#limitsTimer = this.#clock.after(LIMITS_EVERY, () => {
      this.#saveLimits();
      this.#keepLimits();
    });
  }

  #saveLimits(): void {
    try {
      writeSetting(this.core.database, LIMITS, this.#limiter.export(this.#clock.now()));
    } catch (error) {
      this.#log.warn({ err: error }, "the channels' quotas could not be written");
    }
  }

  #secret(name: string, what: string): string {
    const value = (this.#options.env ?? process.env)[name];
    if (!value) throw new CodedError('SECRET_MISSING', { name, what });
    return value;
  }

  #httpToken({ machine }: Configuration): string | undefined {
    const { tokenEnv } = machine.http;
    return tokenEnv === undefined ? undefined : this.#secret(tokenEnv, 'http.tokenEnv');
  }

  #influxToken({ machine }: Configuration): string | undefined {
    const tokenEnv = machine.influx?.tokenEnv;
    return tokenEnv === undefined ? undefined : this.#secret(tokenEnv, 'influx.tokenEnv');
  }

  #keptSecret(name: string): string {
    const kept = readSetting(this.core.database, name);
    if (kept !== undefined) return kept;
    const made = randomBytes(32).toString('base64url');
    writeSetting(this.core.database, name, made);
    return made;
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
