import type { Configuration, Device } from '../../campus/model.ts';
import type { Millis } from '../../clock.ts';
import type { Alarm, AlarmStore } from '../store.ts';

/** The rule of the alarm that stays when a power failure explains why fridges are silent. */
export const UNMONITORED = 'unmonitored';

/** Fridges, freezers and cold rooms: what is in them goes bad while nobody sees it. */
export const isCold = ({ profile }: Device): boolean => profile.kind === 'cold_storage';

/** Raises one alarm for all fridges that a power failure has silenced, unless it is open. */
export function raiseUnmonitored(
  store: AlarmStore,
  { campus, device, deviceName, zone }: Alarm,
  { poweredBy }: Device,
  { devices }: Configuration,
  now: Millis,
): void {
  if (store.isActive(campus, device, UNMONITORED)) return;
  const fed = [...devices.values()].filter(
    (one) => one.campus.id === campus && one.poweredBy === poweredBy && isCold(one),
  );
  const names = fed.map(({ name }) => name);
  store.raise({
    campus,
    device,
    deviceName,
    zone,
    rule: UNMONITORED,
    severity: 'major',
    latched: false,
    metric: undefined,
    value: undefined,
    limit: undefined,
    unit: '',
    title: {
      zh: `停电，${fed.length} 台冷柜无人监测`,
      en: `Power lost: ${fed.length} fridge(s) unmonitored`,
    },
    action: {
      zh: `请到现场查看温度并尽快恢复供电，少开柜门：${names.join('、')}。`,
      en: `Check the temperatures on site, restore the power, keep the doors shut: ${names.join(', ')}.`,
    },
    since: now,
    raised: now,
  });
}

/** The power is back: each fridge that stays silent has its own alarm again. */
export function clearUnmonitored(store: AlarmStore, { campus, device }: Alarm, at: Millis): void {
  store.clear(campus, device, UNMONITORED, at);
}
