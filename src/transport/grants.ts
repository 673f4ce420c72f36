import type { Configuration } from '../campus/model.ts';
import { createGrants, type Grants } from './topics.ts';

/**
 * What each user of the embedded broker may do: a device speaks and listens below
 * `campus/<campus>/<device>`, a bridge below its base topic. User names are `<campus>/<id>`.
 */
export function grantsOf(configuration: Configuration): ReadonlyMap<string, Grants> {
  const grants = new Map<string, Grants>();
  for (const device of configuration.devices.values()) {
    // a device behind a bridge has no connection of its own
    if (device.bridge !== undefined) continue;
    const own = [`campus/${device.key}/#`];
    grants.set(device.key, createGrants(own, own));
  }
  for (const campus of configuration.campuses.values()) {
    for (const { id, topic } of campus.bridges) {
      const own = [`${topic}/#`];
      grants.set(`${campus.id}/${id}`, createGrants(own, own));
    }
  }
  return grants;
}
