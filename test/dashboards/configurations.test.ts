import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { generate } from '../../dashboards/generate.ts';
import { limitGroups } from '../../dashboards/limits.ts';
import { among } from '../../dashboards/selection.ts';
import { buildingMeters, ofKind, readSite } from '../../dashboards/site.ts';
import { loadConfiguration } from '../../src/campus/load.ts';
import { Folder } from '../harness/folder.ts';
import { realProfiles } from '../harness/profiles.ts';
import { parseBoard, queriesOf } from './boards.ts';
import { checkInfluxql } from './influxql-check.ts';
import { measurementsOf, schemaOf } from './schema.ts';

/** A school's file: its id and its devices. */
const school = (id: string, ...devices: string[]): string =>
  `campus: {id: ${id}, name: ${id} 小学}\nzones: [{id: a, name: 甲楼}, {id: b, name: 乙楼}]\ndevices: [${devices.join(', ')}]\n`;

const load = (name: string, ...schools: string[]) => {
  const inside = new Folder();
  try {
    for (const [i, text] of schools.entries()) inside.write(`${name}-${i}.yaml`, text);
    return loadConfiguration(inside.path, realProfiles);
  } finally {
    inside[Symbol.dispose]();
  }
};

const meter = (id: string, more = '') =>
  `{id: ${id}, profile: generic/electricity-meter${more && `, ${more}`}}`;
const fridge = (id: string, more = '') =>
  `{id: ${id}, profile: generic/fridge${more && `, ${more}`}}`;

const CONFIGURATIONS = {
  'no devices': load('none', school('empty')),
  'meters only': load('meters', school('m', meter('main'), meter('sub', 'zone: a, parent: main'))),
  'detectors that measure nothing': load(
    'gas',
    school('g', '{id: gas-1, profile: generic/gas-detector}'),
  ),
  'two schools with the same names': load(
    'two',
    school('one', fridge('f'), meter('main')),
    school('two', fridge('f', 'rules: {too-warm: {high: 6}}'), meter('main')),
  ),
  'a unit without limits': load(
    'free',
    school(
      'u',
      fridge(
        'f',
        'rules: {too-warm: {off: true}, much-too-warm: {off: true}, too-cold: {off: true}}',
      ),
    ),
  ),
  'what docker/first-run.sh begins with': loadConfiguration(
    join(import.meta.dirname, '../../docker/config'),
    realProfiles,
  ),
};

describe.each(Object.entries(CONFIGURATIONS))('%s', (_name, configuration) => {
  const all = [...generate([configuration])].map(([, json]) => parseBoard(json));

  test('gives six dashboards whose queries hold', () => {
    expect(all).toHaveLength(6);
    const measurements = measurementsOf(configuration);
    for (const board of all) {
      for (const { name, query } of queriesOf(board)) {
        expect(() => checkInfluxql(query, schemaOf(board, measurements)), name).not.toThrow();
      }
    }
  });
});

test('each unit is in the group of its own limits', () => {
  const site = readSite([CONFIGURATIONS['two schools with the same names']]);
  const groups = limitGroups(ofKind(site, 'cold_storage'), 'temperature');
  expect(groups.map(({ range, devices }) => [range, devices.map(({ key }) => key)])).toEqual([
    ['0–8', ['one/f']],
    ['0–6', ['two/f']],
  ]);
  expect(groups[0]?.steps).toEqual([
    { value: null, color: 'orange' },
    { value: 0, color: 'green' },
    { value: 8, color: 'red' },
    { value: 15, color: 'dark-red' },
  ]);
});

test('devices are named with their campus, and alike campuses together', () => {
  const site = readSite([CONFIGURATIONS['two schools with the same names']]);
  expect(among(ofKind(site, 'electricity_meter'))).toBe(
    '("campus" =~ /^(one|two)$/ AND "device" =~ /^(main)$/)',
  );
  expect(among(site.devices.slice(0, 1))).toBe('("campus" =~ /^(one)$/ AND "device" =~ /^(f)$/)');
});

test.each([
  [
    'a building may feed another',
    [meter('main'), meter('a', 'zone: a, parent: main'), meter('b', 'zone: b, parent: a')],
    ['a'],
  ],
  [
    'between the main and the buildings may be others',
    [
      meter('main'),
      meter('transformer', 'parent: main'),
      meter('a', 'zone: a, parent: transformer'),
      meter('a-1', 'zone: a, parent: a'),
      meter('b', 'zone: b, parent: transformer'),
    ],
    ['a', 'b'],
  ],
  ['a school may have no main', [meter('a', 'zone: a'), meter('b', 'zone: b')], ['a', 'b']],
  [
    'the main may stand in a building',
    [meter('main', 'zone: a'), meter('b', 'zone: b, parent: main')],
    ['b'],
  ],
])('the meters of buildings can be added: %s', (_name, meters, expected) => {
  const site = readSite([load('tree', school('t', ...meters))]);
  expect(buildingMeters(site, 'electricity_meter').map(({ id }) => id)).toEqual(expected);
});
