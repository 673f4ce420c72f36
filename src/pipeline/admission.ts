import type { Metric } from '../campus/profile.ts';
import type { Millis } from '../clock.ts';
import type { Refusal } from '../decode/adapter.ts';
import type { Sample } from './catalogue.ts';
import { QUALITY, SUBSTITUTED } from './quality.ts';

/** A device clock may run this far ahead before it is not believed. */
export const FUTURE_TOLERANCE: Millis = 5 * 60_000;

/** A reading longer under way than this tells of the past, not of now. */
export const DELAY_TOLERANCE: Millis = 15 * 60_000;

/** A time before this comes from a clock that was never set. */
const OLDEST_SANE: Millis = Date.UTC(2015, 0, 1);

const ZONED = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/;

/**
 * How a reading stands in time, which decides what may judge it:
 * live – newer than all before it and fresh; delayed – newer than all before it, but long under way;
 * late – not newer than what is already known of its series.
 */
export type Timeliness = 'live' | 'delayed' | 'late';

export interface EventTime {
  time: Millis;
  quality: number;
  /** What a clock that was set once says, believed or not. */
  claimed?: Millis;
}

/** Reads a device's time: ISO 8601 with a zone, or milliseconds since 1970. */
export function eventTime(raw: unknown, received: Millis): EventTime {
  if (raw === undefined || raw === null) return { time: received, quality: QUALITY.noTime };
  let time = Number.NaN;
  if (typeof raw === 'number') time = Math.round(raw);
  else if (typeof raw === 'string') time = parseTime(raw);
  if (!Number.isFinite(time)) return { time: received, quality: QUALITY.badTime };
  if (time < OLDEST_SANE) return { time: received, quality: QUALITY.insaneTime };
  if (time > received + FUTURE_TOLERANCE) {
    return { time: received, quality: QUALITY.insaneTime, claimed: time };
  }
  return { time, quality: 0, claimed: time };
}

/** The minute of the last time in UTC, up to its seconds, and when it began: most lie in the same. */
let minute = '';
let minuteAt: Millis = Number.NaN;
const UTC_MILLIS = 'YYYY-MM-DDTHH:MM:SS.mmmZ'.length;
const SECONDS = 'YYYY-MM-DDTHH:MM:'.length;

/** ISO 8601 with a zone; NaN where it is none. */
function parseTime(text: string): Millis {
  if (!ZONED.test(text)) return Number.NaN;
  if (text.length !== UTC_MILLIS || !text.endsWith('Z')) return Date.parse(text);
  if (minute === '' || !text.startsWith(minute)) {
    minute = text.slice(0, SECONDS);
    minuteAt = Date.parse(`${minute}59.999Z`) - 59_999;
  }
  const digit = (at: number) => text.charCodeAt(SECONDS + at) - 48;
  const second = digit(0) * 10 + digit(1);
  // no such day, say, or 24:00, which has one second only
  if (second > 59 || Number.isNaN(minuteAt)) return Date.parse(text);
  return minuteAt + second * 1000 + digit(3) * 100 + digit(4) * 10 + digit(5);
}

/**
 * Places a reading after the newest one of its series. A reading whose time is only its receive
 * time gets the next free millisecond, so that two of them in one millisecond both stay; one that
 * was received before `now` (a dead letter taken again) belongs where it was received.
 */
export function place(
  at: EventTime,
  now: Millis,
  newest: Sample | undefined,
): EventTime & { timeliness: Timeliness } {
  const { time, quality } = at;
  const isSubstituted = (quality & SUBSTITUTED) !== 0;
  if (newest && time <= newest.time) {
    if (isSubstituted && time === now && (newest.quality & SUBSTITUTED) !== 0) {
      return { time: newest.time + 1, quality, timeliness: 'live' };
    }
    return { time, quality: quality | QUALITY.late, timeliness: 'late' };
  }
  if (now - time > DELAY_TOLERANCE) {
    return { time, quality: quality | QUALITY.late, timeliness: 'delayed' };
  }
  return { time, quality, timeliness: 'live' };
}

/** The value as it is stored, or why it can't be. Booleans are stored as 0 and 1. */
export function admitValue(metric: string, spec: Metric, raw: unknown): number | Refusal {
  if (spec.type === 'boolean') {
    if (typeof raw === 'boolean') return raw ? 1 : 0;
    return valueType(metric, raw, 'boolean');
  }
  if (typeof raw !== 'number' || !Number.isFinite(raw)) return valueType(metric, raw, 'number');
  if (raw < (spec.min ?? raw) || raw > (spec.max ?? raw)) {
    return {
      code: 'VALUE_RANGE',
      params: { metric, found: raw, min: spec.min ?? '−∞', max: spec.max ?? '∞' },
    };
  }
  return raw;
}

/**
 * Why a value can't follow `newest`, what its series showed before: nothing changes so much from one
 * reading to the next. After `gap` ms without a reading every change is possible.
 */
export function jump(
  metric: string,
  most: number,
  value: number,
  time: Millis,
  newest: Pick<Sample, 'time' | 'value'>,
  gap: Millis,
): Refusal | undefined {
  const elapsed = time - newest.time;
  if (elapsed <= 0 || elapsed > gap || Math.abs(value - newest.value) <= most) return undefined;
  const params = { metric, found: value, before: newest.value, jump: most };
  return { code: 'VALUE_JUMP', params };
}

function valueType(metric: string, raw: unknown, type: string): Refusal {
  const found = typeof raw === 'object' ? (raw === null ? 'null' : typeof raw) : String(raw);
  return { code: 'VALUE_TYPE', params: { metric, found: found.slice(0, 60), type } };
}
