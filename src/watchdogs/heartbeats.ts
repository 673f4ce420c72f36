import type { Campus } from '../campus/model.ts';
import type { Clock, Millis, Timer } from '../clock.ts';
import { parseDuration } from '../duration.ts';
import { failureReason } from '../notify/channels/http.ts';
import type { Finding, Watchdog } from './watchdog.ts';

const EVERY: Millis = 5_000;
const ANSWER_TIMEOUT: Millis = 10_000;
const MAX_FAILURES = 3;

export interface HeartbeatsOptions {
  clock: Clock;
  campuses: () => Iterable<Campus>;
  /** Whether the gateway can keep readings and tell people. */
  isWell: () => boolean;
}

interface Pulse {
  due: Millis;
  isUnderWay: boolean;
  failures: number;
  reason: string;
}

/**
 * Asks each campus's dead-man address by GET at its interval, while the gateway is well: that other
 * service raises the alarm when nothing comes any more. Three failures in a row are an alarm here.
 */
export class Heartbeats implements Watchdog {
  readonly codes = ['HEARTBEAT_FAILED'] as const;
  readonly onDelay: Millis = 0;
  readonly offDelay: Millis = 0;
  readonly #options: HeartbeatsOptions;
  /** By campus. */
  readonly #pulses = new Map<string, Pulse>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #abort = new AbortController();
  #timer: Timer | undefined;

  constructor(options: HeartbeatsOptions) {
    this.#options = options;
  }

  start(): void {
    this.#beat();
  }

  look(): Finding[] {
    return [...this.#options.campuses()].flatMap(({ id, name, notify }): Finding[] => {
      const { failures = 0, reason = '' } = this.#pulses.get(id) ?? {};
      if (!notify.heartbeat || failures < MAX_FAILURES) return [];
      // the address is a secret: whoever knows it can send heartbeats
      const { host } = new URL(notify.heartbeat.url);
      const params = { campus: name, host, failures, reason };
      return [{ code: 'HEARTBEAT_FAILED', params, severity: 'minor', campus: id }];
    });
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    this.#abort.abort();
    await this.settled();
  }

  #beat(): void {
    const { clock, campuses, isWell } = this.#options;
    const now = clock.now();
    if (isWell()) {
      for (const { id, notify } of campuses()) {
        if (!notify.heartbeat) continue;
        const { url, every } = notify.heartbeat;
        const interval = parseDuration(every);
        const pulse = this.#pulses.get(id) ?? {
          due: now,
          isUnderWay: false,
          failures: 0,
          reason: '',
        };
        this.#pulses.set(id, pulse);
        // a clock that was set back must not stop it
        if (pulse.isUnderWay || (now < pulse.due && pulse.due - now <= interval)) continue;
        pulse.due = now + interval;
        const asking = this.#ask(url, pulse).finally(() => this.#underWay.delete(asking));
        this.#underWay.add(asking);
      }
    }
    this.#timer = clock.after(EVERY, () => this.#beat());
  }

  async #ask(url: string, pulse: Pulse): Promise<void> {
    pulse.isUnderWay = true;
    try {
      const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(ANSWER_TIMEOUT)]);
      const headers = { 'cache-control': 'no-cache' };
      // a network's login page answers with a redirect: that is not the service
      const response = await fetch(url, { headers, redirect: 'manual', signal });
      await response.body?.cancel();
      pulse.failures = response.ok ? 0 : pulse.failures + 1;
      pulse.reason = `HTTP ${response.status}`;
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      pulse.failures += 1;
      pulse.reason = failureReason(error);
    } finally {
      pulse.isUnderWay = false;
    }
  }
}
