import { meteredMetrics } from '../campus/meter.ts';
import type { Device } from '../campus/model.ts';
import type { Catalogue } from '../pipeline/catalogue.ts';
import { HOUR } from '../storage/readings.ts';
import type { MeteredDay } from './baseline.ts';
import type { SeriesUse } from './consumption.ts';
import type { Meter } from './meter.ts';
import type { Period } from './periods.ts';
import type { RegisterStage } from './register-stage.ts';
import { type Utility, utilities } from './utility.ts';

/** A meter that no other of its kind feeds. */
export interface MainMeter {
  device: Device;
  /** Of the series of its register. */
  id: number;
  meter: Meter;
}

/** The meters whose sum is what the campus uses: a meter and those it feeds are never both there. */
export function mainMeters(
  { catalogue, registers }: { catalogue: Catalogue; registers: RegisterStage },
  campus: string,
  utility: Utility,
): MainMeter[] {
  const all = [...catalogue.devices.values()].flatMap(({ device, series }): MainMeter[] => {
    if (device.campus.id !== campus || device.profile.kind !== utilities[utility].kind) return [];
    const [metric] = meteredMetrics(device.profile);
    const state = metric === undefined ? undefined : series.get(metric);
    const meter = state && registers.meter(state.id);
    return state && meter ? [{ device, id: state.id, meter }] : [];
  });
  const ids = new Set(all.map(({ device }) => device.id));
  return all.filter(({ device: { parent } }) => parent === undefined || !ids.has(parent));
}

/** A day of which less is known is no day to compare: its amount lacks what nobody counted. */
export const LEAST_KNOWN = 0.9;

/**
 * What main meters have used together on each of some days; a day on which one of them counted less
 * than 90 % of the hours, estimates included, is absent. A day is covered as far as the meter that
 * was measured least: what one does not count, no other makes up for.
 */
export function meteredDays(uses: readonly SeriesUse[], days: readonly Period[]): MeteredDay[] {
  if (uses.length === 0) return [];
  return days.flatMap(({ from, to, label }, i) => {
    const sum: MeteredDay = { day: label, amount: 0, estimated: 0, coverage: 1 };
    for (const { periods } of uses) {
      const { amount = 0, estimated = 0, measured = 0, hours = 0 } = periods[i] ?? {};
      if (hours * HOUR < LEAST_KNOWN * (to - from)) return [];
      sum.amount += amount;
      sum.estimated += estimated;
      sum.coverage = Math.min(sum.coverage, measured / (to - from));
    }
    return [sum];
  });
}
