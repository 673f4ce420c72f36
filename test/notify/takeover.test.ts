import { afterEach, describe, expect, test } from 'vitest';
import { gatewaySettings } from '../../simulators/providers/settings.ts';
import { type Providers, startProviders } from '../../simulators/providers/start.ts';
import type { Campus, Configuration } from '../../src/campus/model.ts';
import type { Clock } from '../../src/clock.ts';
import { createChannels } from '../../src/notify/channels/create.ts';
import { Limiter } from '../../src/notify/channels/limiter.ts';
import { successors } from '../../src/notify/takeover.ts';
import { configure } from '../harness/configuration.ts';
import { rule, smokeDetector, thermometer } from '../harness/profiles.ts';
import { type School, school } from '../harness/school.ts';

const PEOPLE = `[
  {id: zhang, name: 张伟, phone: "13800000001", email: zhang@school.example},
  {id: li, name: 李娜}]`;
const FRIDGES = 10;

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Night {
  school: School;
  providers: Providers;
}

/** A school whose messages go to the simulated providers, by these steps. */
async function night(escalation: string): Promise<Night> {
  // the providers' clock is the school's, which exists only once it is open
  let clock: Clock | undefined;
  const providers = await startProviders({ clock: { now: () => clock?.now() ?? 0 } });
  const { channels, env } = gatewaySettings(providers);
  const configuration = schoolWith(channels, escalation);
  const opened = await school(configuration, undefined, {
    channelOf: ({ campuses }, virtual) => {
      clock = virtual;
      const notify = campuses.get('qingcheng')?.notify ?? expect.fail('no campus');
      const parts = { campus: 'qingcheng', clock: virtual, env, limiter: new Limiter() };
      const built = createChannels(notify, parts);
      return (campus, name) => (name in campus.notify.channels ? built.get(name) : undefined);
    },
  });
  closers.push(
    () => providers.stop(),
    () => opened[Symbol.asyncDispose](),
  );
  return { school: opened, providers };
}

function schoolWith(channels: Readonly<Record<string, object>>, escalation: string): Configuration {
  const fridges = Array.from(
    { length: FRIDGES },
    (_, i) => `{id: fridge-${i}, name: ${i}号柜, profile: test/fridge}`,
  );
  return configure({
    people: PEOPLE,
    devices: `[${fridges.join(', ')}, {id: hall, name: 走廊烟感, profile: test/smoke}]`,
    profiles: {
      'test/fridge': thermometer(rule('warm', 'high: 8, severity: minor')),
      'test/smoke': smokeDetector(rule('fire', 'is: true, severity: critical')),
    },
    notify: JSON.stringify({ channels }).replace(/}$/, `, escalation: ${escalation}}`),
  });
}

/** One fridge after the other is warm: minor alarms. */
async function warm({ school: { campus } }: Night, fridges = FRIDGES): Promise<void> {
  for (let i = 0; i < fridges; i++) await campus.thermometer(`fridge-${i}`).holds(9);
}

const received = ({ providers }: Night, provider: string) =>
  providers.received.filter((message) => message.provider === provider);

/** The notifications of a fridge's alarm in words, with their delivery log. */
const log = ({ school: night }: Night, fridge: string) =>
  night.core.outbox
    .ofAlarm(night.alarm(fridge, 'warm').id)
    .map(({ channel, state, deliveries }) => [
      `${channel} ${state}`,
      ...deliveries.map(({ outcome, detail }) => `${outcome}: ${detail}`),
    ]);

test('minor alarms use up a quota: the SMS takes over at once, and a fire gets through', async () => {
  const here = await night(
    '[{channels: [dingtalk]}, {after: 30m, channels: [aliyun-sms]}, {after: 1h, channels: [email]}]',
  );
  await warm(here);
  expect(received(here, 'dingtalk')).toHaveLength(7);
  expect(received(here, 'aliyun-sms')).toHaveLength(FRIDGES - 7);
  expect(log(here, 'fridge-9')).toEqual([
    [
      'dingtalk replaced',
      "limited: CHANNEL_LIMITED: the gateway's own limit; aliyun-sms takes over",
    ],
    ['aliyun-sms sent', expect.stringMatching(/^sent: /)],
    ['email pending'],
  ]);

  await here.school.campus.detector('hall').says(true);
  const fire = received(here, 'dingtalk').at(-1);
  expect(fire).toMatchObject({ title: '【紧急】fire', time: here.school.clock.now });
  expect(received(here, 'aliyun-sms').at(-1)?.time).toBe(here.school.clock.now);
});

