import { describe, expect, test } from 'vitest';
import { Site } from './site.ts';

const LI = { dingtalk: 'staff-li', feishu: 'ou_li' } as const;
const WANG = { dingtalk: 'staff-wang', feishu: 'ou_wang' } as const;

describe.each(['dingtalk', 'feishu'] as const)('%s', (kind) => {
  test('“1” acknowledges the newest alarm in the name of who wrote it, and is answered', async () => {
    await using site = await Site.open(kind);
    await site.listening();
    await site.rings('hall');
    await site.rings('gym');
    site.providers.say(kind, WANG[kind], '1');
    await site.until(() => site.answers(WANG[kind]).length > 0);
    expect(site.acknowledged()).toEqual([undefined, '王秀英']);
    expect(site.answers(WANG[kind])[0]).toMatch(/^已确认：【紧急】.*体育馆烟感，确认人 王秀英。$/);

    site.providers.say(kind, LI[kind], '@值班机器人 收到。');
    await site.until(() => site.answers(LI[kind]).length > 0);
    expect(site.acknowledged()).toEqual(['李志强', '王秀英']);

    site.providers.say(kind, LI[kind], '确认');
    await site.until(() => site.answers(LI[kind]).length > 1);
    expect(site.answers(LI[kind])[1]).toContain('没有待您确认的报警');
    expect(site.codes()).toEqual(['REPLY_NO_ALARM']);
  });

  test('“1” to a message that told of several acknowledges all of them, and says so', async () => {
    await using site = await Site.open(kind);
    await site.listening();
    for (const device of ['hall', 'stairs']) site.publish(device, { smoke: false, fault: true });
    const { outbox } = site.gateway.core;
    await site.until(() => outbox.ofAlarm(2)[0]?.state === 'sent');
    site.providers.say(kind, LI[kind], '1');
    await site.until(() => site.answers(LI[kind]).length > 0);
    expect(site.acknowledged()).toEqual(['李志强', '李志强']);
    expect(site.answers(LI[kind])[0]).toMatch(/烟感等 2 台，确认人 李志强。$/);
  });

  test('an unknown sender changes nothing, is logged with a code and answered', async () => {
    await using site = await Site.open(kind);
    await site.listening();
    await site.rings('hall');
    site.providers.say(kind, 'a-stranger', '1');
    await site.until(() => site.answers('a-stranger').length > 0);
    expect(site.acknowledged()).toEqual([undefined]);
    expect(site.codes()).toEqual(['REPLY_UNKNOWN_SENDER']);
    // the id in the answer is what campus.yaml lacks
    expect(site.answers('a-stranger')[0]).toContain('a-stranger');
  });

  test('anything else is answered with what to write', async () => {
    await using site = await Site.open(kind);
    await site.listening();
    await site.rings('hall');
    site.providers.say(kind, LI[kind], '10 分钟后到');
    await site.until(() => site.answers(LI[kind]).length > 0);
    expect(site.acknowledged()).toEqual([undefined]);
    expect(site.answers(LI[kind])[0]).toContain('「1」');
  });

  test('a reply that is delivered again acknowledges nothing else, also after a restart', async () => {
    await using site = await Site.open(kind);
    await site.listening();
    await site.rings('hall');
    await site.rings('gym');
    site.providers.say(kind, LI[kind], '1', { id: 'reply' });
    await site.until(() => site.answers(LI[kind]).length > 0);
    await site.stop();
    await site.start();
    await site.listening();
    site.providers.say(kind, LI[kind], '1', { id: 'reply' });
    site.providers.say(kind, LI[kind], 'something else');
    await site.until(() => site.answers(LI[kind]).length > 1);
    expect(site.acknowledged()).toEqual([undefined, '李志强']);
  });

  test('an old reply acknowledges no alarm of which its writer could not know', async () => {
    await using site = await Site.open(kind);
    await site.listening();
    await site.rings('hall');
    site.providers.say(kind, LI[kind], '1', { time: site.clock.now() - 3_600_000 });
    await site.until(() => site.answers(LI[kind]).length > 0);
    expect(site.answers(LI[kind])[0]).toContain('没有待您确认的报警');
    expect(site.acknowledged()).toEqual([undefined]);
  });

  test('what was written while the connection was lost is taken when it is back', async () => {
    await using site = await Site.open(kind);
    await site.listening();
    await site.rings('hall');
    site.providers.cut(kind);
    await site.until(() => site.gateway.health().parts.replies?.figures?.connected === 0);
    site.providers.say(kind, LI[kind], '1');
    await site.until(() => site.codes().includes('REPLIES_LOST'));
    site.clock.moveTo(site.clock.now() + 2_000);
    await site.until(() => site.acknowledged()[0] !== undefined);
    expect(site.acknowledged()).toEqual(['李志强']);
  });

  test('a reply is not confirmed while nothing can be written, and taken later', async () => {
    await using site = await Site.open(kind);
    await site.listening();
    await site.rings('hall');
    const { connection } = site.gateway.core.database;
    connection.exec('PRAGMA query_only = ON');
    site.providers.say(kind, LI[kind], '1');
    await site.until(() => site.logged.some(({ msg }) => msg === 'a reply could not be taken'));
    expect(site.acknowledged()).toEqual([undefined]);
    connection.exec('PRAGMA query_only = OFF');
    // the vendor sends what was not confirmed to the next connection
    site.providers.cut(kind);
    await site.until(() => site.codes().includes('REPLIES_LOST'));
    site.clock.moveTo(site.clock.now() + 2_000);
    await site.until(() => site.acknowledged()[0] !== undefined);
  });

  test('a wrong secret: no replies, which /health and metrics say after a minute', async () => {
    const secret = kind === 'dingtalk' ? 'DINGTALK_CLIENT_SECRET' : 'FEISHU_APP_SECRET';
    await using site = await Site.open(kind, { [secret]: 'wrong' });
    await site.until(() => site.codes().includes('REPLIES_LOST'));
    expect(site.gateway.health().parts.replies).toMatchObject({ ok: true });
    site.clock.moveTo(site.clock.now() + 60_000);
    await site.until(() => site.gateway.health().parts.replies?.ok === false);
    expect(site.gateway.health().parts.replies?.problem).toMatch(
      /^qingcheng\/(dingtalk|feishu): turned away: HTTP \d+/,
    );
    const metrics = await (await fetch(`${site.gateway.urls.http}/metrics`)).text();
    expect(metrics).toContain(`campus_gateway_replies_connected{channel="qingcheng/${kind}"} 0`);
    // said once, however often it is tried
    expect(site.codes()).toEqual(['REPLIES_LOST']);
    expect(JSON.stringify(site.logged)).not.toContain('wrong');
  });
});

