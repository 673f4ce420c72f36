import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/campus/load.ts';
import type { Configuration } from '../../src/campus/model.ts';
import { Folder } from '../harness/folder.ts';
import { mistakesOf } from '../harness/mistakes.ts';
import { realProfiles } from '../harness/profiles.ts';

const load = (path: string): Configuration => loadConfiguration(path, realProfiles);
const loadText = (text: string): Configuration => {
  using folder = new Folder();
  return load(folder.write('campus.yaml', text));
};

const TEN_LINES = `campus:
  id: qingcheng
  name: 青城小学
zones:
  - {id: canteen, name: 食堂}
  - {id: cold-store, name: 冷库间, parent: canteen}
devices:
  - {id: freezer, profile: generic/freezer, zone: cold-store}
people:
  - {id: zhang, name: 张伟}
`;

describe('a file of ten lines is enough', () => {
  const configuration = loadText(TEN_LINES);
  const campus = configuration.campuses.get('qingcheng');
  const freezer = configuration.devices.get('qingcheng/freezer');

  test('its school has a time zone, a roster and a plan', () => {
    expect(campus).toMatchObject({
      id: 'qingcheng',
      name: '青城小学',
      timezone: 'Asia/Shanghai',
      roster: { shifts: [] },
      calendar: { terms: [], offDays: [], makeUpDays: [] },
      targets: {
        electricityReduction: 5,
        traceability: 100,
        repairResponse: '2h',
        drillsPerTerm: 4,
      },
      notify: { linkLifetime: '12h' },
    });
  });

  test('its machine listens to itself only', () => {
    expect(configuration.machine).toMatchObject({
      transport: { host: '127.0.0.1', port: 1883 },
      http: { host: '127.0.0.1', port: 8080 },
      storage: { keepReadings: '1100d', maxDeadLetters: 100_000 },
    });
  });

  test('its device lies where it says, and has the rules of its profile', () => {
    expect(freezer).toMatchObject({
      key: 'qingcheng/freezer',
      name: 'freezer',
      address: 'freezer',
      zone: { path: '食堂 / 冷库间', building: 'canteen' },
    });
    expect(freezer?.rules.map(({ id }) => id)).toEqual(
      realProfiles.get('generic/freezer')?.rules.map(({ id }) => id),
    );
  });

  test('a device without a zone belongs to the whole campus', () => {
    const device = loadText(TEN_LINES.replace(', zone: cold-store', '')).devices.get(
      'qingcheng/freezer',
    );
    expect(device?.zone).toMatchObject({ id: 'campus', path: '青城小学' });
  });
});

test('the example that is shipped is valid', () => {
  const { campuses, devices } = load(join(import.meta.dirname, '../../campus.example.yaml'));
  expect([...campuses.keys()]).toEqual(['qingcheng']);
  expect(devices.size).toBeGreaterThan(50);
});

test('a device may change the rules of its profile, for itself alone', () => {
  const { devices } = loadText(`campus: {id: q, name: 青城}
devices:
  - {id: usual, profile: generic/freezer}
  - id: special
    profile: generic/freezer
    rules:
      too-warm: {high: -10, onDelay: 90s, severity: minor}
      much-too-warm: {off: true}
      silent: {after: 2h}
`);
  const ruleOf = (device: string, id: string) =>
    devices.get(`q/${device}`)?.rules.find((rule) => rule.id === id);
  expect(ruleOf('special', 'too-warm')).toMatchObject({
    high: -10,
    onDelay: 90_000,
    severity: 'minor',
    deadBand: 1,
  });
  expect(ruleOf('special', 'much-too-warm')).toBeUndefined();
  expect(ruleOf('special', 'silent')).toMatchObject({ after: 7_200_000 });
  const profile = realProfiles.get('generic/freezer');
  expect(ruleOf('usual', 'much-too-warm')).toBeDefined();
  expect(ruleOf('usual', 'too-warm')).not.toMatchObject({ high: -10 });
  expect(ruleOf('usual', 'silent')).toMatchObject({ after: profile?.silence });
});

