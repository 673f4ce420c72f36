import { copyFileSync, existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Folder } from '../../harness/folder.ts';
import type { Arrival } from '../support/phone.ts';
import type { Publisher } from './publisher.ts';

/** The end of a gateway, and what it had recorded by then. */
export interface Death {
  time: number;
  /** The ids of the notifications that were recorded as sent. */
  sent: ReadonlySet<string>;
}

/** What a database says, read from a copy: opening it would repair what is to be examined. */
export function examine<T>(file: string, read: (database: DatabaseSync) => T): T {
  using folder = new Folder();
  const copy = folder.file('copy.db');
  for (const end of ['', '-wal']) {
    if (existsSync(`${file}${end}`)) copyFileSync(`${file}${end}`, `${copy}${end}`);
  }
  const database = new DatabaseSync(copy);
  try {
    return read(database);
  } finally {
    database.close();
  }
}

export const damage = (database: DatabaseSync): string[] =>
  database
    .prepare('PRAGMA integrity_check')
    .all()
    .map((row) => String(row.integrity_check))
    .filter((line) => line !== 'ok');

/** The ids of the notifications that are recorded as sent. */
export const sent = (database: DatabaseSync): string[] =>
  database
    .prepare("SELECT id FROM notification WHERE state = 'sent' ORDER BY id")
    .all()
    .map(({ id }) => String(id));

export const count = (database: DatabaseSync, table: 'notification' | 'dead_letter'): number =>
  Number(database.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.count);

/** `time value` of a device's readings, in order. */
export const readings = (database: DatabaseSync, { device, metric }: Publisher): string[] =>
  database
    .prepare(
      `SELECT time, value FROM reading WHERE series = (
         SELECT series.id FROM series JOIN device ON device.id = series.device
         WHERE device.name = ? AND metric = ?)
       ORDER BY time`,
    )
    .all(device, metric)
    .map(({ time, value }) => `${time} ${value}`);

/** `time event` of a device's alarms, in order. */
export const alarmEvents = (database: DatabaseSync, { device }: Publisher): string[] =>
  database
    .prepare(
      `SELECT time, event FROM alarm_event
       WHERE alarm IN (SELECT id FROM alarm WHERE device = ? AND rule = 'smoke')
       ORDER BY time, id`,
    )
    .all(device)
    .map(({ time, event }) => `${time} ${event}`);

/** What must be kept of a publisher's reports. */
export const reported = ({ acknowledged }: Publisher): string[] =>
  inOrder(acknowledged).map(({ time, value }) => `${time} ${Number(value)}`);

/** What must have happened: smoke raises an alarm, its end clears it, a repeat does nothing. */
export function expectedEvents({ acknowledged }: Publisher): string[] {
  let smoke = false;
  const events: string[] = [];
  for (const { time, value } of inOrder(acknowledged)) {
    if (value !== smoke) events.push(`${time} ${value ? 'raised' : 'cleared'}`);
    smoke = value === true;
  }
  return events;
}

const inOrder = (reports: Publisher['acknowledged']) => reports.toSorted((a, b) => a.time - b.time);

/**
 * Messages that came again without need. A repeat is right only where a gateway had sent the
 * message and was killed before it had recorded that.
 */
export function needlessRepeats(arrivals: readonly Arrival[], deaths: readonly Death[]): Arrival[] {
  const seen = new Set<string>();
  return arrivals.filter(({ id, signed }) => {
    const before = deaths.filter(({ time }) => time < signed);
    const inThisLife = `${before.length}/${id}`;
    const isNeedless = seen.has(inThisLife) || before.some(({ sent: done }) => done.has(id));
    seen.add(inThisLife);
    return isNeedless;
  });
}
