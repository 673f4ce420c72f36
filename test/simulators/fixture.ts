import { join } from 'node:path';
import type { Fault, FaultName } from '../../simulators/faults.ts';
import { campusModel } from '../../simulators/physics/campus-model.ts';
import { loadConfiguration } from '../../src/campus/load.ts';
import type { Device } from '../../src/campus/model.ts';
import { loadProfiles } from '../../src/campus/profile.ts';

export const ROOT = join(import.meta.dirname, '../..');
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The example campus. */
export const configuration = loadConfiguration(
  join(ROOT, 'campus.example.yaml'),
  loadProfiles(join(ROOT, 'devices')),
);

export const devices = [...configuration.devices.values()];

export function device(id: string): Device {
  const found = configuration.devices.get(`qingcheng/${id}`);
  if (!found) throw new Error(`no device ${id}`);
  return found;
}

/** The moment a clock in the example campus shows this: `at('2026-11-24 08:00')`. */
export const at = (local: string): number => Date.parse(`${local.replace(' ', 'T')}:00+08:00`);

/** A number that a device of the example campus shows at a moment, with these faults. */
export function meter(faults: readonly Fault[] = [], seed = 1) {
  const model = campusModel(configuration, seed, (key) =>
    faults.filter((fault) => fault.devices.includes(key)),
  );
  return (id: string, metric: string, time: number): number => {
    const value = model.values(device(id), time)[metric];
    if (typeof value !== 'number') throw new Error(`${id} has no number ${metric}`);
    return value;
  };
}

export const fault = (
  name: FaultName,
  id: string,
  from: number,
  rest: Partial<Fault> = {},
): Fault => ({
  id: '1',
  fault: name,
  devices: [`qingcheng/${id}`],
  rate: 1,
  from,
  until: Number.POSITIVE_INFINITY,
  ...rest,
});

/** Moments from `from` to before `to`. */
export function* every(step: number, from: number, to: number): Generator<number> {
  for (let time = from; time < to; time += step) yield time;
}
