import type { Logger } from 'pino';
import { AlarmEngine } from './alarms/engine.ts';
import { type AlarmEvent, AlarmStore } from './alarms/store.ts';
import { recordBridge } from './alarms/storm/bridges.ts';
import { StormControl } from './alarms/storm/control.ts';
import type { Campus, Configuration } from './campus/model.ts';
import type { Clock } from './clock.ts';
import { describe, type ErrorCode, type ErrorParams } from './errors.ts';
import { InfluxOutbox } from './influx/outbox.ts';
import { alarmPoint } from './influx/points.ts';
import { groupKey } from './notify/grouping.ts';
import { NotificationOutbox } from './notify/outbox.ts';
import { Catalogue } from './pipeline/catalogue.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import type { Reading, Stage } from './pipeline/stage.ts';
import { Database } from './storage/database.ts';
import { Runs } from './storage/runs.ts';

export interface CoreOptions {
  /** The database file. */
  file: string;
  clock: Clock;
  log: Logger;
  configuration: Configuration;
  /** After COMMIT, in order. */
  onReadings?: (readings: readonly Reading[]) => void;
  onAlarmEvents?: (events: readonly AlarmEvent[]) => void;
  onStorage?: (failure: Error | undefined) => void;
}

/** The campus name of alarms about the gateway itself. */
const GATEWAY = '';

/**
 * The parts that keep the promise, joined: database, catalogue, pipeline, rules and outbox, without
 * any network. The gateway runs it between its transport and its workers, replay on a virtual clock.
 */
export class Core {
  readonly database: Database;
  readonly catalogue: Catalogue;
  readonly runs: Runs;
  readonly store: AlarmStore;
  readonly engine: AlarmEngine;
  readonly storm: StormControl;
  readonly outbox: NotificationOutbox;
  /** Only where the configuration names an InfluxDB. */
  readonly influx: InfluxOutbox | undefined;
  readonly pipeline: Pipeline;
  readonly #clock: Clock;
  readonly #log: Logger;
  #configuration: Configuration;
  #events: AlarmEvent[] = [];

  constructor(options: CoreOptions) {
    const { clock, log, configuration } = options;
    this.#clock = clock;
    this.#log = log;
    this.#configuration = configuration;
    this.database = new Database(options.file);
    this.runs = new Runs(this.database, clock.now());
    this.catalogue = new Catalogue(this.database, clock);
    this.outbox = new NotificationOutbox(this.database);
    this.influx = configuration.machine.influx && new InfluxOutbox(this.database, clock);
    this.store = new AlarmStore(this.database, (given) => {
      const { alarm, tells, drill } = this.storm.judge(given);
      const event = { ...given, alarm };
      const { campus, device } = alarm;
      const known = this.#configuration.devices.get(`${campus}/${device}`);
      if (tells) {
        const group = groupKey(alarm, tells, known);
        const told = { ...event, event: tells };
        this.outbox.plan(told, this.campus(campus), clock.now(), { group, drill });
      }
      this.influx?.enqueue(alarmPoint(event, known?.zone.id));
      this.#events.push(event);
    });
    this.storm = new StormControl({
      database: this.database,
      clock,
      store: this.store,
      configuration: () => this.#configuration,
      transact: (work) => this.pipeline.transact(work),
      onError: (error) => log.error({ err: error }, 'timers could not be written; trying again'),
    });
    this.engine = new AlarmEngine({
      database: this.database,
      clock,
      catalogue: this.catalogue,
      store: this.store,
      runs: this.runs,
      transact: (work) => this.pipeline.transact(work),
      onError: (error) => log.error({ err: error }, 'timers could not be written; trying again'),
    });
    this.pipeline = new Pipeline({
      database: this.database,
      clock,
      log,
      catalogue: this.catalogue,
      configuration,
      stages: [
        this.engine,
        this.storm,
        ...(this.influx ? [this.influx] : []),
        this.#publisher(options),
      ],
      onBridge: (campus, bridge, online) => {
        const found = this.#configuration.campuses.get(campus);
        if (found)
          recordBridge(this.store, found, bridge, online, clock.now(), this.#configuration);
      },
      takeBack: (letter) => this.influx?.takeBack(letter) ?? false,
      onCommitted: (readings) => this.#tell(() => options.onReadings?.(readings)),
      onStorage: (failure) => {
        if (failure) this.engine.pause();
        else this.engine.resume();
        this.#tell(() => options.onStorage?.(failure));
      },
    });
    this.follow(configuration);
  }

  get configuration(): Configuration {
    return this.#configuration;
  }

  /** The campus of an alarm; the gateway's own alarms belong to the first. */
  campus(id: string): Campus | undefined {
    const { campuses } = this.#configuration;
    return id === GATEWAY ? campuses.values().next().value : campuses.get(id);
  }

  follow(configuration: Configuration): void {
    // the step that fails on a full disk comes first: then the old configuration stays
    this.catalogue.follow(configuration);
    this.#configuration = configuration;
    this.influx?.follow(this.catalogue.devices.values());
    this.pipeline.follow(configuration);
    this.engine.follow();
    this.storm.follow();
  }

  /** Raises an alarm about the gateway itself, in the catalogue's words. */
  raiseOwn(code: ErrorCode, params: ErrorParams = {}): void {
    const { message, remedy } = describe(code, params);
    const now = this.#clock.now();
    const rule = code.toLowerCase().replaceAll('_', '-');
    const open = this.store.allOpen();
    const isOpen = open.some(
      (alarm) => alarm.campus === GATEWAY && alarm.rule === rule && alarm.cleared === undefined,
    );
    if (isOpen) return;
    this.pipeline.transact(() =>
      this.store.raise({
        campus: GATEWAY,
        device: 'gateway',
        deviceName: '网关 gateway',
        zone: this.campus(GATEWAY)?.name ?? '',
        rule,
        severity: 'major',
        latched: false,
        metric: undefined,
        value: undefined,
        limit: undefined,
        unit: '',
        title: message,
        action: remedy,
        since: now,
        raised: now,
      }),
    );
  }

  /** Ends an alarm about the gateway itself, if there is one. */
  clearOwn(code: ErrorCode): void {
    const rule = code.toLowerCase().replaceAll('_', '-');
    this.pipeline.transact(() => this.store.clear(GATEWAY, 'gateway', rule, this.#clock.now()));
  }

  close(): void {
    this.pipeline.stop();
    this.engine.stop();
    this.storm.stop();
    try {
      this.runs.beat(this.#clock.now());
    } catch (error) {
      this.#log.warn({ err: error }, 'the last sign of life could not be written');
    }
    this.database.close();
  }

  /** What follows a COMMIT must not undo it: a listener's failure stays its own. */
  #tell(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#log.error({ err: error }, 'a listener failed');
    }
  }

  /** Passes alarm events on once they are committed. */
  #publisher({ onAlarmEvents }: CoreOptions): Stage {
    return {
      take: () => undefined,
      committed: () => {
        const events = this.#events;
        this.#events = [];
        if (events.length > 0) this.#tell(() => onAlarmEvents?.(events));
      },
      rolledBack: () => {
        this.#events = [];
      },
    };
  }
}
