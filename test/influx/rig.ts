import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { loadConfiguration } from '../../src/campus/load.ts';
import type { Configuration } from '../../src/campus/model.ts';
import { loadProfiles } from '../../src/campus/profile.ts';
import { type Millis, VirtualClock } from '../../src/clock.ts';
import { Core } from '../../src/core.ts';
import { parseDuration } from '../../src/duration.ts';
import { createForwarder } from '../../src/influx/create.ts';
import type { Forwarder } from '../../src/influx/forwarder.ts';
import { pointKey } from './fake-influx.ts';

/** In the past of every machine: some servers take nothing from the future. */
const START = Date.parse('2025-03-03T08:00:00+08:00');

const PROBE = `
name: {zh: 探头, en: Probe}
kind: cold_storage
format: {kind: json}
interval: 1m
silence: 5m
metrics:
  temperature: {name: {zh: 温度, en: Temperature}, unit: ℃, min: -100000000, max: 100000000}
  door: {type: boolean, name: {zh: 门, en: Door}}
rules: [RULES]
examples:
  - {topic: campus/a/b/up, payload: '{"values":{"temperature":4}}', readings: {temperature: 4}}
`;

export interface RigOptions {
  /** The server's address; without one there is no section influx. */
  url?: string | undefined;
  /** More of the section influx, as YAML lines. */
  influx?: string;
  /** probe-1 … probe-n. */
  probes?: number;
  campus?: string;
  zone?: string;
  rules?: string;
  token?: string;
}

const known = new Map<string, Configuration>();

/** A school of probes that judge nothing, unless they are told to. */
export function configuration(options: RigOptions = {}): Configuration {
  const key = JSON.stringify(options);
  const made = known.get(key) ?? load(options);
  known.set(key, made);
  return made;
}

