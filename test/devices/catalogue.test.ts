import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadProfiles, type Profile } from '../../src/campus/profile.ts';

const profiles = loadProfiles(join(import.meta.dirname, '../../devices'));

/** The first profile that has a metric decides what it is called everywhere. */
const units = new Map<string, { unit: string; type: string; register: boolean; from: string }>();
for (const { id, metrics } of profiles.values()) {
  for (const [name, { unit, type, register }] of Object.entries(metrics)) {
    if (!units.has(name)) units.set(name, { unit, type, register, from: id });
  }
}

test('the catalogue is not empty', () => {
  expect(profiles.size).toBeGreaterThanOrEqual(13);
});

describe.each([...profiles.values()].map((profile) => [profile.id, profile] as const))(
  '%s',
  (_id, profile) => {
    test('keeps the rules of the catalogue', () => {
      checkMetrics(profile);
      checkRules(profile);
      checkExamples(profile);
    });
  },
);

function checkMetrics({ metrics }: Profile): void {
  for (const [name, { unit, type, register, min, max, resolution }] of Object.entries(metrics)) {
    const known = units.get(name);
    expect({ unit, type, register }, `${name} as in ${known?.from}`).toEqual({
      unit: known?.unit,
      type: known?.type,
      register: known?.register,
    });
    if (type === 'boolean') {
      expect(unit, `${name} is boolean`).toBe('');
      continue;
    }
    expect(unit, `${name} has a unit`).not.toBe('');
    expect(min ?? Number.NaN, `${name} has a range`).toBeLessThan(max ?? Number.NaN);
    expect(resolution, `${name} has a resolution`).toBeGreaterThan(0);
    if (register) expect(min, `${name} never runs below 0`).toBe(0);
  }
}

function checkRules({ kind, rules, metrics, interval, silence }: Profile): void {
  expect(
    rules.some((rule) => rule.kind === 'silence'),
    'a silence rule',
  ).toBe(true);
  expect(silence, 'silence of 2.5 intervals at least').toBeGreaterThanOrEqual(2.5 * interval);
  if (kind === 'fire_detector') {
    const alarms = rules.filter((rule) => rule.kind === 'state' && rule.latched);
    expect(alarms.length, 'a latched alarm').toBeGreaterThan(0);
    for (const rule of alarms) {
      expect(rule, 'critical and never delayed').toMatchObject({
        severity: 'critical',
        onDelay: '0s',
      });
    }
  }
  for (const rule of rules) {
    if (rule.kind !== 'threshold') continue;
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } =
      metrics[rule.metric] ?? {};
    for (const limit of [rule.high, rule.low]) {
      if (limit === undefined) continue;
      expect(limit, `${rule.id} lies in the range of ${rule.metric}`).toBeGreaterThan(min);
      expect(limit, `${rule.id} lies in the range of ${rule.metric}`).toBeLessThan(max);
    }
    expect(rule.deadBand, `${rule.id} has a dead band`).toBeGreaterThan(0);
  }
}

function checkExamples({ examples, metrics, format }: Profile): void {
  const named = new Set(examples.flatMap(({ readings }) => Object.keys(readings)));
  expect([...named].sort(), 'examples show every metric').toEqual(Object.keys(metrics).sort());
  for (const { topic, payload, readings, time } of examples) {
    expect(() => JSON.parse(payload)).not.toThrow();
    if (format.kind === 'json') {
      expect(topic).toMatch(/^campus\/[a-z0-9-]+\/[a-z0-9-]+\/up$/);
      expect(time, 'what the stamp decodes to').toBe(
        new Date(JSON.parse(payload).time).toISOString(),
      );
    }
    for (const [name, value] of Object.entries(readings)) {
      const { type, min, max } = metrics[name] ?? {};
      expect(typeof value, name).toBe(type);
      if (typeof value !== 'number') continue;
      expect(value, name).toBeGreaterThanOrEqual(min ?? value);
      expect(value, name).toBeLessThanOrEqual(max ?? value);
    }
  }
}