test('what was taken over is not told again when the quota is free', async () => {
  const here = await night('[{channels: [dingtalk]}, {after: 30m, channels: [aliyun-sms]}]');
  await warm(here);
  await here.school.clock.forward('29m');
  expect(received(here, 'dingtalk')).toHaveLength(7);
  // those whom the robot told hear the next step; those whom it did not have heard it already
  // in one message, as it falls due together
  await here.school.clock.forward('2m');
  expect(received(here, 'aliyun-sms')).toHaveLength(FRIDGES - 7 + 1);
  for (let i = 0; i < FRIDGES; i++) {
    const robot = i < 7 ? 'dingtalk sent' : 'dingtalk replaced';
    expect(log(here, `fridge-${i}`).map(([state]) => state)).toEqual([robot, 'aliyun-sms sent']);
  }
});

describe('where several alarms are told of in one message', () => {
  test('all of them are taken over, in one message again', async () => {
    const here = await night(
      '[{after: 10m, channels: [dingtalk]}, {after: 1h, channels: [aliyun-sms]}]',
    );
    here.providers.fail('dingtalk', { status: 200, body: { errcode: 460101, errmsg: 'too long' } });
    await warm(here, 3);
    await here.school.clock.forward('10m');
    expect(received(here, 'aliyun-sms')).toHaveLength(1);
    for (const fridge of ['fridge-0', 'fridge-1', 'fridge-2']) {
      expect(log(here, fridge)).toEqual([
        ['dingtalk failed', 'failed: CHANNEL_REFUSED: 460101 too long; aliyun-sms takes over'],
        ['aliyun-sms sent', expect.stringMatching(/^sent: /)],
      ]);
    }
    await here.school.clock.forward('2h');
    expect(received(here, 'aliyun-sms')).toHaveLength(1);
  });

  test('also by a channel that was not to tell of them, and none is repeated later', async () => {
    const here = await night(
      '[{after: 10m, channels: [dingtalk]}, {after: 1h, channels: [bark], to: [li]}]',
    );
    here.providers.fail('dingtalk', { status: 200, body: { errcode: 130101, errmsg: 'too many' } });
    await warm(here, 3);
    await here.school.clock.forward('10m');
    const states = () =>
      ['fridge-0', 'fridge-1', 'fridge-2'].map((fridge) =>
        here.school.core.outbox
          .ofAlarm(here.school.alarm(fridge, 'warm').id)
          .filter(({ person }) => person === 'zhang')
          .map(({ channel, state }) => `${channel} ${state}`),
      );
    const taken = ['dingtalk replaced', 'bark sent'];
    expect(states()).toEqual([taken, taken, taken]);
    const told = received(here, 'bark').length;
    await here.school.clock.forward('2h');
    // 李娜 has heard by her own step
    expect(received(here, 'bark')).toHaveLength(told + 1);
    expect(received(here, 'dingtalk')).toHaveLength(0);
    expect(states()).toEqual([taken, taken, taken]);
  });
});

test('a message that failed for good goes on to the next channel that reaches the person', async () => {
  const here = await night(
    '[{channels: [dingtalk]}, {after: 10m, to: [li], channels: [bark]}, {after: 20m, channels: [email]}]',
  );
  here.providers.fail('dingtalk', { status: 200, body: { errcode: 460101, errmsg: 'too long' } });
  await warm(here, 1);
  expect(log(here, 'fridge-0')).toEqual([
    ['dingtalk failed', 'failed: CHANNEL_REFUSED: 460101 too long; bark takes over'],
    ['bark pending'],
    ['email pending'],
    ['bark sent', expect.stringMatching(/^sent: /)],
  ]);
  expect(here.school.core.outbox.ofAlarm(1).at(-1)).toMatchObject({
    person: 'zhang',
    takesOver: 1,
  });
});

test('if the next fails too, the one after it; where none is left the log says so', async () => {
  const here = await night('[{channels: [dingtalk, wecom, email]}]');
  const refuses = { status: 200, body: { errcode: 300005, errmsg: 'token is not exist' } };
  here.providers.fail('dingtalk', refuses);
  here.providers.fail('wecom', { status: 200, body: { errcode: 93000, errmsg: 'invalid' } });
  here.providers.fail('email', { status: 550, body: {} });
  await warm(here, 1);
  const details = log(here, 'fridge-0').map(([, first]) => first);
  expect(details[0]).toMatch(/^retry: CHANNEL_SETUP.*; (wecom|email) takes over$/);
  expect(details.filter((detail) => detail?.endsWith('no other channel is left'))).toHaveLength(1);
});

