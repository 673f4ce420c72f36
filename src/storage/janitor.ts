import type { Clock, Millis } from '../clock.ts';
import type { DeadLetters } from '../pipeline/dead-letters.ts';
import type { Retention } from './retention.ts';
import type { RollUps } from './rollups.ts';
import type { Runs } from './runs.ts';

const PAUSE: Millis = 2_000;
/** Between portions of a backlog: long enough for readings to pass in between. */
const SHORT_PAUSE: Millis = 20;
const MAX_EXPIRED = 200;

export interface JanitorOptions {
  clock: Clock;
  rollUps: RollUps;
  retention: Retention;
  deadLetters: DeadLetters;
  runs: Runs;
  keepReadings: () => Millis;
  keepDeadLetters: () => Millis;
  onError: (error: unknown) => void;
}

/** Does the house work in small steps: roll-ups, retention, the sign of life. Returns its end. */
export function startJanitor(options: JanitorOptions): () => void {
  const { clock, rollUps, retention, deadLetters, runs } = options;
  let stopped = false;
  const work = () => {
    if (stopped) return;
    let hasMore = false;
    try {
      const now = clock.now();
      runs.beat(now);
      hasMore = rollUps.step(now);
      retention.step(now, options.keepReadings());
      deadLetters.expire(now - options.keepDeadLetters(), MAX_EXPIRED);
    } catch (error) {
      options.onError(error);
    }
    clock.after(hasMore ? SHORT_PAUSE : PAUSE, work);
  };
  clock.after(PAUSE, work);
  return () => {
    stopped = true;
  };
}
