import type { Campus, Configuration } from '../../campus/model.ts';
import type { Millis } from '../../clock.ts';
import type { AlarmStore } from '../store.ts';
import { BRIDGE_OFFLINE } from './suppression.ts';

/** Raises or clears the one alarm about a bridge; its state is retained and may come again. */
export function recordBridge(
  store: AlarmStore,
  campus: Campus,
  id: string,
  isOnline: boolean,
  now: Millis,
  { devices }: Configuration,
): void {
  if (isOnline) {
    store.clear(campus.id, id, BRIDGE_OFFLINE, now);
    return;
  }
  if (store.isActive(campus.id, id, BRIDGE_OFFLINE)) return;
  const behind = [...devices.values()].filter(
    (device) => device.campus.id === campus.id && device.bridge === id,
  );
  const detectors = behind.filter(({ profile }) => profile.kind === 'fire_detector').length;
  const unguarded =
    detectors === 0
      ? { zh: '', en: '' }
      : { zh: `，其中消防探测器 ${detectors} 台`, en: `, ${detectors} of them fire detectors` };
  store.raise({
    campus: campus.id,
    device: id,
    deviceName: campus.bridges.find((bridge) => bridge.id === id)?.name ?? id,
    zone: campus.name,
    rule: BRIDGE_OFFLINE,
    severity: 'major',
    latched: false,
    metric: undefined,
    value: undefined,
    limit: undefined,
    unit: '',
    title: {
      zh: `无线网关离线，${behind.length} 台设备无人监测${unguarded.zh}`,
      en: `Bridge offline: ${behind.length} device(s) unmonitored${unguarded.en}`,
    },
    action: {
      zh: '检查无线网关的电源与网络；恢复前请安排人工巡查。',
      en: "Check the bridge's power and network; have somebody do rounds until it is back.",
    },
    since: now,
    raised: now,
  });
}
