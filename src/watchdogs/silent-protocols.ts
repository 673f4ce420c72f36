import type { DeviceState } from '../pipeline/catalogue.ts';
import type { Finding, Watchdog } from './watchdog.ts';

/** Two devices may fall silent by chance. */
const MIN_DEVICES = 3;

/**
 * Everything of one bridge, or all that speak one format, has fallen silent: that is not the
 * devices. While no message can arrive at all it is not the protocol either.
 */
export const silentProtocolsWatchdog = (
  devices: () => Iterable<DeviceState>,
  isSilent: (device: DeviceState) => boolean | undefined,
  isConnected: () => boolean,
): Watchdog => ({
  codes: ['PROTOCOL_SILENT'],
  // they come back one by one after an outage of the broker
  onDelay: 2 * 60_000,
  offDelay: 60_000,
  look: () => (isConnected() ? silentProtocols(devices(), isSilent) : []),
});

function silentProtocols(
  devices: Iterable<DeviceState>,
  isSilent: (device: DeviceState) => boolean | undefined,
): Finding[] {
  const groups = new Map<string, Finding & { count: number; isWhole: boolean }>();
  for (const state of devices) {
    const silent = isSilent(state);
    if (silent === undefined) continue;
    const { device } = state;
    const { id: campus, name } = device.campus;
    const subject = device.bridge ?? device.profile.format.kind;
    const key = `${campus}/${subject}`;
    const group = groups.get(key);
    if (group) {
      group.count += 1;
      group.isWhole &&= silent;
    } else {
      const params = { protocol: subject, campus: name };
      const finding: Finding = {
        code: 'PROTOCOL_SILENT',
        params,
        severity: 'major',
        campus,
        subject,
      };
      groups.set(key, { ...finding, count: 1, isWhole: silent });
    }
  }
  return [...groups.values()]
    .filter(({ count, isWhole }) => isWhole && count >= MIN_DEVICES)
    .map(({ count, isWhole, ...finding }) => ({
      ...finding,
      params: { ...finding.params, count },
    }));
}
