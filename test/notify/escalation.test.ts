import { describe, expect, test } from 'vitest';
import type { Campus } from '../../src/campus/model.ts';
import { escalate } from '../../src/notify/escalation.ts';
import { configure } from '../harness/configuration.ts';
import { rule, thermometer } from '../harness/profiles.ts';
import { school } from '../harness/school.ts';

const PEOPLE = '[{id: zhang, name: 张伟}, {id: li, name: 李娜}, {id: wang, name: 王校长}]';
const ROSTER = '{default: zhang, leader: li}';
const STEPS = `{
  webhook: {url: "http://phone.invalid/"},
  escalation: [{to: [duty]}, {after: 10m, to: [leader]}, {after: 30m, to: [wang], severities: [critical, major]}]}`;
const SCHOOL = {
  devices:
    '[{id: freezer, name: 一号冷冻柜, profile: test/freezer}, {id: hall, name: 走廊烟感, profile: generic/smoke-detector}]',
  profiles: { 'test/freezer': thermometer(rule('too-warm', 'high: -5, onDelay: 10m')) },
  people: PEOPLE,
  roster: ROSTER,
  notify: STEPS,
};

type Night = Awaited<ReturnType<typeof school>>;

/** Whose phone rang how many minutes after the first. */
function rang(night: Night): [minutes: number, person: string | undefined][] {
  const raised = night.phone.attempts.filter(({ message }) => message.event === 'raised');
  const began = raised[0]?.time ?? 0;
  return raised.map(({ time, message }) => [(time - began) / 60_000, message.person?.name]);
}

async function freezerFails(night: Night): Promise<void> {
  const freezer = night.campus.thermometer('freezer');
  await freezer.holds(-3);
  await night.clock.forward('11m');
}

describe('while nobody acknowledges', () => {
  test('the duty, then the leader, then the head are told, each in his time', async () => {
    await using night = await school(SCHOOL);
    await freezerFails(night);
    await night.clock.forward('32m');
    expect(rang(night)).toEqual([
      [0, '张伟'],
      [10, '李娜'],
      [30, '王校长'],
    ]);
  });

  test('a restart between two steps neither repeats nor forgets one', async () => {
    await using night = await school(SCHOOL);
    await freezerFails(night);
    await night.restart();
    await night.clock.forward('11m');
    expect(rang(night).map(([, person]) => person)).toEqual(['张伟', '李娜']);
  });

  test('a clock that is set back between two steps keeps nobody waiting until it has caught up', async () => {
    await using night = await school(SCHOOL);
    await freezerFails(night);
    night.clock.virtual.set(-8 * 3_600_000);
    await night.clock.forward('42m');
    expect(rang(night).map(([, person]) => person)).toEqual(['张伟', '李娜', '王校长']);
  });
});

test('an acknowledgement ends it', async () => {
  await using night = await school(SCHOOL);
  await freezerFails(night);
  night.phone.expect('too-warm').acknowledge('张伟');
  await night.clock.forward('31m');
  expect(rang(night)).toEqual([[0, '张伟']]);
});

test.each([
  [
    'the second step',
    '11m',
    [
      [0, '张伟'],
      [10, '李娜'],
    ],
  ],
  [
    'the last step',
    '31m',
    [
      [0, '张伟'],
      [10, '李娜'],
      [30, '王校长'],
    ],
  ],
])('so does one at %s', async (_step, wait, told) => {
  await using night = await school(SCHOOL);
  await freezerFails(night);
  await night.clock.forward(wait);
  night.acknowledge(night.alarm('freezer', 'too-warm'), '李娜');
  await night.clock.forward('2h');
  expect(rang(night)).toEqual(told);
});

test('what is over by itself is told to those who heard of it, and escalates no further', async () => {
  await using night = await school(SCHOOL);
  await freezerFails(night);
  await night.campus.thermometer('freezer').holds(-19);
  await night.clock.forward('31m');
  expect(rang(night)).toEqual([[0, '张伟']]);
  const over = night.phone.attempts.filter(({ message }) => message.event === 'cleared');
  expect(over.map(({ message }) => message.person?.name)).toEqual(['张伟']);
});

test('fire waits for nobody: every step at once', async () => {
  await using night = await school(SCHOOL);
  await night.campus.detector('hall').says(true);
  await night.clock.forward('1m');
  expect(rang(night)).toEqual([
    [0, '张伟'],
    [0, '李娜'],
    [0, '王校长'],
  ]);
});

function campusWith(notify: string): Campus {
  const { campuses } = configure({ devices: '[]', people: PEOPLE, roster: ROSTER, notify });
  return campuses.get('qingcheng') ?? expect.fail('no campus');
}

test('a step calls whoever is on duty when it is due, not when the alarm began', async () => {
  // the freezer rings at ten past eight, and at a quarter past the shift changes
  await using night = await school({
    ...SCHOOL,
    roster: `{default: wang, shifts: [
      {person: zhang, from: "18:00", to: "20:15"}, {person: li, from: "20:15", to: "18:00"}]}`,
    notify:
      '{webhook: {url: "http://phone.invalid/"}, escalation: [{to: [duty]}, {after: 10m, to: [duty]}]}',
  });
  await freezerFails(night);
  await night.clock.forward('10m');
  expect(rang(night)).toEqual([
    [0, '张伟'],
    [10, '李娜'],
  ]);
});

