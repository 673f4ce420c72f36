import type { Campus } from '../campus/model.ts';
import type { Millis } from '../clock.ts';
import { localTime } from '../notify/compose.ts';
import { gapsAhead } from '../notify/roster.ts';
import type { Finding, Watchdog } from './watchdog.ts';

/**
 * Nobody is on duty by the roster at some time of the next seven days. After the first look at all
 * one campus is looked at each time: a week of a roster takes a millisecond, and a county has
 * hundreds.
 */
export function rosterGapsWatchdog(campuses: () => ReadonlyMap<string, Campus>): Watchdog {
  const found = new Map<string, Finding>();
  let queue: string[] | undefined;
  return {
    codes: ['ROSTER_GAP'],
    onDelay: 0,
    offDelay: 0,
    look(now) {
      const all = campuses();
      const ids = queue ? [queue.pop() ?? ''] : [...all.keys()];
      if (!queue?.length) queue = [...all.keys()];
      for (const id of found.keys()) if (!all.has(id)) found.delete(id);
      for (const id of ids) {
        const campus = all.get(id);
        const finding = campus && rosterGap(campus, now);
        if (finding) found.set(id, finding);
        else found.delete(id);
      }
      return [...found.values()];
    },
  };
}

function rosterGap(campus: Campus, now: Millis): Finding | undefined {
  const gaps = gapsAhead(campus, now);
  const [first] = gaps;
  if (!first) return undefined;
  const at = (time: Millis) => localTime(time, campus.timezone);
  const params = {
    campus: campus.name,
    count: gaps.length,
    from: at(first.from),
    to: at(first.to),
    person: first.person?.name ?? '–',
  };
  return { code: 'ROSTER_GAP', params, severity: 'minor', campus: campus.id };
}
