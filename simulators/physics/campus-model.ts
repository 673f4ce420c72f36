import type { Configuration, Device } from '../../src/campus/model.ts';
import type { Metric } from '../../src/campus/profile.ts';
import type { Millis } from '../../src/clock.ts';
import { alarmMetric, type FaultsOf, isActive } from '../faults.ts';
import { roomClimate } from './climate.ts';
import { coldUnit, hotUnit } from './cold.ts';
import type { Flow } from './consumer.ts';
import { meterTree } from './meters.ts';
import { noise } from './noise.ts';
import { placeOf } from './place.ts';
import { type PastOf, registerOf } from './register.ts';
import { DAY, EPOCH, type SchoolTime, schoolTime } from './school-time.ts';

/** By metric. */
export type Values = Record<string, number | boolean>;

type Source = (time: Millis) => number | boolean;
type Sources = Record<string, Source>;

/**
 * What every device of a configuration measures at any moment since EPOCH: a function of the seed,
 * the configuration, the faults and the time, whatever was asked before. So a stream and a history
 * may step through it as they like.
 */
export interface CampusModel {
  /** One metric, rounded as the device would report it. */
  value(device: Device, metric: string, time: Millis): number | boolean;
  /** The device's metrics, rounded as it would report them. */
  values(device: Device, time: Millis): Values;
}

/**
 * @param faultsOf what is wrong with a device, now and before
 * @param pastOf what is known of a register
 */
export function campusModel(
  { campuses, devices }: Configuration,
  seed: number,
  faultsOf: FaultsOf,
  pastOf: PastOf = () => undefined,
): CampusModel {
  const sources = new Map<Device, Sources>();
  for (const campus of campuses.values()) {
    const time = schoolTime(campus);
    const here = [...devices.values()].filter((device) => device.campus.id === campus.id);
    const flows = (['electricity_meter', 'water_meter'] as const).flatMap((kind) => {
      const meters = here.filter(({ profile }) => profile.kind === kind);
      return [...meterTree(meters, time, seed, faultsOf)];
    });
    const flowOf = new Map(flows);
    for (const device of here) {
      const flow = flowOf.get(device.key);
      sources.set(device, {
        ...batterySources(device, seed),
        ...(flow ? meterSources(device, flow, seed, faultsOf, pastOf) : {}),
        ...ownSources(device, time, seed, faultsOf),
      });
    }
  }
  const value = (device: Device, name: string, at: Millis) => {
    const metric = device.profile.metrics[name];
    return metric ? asReported(sources.get(device)?.[name]?.(at), metric) : 0;
  };
  return {
    value,
    values: (device, at) =>
      Object.fromEntries(
        Object.keys(device.profile.metrics).map((name) => [name, value(device, name, at)]),
      ),
  };
}

function meterSources(
  device: Device,
  flow: Flow,
  seed: number,
  faultsOf: FaultsOf,
  pastOf: PastOf,
): Sources {
  const { metrics } = device.profile;
  const counted = Object.entries(metrics).flatMap(([metric, spec]) => {
    if (!spec.register && !spec.interval) return [];
    const past = spec.interval ? undefined : pastOf(device, metric);
    const register = registerOf(device, metric, spec, flow, seed, faultsOf, past);
    return [[metric, spec.interval ? sinceLast(register, device, spec) : register]];
  });
  const grid = noise(seed, device.campus.id, 'grid');
  return {
    power: flow.rate,
    // single-phase, a little lower under load
    voltage: (at) => 229 + 3 * grid(at / 60_000) - Math.min(4, 0.03 * flow.rate(at)),
    flow: flow.rate,
    ...Object.fromEntries(counted),
  };
}

/** What a device that reports amounts instead of a register has counted in the interval before. */
function sinceLast(register: (at: Millis) => number, { profile }: Device, spec: Metric): Source {
  const step = spec.resolution ?? 0.001;
  const counted = (at: Millis) => Math.floor(register(at) / step) * step;
  return (at) => Math.max(0, counted(at) - counted(at - profile.interval));
}

function ownSources(device: Device, time: SchoolTime, seed: number, faultsOf: FaultsOf): Sources {
  switch (device.profile.kind) {
    case 'cold_storage':
      return { temperature: coldUnit(device, time, seed, faultsOf) };
    case 'hot_holding':
      return { temperature: hotUnit(device, seed) };
    case 'environment': {
      const room = placeOf(device) === 'machine_room' ? 'machine' : 'ordinary';
      return { ...roomClimate(seed, device.key, room, time) };
    }
    case 'fire_detector': {
      const metric = alarmMetric(device);
      const alarm = (at: Millis) =>
        faultsOf(device.key).some(
          (fault) => (fault.fault === 'smoke' || fault.fault === 'fire') && isActive(fault, at),
        );
      return metric === undefined ? {} : { [metric]: alarm };
    }
    default:
      return {};
  }
}

/** Batteries that last some years. */
function batterySources(device: Device, seed: number): Sources {
  const installed = 85 + 15 * noise(seed, device.key, 'battery')(0);
  const level = (at: Millis) => Math.max(40, installed - (at - EPOCH) / (60 * DAY));
  return {
    battery: level,
    battery_voltage: (at) => 2.6 + 0.004 * level(at),
    online: () => true,
  };
}

/** A value as the device shows it: in its resolution and range; registers are cut, not rounded. */
function asReported(value: number | boolean | undefined, metric: Metric): number | boolean {
  const { type, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = metric;
  if (type === 'boolean') return value === true;
  if (typeof value !== 'number') {
    // a metric this simulator knows nothing of stands still in the middle of its range
    return Number.isFinite(min + max) ? (min + max) / 2 : 0;
  }
  const step = metric.resolution ?? 0.001;
  const steps = metric.register ? Math.floor(value / step + 1e-6) : Math.round(value / step);
  return Math.min(max, Math.max(min, Number((steps * step).toPrecision(12))));
}
