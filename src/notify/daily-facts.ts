import type { StatementSync } from 'node:sqlite';
import type { Alarm } from '../alarms/store.ts';
import type { Campus } from '../campus/model.ts';
import { SEVERITIES, type Severity } from '../campus/rule.ts';
import { addDays, localMoment, momentOf } from '../campus/school-days.ts';
import type { Millis } from '../clock.ts';
import type { Core } from '../core.ts';
import { localTime } from './compose.ts';
import type { DailyFacts } from './daily-report.ts';
import { gapsAhead } from './roster.ts';

/** A report later than this says so. */
const PUNCTUAL: Millis = 5 * 60_000;
/** So many open alarms are looked through; there are more in a storm only. */
const MAX_OPEN = 500;

/** A day of a campus: from midnight to midnight by its own time. */
export function dayBefore(
  time: Millis,
  timezone: string,
): { day: string; from: Millis; to: Millis } {
  const { day: today } = localMoment(time, timezone);
  const day = addDays(today, -1);
  return { day, from: momentOf(day, '00:00', timezone), to: momentOf(today, '00:00', timezone) };
}

/** The open alarms of a campus, the gravest first; those of the gateway belong to the first one. */
export function openAlarms(core: Pick<Core, 'store' | 'campus'>, campus: Campus): Alarm[] {
  const ids = core.campus('')?.id === campus.id ? [campus.id, ''] : [campus.id];
  return ids
    .flatMap((id) => core.store.list({ campus: id, open: true, limit: MAX_OPEN }))
    .toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

/** Gathers what a daily report tells of. */
export class DailyRecords {
  readonly #core: Core;
  readonly #raised: StatementSync;
  readonly #open: StatementSync;

  constructor(core: Core) {
    this.#core = core;
    const count = 'SELECT severity, count(*) AS count FROM alarm WHERE campus = ?';
    this.#raised = core.database.prepare(
      `${count} AND raised >= ? AND raised < ? GROUP BY severity`,
    );
    this.#open = core.database.prepare(
      'SELECT count(*) AS count FROM alarm WHERE campus = ? AND closed IS NULL',
    );
  }

  /** Of the day before `due`, as of now. */
  facts(
    campus: Campus,
    {
      due,
      now,
      ...given
    }: { due: Millis; now: Millis } & Pick<DailyFacts, 'readings' | 'wrongClocks'>,
  ): DailyFacts {
    const { runs } = this.#core;
    const { day, from, to } = dayBefore(due, campus.timezone);
    const ids = this.#idsOf(campus);
    const raised: Partial<Record<Severity, number>> = {};
    for (const row of ids.flatMap((id) => this.#raised.all(id, from, to))) {
      const severity = SEVERITIES.find((known) => known === row.severity);
      if (severity) raised[severity] = (raised[severity] ?? 0) + Number(row.count);
    }
    return {
      ...given,
      day: day.slice(5),
      raised,
      open: openAlarms(this.#core, campus),
      ...this.standing(campus),
      down: runs.downSince(from) - runs.downSince(to),
      gaps: gapsAhead(campus, now).length,
      lateSince: now - due > PUNCTUAL ? localTime(due, campus.timezone) : undefined,
    };
  }

  /** How many alarms are open now, and devices silent. */
  standing(campus: Campus): Pick<DailyFacts, 'openCount' | 'devices'> {
    const { engine, catalogue } = this.#core;
    const devices = [...catalogue.devices.values()].filter(
      ({ device }) => device.campus.id === campus.id,
    );
    const open = this.#idsOf(campus).map((id) => Number(this.#open.get(id)?.count));
    return {
      openCount: open.reduce((sum, count) => sum + count, 0),
      devices: {
        total: devices.length,
        silent: devices.filter((device) => engine.isSilent(device)).length,
      },
    };
  }

  /** Those of the gateway belong to the first campus. */
  #idsOf({ id }: Campus): string[] {
    return this.#core.campus('')?.id === id ? [id, ''] : [id];
  }
}
