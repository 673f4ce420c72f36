import { mkdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadProfiles } from '../../src/campus/profile.ts';
import { Folder } from '../harness/folder.ts';
import { brief, mistakesOf, type Named } from '../harness/mistakes.ts';

const GOOD = `name: {zh: 冷柜, en: Freezer}
kind: cold_storage
format: {kind: json}
interval: 1m
silence: 5m
metrics:
  temperature: {name: {zh: 温度, en: Temperature}, unit: ℃}
  door: {type: boolean, name: {zh: 门, en: Door}}
rules:
  - {id: warm, kind: threshold, metric: temperature, high: 8, severity: major, name: {zh: 热, en: warm}, action: {zh: 看, en: look}}
  - {id: open, kind: state, metric: door, severity: minor, name: {zh: 开, en: open}, action: {zh: 关, en: shut}}
examples: [{topic: t, payload: '{}', readings: {temperature: 4}}]
`;

function mistakesIn(text: string): Named[] {
  using folder = new Folder();
  folder.write('model.yaml', text);
  return mistakesOf(() => loadProfiles(folder.path));
}

test('profiles are known by their folder and file; defaults are filled in', () => {
  using folder = new Folder();
  mkdirSync(folder.file('acme/cold'), { recursive: true });
  folder.write('acme/cold/x1.yaml', GOOD);
  folder.write('acme/readme.md', 'not a profile');
  const profiles = loadProfiles(folder.path);
  expect([...profiles.keys()]).toEqual(['acme/cold/x1']);
  expect(profiles.get('acme/cold/x1')).toMatchObject({
    id: 'acme/cold/x1',
    interval: 60_000,
    silence: 300_000,
    metrics: {
      temperature: { type: 'number', register: false },
      door: { type: 'boolean', unit: '' },
    },
    rules: [
      { deadBand: 0, onDelay: '0s', offDelay: '0s' },
      { is: true, latched: false, onDelay: '0s' },
    ],
  });
});

test('a profile may end in .yml, but not be there twice', () => {
  using folder = new Folder();
  folder.write('x1.yml', GOOD);
  expect([...loadProfiles(folder.path).keys()]).toEqual(['x1']);
  folder.write('x1.yaml', GOOD);
  expect(mistakesOf(() => loadProfiles(folder.path))).toMatchObject([
    { file: 'x1.yml', line: 1, path: '(file)', found: '"x1" again' },
  ]);
});

test('a profile with ten mistakes names all ten', () => {
  const wrong = GOOD.replace('cold_storage', 'spaceship')
    .replace('en: Freezer', 'de: Kühltruhe')
    .replace('interval: 1m', 'interval: often')
    .replace('{kind: json}', '{kind: xml}')
    .replace('unit: ℃', 'unit: 7')
    .replace('type: boolean', 'type: text')
    .replace('high: 8', 'high: hot')
    .replace('severity: minor', 'severity: terrible')
    .replace('readings: {temperature: 4}', 'readings: {temperature: cold}');
  expect(mistakesIn(wrong).map(brief)).toEqual([
    '1 name.en: nothing',
    '1 name.de: the unknown key "de"',
    '2 kind: "spaceship"',
    '3 format: {"kind":"xml"}',
    '4 interval: "often"',
    '7 metrics.temperature.unit: 7',
    '8 metrics.door.type: "text"',
    '10 rules[0].high: "hot"',
    '11 rules[1].severity: "terrible"',
    '12 examples[0].readings.temperature: "cold"',
  ]);
});

describe('what does not fit together', () => {
  test.each([
    [
      'a rule of a metric that there is not',
      'metric: temperature, high',
      'metric: pressure, high',
      '10 rules[0].metric: "pressure"',
    ],
    [
      'a metric by the name of a built-in',
      'metric: temperature, high',
      'metric: constructor, high',
      '10 rules[0].metric: "constructor"',
    ],
    [
      'a limit for a boolean',
      'metric: temperature, high',
      'metric: door, high',
      '10 rules[0].metric: "door"',
    ],
    [
      'a state of a number',
      'metric: door',
      'metric: temperature',
      '11 rules[1].metric: "temperature"',
    ],
    ['a limit that is missing', ' high: 8,', '', '10 rules[0].high: nothing'],
    ['limits the wrong way round', 'high: 8', 'high: 8, low: 9', '10 rules[0].low: 9'],
    ['two rules of one name', 'id: open', 'id: warm', '11 rules[1].id: "warm"'],
    ['silence before the next report is due', 'silence: 5m', 'silence: 30s', '5 silence: "30s"'],
    [
      'a field of a metric that there is not',
      '{kind: json}',
      '{kind: zigbee2mqtt, fields: {t: {metric: pressure}}}',
      '3 format.fields.t.metric: "pressure"',
    ],
    [
      'a field named like a built-in',
      '{kind: json}',
      '{kind: zigbee2mqtt, fields: {t: {metric: constructor}}}',
      '3 format.fields.t.metric: "constructor"',
    ],
  ])('%s', (_what, good, wrong, expected) => {
    expect(mistakesIn(GOOD.replace(good, wrong)).map(brief)).toEqual([expected]);
  });
});

test('the mistakes of all profiles are named at once', () => {
  using folder = new Folder();
  folder.write('a.yaml', GOOD.replace('1m', 'often'));
  folder.write('b.yaml', GOOD);
  folder.write('c.yaml', 'name: nothing else\n');
  const files = mistakesOf(() => loadProfiles(folder.path)).map(({ file }) => file);
  expect(new Set(files)).toEqual(new Set(['a.yaml', 'c.yaml']));
});

test('rules whose fields do not go together are named', () => {
  const rules = [
    'id: rate, kind: rate, metric: temperature, window: 10m',
    'id: count, kind: count, metric: door, high: 3, times: 3, window: 1h',
    'id: total, kind: cumulative, metric: temperature, is: true, total: 1h, window: 1d',
    'id: stuck, kind: stuck, metric: door, after: 1h',
    'id: fire, kind: state, metric: door, fire: true',
    'id: fire-coincidence, kind: state, metric: door',
  ];
  const texts = ', severity: minor, name: {zh: 一, en: a}, action: {zh: 看, en: look}}';
  const wrong = GOOD.replace(
    /rules:[\s\S]*(?=examples)/,
    `rules:\n${rules.map((keys) => `  - {${keys}${texts}\n`).join('')}`,
  );
  expect(mistakesIn(wrong).map(brief)).toEqual([
    '10 rules[0].rise: nothing',
    '11 rules[1].is: nothing',
    '11 rules[1].high: 3',
    '12 rules[2].is: true',
    '12 rules[2].high: nothing',
    '13 rules[3].metric: "door"',
    '14 rules[4].fire: true',
    '15 rules[5].id: "fire-coincidence"',
  ]);
});
