import { expect, test } from 'vitest';
import { configure } from '../harness/configuration.ts';
import { mistakesOf } from '../harness/mistakes.ts';

const METER = 'profile: generic/water-meter';
const rulesOf = (device: string) => {
  const { devices, remarks } = configure({ devices: `[{id: main, ${METER}${device}}]` });
  const rules = devices.get('qingcheng/main')?.rules.map(({ id }) => id) ?? [];
  return { watches: rules.includes('night-flow'), remarks };
};

test('a register in steps of 0.01 m³ sees 25 L/h at night', () => {
  expect(rulesOf('')).toEqual({ watches: true, remarks: [] });
});

test('one in steps of 0.1 m³ does not: the rule is not enabled, and that is said', () => {
  const { watches, remarks } = rulesOf(', resolution: 0.1');
  expect(watches).toBe(false);
  expect(remarks).toMatchObject([{ device: 'qingcheng/main', rule: 'night-flow' }]);
  expect(remarks[0]?.text.zh).toContain('分辨力 0.1 m³ 太粗');
  // resolution × 4 < threshold × 2 h
  expect(rulesOf(', resolution: 0.1, rules: {night-flow: {high: 0.2}}').watches).toBe(false);
  expect(rulesOf(', resolution: 0.1, rules: {night-flow: {high: 0.21}}').watches).toBe(true);
  // a ratio makes its steps larger
  expect(rulesOf(', multipliers: [{ratio: 10}]').watches).toBe(false);
});

test('a rule about consumption needs a register, and a burst a metric that exists', () => {
  const profile = `
name: {zh: 表, en: Meter}
kind: water_meter
format: {kind: json}
interval: 1m
silence: 15m
metrics:
  flow: {name: {zh: 流量, en: Flow}, unit: m³/h}
  volume: {name: {zh: 水量, en: Volume}, unit: m³, register: true, ratedCapacity: 10}
  litres: {name: {zh: 水量, en: Volume}, unit: L, register: true, ratedCapacity: 10, resolution: 1}
rules:
  - {id: a, kind: continuous-flow, metric: flow, after: 48h, severity: minor, name: {zh: a, en: a}, action: {zh: a, en: a}}
  - {id: b, kind: night-flow, metric: volume, high: 1, severity: minor, name: {zh: b, en: b}, action: {zh: b, en: b}}
  - {id: c, kind: burst, metric: volume, high: 9, ratio: 3, unless: power, severity: minor, name: {zh: c, en: c}, action: {zh: c, en: c}}
  - {id: d, kind: night-flow, metric: litres, high: 1, severity: minor, name: {zh: d, en: d}, action: {zh: d, en: d}}
examples: [{topic: t, payload: '{}', readings: {flow: 4}}]
`;
  const mistakes = mistakesOf(() =>
    configure({ devices: '[]', profiles: { 'test/meter': profile } }),
  );
  expect(mistakes.map(({ path }) => path)).toEqual([
    'rules[0].metric',
    'rules[1].metric',
    'rules[2].unless',
    'rules[3].metric',
  ]);
});
