import { expect, test } from 'vitest';
import { loadConfiguration } from '../../src/campus/load.ts';
import { valueOn } from '../../src/energy/dated.ts';
import { Folder } from '../harness/folder.ts';
import { brief, mistakesOf } from '../harness/mistakes.ts';
import { realProfiles } from '../harness/profiles.ts';

const load = (energy: string) => {
  using folder = new Folder();
  const text = `
campus: {id: qingcheng, name: 青城小学}
devices: [{id: roof, profile: generic/environment}, {id: main, profile: generic/electricity-meter}]
energy: ${energy}
`;
  return loadConfiguration(folder.write('campus.yaml', text), realProfiles);
};
const mistakes = (energy: string) => mistakesOf(() => load(energy)).map(brief);

test('a school that says nothing has the national factors, and no prices', () => {
  expect(load('{}').campuses.get('qingcheng')?.energy).toEqual({
    standardCoal: { electricity: 0.1229, water: 0.2571 },
    co2: 0.5306,
  });
});

test('what changes now and then is one value, or values with their first days', () => {
  const pupils = '[{value: 900}, {from: 2025-09-01, value: 960}, {from: 2026-09-01, value: 1010}]';
  const energy = load(`{pupils: ${pupils}, area: 12500}`).campuses.get('qingcheng')?.energy;
  expect(valueOn(energy?.pupils, '2025-08-31')).toBe(900);
  expect(valueOn(energy?.pupils, '2026-08-31')).toBe(960);
  expect(valueOn(energy?.pupils, '2026-09-01')).toBe(1010);
  expect(valueOn(energy?.area, '2026-09-01')).toBe(12_500);
  expect(valueOn([{ from: '2026-01-01', value: 3 }], '2025-12-31')).toBeUndefined();
});

test('tariffs by day, season and time of day are taken', () => {
  const tariffs = `[
    {from: 2025-01-01, price: 0.52},
    {from: 2026-01-01, periods: [
      {name: 谷, from: "22:00", to: "08:00", price: 0.3}, {name: 平, from: "08:00", to: "22:00", price: 0.6}]},
    {from: 2026-01-01, months: [7, 8], price: 0.7}]`;
  expect(() => load(`{electricityPrice: ${tariffs}, waterPrice: 4.1}`)).not.toThrow();
  expect(() => load('{temperature: {device: roof}}')).not.toThrow();
});

test.each([
  ['{pupils: many}', ['4 energy.pupils: "many"']],
  ['{pupils: [{value: 0}]}', ['4 energy.pupils[0].value: 0']],
  [
    '{co2: [{value: 0.5}, {value: 0.6}, {from: 2026-02-30, value: 1}]}',
    ['4 energy.co2[1].from: nothing', '4 energy.co2[2].from: "2026-02-30"'],
  ],
  ['{electricityPrice: [{from: 2026-01-01}]}', ['4 energy.electricityPrice[0]: neither']],
  [
    '{electricityPrice: [{price: 1, months: [7]}]}',
    ['4 energy.electricityPrice[0]: months without a price'],
  ],
  ['{electricityPrice: [{price: 1}, {price: 2}]}', ['4 energy.electricityPrice[0]: a month twice']],
  [
    '{electricityPrice: [{periods: [{name: 峰, from: "08:00", to: "22:00", price: 1}]}]}',
    ['4 energy.electricityPrice[0].periods: nothing at 00:00'],
  ],
  [
    '{electricityPrice: [{periods: [{name: 峰, from: "08:00", to: "08:00", price: 1}, {name: 谷, from: "22:00", to: "23:00", price: 1}]}]}',
    ['4 energy.electricityPrice[0].periods[1]: 22:00 again'],
  ],
  ['{temperature: {device: attic}}', ['4 energy.temperature.device: "attic"']],
  ['{temperature: {device: main}}', ['4 energy.temperature.metric: temperature']],
])('%s is no such section', (energy, expected) => {
  expect(mistakes(energy)).toEqual(expected);
});
