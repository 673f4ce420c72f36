import type { Millis } from '../clock.ts';

const FIRST: Millis = 1_000;
const LONGEST: Millis = 60_000;

/** Doubling from a second to a minute, with jitter so that a crowd does not return at once. */
export function backoff(attempts: number): Millis {
  const nominal = Math.min(LONGEST, FIRST * 2 ** Math.min(attempts, 10));
  return Math.round(nominal * (0.75 + Math.random() / 2));
}
