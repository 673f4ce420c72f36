import type { Logger } from 'pino';
import { AlarmActions } from './alarms/actions.ts';
import { DueTimer } from './alarms/due-timer.ts';
import { AlarmEngine, type EngineOptions } from './alarms/engine.ts';
import { OutOfService } from './alarms/out-of-service.ts';
import { OWN_NAMES, type OwnAlarm, type OwnPlace, ownRule } from './alarms/own.ts';
import { ServicePeriods } from './alarms/service-periods.ts';
import { type Alarm, type AlarmEvent, AlarmStore } from './alarms/store.ts';
import { recordBridge } from './alarms/storm/bridges.ts';
import { StormControl } from './alarms/storm/control.ts';
import { isMeterRule } from './campus/meter-rule.ts';
import { type Campus, type Configuration, GATEWAY, NO_CAMPUS } from './campus/model.ts';
import { FIRE_COINCIDENCE, isGraver } from './campus/rule.ts';
import { coldCondition } from './canteen/cold-chain/conditions.ts';
import { createExplain } from './canteen/cold-chain/explain.ts';
import { toldOfFood } from './canteen/people.ts';
import type { Clock, Millis } from './clock.ts';
import { parseDuration } from './duration.ts';
import { DayRollUp } from './energy/day-roll-up.ts';
import { MeterWatch } from './energy/leaks/watch.ts';
import { RegisterStage } from './energy/register-stage.ts';
import { describe, type ErrorCode, type ErrorParams } from './errors.ts';
import { InfluxOutbox } from './influx/outbox.ts';
import { alarmPoint, consumptionPoint } from './influx/points.ts';
import { acknowledgementLasts, remindsAfter } from './notify/escalation.ts';
import { groupKey } from './notify/grouping.ts';
import { Notices } from './notify/notices.ts';
import { type Heard, NotificationOutbox, rings } from './notify/outbox.ts';
import { nextWaking } from './notify/waking.ts';
import { Catalogue } from './pipeline/catalogue.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import type { Reading, Stage } from './pipeline/stage.ts';
import { Database } from './storage/database.ts';
import { HOUR } from './storage/readings.ts';
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

/**
 * The parts that keep the promise, joined: database, catalogue, pipeline, rules and outbox, without
 * any network. The gateway runs it between its transport and its workers, replay on a virtual clock.
 */