describe('a folder with a file for each school', () => {
  const school = (id: string, more = '') => `campus: {id: ${id}, name: ${id} 小学}
devices: [{id: freezer, profile: generic/freezer}]
${more}`;

  test('keys everything by campus; gateway.yaml is about the machine', () => {
    using folder = new Folder();
    folder.write('north.yaml', school('north'));
    folder.write('south.yml', school('south'));
    folder.write('gateway.yaml', 'http: {port: 9999}\nstorage: {keepReadings: 30d}\n');
    folder.write('notes.txt', 'not a school');
    const { campuses, devices, machine, files } = load(folder.path);
    expect([...campuses.keys()]).toEqual(['north', 'south']);
    expect([...devices.keys()]).toEqual(['north/freezer', 'south/freezer']);
    expect(devices.get('south/freezer')?.campus.name).toBe('south 小学');
    expect(machine).toMatchObject({ http: { port: 9999 }, storage: { keepReadings: '30d' } });
    expect(machine.transport.port).toBe(1883);
    expect(files).toHaveLength(3);
  });

  test('is read without what an editor leaves in it while somebody writes', () => {
    using folder = new Folder();
    folder.write('north.yaml', school('north'));
    folder.write('._north.yaml', 'no school');
    // Emacs's lock points to no file at all
    symlinkSync('zhang@office.1234', folder.file('.#north.yaml'));
    expect([...load(folder.path).campuses.keys()]).toEqual(['north']);
  });

  test('works without a gateway.yaml', () => {
    using folder = new Folder();
    folder.write('north.yaml', school('north'));
    expect(load(folder.path).machine.http.port).toBe(8080);
  });

  test('two schools of one name are a mistake of the second', () => {
    using folder = new Folder();
    folder.write('a.yaml', school('north'));
    folder.write('b.yaml', school('north'));
    expect(mistakesOf(() => load(folder.path))).toMatchObject([
      { file: 'b.yaml', line: 1, path: 'campus.id', found: '"north" again' },
    ]);
  });

  test('two bridges of one topic are one, too', () => {
    const bridge = 'bridges: [{id: zigbee, kind: zigbee2mqtt, topic: zigbee2mqtt}]';
    using folder = new Folder();
    folder.write('a.yaml', school('north', bridge));
    folder.write('b.yaml', school('south', bridge));
    expect(mistakesOf(() => load(folder.path))).toMatchObject([
      { file: 'b.yaml', line: 3, path: 'bridges[0].topic' },
    ]);
  });

  test('the machine is no part of a school', () => {
    using folder = new Folder();
    folder.write('a.yaml', school('north', 'http: {port: 1}'));
    expect(mistakesOf(() => load(folder.path))).toMatchObject([{ line: 3, path: 'http' }]);
  });

  test('a machine without any school is a mistake', () => {
    using folder = new Folder();
    folder.write('gateway.yaml', 'http: {port: 9999}');
    expect(mistakesOf(() => load(folder.path))).toMatchObject([
      { file: 'gateway.yaml', line: 1, path: '(file)', found: 'no campus' },
    ]);
  });

  test('the mistakes of all files are named at once', () => {
    using folder = new Folder();
    folder.write('a.yaml', school('North'));
    folder.write('b.yaml', school('south', 'nonsense: 1'));
    folder.write('c.yaml', school('west', 'people: [{id: a, name: a}, {id: a, name: b}]'));
    folder.write('gateway.yaml', 'http: {port: -1}');
    expect(mistakesOf(() => load(folder.path)).map(({ file }) => file)).toEqual([
      'a.yaml',
      'b.yaml',
      'c.yaml',
      'gateway.yaml',
    ]);
  });
});

describe('what can not be read', () => {
  const unreadable = expect.objectContaining({ code: 'CONFIG_UNREADABLE' });

  test('is named: a file that is not there, an empty folder, a huge file', () => {
    using folder = new Folder();
    expect(() => load(folder.file('campus.yaml'))).toThrow(unreadable);
    expect(() => load(folder.path)).toThrow(unreadable);
    folder.write('huge.yaml', Buffer.alloc(17 * 1024 * 1024, '#'));
    expect(() => load(folder.file('huge.yaml'))).toThrow(unreadable);
  });
});

test('files that the configuration names lie beside it', () => {
  using folder = new Folder();
  const tls = '{certFile: tls/cert.pem, keyFile: /etc/key.pem}';
  const file = folder.write('campus.yaml', `${TEN_LINES}transport: {tls: ${tls}}\n`);
  expect(load(file).machine.transport.tls).toMatchObject({
    certFile: folder.file('tls/cert.pem'),
    keyFile: '/etc/key.pem',
  });
});
