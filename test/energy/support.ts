import type { Fold } from '../../src/energy/fold.ts';
import type { Meter } from '../../src/energy/meter.ts';

/** A register of 0.01 steps behind a 200 kW connection. */
export const registerMeter = (changes: Partial<Meter> = {}): Meter => ({
  kind: 'register',
  period: 900_000,
  resolution: 0.01,
  ratedCapacity: 200,
  epochs: [{ from: Number.NEGATIVE_INFINITY, multiplier: 1, moduli: [1_000_000] }],
  ...changes,
});

/** All that a fold has found to be used. */
export const total = (fold: Fold): number =>
  [...fold.figures().hours.values()].reduce((sum, { amount }) => sum + amount, 0);
