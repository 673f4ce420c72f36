import type { Clock } from '../clock.ts';
import { ClockJumps } from '../clock-jumps.ts';
import type { Watchdog } from './watchdog.ts';

/** The time was set, or the machine slept. */
export function clockJumpsWatchdog(clock: Clock): Watchdog {
  const jumps = new ClockJumps(clock);
  return {
    codes: ['CLOCK_JUMPED'],
    onDelay: 0,
    // it happened in a moment; the alarm is a notice that ends by itself
    offDelay: 10 * 60_000,
    look() {
      const jump = jumps.look();
      if (!jump) return [];
      const params = { seconds: Math.round(jump.by / 1000) };
      return [{ code: 'CLOCK_JUMPED', params, severity: 'minor' }];
    },
  };
}
