import ical from 'ical-generator';
import type { Campus } from '../campus/model.ts';
import type { Duty } from './roster.ts';

/** The roster as an iCalendar file (RFC 5545), for the calendars people have on their phones. */
export function rosterCalendar(campus: Campus, duties: readonly Duty[]): string {
  const calendar = ical({ name: `${campus.name}值班`, timezone: null });
  for (const { from, to, person, leader, substituteFor, isGap } of duties) {
    if (!person) continue;
    const standsIn = substituteFor ? `（替 ${substituteFor.name}）` : isGap ? '（空班顶替）' : '';
    calendar.createEvent({
      // the same stretch keeps its identity, so a calendar that is fetched again updates itself
      id: `${campus.id}-${from}-${person.id}@campus-gateway`,
      start: new Date(from),
      end: new Date(to),
      summary: `值班：${person.name}${standsIn}`,
      location: campus.name,
      ...(leader ? { description: `带班领导：${leader.name}` } : {}),
    });
  }
  return calendar.toString();
}