test('a robot mentions whom a later step calls; what is over it says once', async () => {
  await using night = await school({
    ...SCHOOL,
    notify: `{channels: {robot: {kind: wecom, keyEnv: KEY}},
      escalation: [{to: [duty]}, {after: 10m, to: [leader]}]}`,
  });
  await freezerFails(night);
  await night.clock.forward('11m');
  await night.campus.thermometer('freezer').holds(-19);
  await night.clock.forward('31m');
  const said = night.phone.attempts.map(({ message }) => [message.event, message.person?.name]);
  expect(said).toEqual([
    ['raised', '张伟'],
    ['raised', '李娜'],
    ['cleared', '张伟'],
  ]);
});

test('a robot tells a group once, whomever the steps name; a phone is told by person', () => {
  const campus = campusWith(`{
    channels: {robot: {kind: wecom, keyEnv: KEY}, push: {kind: bark, keyEnv: BARK}},
    escalation: [{to: [everyone]}]}`);
  const owed = escalate(campus, 'major', 0).map(
    ({ channel, person }) => `${channel} ${person?.id}`,
  );
  expect(owed).toEqual(['robot zhang', 'push zhang', 'push li', 'push wang']);
});

test('nobody is called up for what is not critical, nor for the end of it', async () => {
  const channels = '{push: {kind: bark, keyEnv: BARK}, call: {kind: aliyun-voice, ttsCode: TTS_1}}';
  const people = '[{id: zhang, name: 张伟, phone: "13800000001"}]';
  await using night = await school({
    ...SCHOOL,
    people,
    roster: '{default: zhang}',
    notify: `{channels: ${channels}}`,
  });
  const owed = (device: string) =>
    night.core.outbox
      .ofAlarm(night.core.store.list({ device, limit: 1 })[0]?.id ?? 0)
      .map(({ event, channel }) => `${event} ${channel}`);
  await freezerFails(night);
  expect(owed('freezer')).toEqual(['raised push']);
  await night.campus.detector('hall').says(true);
  await night.clock.forward('1m');
  await night.campus.detector('hall').says(false);
  await night.clock.forward('1m');
  expect(owed('hall')).toEqual(['raised push', 'raised call', 'cleared push']);
});

test('a group is told once at a time: of a fire, whomever the steps name', () => {
  const campus = campusWith(`{channels: {robot: {kind: wecom, keyEnv: KEY}},
    escalation: [{to: [duty]}, {after: 10m, to: [leader]}]}`);
  const told = (severity: 'critical' | 'major') =>
    escalate(campus, severity, 0).map(({ due, person }) => `${due / 60_000} ${person?.id}`);
  expect(told('critical')).toEqual(['0 zhang']);
  expect(told('major')).toEqual(['0 zhang', '10 li']);
});

test('without steps every channel tells the duty; a minor alarm skips the steps of graver ones', () => {
  const plain = campusWith(
    '{webhook: {url: "http://phone.invalid/"}, channels: {push: {kind: bark, keyEnv: BARK}}}',
  );
  expect(escalate(plain, 'minor', 5)).toMatchObject([
    { due: 5, channel: 'webhook', person: { id: 'zhang' } },
    { due: 5, channel: 'push', person: { id: 'zhang' } },
  ]);
  expect(escalate(campusWith(STEPS), 'minor', 0).map(({ person }) => person?.id)).toEqual([
    'zhang',
    'li',
  ]);
});

test.each([
  ['[{channels: [sms], to: [li]}]', /escalation\[0\]: found sms;.*phone for SMS/],
  ['[{channels: [sms]}, {channels: [call], severities: [minor]}]', /escalation\[1\]: found call/],
  ['[{channels: [push], to: [leader]}]', /escalation\[0\]: found push/],
  ['[{channels: [sms], to: [wang]}]', /escalation\[0\]: found sms/],
  ['[{channels: [sms], severities: [minor, major]}]', /escalation: found none;.*critical alarms/],
])('an escalation that reaches nobody is a mistake: %s', (steps, mistake) => {
  const notify = `{channels: {
    sms: {kind: tencent-sms, sdkAppId: "1", signName: 学校, templateId: "1"},
    call: {kind: aliyun-voice, ttsCode: TTS_1}, push: {kind: ntfy, topics: {zhang: a}}},
    escalation: ${steps}}`;
  const people =
    '[{id: zhang, name: 张伟, phone: "13800000001"}, {id: li, name: 李娜}, {id: wang, name: 王校长, phone: "01012345678"}]';
  expect(() => configure({ devices: '[]', people, roster: ROSTER, notify })).toThrow(mistake);
});

test('an escalation to nobody or by an unknown channel is a mistake with its line', () => {
  const steps =
    '{webhook: {url: "http://phone.invalid/"}, escalation: [{to: [nobody], channels: [pigeon]}]}';
  expect(() => campusWith(steps)).toThrow(
    /escalation\[0\]\.channels\[0\]: found "pigeon"(.|\n)*escalation\[0\]\.to\[0\]: found "nobody"/,
  );
});
