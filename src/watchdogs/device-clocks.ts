import type { Millis } from '../clock.ts';
import { QUALITY } from '../pipeline/quality.ts';
import type { Reading } from '../pipeline/stage.ts';
import { keyOf, type Watchdog } from './watchdog.ts';

/** Devices queue and networks delay: of so long only the reading that came soonest counts. */
const WINDOW: Millis = 15 * 60_000;
const MAX_SKEW: Millis = 60_000;
const GOOD_SKEW: Millis = 30_000;
/** With fewer nobody knows who is wrong. */
const MIN_CLOCKS = 3;
const SECOND_HAND = QUALITY.replayed | QUALITY.imported;

interface Skew {
  since: Millis;
  heard: Millis;
  best: Millis;
}

export interface Clocks {
  /** Clocks heard lately that tell a time of their own. */
  count: number;
  /** By how much they are ahead of ours, in the middle (ms). */
  skew: Millis;
  /** Of them, those more than a minute away from the middle: they themselves are wrong. */
  wrong: number;
}

/**
 * Compares the devices' clocks with ours. What is under way for long only ever looks slow, so the
 * best of a while is a clock's true skew. Devices behind one bridge share the bridge's clock.
 */
export class DeviceClocks {
  readonly #skews = new Map<string, Skew>();

  /** After COMMIT. In the hot path of ingest. */
  take(readings: readonly Reading[]): void {
    for (const { series, claimed, received, quality } of readings) {
      if (claimed === undefined || (quality & SECOND_HAND) !== 0) continue;
      const { device } = series.device;
      const key = device.bridge === undefined ? device.key : `${device.campus.id}/${device.bridge}`;
      const skew = claimed - received;
      const known = this.#skews.get(key);
      if (!known || received - known.since >= WINDOW || received < known.since) {
        this.#skews.set(key, { since: received, heard: received, best: skew });
      } else {
        known.heard = received;
        known.best = Math.max(known.best, skew);
      }
    }
  }

  now(now: Millis): Clocks {
    for (const [key, { heard }] of this.#skews) {
      if (Math.abs(now - heard) > 2 * WINDOW) this.#skews.delete(key);
    }
    const skews = Float64Array.from(this.#skews.values(), ({ best }) => best).sort();
    const skew = skews[Math.floor(skews.length / 2)] ?? 0;
    const wrong = skews.filter((one) => Math.abs(one - skew) > MAX_SKEW).length;
    return { count: skews.length, skew, wrong };
  }
}

/** The devices agree that our clock is more than a minute wrong. One device's skew is its own. */
export const deviceClocksWatchdog = (clocks: DeviceClocks): Watchdog => ({
  codes: ['CLOCK_WRONG'],
  onDelay: 5 * 60_000,
  offDelay: 5 * 60_000,
  look(now, isOpen) {
    const { count, skew } = clocks.now(now);
    const limit = isOpen(keyOf({ code: 'CLOCK_WRONG' })) ? GOOD_SKEW : MAX_SKEW;
    if (count < MIN_CLOCKS || Math.abs(skew) <= limit) return [];
    const params = { seconds: Math.round(skew / 1000), count };
    return [{ code: 'CLOCK_WRONG', params, severity: 'major' }];
  },
});
