import { expect } from 'vitest';
import type { Alarm, Disposition } from '../../src/alarms/alarm.ts';
import type { Configuration, Device } from '../../src/campus/model.ts';
import type { Clock } from '../../src/clock.ts';
import type { Core } from '../../src/core.ts';
import type { Reading } from '../../src/pipeline/stage.ts';
import { configure, type SchoolYaml } from './configuration.ts';
import { Folder } from './folder.ts';
import { type Broker, Detector, type Envelope, Instrument, Thermometer } from './instrument.ts';
import { Life, type LifeOptions } from './life.ts';
import { Phone } from './phone.ts';
import { StoryClock } from './story-clock.ts';

/** A Monday evening. */
const START = '2026-11-23T20:00:00+08:00';

/** Further parts of the gateway that a story is about: starts them with each run, answers their end. */
export type Parts = (life: Life) => () => void;
type ChannelFor = LifeOptions['channel'];
/** Makes the channels of a school whose messages go elsewhere than to the phone. */
export type ChannelOf = (configuration: Configuration, clock: Clock) => ChannelFor;

/** What a story has beside the devices and the phone. */
export interface Staging {
  parts?: Parts;
  channelOf?: ChannelOf;
}

/** A school with its devices, its duty phone and its gateway, whose clock the test moves. */
export class School implements Broker, AsyncDisposable {
  readonly clock: StoryClock;
  readonly phone: Phone;
  readonly campus = new CampusDevices(this);
  /** Every reading that was told after its commit, over all runs. */
  readonly readings: Reading[] = [];
  #configuration: Configuration;
  #life: Life | undefined;
  #runs = 0;
  #file: string;
  readonly #channel: ChannelFor | undefined;
  readonly #folder = new Folder();
  readonly #parts: Parts;
  #stopParts: () => void = () => undefined;

  constructor(configuration: Configuration, start: string, { parts, channelOf }: Staging) {
    this.#parts = parts ?? (() => () => undefined);
    this.#configuration = configuration;
    this.clock = new StoryClock(start, () => this.settle());
    this.phone = new Phone(
      () => this.clock.now,
      (token) => this.life.useLink(token),
    );
    this.#file = this.#folder.file('campus.db');
    this.#channel = channelOf?.(configuration, this.clock.virtual);
    this.start();
  }

  get configuration(): Configuration {
    return this.#configuration;
  }

  /** The run of the gateway under way. */
  get life(): Life {
    return this.#life ?? expect.fail('the gateway does not run');
  }

  get core(): Core {
    return this.life.core;
  }

  start(): void {
    this.#life = new Life({
      file: this.#file,
      clock: this.clock.virtual,
      configuration: this.#configuration,
      phone: this.phone,
      channel: this.#channel,
      onReadings: (readings) => this.readings.push(...readings),
    });
    this.#stopParts = this.#parts(this.#life);
  }

  async stop(): Promise<void> {
    this.#stopParts();
    await this.#life?.stop();
    this.#life = undefined;
  }

  /** Stops and starts on the same data, perhaps with a changed configuration. */
  async restart(changes: { after?: string; configuration?: Configuration } = {}): Promise<void> {
    await this.stop();
    if (changes.after !== undefined) await this.clock.forward(changes.after);
    this.#configuration = changes.configuration ?? this.#configuration;
    this.start();
    await this.settle();
  }

  /** Loses power, and starts from what was on disk at that moment. */
  async crash(changes: { after?: string } = {}): Promise<void> {
    this.#runs += 1;
    this.#file = this.#folder.file(`campus-${this.#runs}.db`);
    this.life.crash(this.#file);
    this.#life = undefined;
    if (changes.after !== undefined) await this.clock.forward(changes.after);
    this.start();
    await this.settle();
  }

  /** Takes a changed configuration while it runs. */
  async follow(configuration: Configuration): Promise<void> {
    this.#configuration = configuration;
    this.core.follow(configuration);
    await this.settle();
  }

  /** Nothing can be written to the disk, only read. */
  diskFails(): void {
    this.core.database.connection.exec('PRAGMA query_only = ON');
  }

  diskWorks(): void {
    this.core.database.connection.exec('PRAGMA query_only = OFF');
  }

  async settle(): Promise<void> {
    await this.#life?.settle();
  }

  /** A message as a transport hands it over; answers once it is acknowledged, or refused. */
  async deliver(envelope: Envelope): Promise<boolean> {
    const life = this.#life;
    if (!life) return false;
    const taken = new Promise<boolean>((resolve) => {
      life.core.pipeline.receive({
        ...envelope,
        settle: (error) => resolve(error === undefined),
      });
    });
    // while nothing can be written there is no answer to wait for
    if (life.storageFailure) return true;
    await life.settle();
    return life.storageFailure ? true : taken;
  }

  /** The newest alarm of a device's rule. */
  alarm(device: string, rule: string): Alarm {
    const alarms = this.core.store.list({ device, limit: 1000 });
    const found = alarms.find((alarm) => alarm.rule === rule);
    return found ?? expect.fail(`no alarm ${rule} of ${device}`);
  }

  /** Alarms that are not closed, in words: `canteen-freezer-1 too-warm`. */
  openAlarms(): string[] {
    return this.core.store.allOpen().map(({ device, rule }) => `${device} ${rule}`);
  }

  /** What happened to the alarms of a device's rule: `raised 11-23 20:31`. */
  history(device: string, rule: string): string[] {
    return this.core.store
      .list({ device, limit: 1000 })
      .filter((alarm) => alarm.rule === rule)
      .reverse()
      .flatMap(({ id }) => this.core.store.history(id))
      .map(({ event, time }) => `${event} ${this.clock.say(time)}`);
  }

  acknowledge(alarm: Alarm, person: string): Alarm {
    return this.core.actions.acknowledge(alarm.id, person);
  }

  reset(
    alarm: Alarm,
    person: string,
    reason: string,
    disposition: Disposition = 'false-alarm',
  ): Alarm {
    return this.core.actions.reset(alarm.id, { person, disposition, reason });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.#folder[Symbol.dispose]();
  }
}

/** The devices of the campus, each one the same however often it is asked for. */
class CampusDevices {
  readonly #school: School;
  readonly #known = new Map<string, Instrument>();

  constructor(school: School) {
    this.#school = school;
  }

  thermometer(id: string): Thermometer {
    return this.#find(id, Thermometer);
  }

  freezer(id: string): Thermometer {
    return this.#find(id, Thermometer);
  }

  fridge(id: string): Thermometer {
    return this.#find(id, Thermometer);
  }

  detector(id: string): Detector {
    return this.#find(id, Detector);
  }

  device(id: string): Instrument {
    return this.#find(id, Instrument);
  }

  #find<T extends Instrument>(id: string, kind: new (device: Device, broker: Broker) => T): T {
    const known = this.#known.get(id);
    if (known instanceof kind) return known;
    const device = this.#school.configuration.devices.get(`qingcheng/${id}`);
    if (!device) return expect.fail(`the school has no device ${id}`);
    const made = new kind(device, this.#school);
    this.#known.set(id, made);
    return made;
  }
}

/** Opens a school on a Monday evening at eight. `await using night = await school({devices: …})` */
export async function school(
  yaml: SchoolYaml | Configuration,
  start = START,
  staging: Staging = {},
): Promise<School> {
  const configuration = 'campuses' in yaml ? yaml : configure(yaml);
  const opened = new School(configuration, start, staging);
  await opened.settle();
  return opened;
}