function load(options: RigOptions): Configuration {
  const { url, influx = '', probes = 3, campus = 'qingcheng', zone = 'canteen' } = options;
  const folder = mkdtempSync(join(tmpdir(), 'campus-test-'));
  try {
    const profile = join(folder, 'devices/test/probe.yaml');
    mkdirSync(dirname(profile), { recursive: true });
    writeFileSync(profile, PROBE.replace('RULES', options.rules ?? ''));
    const devices = Array.from(
      { length: probes },
      (_, i) => `  - {id: probe-${i + 1}, name: 探头 ${i + 1}, profile: test/probe, zone: ${zone}}`,
    );
    const file = join(folder, 'campus.yaml');
    writeFileSync(
      file,
      `campus: {id: ${campus}, name: 青城小学}
zones: [{id: canteen, name: 食堂}, {id: teaching, name: 教学楼}]
${url === undefined ? '' : `influx:\n  url: ${url}\n${influx}`}
devices:
${devices.join('\n')}
`,
    );
    return loadConfiguration(file, loadProfiles(join(folder, 'devices')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A core with its forwarder, on a clock that the test moves. */
export class Rig implements AsyncDisposable {
  readonly clock = new VirtualClock(START);
  /** What was logged at warn and above. */
  readonly said: string[] = [];
  core: Core;
  forwarder: Forwarder | undefined;
  #options: RigOptions;
  readonly #folder = mkdtempSync(join(tmpdir(), 'campus-test-'));
  #file = join(this.#folder, 'campus.db');
  #runs = 0;

  private constructor(options: RigOptions) {
    this.#options = options;
    this.core = this.#open();
  }

  /** Opens it; the forwarder is started by `start`. */
  static open(options: RigOptions): Rig {
    return new Rig(options);
  }

  get file(): string {
    return this.#file;
  }

  /** Alarms of the gateway itself that are not over. */
  get alarms(): string[] {
    const open = this.core.store.allOpen().filter(({ cleared }) => cleared === undefined);
    return open.filter(({ campus }) => campus === '').map(({ rule }) => rule);
  }

  /** Dead letters: reason and text. */
  get deadLetters(): { reason: string; detail: string; text: string }[] {
    return this.core.pipeline.deadLetters
      .list({ limit: 100_000 })
      .map(({ reason, detail, payload }) => ({ reason, detail, text: payload.toString('utf8') }));
  }

  get running(): Forwarder {
    if (!this.forwarder) throw new Error('no forwarder is running');
    return this.forwarder;
  }

  get waiting(): number {
    return this.core.influx?.waiting ?? 0;
  }

  /** `random` decides the jitter: a half is none. */
  start({ random = () => 0.5 }: { random?: () => number } = {}): void {
    this.forwarder = createForwarder(this.core, {
      clock: this.clock,
      log: this.#log(),
      token: this.#options.token,
      random,
    });
    this.forwarder?.start();
  }

  /** Starts and lets it do what it can do at this moment. */
  async begin(options?: { random?: () => number }): Promise<void> {
    this.start(options);
    await this.running.settled();
  }

  /** Stores a reading of a probe as it comes in now. */
  read(values: Readonly<Record<string, unknown>>, { probe = 1, at = this.clock.now() } = {}): void {
    this.core.pipeline.transact(() => this.admit(probe, at, values));
  }

  /** Stores so many readings, `perSecond` of them in one transaction, a second each. */
  readMany(count: number, perSecond = 500): void {
    const probes = this.core.catalogue.devices.size;
    for (let done = 0; done < count; done += perSecond) {
      this.core.pipeline.transact(() => {
        for (let i = done; i < Math.min(count, done + perSecond); i++) {
          const at = this.clock.now() + Math.floor((i - done) / probes);
          this.admit((i % probes) + 1, at, { temperature: i });
        }
      });
      this.clock.moveTo(this.clock.now() + 1_000);
    }
  }

  /** Lets time pass, and everything happen that falls due in it. */
  async pass(duration: string): Promise<void> {
    const target = this.clock.now() + parseDuration(duration);
    const settle = async () => this.forwarder?.settled();
    await settle();
    for (let next = this.clock.next(); next !== undefined && next <= target; ) {
      this.clock.moveTo(next);
      await settle();
      next = this.clock.next();
    }
    this.clock.moveTo(target);
    await settle();
  }

  /** Every stored reading as the server should have it. */
  expected(): Map<string, number | boolean> {
    const rows = this.core.database
      .prepare(
        `SELECT time, value, is_boolean, head FROM reading
         JOIN influx_head ON influx_head.id = coalesce(
           (SELECT id FROM influx_head
            WHERE series = reading.series AND since <= received ORDER BY since DESC LIMIT 1),
           (SELECT id FROM influx_head WHERE series = reading.series ORDER BY since LIMIT 1))`,
      )
      .all();
    const points = new Map<string, number | boolean>();
    for (const { head, is_boolean, time, value } of rows) {
      const [, measurement = '', tags = '', field = ''] =
        /^([^,]+),(\S+) ([^=]+)=$/.exec(String(head)) ?? [];
      const pairs = tags.split(',').map((tag) => tag.split('='));
      const key = pointKey(measurement, Object.fromEntries(pairs), field, Number(time));
      points.set(key, is_boolean === 1 ? value !== 0 : Number(value));
    }
    return points;
  }

  /** Stops, and starts on the same data, perhaps with another configuration. */
  async restart(options: RigOptions = this.#options): Promise<void> {
    await this.forwarder?.stop();
    this.forwarder = undefined;
    this.core.close();
    this.#options = options;
    this.core = this.#open();
  }

  /** Keeps what is on disk now; `crash` goes on from there. */
  freeze(): string {
    this.#runs += 1;
    const copy = join(this.#folder, `campus-${this.#runs}.db`);
    for (const end of ['', '-wal']) {
      if (existsSync(`${this.#file}${end}`)) copyFileSync(`${this.#file}${end}`, `${copy}${end}`);
    }
    return copy;
  }

  /** Dies, and is opened again from what was on disk. */
  async crash(file = this.freeze()): Promise<void> {
    await this.forwarder?.stop();
    this.forwarder = undefined;
    this.core.close();
    this.#file = file;
    this.core = this.#open();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.forwarder?.stop();
    this.core.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #open(): Core {
    const core = new Core({
      file: this.#file,
      clock: this.clock,
      log: this.#log(),
      configuration: configuration(this.#options),
    });
    // a power cut is played by `freeze`
    core.database.connection.exec('PRAGMA synchronous = OFF');
    return core;
  }

  /** Stores a reading in the transaction under way. */
  admit(probe: number, time: Millis, values: Readonly<Record<string, unknown>>): void {
    const { campus = 'qingcheng' } = this.#options;
    const device = this.core.catalogue.devices.get(`${campus}/probe-${probe}`);
    if (!device) throw new Error(`no probe ${probe}`);
    const points = [{ time, values: Object.entries(values) }];
    const refusals = this.core.pipeline.admit(device, points, this.clock.now(), 0);
    if (refusals.length > 0) throw new Error(JSON.stringify(refusals));
  }

  #log() {
    const stream = new Writable({
      write: (line, _encoding, done) => {
        this.said.push(String(JSON.parse(String(line)).msg));
        done();
      },
    });
    return pino({ level: 'warn' }, stream);
  }
}
