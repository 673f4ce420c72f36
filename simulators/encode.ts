import type { Device } from '../src/campus/model.ts';
import type { Millis } from '../src/clock.ts';
import type { Values } from './physics/campus-model.ts';

/** A message to publish, QoS 1. */
export interface Outgoing {
  topic: string;
  payload: string | Buffer;
  retain: boolean;
}

export interface Reading {
  /** The device's clock. */
  time: Millis;
  values: Values;
}

/** Our own format; a batch where there are several readings. */
export function encodeJson({ campus, id }: Device, readings: readonly Reading[]): Outgoing {
  const points = readings.map(({ time, values }) => ({
    time: stamp(time, campus.timezone),
    values,
  }));
  const payload = JSON.stringify(points.length === 1 ? points[0] : points);
  return { topic: `campus/${campus.id}/${id}/up`, payload, retain: false };
}

/** `2026-09-01T08:00:00.000+08:00`, as the device's clock shows it. */
function stamp(time: Millis, timezone: string): string {
  const offset = offsetMinutes(time, timezone);
  const local = new Date(time + offset * 60_000).toISOString().slice(0, -1);
  const [sign, minutes] = offset < 0 ? ['-', -offset] : ['+', offset];
  const two = (n: number) => String(n).padStart(2, '0');
  return `${local}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** A formatter is slow to make and is asked for every message. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function offsetMinutes(time: Millis, timeZone: string): number {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
    formatters.set(timeZone, formatter);
  }
  const name = formatter.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value;
  const match = /GMT([+-])(\d\d):(\d\d)/.exec(name ?? '');
  if (!match) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}

/** The state of a Zigbee2MQTT device; its metrics in the units and words of its model. */
export function encodeZigbee(device: Device, base: string, values: Values): Outgoing {
  const { format } = device.profile;
  const fields = format.kind === 'zigbee2mqtt' ? Object.entries(format.fields) : [];
  const state: Record<string, number | boolean | string> = { linkquality: 120 };
  for (const [field, { metric, scale, on }] of fields) {
    const value = values[metric];
    if (typeof value === 'number') state[field] = Number((value / scale).toPrecision(12));
    else if (value !== undefined) state[field] = on === undefined ? value : worded(value, on);
  }
  return { topic: `${base}/${device.address}`, payload: JSON.stringify(state), retain: false };
}

function worded(value: boolean, on: string | number | boolean): string | number | boolean {
  if (value) return on;
  return typeof on === 'string' ? 'OFF' : typeof on === 'number' ? 0 : !on;
}

/** `<base>/<name>/availability` or `<base>/bridge/state`: retained, as Zigbee2MQTT sends them. */
export const encodeState = (topic: string, state: 'online' | 'offline'): Outgoing => ({
  topic,
  payload: JSON.stringify({ state }),
  retain: true,
});

/** Payloads no decoder should stumble over, in turn. */
const GARBAGE: readonly (string | Buffer)[] = [
  Buffer.from([0x68, 0xff, 0xfe, 0x00, 0x91, 0x16]),
  'not json',
  '{"time":"2026-09-01T08:00:00+08:00","values":{"temperature":',
  `${'['.repeat(5000)}1${']'.repeat(5000)}`,
  '[]',
  '{"values":{"temperature":"warm","energy":null,"smoke":"yes"}}',
  '{"values":{"temperature":1e999,"power":-1e308}}',
  '{"__proto__":{"values":1},"values":{"constructor":1}}',
  'null',
];

export const garbage = (turn: number): string | Buffer => GARBAGE[turn % GARBAGE.length] ?? '';
