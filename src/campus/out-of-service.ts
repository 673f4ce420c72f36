import type { YamlFile } from '../validation.ts';
import { checkSpan } from './days-check.ts';
import type { DeclaredPeriod } from './model.ts';
import type { SchoolFile } from './schema.ts';
import { addDays, isTimeZone, momentOf } from './school-days.ts';

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
    if (!checkSpan(yaml, [...path, 'outOfService', i], { from, to })) return;
    const since = momentOf(from, '00:00', timezone);
    periods.push({ person, reason, since, until: momentOf(addDays(to, 1), '00:00', timezone) });
  });
  return periods;
}
