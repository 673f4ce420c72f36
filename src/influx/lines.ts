import type { Device } from '../campus/model.ts';
import type { Millis } from '../clock.ts';

// InfluxDB's line protocol. What its servers read differently is never written: one line is one
// line, and no name holds a backslash.

/** What a field may hold. A number is always a float, so that a field never changes its type. */
export type FieldValue = number | boolean | string;

/** One point: what happened at a time. Empty tags and fields that are absent are left out. */
export interface Point {
  measurement: string;
  tags: Readonly<Record<string, string | undefined>>;
  fields: Readonly<Record<string, FieldValue | undefined>>;
  time: Millis;
}

/** What some reader takes for the end of a line, or can't show. */
const CONTROL = /[\p{Cc}\u2028\u2029]+/gu;

/** Text that stays on its line. */
const oneLine = (text: string): string => text.toWellFormed().replace(CONTROL, ' ');

/**
 * No escape for a backslash in a name is understood by every server, and one at the end would take
 * the separator with it: it becomes a slash.
 */
const plain = (name: string): string => oneLine(name).replaceAll('\\', '/');

/** A measurement's name as it is written; a `#` in front would make the line a comment. */
export const escapeMeasurement = (name: string): string =>
  plain(name).replace(/^#/, '_').replace(/[, ]/g, '\\$&');

/** A tag's key or value, or a field's key. */
export const escapeKey = (text: string): string => plain(text).replace(/[,= ]/g, '\\$&');

/** A field's text, with its quotes. */
export const quote = (text: string): string => `"${oneLine(text).replace(/["\\]/g, '\\$&')}"`;

/** A field's value; undefined where the protocol has no way to say it. */
function sayField(value: FieldValue | undefined): string | undefined {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  return value === undefined ? undefined : String(value);
}

/** A point's line. undefined when no field is left that says something. */
export function toLine({ measurement, tags, fields, time }: Point): string | undefined {
  const said = Object.entries(fields).flatMap(([key, value]) => {
    const text = sayField(value);
    return text === undefined ? [] : [`${escapeKey(key)}=${text}`];
  });
  if (said.length === 0) return undefined;
  return `${sayName(measurement, tags)} ${said.join(',')} ${Math.round(time)}`;
}

/** All that is the same in every line of one metric of one device: what stands before the value. */
export function lineHead({ profile, campus, zone, id }: Device, metric: string): string {
  const name = sayName(profile.kind, { campus: campus.id, device: id, zone: zone.id });
  return `${name} ${escapeKey(metric)}=`;
}

/** Measurement and tags; InfluxDB is quickest with tags in order. */
function sayName(measurement: string, tags: Point['tags']): string {
  let name = escapeMeasurement(measurement);
  for (const [key, value] of Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (value) name += `,${escapeKey(key)}=${escapeKey(value)}`;
  }
  return name;
}
