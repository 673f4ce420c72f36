import type { Path, YamlFile } from '../validation.ts';
import type { SchoolFile } from './schema.ts';
import { isDate } from './school-days.ts';

/** Whether the day at a path exists, which the pattern of dates can't see; else it is a mistake. */
export function checkDay(yaml: YamlFile, path: Path, day: string): boolean {
  if (isDate(day)) return true;
  yaml.mistake(path, { en: 'a date that exists', zh: '存在的日期' });
  return false;
}

/** Whether the days `from` and `to` of the mapping at a path exist, and stand in this order. */
export function checkSpan(
  yaml: YamlFile,
  path: Path,
  { from, to = from }: { from: string; to?: string },
): boolean {
  if (!checkDay(yaml, [...path, 'from'], from) || !checkDay(yaml, [...path, 'to'], to))
    return false;
  if (to >= from) return true;
  yaml.mistake([...path, 'to'], { en: 'a date not before `from`', zh: '不早于 from 的日期' });
  return false;
}

/** Checks the days and hours of the school calendar. */
export function checkCalendar(yaml: YamlFile, { calendar }: SchoolFile): void {
  const { terms, offDays, makeUpDays, hours } = calendar;
  for (const [i, term] of terms.entries()) checkSpan(yaml, ['calendar', 'terms', i], term);
  for (const [i, days] of offDays.entries()) checkSpan(yaml, ['calendar', 'offDays', i], days);
  for (const [i, day] of makeUpDays.entries()) checkDay(yaml, ['calendar', 'makeUpDays', i], day);
  if (hours.to <= hours.from) {
    const later = { en: 'a time of day after `from`', zh: '晚于 from 的时刻' };
    yaml.mistake(['calendar', 'hours', 'to'], later, `"${hours.to}"`);
  }
}
