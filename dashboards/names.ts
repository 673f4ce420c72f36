import type { DynamicConfigValue, MatcherConfig } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Device } from '../src/campus/model.ts';
import type { Site } from './site.ts';

export interface Override {
  matcher: MatcherConfig;
  properties: DynamicConfigValue[];
}

/** The legend of a series grouped by campus and device: the device's full name. */
export const DEVICE_ALIAS = '$tag_campus/$tag_device';

/** A panel with more names than this keeps the ids: its JSON would grow past use. */
const MAX_NAMES = 400;

/** A property that one series or column has instead of the panel's. */
export const property = (id: string, value: unknown): DynamicConfigValue => ({ id, value });

export const overrideByName = (name: string, ...properties: DynamicConfigValue[]): Override => ({
  matcher: { id: 'byName', options: name },
  properties,
});

/** What people call a device; with its campus where there are several. */
const spokenName = ({ campuses }: Site, { campus, name }: Device): string =>
  campuses.length > 1 ? `${campus.name} ${name}` : name;

/** Shows the series of `DEVICE_ALIAS` under the devices' names, each with properties of its own. */
export function nameSeries(
  site: Site,
  devices: readonly Device[],
  own: (device: Device) => DynamicConfigValue[] = () => [],
): Override[] {
  if (devices.length > MAX_NAMES) return [];
  return devices.map((device) =>
    overrideByName(device.key, property('displayName', spokenName(site, device)), ...own(device)),
  );
}

/** Shows the columns campus, zone and device of a table under the names people use. */
export function nameColumns(site: Site, devices: readonly Device[]): Override[] {
  const campuses = site.campuses.map(({ id, name }): [string, string] => [id, name]);
  const zones = site.campuses.flatMap((campus) =>
    [...campus.zones.values()].map(({ id, path }): [string, string] => [id, path]),
  );
  const ids = devices.map(({ id, name }): [string, string] => [id, name]);
  return [
    overrideByName('campus', property('displayName', '学校'), ...mappings(campuses)),
    overrideByName('zone', property('displayName', '区域'), ...mappings(zones)),
    overrideByName('device', property('displayName', '设备'), ...mappings(ids)),
  ];
}

/** An id that means different things in different campuses stays as it is. */
function mappings(pairs: readonly [string, string][]): DynamicConfigValue[] {
  const names = Map.groupBy(pairs, ([id]) => id);
  const certain = [...names].filter(([, all]) => new Set(all.map(([, name]) => name)).size === 1);
  if (certain.length === 0 || certain.length > MAX_NAMES) return [];
  return [property('mappings', [valueMap(certain.flatMap(([, all]) => all.slice(0, 1)))])];
}

/** Grafana's mapping from values to what is shown for them. */
export function valueMap(pairs: readonly (readonly [string, string, string?])[]) {
  const options = Object.fromEntries(
    pairs.map(([value, shown, color], index) => [
      value,
      { text: shown, index, ...(color === undefined ? {} : { color }) },
    ]),
  );
  return { type: 'value', options };
}
