import { describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/campus/load.ts';
import { Folder } from '../harness/folder.ts';
import { brief, mistakesOf, type Named } from '../harness/mistakes.ts';
import { realProfiles } from '../harness/profiles.ts';

function mistakesIn(text: string): Named[] {
  using folder = new Folder();
  const file = folder.write('campus.yaml', text);
  return mistakesOf(() => loadConfiguration(file, realProfiles));
}

describe('a file with ten mistakes', () => {
  const WRONG = `
campus: {id: Qingcheng, name: 青城小学}
zones:
  - {id: canteen}
devices:
  - {id: freezer, profile: 7}
  - {id: fridge, profile: generic/fridge, colour: white}
people:
  - {id: zhang, name: 张伟, phone: 138-0000}
roster:
  shifts:
    - {person: zhang, days: [monday], from: "25:00", to: "07:00"}
calendar:
  terms: [{name: 第一学期, from: 2026-13-01, to: 2027-01-22}]
targets: {repairResponse: 2 hours}
storage: {maxDeadLetters: 5}
`;

  test('names all ten, with line, path and what stands there', () => {
    expect(mistakesIn(WRONG).map(brief)).toEqual([
      '2 campus.id: "Qingcheng"',
      '4 zones[0].name: nothing',
      '6 devices[0].profile: 7',
      '7 devices[1].colour: the unknown key "colour"',
      '9 people[0].phone: a text (not shown)',
      '12 roster.shifts[0].days[0]: "monday"',
      '12 roster.shifts[0].from: "25:00"',
      '14 calendar.terms[0].from: "2026-13-01"',
      '15 targets.repairResponse: "2 hours"',
      '16 storage.maxDeadLetters: 5',
    ]);
  });

  test('says of each what is allowed', () => {
    const allowed = mistakesIn(WRONG).map((mistake) => mistake.allowed);
    expect(allowed.slice(0, 3)).toEqual([
      'a short name of a–z, 0–9, - and _, at most 63 characters',
      'a text of 1 to 100 characters',
      'the name of a profile',
    ]);
    expect(allowed[3]).toMatch(/^only these keys: id, name, profile, zone, /);
    expect(allowed.slice(4)).toEqual([
      'a phone number of digits, in quotes',
      'one of mon, tue, wed, thu, fri, sat, sun',
      'a time of day such as "07:30", in quotes',
      'a date such as 2026-09-01',
      'a duration such as 30s, 15m, 2h or 1d',
      'a whole number 100–10000000',
    ]);
  });
});

test('what does not fit together is named in the same way', () => {
  const mistakes = mistakesIn(`
campus: {id: qingcheng, name: 青城小学, timezone: Asia/Qingcheng}
zones:
  - {id: canteen, name: 食堂}
  - {id: canteen, name: 食堂}
  - {id: store, name: 冷库间, parent: cellar}
bridges:
  - {id: zigbee, kind: zigbee2mqtt, topic: zigbee2mqtt}
devices:
  - {id: one, profile: generic/freezr}
  - {id: one, profile: generic/freezer, zone: attic}
  - {id: zigbee, profile: generic/freezer}
  - {id: room, profile: zigbee2mqtt/temperature}
  - {id: room-2, profile: zigbee2mqtt/temperature, bridge: bluetooth}
  - {id: room-3, profile: zigbee2mqtt/temperature, bridge: zigbee, address: x}
  - {id: room-4, profile: zigbee2mqtt/temperature, bridge: zigbee, address: x}
  - {id: meter, profile: generic/electricity-meter, parent: nowhere}
  - {id: fridge, profile: generic/fridge, bridge: zigbee, address: x}
people: [{id: zhang, name: 张伟}]
roster: {default: li, shifts: [{person: wang, from: "07:00", to: "08:00"}]}
calendar:
  terms: [{name: 第一学期, from: 2026-09-01, to: 2026-08-01}]
  offDays: [{name: 国庆节, from: 2026-10-02, to: 2026-10-01}]
`);
  expect(mistakes.map(brief)).toEqual([
    '2 campus.timezone: "Asia/Qingcheng"',
    '5 zones[1].id: "canteen" again',
    '6 zones[2].parent: "cellar"',
    '10 devices[0].profile: "generic/freezr"',
    '11 devices[1].id: "one" again',
    '11 devices[1].zone: "attic"',
    '12 devices[2].id: "zigbee"',
    '13 devices[3].bridge: nothing',
    '14 devices[4].bridge: "bluetooth"',
    '16 devices[6].address: "x"',
    '17 devices[7].parent: "nowhere"',
    '18 devices[8].bridge: "zigbee"',
    '20 roster.default: "li"',
    '20 roster.shifts[0].person: "wang"',
    '22 calendar.terms[0].to: "2026-08-01"',
    '23 calendar.offDays[0].to: "2026-10-01"',
  ]);
});

describe('circles', () => {
  const BEGIN = 'campus: {id: qingcheng, name: 青城小学}\n';

  test('of zones are named, and those that lead into them', () => {
    const mistakes = mistakesIn(`${BEGIN}zones:
  - {id: fine, name: 好}
  - {id: a, name: 甲, parent: b}
  - {id: b, name: 乙, parent: c}
  - {id: c, name: 丙, parent: a}
  - {id: below, name: 丁, parent: a}
  - {id: itself, name: 戊, parent: itself}
`);
    expect(mistakes.map(({ line }) => line)).toEqual([4, 5, 6, 7, 8]);
    for (const { allowed } of mistakes) expect(allowed).toBe('no circle of zones');
  });

  test('of meters are named', () => {
    const meter = (id: string, parent: string) =>
      `  - {id: ${id}, profile: generic/electricity-meter, parent: ${parent}}\n`;
    const mistakes = mistakesIn(
      `${BEGIN}devices:\n${meter('a', 'b')}${meter('b', 'a')}${meter('itself', 'itself')}`,
    );
    expect(mistakes.map(brief)).toEqual([
      '3 devices[0].parent: "b"',
      '4 devices[1].parent: "a"',
      '5 devices[2].parent: "itself"',
    ]);
    for (const { allowed } of mistakes) expect(allowed).toBe('no circle of meters');
  });
});

test('base topics of bridges keep apart, from ours too', () => {
  const mistakes = mistakesIn(`campus: {id: qingcheng, name: 青城小学}
bridges:
  - {id: a, kind: zigbee2mqtt, topic: zigbee}
  - {id: b, kind: zigbee2mqtt, topic: zigbee}
  - {id: c, kind: zigbee2mqtt, topic: zigbee/annex}
  - {id: d, kind: zigbee2mqtt, topic: campus}
  - {id: e, kind: zigbee2mqtt, topic: campus/zigbee}
  - {id: f, kind: zigbee2mqtt, topic: zigbee2}
`);
  expect(mistakes.map(({ line }) => line)).toEqual([4, 5, 6, 7]);
});

test('changes of rules must fit the rules', () => {
  const rules = `{
      too-wet: {off: true},
      constructor: {off: true},
      __proto__: {off: true},
      too-warm: {after: 5m},
      silent: {high: 3},
      much-too-warm: {low: 3}}`;
  const mistakes = mistakesIn(`campus: {id: qingcheng, name: 青城小学}
devices:
  - id: freezer
    profile: generic/freezer
    rules: ${rules}
`);
  expect(mistakes.map(brief)).toEqual([
    '6 devices[0].rules.too-wet: "too-wet"',
    '7 devices[0].rules.constructor: "constructor"',
    '8 devices[0].rules.__proto__: "__proto__"',
    '9 devices[0].rules.too-warm.after: after',
    '10 devices[0].rules.silent.high: high',
    '11 devices[0].rules.much-too-warm.low: 3',
  ]);
});

describe('a file that is no YAML', () => {
  test.each([
    ['a bracket is missing', 'campus: {id: qingcheng\n', /^\d+ \(file\)/],
    ['a tab for an indent', 'campus:\n\tid: qingcheng\n', /^2 \(file\)/],
    ['a key twice', 'campus: {id: a, name: b}\ncampus: {id: c, name: d}\n', /^2 \(file\)/],
    ['two documents', 'campus: {id: a, name: b}\n---\n{}\n', /^\d+ \(file\)/],
    ['an alias of nothing', 'campus: *nothing\n', /^1 \(file\)/],
  ])('is named with its line: %s', (_what, text, expected) => {
    expect(mistakesIn(text).map(brief)[0]).toMatch(expected);
  });

  test.each(['', '# nothing yet\n', '[]', 'campus', '42'])('or lacks everything: %j', (text) => {
    expect(mistakesIn(text)).not.toEqual([]);
  });
});

test('no secret of a school is shown, be it written in the wrong place or form', () => {
  const mistakes = mistakesIn(`campus: {id: qingcheng, name: 青城小学}
people: [{id: zhang, name: 张伟, phone: 13800001234}]
notify:
  channels:
    push: {kind: ntfy, topic: "secret 1234", topics: {zhang: "secret/1234"}}
    bark: {kind: bark, keyEnv: secret1234}
    other: {kind: bork, keyEnv: secret1234}
  webhook: https://school.test/?key=1234
`);
  expect(mistakes.map(brief)).toEqual([
    '2 people[0].phone: a number (not shown)',
    '5 notify.channels.push.topic: a text (not shown)',
    '5 notify.channels.push.topics.zhang: a text (not shown)',
    '6 notify.channels.bark.keyEnv: a text (not shown)',
    '7 notify.channels.other: a mapping (not shown)',
    '8 notify.webhook: a text (not shown)',
  ]);
});

test('days must exist and stand in order, wherever they are written', () => {
  const mistakes = mistakesIn(`campus: {id: qingcheng, name: 青城小学}
people: [{id: zhang, name: 张伟}, {id: li, name: 李娜}]
roster:
  substitutes:
    - {for: zhang, by: li, from: 2026-10-02}
    - {for: zhang, by: li, from: 2026-10-02, to: 2026-10-01}
    - {for: zhang, by: li, from: 2026-11-31}
calendar:
  terms:
    - {name: 第一学期, from: 2026-09-01, to: 2027-02-29}
    - {name: 第二学期, from: 2027-02-30, to: 2027-06-30}
  offDays:
    - {name: 国庆节, from: 2026-09-31, to: 2026-10-07}
    - {name: 元旦, from: 2027-01-01}
  makeUpDays: [2026-10-10, 2026-06-31]
devices:
  - {id: meter, profile: generic/electricity-meter, multipliers: [{from: 2026-02-30, ratio: 40}]}
  - {id: freezer, profile: generic/freezer, outOfService: [{from: 2026-07-01, to: 2026-06-31, person: 张伟, reason: 暑假}]}
`);
  expect(mistakes.map(brief)).toEqual([
    '6 roster.substitutes[1].to: "2026-10-01"',
    '7 roster.substitutes[2].from: "2026-11-31"',
    '10 calendar.terms[0].to: "2027-02-29"',
    '11 calendar.terms[1].from: "2027-02-30"',
    '13 calendar.offDays[0].from: "2026-09-31"',
    '15 calendar.makeUpDays[1]: "2026-06-31"',
    '17 devices[0].multipliers[0].from: "2026-02-30"',
    '18 devices[1].outOfService[0].to: "2026-06-31"',
  ]);
});

test('a rule that would always or never hold is a mistake', () => {
  const mistakes = mistakesIn(`campus: {id: qingcheng, name: 青城小学}
devices:
  - id: freezer
    profile: generic/freezer
    rules:
      silent: {after: 0s}
      much-too-warm: {high: 500}
      warm-in-all: {high: -300}
  - {id: limited, profile: generic/freezer, unit: {limits: {high: 80, hard: 79}}}
  - {id: room, profile: generic/environment, rules: {too-cold: {low: -40}, silent: {after: 1m}}}
  - {id: water, profile: generic/water-meter, rules: {continuous-flow: {after: 1s}}}
`);
  expect(mistakes.map(brief)).toEqual([
    '6 devices[0].rules.silent.after: "0s"',
    '7 devices[0].rules.much-too-warm.high: 500',
    '8 devices[0].rules.warm-in-all.high: -300',
    '9 devices[1].unit.limits.high: 80',
    '10 devices[2].rules.too-cold.low: -40',
    '10 devices[2].rules.silent.after: "1m"',
    '11 devices[3].rules.continuous-flow.after: "1s"',
  ]);
  expect(mistakes[1]?.allowed).toBe("at least -60 and below 80, as the metric's range ends there");
});

test('what is no number is shown as it is', () => {
  const mistakes = mistakesIn(`campus: {id: qingcheng, name: 青城小学}
targets:
  waterReduction: .nan
  traceability: .inf
`);
  expect(mistakes.map(brief)).toEqual([
    '3 targets.waterReduction: NaN',
    '4 targets.traceability: Infinity',
  ]);
});

describe('a file that is not saved as UTF-8', () => {
  const TEXT = 'campus:\n  id: q\n  name: 青城\n';
  // 青城 in GBK, as Notepad on a Chinese Windows saves it
  const gbk = Buffer.concat([
    Buffer.from('campus:\n  id: q\n  name: '),
    Buffer.from([0xc7, 0xe0, 0xb3, 0xc7]),
    Buffer.from('\n'),
  ]);

  test.each([
    ['GBK, at the first line that shows it', gbk, 3],
    ['UTF-16', Buffer.from(`\ufeff${TEXT}`, 'utf16le'), 1],
    ['UTF-16 without a mark', Buffer.from(TEXT, 'utf16le'), 1],
  ])('is named rather than taken with its names broken: %s', (_what, bytes, line) => {
    using folder = new Folder();
    const file = folder.write('campus.yaml', bytes);
    const mistakes = mistakesOf(() => loadConfiguration(file, realProfiles));
    expect(mistakes.map(brief)).toEqual([`${line} (file): text in another encoding`]);
    expect(mistakes[0]?.allowed).toBe('UTF-8 text: save the file as UTF-8');
  });

  test('a UTF-8 file may begin with its mark', () => {
    using folder = new Folder();
    const file = folder.write('campus.yaml', `\ufeff${TEXT}`);
    expect(loadConfiguration(file, realProfiles).campuses.get('q')?.name).toBe('青城');
  });
});

test('changes of rules must go together, too', () => {
  const mistakes = mistakesIn(`campus: {id: qingcheng, name: 青城小学}
calendar: {hours: {from: "17:00", to: "08:00"}}
devices:
  - id: fridge
    profile: generic/fridge
    rules:
      door-open: {window: 30s}
      stuck: {after: 30d, high: 3}
      warm-in-all: {total: 2d}
  - id: smoke
    profile: generic/smoke-detector
    rules:
      smoke: {when: school-hours}
      dirty: {rise: 3, window: 2h}
`);
  expect(mistakes.map(brief)).toEqual([
    '2 calendar.hours.to: "08:00"',
    '7 devices[0].rules.door-open.window: "30s"',
    '8 devices[0].rules.stuck.high: high',
    '8 devices[0].rules.stuck.after: "30d"',
    '9 devices[0].rules.warm-in-all.total: "2d"',
    '13 devices[1].rules.smoke.when: "school-hours"',
    '14 devices[1].rules.dirty.rise: rise',
    '14 devices[1].rules.dirty.window: "2h"',
  ]);
});
