import { expect } from 'vitest';
import type { Device } from '../../src/campus/model.ts';
import type { Millis } from '../../src/clock.ts';
import { parseDuration } from '../../src/duration.ts';
import { isoAt, type StoryClock } from './story-clock.ts';

export type Values = Readonly<Record<string, unknown>>;

/** How one report differs from a usual one. */
export interface ReportOptions {
  /** The time the device writes into it: ms since 1970 or raw text; `none` leaves it out. */
  at?: Millis | string | 'none';
  /** How long it was under way. */
  late?: string;
  /** The broker plays it back from its store of retained messages. */
  replayed?: boolean;
}

export interface Envelope {
  topic: string;
  payload: Buffer;
  replayed: boolean;
}

/** Where instruments send to. Answers false when nobody took the message. */
export interface Broker {
  readonly clock: StoryClock;
  deliver(envelope: Envelope): Promise<boolean>;
}

/**
 * A device of the campus. It reports every change at once, and else at its profile's interval, as
 * soon as it has something to report.
 */
export class Instrument {
  readonly device: Device;
  protected readonly broker: Broker;
  #values: (now: Millis) => Values | undefined = () => undefined;
  #last: Envelope | undefined;
  #reported: Millis | undefined;
  #isLinked = true;
  #unsent: Envelope[] = [];
  #isRunning = false;
  #keepsUnsent = false;

  constructor(device: Device, broker: Broker) {
    this.device = device;
    this.broker = broker;
  }

  /** Reports these values at once and from now on. */
  async shows(values: Values): Promise<void> {
    await this.showsAt(() => values);
  }

  /** Reports what a function of time says, from now on. */
  async showsAt(values: (now: Millis) => Values | undefined): Promise<void> {
    if (this.#reported === this.broker.clock.now) {
      expect.fail(`${this.device.id} has just reported: let some time pass before it changes`);
    }
    this.#values = values;
    await this.#report();
    if (this.#isRunning) return;
    this.#isRunning = true;
    // between the steps of a story, so that a change has a moment of its own
    this.#next(this.device.profile.interval / 2);
  }

  /** Reports nothing any more. */
  fallsSilent(): void {
    this.#values = () => undefined;
  }

  /** Keeps what it can't send, and sends it in order once it can. */
  hasMemory(): this {
    this.#keepsUnsent = true;
    return this;
  }

  losesLink(): void {
    this.#isLinked = false;
  }

  async regainsLink(): Promise<void> {
    this.#isLinked = true;
    const waiting = this.#unsent;
    this.#unsent = [];
    await Promise.all(waiting.map((envelope) => this.#send(envelope)));
  }

  /** Sends one report out of turn. */
  async reports(values: Values, { at, late, replayed = false }: ReportOptions = {}): Promise<void> {
    const { clock } = this.broker;
    const time = at ?? clock.ago(late ?? '0s');
    const stamp = typeof time === 'number' ? isoAt(time) : time;
    await this.#send({ ...this.#envelope(values, stamp), replayed });
  }

  /** Sends its last report again, byte for byte. */
  async repeatsItself(): Promise<void> {
    if (this.#last) await this.#send(this.#last);
  }

  #next(delay: Millis): void {
    this.broker.clock.virtual.after(delay, () => {
      void this.#report();
      this.#next(this.device.profile.interval);
    });
  }

  async #report(): Promise<void> {
    const { now } = this.broker.clock;
    const values = this.#values(now);
    this.#reported = now;
    if (values) await this.#send(this.#envelope(values, isoAt(now)));
  }

  #envelope(values: Values, stamp: string): Envelope {
    const { campus, id } = this.device;
    const body = stamp === 'none' ? { values } : { time: stamp, values };
    const payload = Buffer.from(JSON.stringify(body));
    return { topic: `campus/${campus.id}/${id}/up`, payload, replayed: false };
  }

  async #send(envelope: Envelope): Promise<void> {
    this.#last = envelope;
    const wasTaken = this.#isLinked && (await this.broker.deliver(envelope));
    if (!wasTaken && this.#keepsUnsent) this.#unsent.push(envelope);
  }
}

/** Something with a temperature. */
export class Thermometer extends Instrument {
  #now: (time: Millis) => number = () => 20;

  async holds(temperature: number): Promise<void> {
    await this.#follows(() => temperature);
  }

  /** Moves evenly from what it shows to another temperature, and stays there. */
  async moves({ to, over }: { to: number; over: string }): Promise<void> {
    const begin = this.broker.clock.now;
    const from = this.#now(begin);
    const length = parseDuration(over);
    await this.#follows((time) => {
      const part = Math.min(1, (time - begin) / length);
      return Math.round((from + (to - from) * part) * 100) / 100;
    });
  }

  async rises(target: { to: number; over: string }): Promise<void> {
    await this.moves(target);
  }

  async falls(target: { to: number; over: string }): Promise<void> {
    await this.moves(target);
  }

  /** Sends one temperature out of turn. */
  async measures(temperature: number, options?: ReportOptions): Promise<void> {
    await this.reports({ temperature }, options);
  }

  async #follows(temperature: (time: Millis) => number): Promise<void> {
    this.#now = temperature;
    await this.showsAt((time) => ({ temperature: temperature(time) }));
  }
}

/** A smoke detector. */
export class Detector extends Instrument {
  async isWell(): Promise<void> {
    await this.shows({ smoke: false });
  }

  async smellsSmoke(): Promise<void> {
    await this.shows({ smoke: true });
  }

  /** Sends one state out of turn. */
  async says(smoke: boolean, options?: ReportOptions): Promise<void> {
    await this.reports({ smoke }, options);
  }
}
