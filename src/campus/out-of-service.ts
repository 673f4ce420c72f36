import type { YamlFile } from '../validation.ts';
import type { DeclaredPeriod } from './model.ts';
import type { SchoolFile } from './schema.ts';
import { addDays, isDate, isTimeZone, momentOf } from './school-days.ts';

const ALWAYS_IN_SERVICE: readonly DeclaredPeriod[] = [];

/** When the device at `path` is out of service: whole days of the campus's time zone. */
export function joinOutOfService(
  yaml: YamlFile,
  path: readonly (string | number)[],
  { outOfService }: SchoolFile['devices'][number],
  timezone: string,
): readonly DeclaredPeriod[] {
  if (!outOfService || !isTimeZone(timezone)) return ALWAYS_IN_SERVICE;
  const periods: DeclaredPeriod[] = [];
  outOfService.forEach(({ from, to, person, reason }, i) => {
    const here = [...path, 'outOfService', i];
    const real = { en: 'a date that exists', zh: '存在的日期' };
    const order = { en: 'a date not before `from`', zh: '不早于 from 的日期' };
    if (!isDate(from)) yaml.mistake([...here, 'from'], real);
    else if (!isDate(to)) yaml.mistake([...here, 'to'], real);
    else if (to < from) yaml.mistake([...here, 'to'], order);
    else {
      const since = momentOf(from, '00:00', timezone);
      periods.push({ person, reason, since, until: momentOf(addDays(to, 1), '00:00', timezone) });
    }
  });
  return periods;
}
