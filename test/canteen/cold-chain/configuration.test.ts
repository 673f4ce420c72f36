import { expect, test } from 'vitest';
import { windowEnd } from '../../../src/campus/daily-windows.ts';
import { configure } from '../../harness/configuration.ts';
import { brief, mistakesOf } from '../../harness/mistakes.ts';

const at = (time: string) => Date.parse(`2026-11-${time}+08:00`);

test('a window may cross midnight; of two that overlap the later end counts', () => {
  const windows = [
    { from: '23:30', to: '00:30' },
    { from: '06:00', to: '07:00' },
    { from: '06:30', to: '06:45' },
  ];
  const end = (time: string) => windowEnd({ timezone: 'Asia/Shanghai', windows }, at(time));
  expect(end('23T23:29')).toBeUndefined();
  expect(end('23T23:30')).toBe(at('24T00:30'));
  expect(end('24T00:29')).toBe(at('24T00:30'));
  expect(end('24T00:30')).toBeUndefined();
  expect(end('24T06:40')).toBe(at('24T07:00'));
});

test('limits of a unit are those of its rules, and the closer word counts', () => {
  const { devices } = configure({
    devices: `
  - id: fridge
    profile: generic/fridge
    unit: {limits: {high: 6, low: 1, hard: 12}}
    rules: {warm-in-all: {high: 7}, too-cold: {low: 2}}`,
  });
  const fridge = devices.get('qingcheng/fridge');
  expect(fridge?.unit).toMatchObject({ kind: 'fridge', limits: { high: 6, low: 2, hard: 12 } });
  const limitOf = (id: string) => fridge?.rules.find((rule) => rule.id === id);
  expect(limitOf('too-warm')).toMatchObject({ high: 6 });
  expect(limitOf('warm-in-all')).toMatchObject({ high: 7 });
  expect(limitOf('much-too-warm')).toMatchObject({ high: 12 });
});

test('mistakes about units are named', () => {
  const load = () =>
    configure({
      devices: `
  - {id: meter, profile: generic/electricity-meter, unit: {kind: fridge}}
  - {id: freezer, profile: generic/freezer, unit: {limits: {low: -30}}}
  - {id: fridge, profile: generic/fridge, unit: {calibrated: 2026-02-31}}`,
    });
  expect(mistakesOf(load).map(brief)).toEqual([
    '16 devices[0].unit: {"kind":"fridge"}',
    '17 devices[1].unit.limits.low: -30',
    '18 devices[2].unit.calibrated: "2026-02-31"',
  ]);
});
