import type { DatabaseSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import { HOUR } from './readings.ts';

/** How many readings a campus has of the hours between two moments, as the roll-ups know them. */
export function countReadings(
  connection: DatabaseSync,
  campus: string,
  from: Millis,
  to: Millis,
): number {
  const row = connection
    .prepare(
      `SELECT coalesce(sum(hourly.count), 0) AS count
       FROM device CROSS JOIN series ON series.device = device.id
         CROSS JOIN hourly ON hourly.series = series.id AND hourly.hour >= ? AND hourly.hour < ?
       WHERE device.campus = ?`,
    )
    .get(Math.floor(from / HOUR), Math.floor(to / HOUR), campus);
  return Number(row?.count);
}
