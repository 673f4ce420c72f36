import type { Campus, Configuration, Device } from '../src/campus/model.ts';
import type { DEVICE_KINDS, Metric } from '../src/campus/profile.ts';

export type DeviceKind = (typeof DEVICE_KINDS)[number];

export const KIND_NAMES: Record<DeviceKind, string> = {
  electricity_meter: '电表',
  water_meter: '水表',
  fire_detector: '消防探测器',
  cold_storage: '冷柜',
  hot_holding: '热藏柜',
  environment: '温湿度',
  bridge: '网桥',
};

/** What the dashboards must know of the configuration they are built from. */
export interface Site {
  campuses: readonly Campus[];
  devices: readonly Device[];
  /** Days begin at midnight here. */
  timezone: string;
  targets: Campus['targets'];
}

/** Throws where there is no campus. */
export function readSite(configurations: readonly Configuration[]): Site {
  const campuses = configurations.flatMap((configuration) => [...configuration.campuses.values()]);
  const [first] = campuses;
  if (!first) throw new Error('the configuration has no campus');
  return {
    campuses,
    devices: configurations.flatMap(({ devices }) => [...devices.values()]),
    timezone: first.timezone,
    targets: first.targets,
  };
}

export const ofKind = ({ devices }: Site, kind: DeviceKind): Device[] =>
  devices.filter(({ profile }) => profile.kind === kind);

/** The kinds of which the configuration has devices. */
export const kindsOf = ({ devices }: Site): DeviceKind[] => [
  ...new Set(devices.map(({ profile }) => profile.kind)),
];

/** The meters nothing feeds: a campus's mains. */
export const mains = (site: Site, kind: DeviceKind): Device[] =>
  ofKind(site, kind).filter(({ parent }) => parent === undefined);

/**
 * Each building's own meters: from the mains down the first that stand in a building. None of them
 * feeds another, so they may be added; what they feed in turn is in their figures already.
 */
export function buildingMeters(site: Site, kind: DeviceKind): Device[] {
  const fedBy = Map.groupBy(ofKind(site, kind), ({ campus, parent }) => `${campus.id}/${parent}`);
  const highest = (meter: Device): Device[] => {
    const below = fedBy.get(meter.key) ?? [];
    const isMain = meter.parent === undefined && below.length > 0;
    return meter.zone.building !== 'campus' && !isMain ? [meter] : below.flatMap(highest);
  };
  return mains(site, kind).flatMap(highest);
}

/** The metrics of a kind's profiles as configured, each once. */
export function metricsOf(site: Site, kind: DeviceKind): string[] {
  const all = ofKind(site, kind).flatMap(({ profile }) => Object.keys(profile.metrics));
  return [...new Set(all)];
}

/** The kinds of which some device reports this metric. */
export function kindsWith(site: Site, metric: string): DeviceKind[] {
  const kinds = site.devices.filter(({ profile }) => profile.metrics[metric] !== undefined);
  return [...new Set(kinds.map(({ profile }) => profile.kind))];
}

/**
 * As few metrics of a kind as tell that a device lives: each of its devices reports one of them.
 * With a type, only metrics of that type; a device that has none is not covered.
 */
export function signsOfLife(site: Site, kind: DeviceKind, type?: Metric['type']): string[] {
  const reports = ({ profile }: Device, metric: string) => {
    const spec = profile.metrics[metric];
    return spec !== undefined && (type === undefined || spec.type === type);
  };
  const metrics = metricsOf(site, kind);
  let rest = ofKind(site, kind);
  const chosen: string[] = [];
  for (;;) {
    const covered = metrics.map(
      (metric) => rest.filter((device) => reports(device, metric)).length,
    );
    const most = Math.max(0, ...covered);
    const best = metrics[covered.indexOf(most)];
    if (most === 0 || best === undefined) return chosen;
    chosen.push(best);
    rest = rest.filter((device) => !reports(device, best));
  }
}

/** The rules by which silence shows: nothing heard, or its bridge says that it is offline. */
export function silenceRules(devices: readonly Device[]): string[] {
  const ids = devices.flatMap(({ rules }) =>
    rules.filter((rule) => rule.kind === 'silence' || rule.metric === 'online'),
  );
  return [...new Set(ids.map(({ id }) => id))];
}