test('without its secret in the environment the gateway says which one is missing', async () => {
  await expect(Site.open('feishu', { FEISHU_APP_SECRET: '' })).rejects.toMatchObject({
    code: 'SECRET_MISSING',
    params: { name: 'FEISHU_APP_SECRET', what: 'notify.channels.feishu' },
  });
});

test('schools that share an app share its connection, and each person acknowledges at home', async () => {
  await using site = await Site.open('dingtalk', {}, 'nanshan');
  await site.listening();
  await site.rings('hall', 'qingcheng');
  await site.rings('hall', 'nanshan');
  // the vendor gives each reply to one of the connections only
  expect(site.providers.listeners('dingtalk')).toBe(1);
  site.providers.say('dingtalk', 'staff-li', '1');
  await site.until(() => site.answers('staff-li').length > 0);
  expect(site.acknowledged()).toEqual(['李志强', undefined]);
  site.providers.say('dingtalk', 'staff-zhao', '1');
  await site.until(() => site.answers('staff-zhao').length > 0);
  expect(site.acknowledged()).toEqual(['李志强', '李志强']);
});

test('a changed campus.yaml takes effect on the connections too', async () => {
  await using site = await Site.open('dingtalk');
  await site.listening();
  site.configure({});
  site.clock.moveTo(site.clock.now() + 1_000);
  site.clock.moveTo(site.clock.now() + 1_000);
  site.clock.moveTo(site.clock.now() + 1_000);
  await site.until(() => site.providers.listeners('dingtalk') === 0);
  await site.until(() => site.gateway.health().parts.replies === undefined);
});
