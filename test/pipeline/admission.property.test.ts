import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Metric } from '../../src/campus/profile.ts';
import {
  admitValue,
  DELAY_TOLERANCE,
  eventTime,
  FUTURE_TOLERANCE,
  place,
} from '../../src/pipeline/admission.ts';
import { QUALITY, qualityWords, SUBSTITUTED } from '../../src/pipeline/quality.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const sane = fc.integer({ min: Date.UTC(2015, 0, 1), max: NOW + FUTURE_TOLERANCE });

describe('the time a device gives', () => {
  test('is taken to the millisecond, whatever its offset from UTC', () => {
    fc.assert(
      fc.property(sane, fc.integer({ min: -14 * 60, max: 14 * 60 }), (time, offset) => {
        const sign = offset < 0 ? '-' : '+';
        const two = (n: number) => String(Math.trunc(Math.abs(n))).padStart(2, '0');
        const zone = `${sign}${two(offset / 60)}:${two(offset % 60)}`;
        const local = new Date(time + offset * 60_000).toISOString().replace('Z', zone);
        expect(eventTime(local, NOW)).toMatchObject({ time, quality: 0 });
        expect(eventTime(new Date(time).toISOString(), NOW)).toMatchObject({ time, quality: 0 });
        expect(eventTime(time, NOW)).toMatchObject({ time, quality: 0 });
      }),
    );
  });

  test('is read as the platform reads it, whatever stands where the digits are', () => {
    const digits = (count: number, max: number) =>
      fc.integer({ min: 0, max }).map((n) => String(n).padStart(count, '0'));
    const minutes = fc
      .tuple(digits(2, 13), digits(2, 32), digits(2, 25), digits(2, 61))
      .map(([month, day, hour, minute]) => `2026-${month}-${day}T${hour}:${minute}:`);
    const moments = fc.array(fc.tuple(digits(2, 61), digits(3, 999)), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(minutes, moments)), (all) => {
        for (const [minute, seconds] of all) {
          for (const [second, millis] of [...seconds, ['00', '000']]) {
            const text = `${minute}${second}.${millis}Z`;
            const time = Date.parse(text);
            const later = Number.isNaN(time) ? NOW : time;
            const { claimed } = eventTime(text, later);
            expect(claimed, text).toBe(Number.isNaN(time) ? undefined : time);
          }
        }
      }),
    );
  });

  test('gives way to the moment of arrival when it lies ahead, or before there were gateways', () => {
    const insane = fc.oneof(
      fc.integer({ min: 0, max: Date.UTC(2015, 0, 1) - 1 }),
      fc.integer({ min: NOW + FUTURE_TOLERANCE + 1, max: 4e12 }),
    );
    fc.assert(
      fc.property(insane, (time) => {
        const given = { time: NOW, quality: QUALITY.insaneTime };
        expect(eventTime(time, NOW)).toMatchObject(given);
        expect(eventTime(new Date(time).toISOString(), NOW)).toMatchObject(given);
      }),
    );
  });

  test('without a zone is not believed', () => {
    fc.assert(
      fc.property(sane, (time) => {
        const local = new Date(time).toISOString().replace('Z', '');
        expect(eventTime(local, NOW)).toEqual({ time: NOW, quality: QUALITY.badTime });
      }),
    );
  });

  test('may be anything at all: there is always a time, and a word where it is not the device’s', () => {
    fc.assert(
      fc.property(fc.anything(), (raw) => {
        const { time, quality } = eventTime(raw, NOW);
        expect(Number.isSafeInteger(time)).toBe(true);
        expect(time === NOW || quality === 0).toBe(true);
        expect(qualityWords(quality).length).toBe(quality === 0 ? 0 : 1);
      }),
    );
    expect(eventTime(undefined, NOW).quality).toBe(QUALITY.noTime);
    expect(eventTime(null, NOW).quality).toBe(QUALITY.noTime);
  });
});

describe('the place of a reading after the newest of its series', () => {
  const quality = fc.constantFrom(0, QUALITY.noTime, QUALITY.badTime, QUALITY.insaneTime);
  const newest = fc.option(
    fc.record({ time: fc.integer({ min: NOW - 1e7, max: NOW + 3e5 }), quality }).map((sample) => ({
      ...sample,
      value: 1,
      received: NOW,
    })),
    { nil: undefined },
  );

  test('is late when it is not newer, delayed when it was long under way, else live', () => {
    const time = fc.integer({ min: NOW - 1e7, max: NOW + FUTURE_TOLERANCE });
    fc.assert(
      fc.property(time, newest, (at, last) => {
        const placed = place({ time: at, quality: 0 }, NOW, last);
        const isLate = last !== undefined && at <= last.time;
        const isDelayed = NOW - at > DELAY_TOLERANCE;
        expect(placed.time).toBe(at);
        expect(placed.timeliness).toBe(isLate ? 'late' : isDelayed ? 'delayed' : 'live');
        expect(placed.quality).toBe(placed.timeliness === 'live' ? 0 : QUALITY.late);
      }),
    );
  });

  test('of one without a time is after all others without one', () => {
    const substituted = quality.filter((bits) => bits !== 0);
    fc.assert(
      fc.property(substituted, newest, (bits, last) => {
        const placed = place({ time: NOW, quality: bits }, NOW, last);
        if (last && (last.quality & SUBSTITUTED) !== 0) {
          expect(placed.time).toBeGreaterThan(last.time);
          expect(placed.timeliness).toBe('live');
        } else {
          expect(placed.time).toBe(NOW);
        }
      }),
    );
  });
});

describe('a value', () => {
  const words = { zh: 'x', en: 'x' };
  const numeric = (limits: { min?: number; max?: number }): Metric => ({
    type: 'number',
    name: words,
    unit: '',
    register: false,
    ...limits,
  });
  const limit = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: undefined });

  test('is admitted exactly when it is a finite number within its limits', () => {
    fc.assert(
      fc.property(fc.double(), limit, limit, (value, min, max) => {
        const spec = numeric({
          ...(min !== undefined && { min }),
          ...(max !== undefined && { max }),
        });
        const admitted = admitValue('m', spec, value);
        if (!Number.isFinite(value)) expect(admitted).toMatchObject({ code: 'VALUE_TYPE' });
        else if (value < (min ?? value) || value > (max ?? value))
          expect(admitted).toMatchObject({ code: 'VALUE_RANGE' });
        else expect(admitted).toBe(value);
      }),
    );
  });

  test('of another type is refused, and the reason stays short', () => {
    const spec = numeric({});
    const other = fc.anything().filter((raw) => typeof raw !== 'number');
    fc.assert(
      fc.property(other, (raw) => {
        const refusal = admitValue('m', spec, raw);
        expect(refusal).toMatchObject({ code: 'VALUE_TYPE' });
        expect(JSON.stringify(refusal).length).toBeLessThan(500);
      }),
    );
  });

  test('that is a boolean is 1 or 0, and nothing else is a boolean', () => {
    const spec: Metric = { type: 'boolean', name: words, unit: '', register: false };
    expect([admitValue('m', spec, true), admitValue('m', spec, false)]).toEqual([1, 0]);
    for (const raw of [1, 0, 'true', 'on', null, undefined, []]) {
      expect(admitValue('m', spec, raw)).toMatchObject({ code: 'VALUE_TYPE' });
    }
  });
});