export class Core {
  readonly database: Database;
  readonly catalogue: Catalogue;
  readonly runs: Runs;
  readonly store: AlarmStore;
  readonly actions: AlarmActions;
  readonly engine: AlarmEngine;
  readonly storm: StormControl;
  readonly periods: ServicePeriods;
  readonly outOfService: OutOfService;
  readonly outbox: NotificationOutbox;
  readonly notices: Notices;
  /** Only where the configuration names an InfluxDB. */
  readonly influx: InfluxOutbox | undefined;
  readonly registers: RegisterStage;
  readonly #days: DayRollUp;
  readonly meters: MeterWatch;
  readonly pipeline: Pipeline;
  /** Of acknowledgements and shelves. */
  readonly #endings: DueTimer;
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
    this.notices = new Notices(this.database, this.outbox);
    this.influx = configuration.machine.influx && new InfluxOutbox(this.database, clock);
    this.store = new AlarmStore(
      this.database,
      (event) => this.#onAlarmEvent(event),
      ({ campus, severity }) => acknowledgementLasts(this.campus(campus), severity),
      (alarm) => this.storm.drillOf(alarm),
    );
    this.storm = new StormControl({
      database: this.database,
      clock,
      store: this.store,
      configuration: () => this.#configuration,
      transact: (work) => this.pipeline.transact(work),
      onError: (error) => log.error({ err: error }, 'timers could not be written; trying again'),
    });
    this.#endings = new DueTimer({
      clock,
      next: () => this.store.nextEnding(),
      run: (now) => this.pipeline.transact(() => this.store.endDue(now)),
      onError: (error) => log.error({ err: error }, 'timers could not be written; trying again'),
    });
    this.periods = new ServicePeriods(this.database);
    this.engine = new AlarmEngine({
      database: this.database,
      clock,
      catalogue: this.catalogue,
      store: this.store,
      runs: this.runs,
      periods: this.periods,
      brought: coldCondition,
      explain: this.#explainer(),
      transact: (work) => this.pipeline.transact(work),
      onError: (error) => log.error({ err: error }, 'timers could not be written; trying again'),
    });
    this.actions = new AlarmActions({
      store: this.store,
      clock,
      catalogue: this.catalogue,
      transact: (work) => this.pipeline.transact(work),
      onShelf: () => this.#endings.set(),
    });
    this.outOfService = new OutOfService({
      periods: this.periods,
      store: this.store,
      engine: {
        rest: (device) => {
          this.engine.rest(device);
          this.meters.rest(device);
        },
        reconsider: () => this.engine.reconsider(),
      },
      catalogue: this.catalogue,
      clock,
      transact: (work) => this.pipeline.transact(work),
      onError: (error) => log.error({ err: error }, 'timers could not be written; trying again'),
    });
    this.#days = new DayRollUp(this.database);
    this.registers = new RegisterStage({
      database: this.database,
      now: () => clock.now(),
      keepReadings: () => parseDuration(this.#configuration.machine.storage.keepReadings),
      onHours: (series, hours) => {
        this.#days.take(series, hours);
        const { device } = series;
        const points = hours.map(({ hour, after }) =>
          consumptionPoint(device.device, after, hour * HOUR),
        );
        this.influx?.enqueue(...points);
      },
    });
    this.meters = new MeterWatch({
      database: this.database,
      clock,
      registers: this.registers,
      store: this.store,
      runs: this.runs,
      periods: this.periods,
      transact: (work) => this.pipeline.transact(work),
      onError: (error) => log.error({ err: error }, 'meters could not be judged; trying again'),
    });
    this.pipeline = new Pipeline({
      database: this.database,
      clock,
      log,
      catalogue: this.catalogue,
      configuration,
      stages: [
        this.engine,
        this.registers,
        this.meters,
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
    this.#endings.set();
  }

  get configuration(): Configuration {
    return this.#configuration;
  }

  /** The campus of an alarm; the gateway's own alarms belong to the first. */
  campus(id: string): Campus | undefined {
    const { campuses } = this.#configuration;
    return id === NO_CAMPUS ? campuses.values().next().value : campuses.get(id);
  }

  follow(configuration: Configuration): void {
    // on a full disk this fails, before anything follows: not every edit has something else to write
    this.database.transaction(() => this.runs.beat(this.#clock.now()));
    this.catalogue.follow(configuration);
    this.registers.follow(this.catalogue.devices.values());
    this.#days.follow(this.catalogue.devices.values());
    this.#configuration = configuration;
    this.influx?.follow(this.catalogue.devices.values());
    this.pipeline.follow(configuration);
    this.engine.follow();
    this.meters.follow(this.catalogue.devices.values());
    this.storm.follow();
    this.outOfService.follow(configuration.devices.values());
  }

  /**
   * Raises an alarm about the gateway itself, in the catalogue's words. One that is open stays as it
   * is, unless this one is graver.
   */
  raiseOwn(code: ErrorCode, params: ErrorParams = {}, own: OwnAlarm = {}): void {
    const { campus = NO_CAMPUS, severity = 'major' } = own;
    const rule = ownRule(code, own);
    const isOpen = this.ownAlarms().some(
      (alarm) =>
        alarm.campus === campus && alarm.rule === rule && !isGraver(severity, alarm.severity),
    );
    if (!isOpen) this.pipeline.transact(() => this.writeOwn(code, params, own));
  }

  /** Raises an own alarm, an open one again with its new words, in the transaction under way. */
  writeOwn(
    code: ErrorCode,
    params: ErrorParams,
    { severity = 'major', of = 'gateway', since = this.#clock.now(), ...place }: OwnAlarm,
  ): void {
    const { message, remedy } = describe(code, params);
    const { campus = NO_CAMPUS } = place;
    this.store.raise({
      campus,
      device: GATEWAY,
      deviceName: OWN_NAMES[of],
      zone: this.campus(campus)?.name ?? '',
      rule: ownRule(code, place),
      severity,
      latched: false,
      metric: undefined,
      value: undefined,
      limit: undefined,
      unit: '',
      title: message,
      action: remedy,
      since,
      raised: since,
    });
  }

  /**
   * Writes down an own alarm that began when nothing could be written, and that is over by now.
   * `heard` names who knows that it began; nobody hears that any more, only that it is over.
   */
  recordOver(code: ErrorCode, params: ErrorParams, since: Millis, heard: readonly Heard[]): void {
    this.pipeline.transact(() => {
      const find = () => this.ownAlarms().find(({ rule }) => rule === ownRule(code, {}));
      // the same was found otherwise, and goes on
      if (find()) return;
      this.writeOwn(code, params, { since: Math.min(since, this.#clock.now()) });
      const alarm = find();
      if (!alarm) return;
      this.outbox.noteHeard(alarm.id, alarm.severity, heard);
      this.endOwn(code, {});
      this.outbox.tellEndOnly(alarm.id);
    });
  }

  /** Ends an alarm about the gateway itself, if there is one. */
  clearOwn(code: ErrorCode, place: OwnPlace = {}): void {
    this.pipeline.transact(() => this.endOwn(code, place));
  }

  /** The same, in the transaction under way. */
  endOwn(code: ErrorCode, place: OwnPlace): void {
    const { campus = NO_CAMPUS } = place;
    this.store.clear(campus, GATEWAY, ownRule(code, place), this.#clock.now());
  }

  /** The alarms about the gateway itself whose cause goes on. */
  ownAlarms(): Alarm[] {
    return this.store
      .allOpen()
      .filter(({ device, cleared }) => device === GATEWAY && cleared === undefined);
  }

  /** Writes what an alarm's event owes, in the transaction of the event. */
  #onAlarmEvent(given: AlarmEvent): void {
    const { alarm, tells, drill } = this.storm.judge(given);
    const event = { ...given, alarm };
    const { campus, device, rule, severity } = alarm;
    const known = this.#configuration.devices.get(`${campus}/${device}`);
    if (tells) {
      const whose = this.campus(campus);
      const now = this.#clock.now();
      // what wastes a little water is found by morning; it wakes nobody
      const found = known?.rules.find(({ id }) => id === rule);
      const isQuiet =
        (device === GATEWAY && severity === 'minor') ||
        (found !== undefined && isMeterRule(found) && isGraver('major', severity));
      const from = isQuiet && whose ? nextWaking(now, whose.timezone) : now;
      const group = groupKey(alarm, tells, known);
      const also = whose ? toldOfFood(alarm, whose) : [];
      const told = { ...event, event: tells };
      this.outbox.plan(told, whose, now, { from, group, drill, also });
      if (whose && !drill && rings(told)) {
        const wait = remindsAfter(whose, severity);
        if (wait !== undefined) this.store.reminders.set(alarm.id, from + wait);
      }
    }
    // a zone's own alarm stands under its name
    const zone = rule === FIRE_COINCIDENCE ? device : known?.zone.id;
    this.influx?.enqueue(alarmPoint(event, zone));
    this.#events.push(event);
  }

  /** What a part says of an alarm; an alarm without it is better than none. */
  #explainer(): EngineOptions['explain'] {
    const explain = createExplain(this.database);
    return (device, rule, event) => {
      try {
        return explain(device, rule, event);
      } catch (error) {
        this.#log.error({ err: error, rule: rule.id }, 'an alarm could not be explained');
        return undefined;
      }
    };
  }

  close(): void {
    this.pipeline.stop();
    this.engine.stop();
    this.meters.stop();
    this.storm.stop();
    this.#endings.stop();
    this.outOfService.stop();
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
        // what an event has led to was told of within it
        const events = this.#events.sort((a, b) => a.id - b.id);
        this.#events = [];
        if (events.length === 0) return;
        this.#tell(() => this.#endings.set());
        this.#tell(() => onAlarmEvents?.(events));
      },
      rolledBack: () => {
        this.#events = [];
      },
    };
  }
}
