import type { Profile } from '../campus/profile.ts';
import type { SchoolFile } from '../campus/schema.ts';
import { isDate } from '../campus/school-days.ts';
import { NEITHER, type Path, type YamlFile } from '../validation.ts';
import type { Tariff } from './schema.ts';
import { DAY_MINUTES, minutesOf } from './tariff.ts';

const ALL_MONTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

/** Checks what the schema of the energy section can't see. */
export function checkEnergy(
  yaml: YamlFile,
  { energy, devices }: SchoolFile,
  profiles: ReadonlyMap<string, Profile>,
): void {
  for (const key of ['pupils', 'area', 'waterPrice', 'co2'] as const) {
    const dated = energy[key];
    if (typeof dated === 'object') checkDays(yaml, ['energy', key], dated, false);
  }
  const { electricityPrice, temperature } = energy;
  if (typeof electricityPrice === 'object') checkTariffs(yaml, electricityPrice);
  if (!temperature) return;
  const device = devices.find(({ id }) => id === temperature.device);
  const metrics = profiles.get(device?.profile ?? '')?.metrics;
  const path = ['energy', 'temperature'];
  if (!device) {
    yaml.mistake([...path, 'device'], { en: 'the id of a device', zh: '一台设备的 id' });
  } else if (metrics && metrics[temperature.metric]?.unit !== '℃') {
    const en = 'a metric in ℃ of the device';
    yaml.mistake([...path, 'metric'], { en, zh: '该设备以 ℃ 计的指标' }, temperature.metric);
  }
}

/** Days that exist, one after the other; only the first may be left out. */
function checkDays(
  yaml: YamlFile,
  path: Path,
  list: readonly { from?: string }[],
  mayRepeat: boolean,
): void {
  list.forEach(({ from }, i) => {
    const here = [...path, i, 'from'];
    const before = list[i - 1];
    if (from !== undefined && !isDate(from)) {
      yaml.mistake(here, { en: 'a date that exists', zh: '存在的日期' });
    } else if (before && (from ?? '') <= (before.from ?? '')) {
      if (mayRepeat && from === before.from) return;
      yaml.mistake(here, { en: 'later than the one before', zh: '晚于上一条' });
    }
  });
}

const BOTH = { en: 'both', zh: '两者都有' };
const UNPRICED = { en: 'months without a price', zh: '有的月份没有电价' };
const TWICE = { en: 'a month twice', zh: '有的月份重复' };

function checkTariffs(yaml: YamlFile, tariffs: readonly Tariff[]): void {
  const root = ['energy', 'electricityPrice'];
  checkDays(yaml, root, tariffs, true);
  tariffs.forEach(({ price, periods }, i) => {
    if ((price === undefined) === (periods === undefined)) {
      const allowed = { en: 'either price or periods', zh: 'price 或 periods，二选一' };
      yaml.mistake([...root, i], allowed, price === undefined ? NEITHER : BOTH);
    }
    checkPeriods(yaml, [...root, i, 'periods'], periods ?? []);
  });
  // what begins together must say once what holds in each month
  tariffs.forEach(({ from }, i) => {
    if (i > 0 && from === tariffs[i - 1]?.from) return;
    const together = tariffs.filter((tariff) => tariff.from === from);
    const months = together.flatMap((tariff) => tariff.months ?? []);
    const others = together.filter((tariff) => tariff.months === undefined).length;
    const isOnce = new Set(months).size === months.length && others <= 1;
    const isWhole = others === 1 || ALL_MONTHS.every((month) => months.includes(month));
    if (isOnce && isWhole) return;
    const en = 'tariffs that begin on one day cover each month once';
    const zh = '同一天生效的电价，每个月份恰好有一个';
    yaml.mistake([...root, i], { en, zh }, isOnce ? UNPRICED : TWICE);
  });
}

function checkPeriods(yaml: YamlFile, path: Path, periods: NonNullable<Tariff['periods']>): void {
  const covered: (number | undefined)[] = new Array(DAY_MINUTES).fill(undefined);
  periods.forEach(({ from, to }, i) => {
    for (const minute of minutesOf(from, to)) {
      if (covered[minute] !== undefined) {
        const en = 'a time of day that no other period covers';
        const at = sayMinute(minute);
        const found = { en: `${at} again`, zh: `重复的 ${at}` };
        yaml.mistake([...path, i], { en, zh: '不与其他时段重叠的时间' }, found);
        break;
      }
      covered[minute] = i;
    }
  });
  const gap = covered.indexOf(undefined);
  if (periods.length === 0 || gap < 0) return;
  const allowed = { en: 'periods that cover the whole day', zh: '覆盖全天的时段' };
  const at = sayMinute(gap);
  yaml.mistake(path, allowed, { en: `nothing at ${at}`, zh: `${at} 无电价` });
}

const sayMinute = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
