import type { Configuration } from '../campus/model.ts';
import { localMoment } from '../campus/school-days.ts';
import type { Finding, Watchdog } from './watchdog.ts';

/** So many units are named. */
const NAMED = 8;

/**
 * Probes whose calibration has run out (食品安全法 art. 56): what they measure proves nothing. Only of
 * units that say when they were calibrated.
 */
export function calibrationsWatchdog(configuration: () => Configuration): Watchdog {
  let known: Configuration | undefined;
  let dues: { campus: string; name: string; due: string }[] = [];
  return {
    codes: ['CALIBRATION_DUE'],
    onDelay: 0,
    offDelay: 0,
    look(now) {
      const current = configuration();
      if (current !== known) {
        known = current;
        dues = [...current.devices.values()].flatMap(({ campus, name, unit }) =>
          unit?.calibrationDue ? [{ campus: campus.id, name, due: unit.calibrationDue }] : [],
        );
      }
      const findings: Finding[] = [];
      for (const [campus, units] of Map.groupBy(dues, (unit) => unit.campus)) {
        const timezone = current.campuses.get(campus)?.timezone ?? 'UTC';
        const today = localMoment(now, timezone).day;
        const over = units.filter(({ due }) => due <= today);
        if (over.length === 0) continue;
        const named = over.slice(0, NAMED).map(({ name, due }) => `${name}（${due}）`);
        const params = { count: over.length, units: named.join('、') };
        findings.push({ code: 'CALIBRATION_DUE', params, severity: 'minor', campus });
      }
      return findings;
    },
  };
}
