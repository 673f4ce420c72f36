import { copyFileSync, existsSync } from 'node:fs';
import { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { type Logger, pino } from 'pino';
import type { AlarmEvent } from '../../src/alarms/store.ts';
import type { Campus, Configuration } from '../../src/campus/model.ts';
import type { Clock } from '../../src/clock.ts';
import { Core } from '../../src/core.ts';
import { useLink } from '../../src/notify/acknowledge.ts';
import type { Channel } from '../../src/notify/channel.ts';
import { Notifier } from '../../src/notify/notifier.ts';
import type { Reading } from '../../src/pipeline/stage.ts';
import type { Phone } from './phone.ts';
import { MortalClock } from './story-clock.ts';

const LINK_SECRET = 'a secret of the test';

export interface LifeOptions {
  file: string;
  clock: Clock;
  configuration: Configuration;
  phone: Phone;
  /** Instead of the phone. */
  channel?: ((campus: Campus, name: string) => Channel | undefined) | undefined;
  onReadings?: (readings: readonly Reading[]) => void;
}

/** One run of the gateway's core and its notifier, from start to stop or crash. */
export class Life {
  readonly core: Core;
  readonly notifier: Notifier;
  /** Why nothing can be written now, and how often that was told. */
  storageFailure: Error | undefined;
  readonly storageTold: (Error | undefined)[] = [];
  readonly events: AlarmEvent[] = [];
  /** Told of readings after their commit: parts of the gateway that a story adds. */
  readonly listeners: ((readings: readonly Reading[]) => void)[] = [];
  /** Told when writing fails, and when it works again. */
  readonly storageListeners: ((failure: Error | undefined) => void)[] = [];
  /** What was logged as an error. */
  readonly complaints: string[] = [];
  readonly #clock: MortalClock;
  readonly #phone: Phone;

  constructor({ file, clock, configuration, phone, channel, onReadings }: LifeOptions) {
    this.#clock = new MortalClock(clock);
    this.#phone = phone;
    const log = errorLog(this.complaints);
    this.core = new Core({
      file,
      clock: this.#clock,
      log,
      configuration,
      onReadings: (readings) => {
        onReadings?.(readings);
        for (const listener of this.listeners) listener(readings);
      },
      onAlarmEvents: (events) => {
        this.events.push(...events);
        this.notifier.kick();
      },
      onStorage: (failure) => {
        this.storageFailure = failure;
        this.storageTold.push(failure);
        for (const listener of this.storageListeners) listener(failure);
      },
    });
    const { core } = this;
    // a power cut is not part of these stories
    core.database.connection.exec('PRAGMA synchronous = OFF');
    this.notifier = new Notifier({
      outbox: core.outbox,
      clock: this.#clock,
      log,
      linkSecret: LINK_SECRET,
      baseUrl: () => 'http://gateway.test',
      alarm: (id) => core.store.get(id),
      notice: (id) => core.notices.get(id),
      campus: (id) => core.campus(id),
      channel: channel ?? (() => phone),
    });
    this.notifier.kick();
  }

  useLink(token: string) {
    const { core } = this;
    const { outbox, store } = core;
    return core.pipeline.transact(() =>
      useLink({ outbox, store, secret: LINK_SECRET }, token, this.#clock.now()),
    );
  }

  get clock(): Clock {
    return this.#clock;
  }

  /** Resolves when everything that can be done at this moment is done. */
  async settle(): Promise<void> {
    do await setImmediate();
    while (this.core.pipeline.waiting > 0 && !this.storageFailure);
    // a message that waits for its answer would keep us for ever
    if (!this.#phone.hangs) await this.notifier.settled();
  }

  /** Ends as a gateway that is told to stop. */
  async stop(): Promise<void> {
    await this.notifier.stop();
    this.core.close();
    this.#clock.die();
  }

  /** Ends at once; copies what is on disk at this moment to `file`. */
  crash(file: string): void {
    // a gateway notes every two seconds that it runs; here the last time is enough
    this.core.runs.beat(this.#clock.now());
    for (const end of ['', '-wal']) {
      const from = `${this.core.database.file}${end}`;
      if (existsSync(from)) copyFileSync(from, `${file}${end}`);
    }
    this.#clock.die();
    this.core.engine.stop();
    this.core.database.close();
  }
}

/** A log that keeps errors only. */
export function errorLog(complaints: string[]): Logger {
  const stream = new Writable({
    write(line, _encoding, done) {
      complaints.push(String(JSON.parse(String(line)).msg));
      done();
    },
  });
  return pino({ level: 'error' }, stream);
}
