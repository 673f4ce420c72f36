import { expect, test } from 'vitest';
import { loadConfiguration } from '../../src/campus/load.ts';
import { configure } from '../harness/configuration.ts';
import { Folder } from '../harness/folder.ts';
import { brief, mistakesOf } from '../harness/mistakes.ts';
import { realProfiles } from '../harness/profiles.ts';

const NOW = Date.parse('2026-11-23T08:00:00+08:00');

test('a meter says what it carries, its ratio by date, and when it was replaced', () => {
  const { devices } = configure({
    devices: `
- id: main
  profile: generic/electricity-meter
  ratedCapacity: 400
  digits: 6
  multipliers: [{ratio: 40}, {from: 2026-03-01, ratio: 60}]
  replacements: [{at: "2026-05-01T09:30", oldFinal: 8123.4, newInitial: 0.2, newSerial: DDS-7}]
`,
  });
  expect(devices.get('qingcheng/main')?.meter).toEqual({
    ratedCapacity: 400,
    digits: 6,
    multipliers: [
      { from: 0, ratio: 40 },
      { from: Date.parse('2026-03-01T00:00:00+08:00'), ratio: 60 },
    ],
    replacements: [
      {
        metric: 'energy',
        at: Date.parse('2026-05-01T09:30:00+08:00'),
        oldFinal: 8123.4,
        newInitial: 0.2,
        newSerial: 'DDS-7',
      },
    ],
  });
});

test('what can’t be is named with its line', () => {
  using folder = new Folder();
  const file = folder.write(
    'campus.yaml',
    `
campus: {id: qingcheng, name: 青城小学}
devices:
  - {id: main, profile: generic/electricity-meter}
  - {id: water, profile: generic/water-meter, parent: main}
  - {id: smoke, profile: generic/smoke-detector, ratedCapacity: 5}
  - id: teaching
    profile: generic/electricity-meter
    multipliers: [{from: 2026-03-01, ratio: 60}, {from: 2026-02-01, ratio: 40}]
    replacements:
      - {at: "2026-11-24T08:00", oldFinal: 1, newInitial: 0}
      - {at: "2026-02-30T08:00", oldFinal: 1, newInitial: 0, metric: voltage}
`,
  );
  expect(mistakesOf(() => loadConfiguration(file, realProfiles, NOW)).map(brief)).toEqual([
    '5 devices[1].parent: "main"',
    '6 devices[2].ratedCapacity: 5',
    '9 devices[3].multipliers[1].from: "2026-02-01"',
    '11 devices[3].replacements[0].at: "2026-11-24T08:00"',
    '12 devices[3].replacements[1].at: "2026-02-30T08:00"',
    '12 devices[3].replacements[1].metric: "voltage"',
    '12 devices[3].replacements[1].at: "2026-02-30T08:00"',
  ]);
});

test('a meter with two parents is a mistake', () => {
  using folder = new Folder();
  const file = folder.write(
    'campus.yaml',
    `
campus: {id: qingcheng, name: 青城小学}
devices:
  - {id: a, profile: generic/electricity-meter}
  - {id: b, profile: generic/electricity-meter}
  - {id: c, profile: generic/electricity-meter, parent: [a, b]}
`,
  );
  const [mistake] = mistakesOf(() => loadConfiguration(file, realProfiles, NOW));
  expect(mistake).toMatchObject({ line: 6, path: 'devices[2].parent', found: '["a","b"]' });
  expect(mistake?.allowed).toBe('the id of one meter: a meter has one parent only');
});

test.each([
  ['its entry twice', '  - {id: c, profile: generic/electricity-meter, parent: b}', '"c" again'],
  [
    'its key twice',
    '  - {id: d, profile: generic/electricity-meter, parent: a, parent: b}',
    'a key twice',
  ],
])('a meter with two parents by %s is a mistake', (_, line, found) => {
  using folder = new Folder();
  const file = folder.write(
    'campus.yaml',
    `
campus: {id: qingcheng, name: 青城小学}
devices:
  - {id: a, profile: generic/electricity-meter}
  - {id: b, profile: generic/electricity-meter}
  - {id: c, profile: generic/electricity-meter, parent: a}
${line}
`,
  );
  const [mistake] = mistakesOf(() => loadConfiguration(file, realProfiles, NOW));
  expect(mistake?.line).toBe(7);
  expect(mistake?.found).toContain(found);
});
