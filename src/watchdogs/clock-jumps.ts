import type { Clock, Millis } from '../clock.ts';
import type { Watchdog } from './watchdog.ts';

const MAX_JUMP: Millis = 60_000;

/** The time was set, or the machine slept: between two looks it went on otherwise than the clock. */
export function clockJumpsWatchdog(clock: Clock): Watchdog {
  let offset = clock.now() - clock.monotonic();
  return {
    codes: ['CLOCK_JUMPED'],
    onDelay: 0,
    // it happened in a moment; the alarm is a notice that ends by itself
    offDelay: 10 * 60_000,
    look() {
      const jump = clock.now() - clock.monotonic() - offset;
      offset += jump;
      if (Math.abs(jump) <= MAX_JUMP) return [];
      const params = { seconds: Math.round(jump / 1000) };
      return [{ code: 'CLOCK_JUMPED', params, severity: 'minor' }];
    },
  };
}
