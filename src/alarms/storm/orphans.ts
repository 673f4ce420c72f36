import type { Configuration } from '../../campus/model.ts';
import type { Alarm } from '../store.ts';
import { BRIDGE_OFFLINE } from './suppression.ts';
import { UNMONITORED } from './unmonitored.ts';

/** Rules that stand in no profile: what they are about is not a device's reading. */
export const STORM_RULES: ReadonlySet<string> = new Set([BRIDGE_OFFLINE, UNMONITORED]);

/** Alarms by these rules about what is no longer configured: nothing could ever clear them. */
export function orphansOf(
  alarms: readonly Alarm[],
  { campuses, devices }: Configuration,
): readonly Alarm[] {
  return alarms.filter(({ campus, device, rule, cleared }) => {
    if (cleared !== undefined || !STORM_RULES.has(rule)) return false;
    return rule === BRIDGE_OFFLINE
      ? !campuses.get(campus)?.bridges.some(({ id }) => id === device)
      : !devices.has(`${campus}/${device}`);
  });
}
