import type { DatabaseSync } from 'node:sqlite';
import { alarmStatistics, type CountedEvent } from '../alarms/storm/statistics.ts';
import type { Millis } from '../clock.ts';
import type { AlarmQuery } from './query.ts';

const STALE: Millis = 24 * 3_600_000;
const MAX_STALE = 1000;

/** The figures of the alarm system as JSON; their shape is the API's. Runs in the reader's thread. */
export function queryStatistics(
  connection: DatabaseSync,
  { from, to, campus }: AlarmQuery,
): string {
  const events = connection
    .prepare(
      `SELECT alarm, alarm_event.time, event, campus || '/' || device || ' ' || rule AS source
       FROM alarm_event JOIN alarm ON alarm.id = alarm_event.alarm
       WHERE alarm_event.time >= :from AND alarm_event.time < :to AND alarm.drill IS NULL
         AND (:campus IS NULL OR campus = :campus)
         AND event IN ('raised', 'acknowledged', 'suppressed')
       ORDER BY alarm_event.id`,
    )
    .iterate({ from, to, campus: campus ?? null });
  const stale = connection
    .prepare(
      `SELECT id FROM alarm
       WHERE raised <= :long AND (cleared IS NULL OR cleared > :to)
         AND (closed IS NULL OR closed > :to) AND (:campus IS NULL OR campus = :campus)
       ORDER BY raised LIMIT :limit`,
    )
    .all({ long: to - STALE, to, campus: campus ?? null, limit: MAX_STALE });
  const { perTenMinutes, ...figures } = alarmStatistics(counted(events), from, to);
  const { peakAt, ...rate } = perTenMinutes;
  return JSON.stringify({
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    ...figures,
    perTenMinutes: {
      ...rate,
      peakAt: peakAt === undefined ? undefined : new Date(peakAt).toISOString(),
    },
    stale: stale.map(({ id }) => Number(id)),
  });
}

function* counted(rows: Iterable<Record<string, unknown>>): Generator<CountedEvent> {
  for (const { alarm, time, event, source } of rows) {
    const known = COUNTED.find((name) => name === event);
    if (!known) continue;
    yield { alarm: Number(alarm), time: Number(time), event: known, source: String(source) };
  }
}

const COUNTED = ['raised', 'acknowledged', 'suppressed'] as const;
