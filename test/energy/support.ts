import type { Fold } from '../../src/energy/fold.ts';
import type { Meter } from '../../src/energy/meter.ts';
import { QUALITY } from '../../src/pipeline/quality.ts';
import type { School } from '../harness/school.ts';

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

/** Readings of one meter, in this order, some in a transaction. */
export function send(
  { core }: Pick<School, 'core'>,
  id: string,
  readings: readonly (readonly [time: number, value: number])[],
  together = 7,
  metric = 'energy',
): void {
  const device = core.catalogue.devices.get(`qingcheng/${id}`);
  if (!device) throw new Error(id);
  for (let i = 0; i < readings.length; i += together) {
    core.pipeline.transact(() => {
      for (const [time, value] of readings.slice(i, i + together)) {
        const points = [{ time, values: [[metric, value]] as const }];
        core.pipeline.admit(device, points, time, QUALITY.imported);
      }
    });
  }
}