test('a restart at that moment loses nothing: the successor is owed already', async () => {
  const here = await night('[{channels: [dingtalk]}, {after: 30m, channels: [email]}]');
  here.providers.fail('dingtalk', { status: 200, body: { errcode: 460101, errmsg: 'too long' } });
  here.providers.fail('email', 'drop');
  await warm(here, 1);
  await here.school.restart();
  here.providers.fail('email', undefined);
  await here.school.clock.forward('2m');
  expect(received(here, 'email')).toHaveLength(1);
});

test('an outage of the only provider for an hour, with a restart in the middle: it arrives once', async () => {
  const here = await night('[{channels: [dingtalk]}]');
  here.providers.fail('dingtalk', 'drop');
  await warm(here, 1);
  await here.school.clock.forward('30m');
  await here.school.restart();
  await here.school.clock.forward('30m');
  expect(received(here, 'dingtalk')).toEqual([]);
  here.providers.fail('dingtalk', undefined);
  await here.school.clock.forward('2h');
  expect(received(here, 'dingtalk')).toHaveLength(1);
});

test('a fire goes by the channel that could not send it too, as soon as that can', async () => {
  const here = await night('[{channels: [dingtalk], to: [zhang]}, {channels: [bark], to: [li]}]');
  here.providers.fail('dingtalk', { status: 200, body: { errcode: 130101, errmsg: 'too fast' } });
  await here.school.campus.detector('hall').says(true);
  // 李娜 by her step, and 张伟 instead of the robot
  expect(received(here, 'bark')).toHaveLength(2);
  here.providers.fail('dingtalk', undefined);
  await here.school.clock.forward('11m');
  const rows = here.school.core.outbox.ofAlarm(here.school.alarm('hall', 'fire').id);
  expect(rows.find(({ channel }) => channel === 'dingtalk')).toMatchObject({ state: 'sent' });
  expect(received(here, 'dingtalk')).toHaveLength(1);
});

test('a robot that was taken out of campus.yaml: what it owed goes by the channels that are there', async () => {
  const here = await night('[{channels: [dingtalk]}]');
  here.providers.fail('dingtalk', 'drop');
  await warm(here, 1);
  const { email } = gatewaySettings(here.providers).channels;
  await here.school.follow(schoolWith({ email }, '[{channels: [email]}]'));
  await here.school.clock.forward('1m');
  expect(received(here, 'email')).toHaveLength(1);
  expect(log(here, 'fridge-0')[0]?.at(-1)).toMatch(/CHANNEL_UNKNOWN: dingtalk.*email takes over/);
});

describe('the channels that may take over', () => {
  const campus = (escalation: string): Campus =>
    configure({
      devices: '[]',
      people: PEOPLE,
      notify: `{
        webhook: {url: "http://phone.invalid/"},
        channels: {
          robot: {kind: wecom}, call: {kind: aliyun-voice, ttsCode: TTS_1},
          sms: {kind: tencent-sms, sdkAppId: "1", signName: 学校, templateId: "1"},
          push: {kind: ntfy, topics: {li: li-topic}}, mail: {kind: email, host: h, from: a@b.cn}},
        escalation: ${escalation}}`,
    }).campuses.get('qingcheng') ?? expect.fail('no campus');
  const names = (escalation: string, channel: string, person = 'zhang', severity = 'major') => {
    const here = campus(escalation);
    const who = here.people.find(({ id }) => id === person);
    const grave = severity === 'critical' ? 'critical' : 'major';
    return successors(here, grave, channel, who).map((one) => one.channel);
  };

  test('are first those of its step, then those of later steps', () => {
    const steps =
      '[{channels: [mail]}, {after: 1m, channels: [robot, sms]}, {after: 2m, channels: [webhook]}]';
    expect(names(steps, 'robot')).toEqual(['sms', 'webhook']);
    expect(names(steps, 'sms')).toEqual(['robot', 'webhook']);
    expect(names(steps, 'webhook')).toEqual([]);
  });

  test('of one that campus.yaml no longer names are all that there are', () => {
    expect(names('[{channels: [webhook]}, {after: 1m, channels: [robot]}]', 'gone')).toEqual([
      'webhook',
      'robot',
    ]);
  });

  test('must reach the person', () => {
    const all = '[{channels: [robot, call, sms, push, mail]}]';
    expect(names(all, 'robot')).toEqual(['sms', 'mail']);
    expect(names(all, 'robot', 'zhang', 'critical')).toEqual(['call', 'sms', 'mail']);
    expect(names(all, 'robot', 'li')).toEqual(['push']);
    expect(names(all, 'robot', 'nobody')).toEqual([]);
  });

  test('of steps for other severities are left out', () => {
    const steps = '[{channels: [robot]}, {channels: [sms], severities: [critical]}]';
    expect(names(steps, 'robot')).toEqual([]);
    expect(names(steps, 'robot', 'zhang', 'critical')).toEqual(['sms']);
  });
});
