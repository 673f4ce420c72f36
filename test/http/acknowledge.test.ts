import { expect, test } from 'vitest';
import { openGate, SCHOOL } from './gate.ts';

const JSON_PLEASE = { accept: 'application/json' };

test('the link shows what is wrong, where, and what to do, with one button', async () => {
  await using gate = await openGate();
  const response = await gate.get(`/a/${await gate.ring()}`);
  const page = await response.text();
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  for (const words of [
    '【紧急】火灾预警：烟雾报警',
    '教学楼',
    '走廊烟感',
    '11-23 08:30',
    '拨打 119',
    '15 分钟后仍未恢复会再次提醒',
  ]) {
    expect(page).toContain(words);
  }
  expect(page).toMatch(/<form method="post"><button type="submit">确认收到/);
});

test('a freezer shows its value against the limit', async () => {
  await using gate = await openGate();
  for (let minute = 0; minute <= 10; minute++) {
    await gate.report('freezer', { temperature: -3 });
    gate.clock.moveTo(gate.clock.now() + 60_000);
  }
  const page = await (await gate.get(`/a/${gate.linkOf(1)}`)).text();
  expect(page).toContain('-3 ℃，高于限值 -5 ℃');
});

test('a value that has just reached its limit is said to be at it, as in the message', async () => {
  await using gate = await openGate();
  await gate.ring();
  const { store, pipeline } = gate.core;
  const minutes = { unit: 'min', value: 120, limit: 120 };
  const alarm = { ...store.get(1), ...minutes, device: 'freezer', raised: gate.clock.now() };
  pipeline.transact(() => store.raise(alarm));
  const [message] = store
    .list({ device: 'freezer', limit: 1 })
    .flatMap(({ id }) => gate.core.outbox.ofAlarm(id));
  const page = await (await gate.get(`/a/${gate.linkOf(message?.id ?? 0)}`)).text();
  expect(page).toContain('120 min，达到限值 120 min');
  expect(page).toContain('at the limit of 120 min');
});

test('a fire is in a zone, which is no device and stands there once', async () => {
  await using gate = await openGate();
  await gate.ring();
  const { store, pipeline } = gate.core;
  const smoke = store.get(1);
  const { zone } = smoke;
  const fire = { ...smoke, device: 'zone', deviceName: zone, raised: gate.clock.now() };
  pipeline.transact(() => store.raise(fire));
  const [message] = store
    .list({ device: 'zone', limit: 1 })
    .flatMap(({ id }) => gate.core.outbox.ofAlarm(id));
  const page = await (await gate.get(`/a/${gate.linkOf(message?.id ?? 0)}`)).text();
  expect(page.split(`<dd>${zone}</dd>`)).toHaveLength(2);
  expect(page).not.toContain('设备</dt>');
});

test('opening the link changes nothing: previewers do it too', async () => {
  await using gate = await openGate();
  const link = `/a/${await gate.ring()}`;
  await gate.get(link);
  await fetch(`${gate.url}${link}`, { method: 'HEAD' });
  expect(gate.core.store.get(1).acknowledged).toBeUndefined();
  expect(gate.core.outbox.get(1)?.used).toBeUndefined();
});

test('the button acknowledges, in the name of the person it was sent to', async () => {
  await using gate = await openGate();
  const token = await gate.ring();
  // as a browser sends the form, which says no origin under no-referrer
  const response = await fetch(`${gate.url}/a/${token}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'null' },
    body: '',
  });
  expect(response.status).toBe(200);
  const page = await response.text();
  expect(page).toContain('✓ 已确认');
  expect(page).toContain('张伟');
  expect(page).not.toContain('确认收到');
  expect(page).toContain('须由具名人员复位');
  expect(gate.core.store.get(1).acknowledgedBy).toBe('张伟');
});

test('a program that accepts JSON is answered in it', async () => {
  await using gate = await openGate();
  const token = await gate.ring();
  const response = await gate.post(`/a/${token}`, undefined, JSON_PLEASE);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    acknowledgedBy: '张伟',
    at: '2026-11-23T00:30:00.000Z',
  });
});

test('a body that is sent with it does not matter', async () => {
  await using gate = await openGate();
  const token = await gate.ring();
  const response = await gate.post(`/a/${token}`, { person: 'mallory' }, JSON_PLEASE);
  expect(await response.json()).toMatchObject({ acknowledgedBy: '张伟' });
});

test('the second time says who was first, and when', async () => {
  await using gate = await openGate();
  const token = await gate.ring();
  await gate.post(`/a/${token}`);
  const again = await gate.post(`/a/${token}`, undefined, JSON_PLEASE);
  expect(again.status).toBe(409);
  expect(await again.json()).toMatchObject({
    code: 'LINK_USED',
    acknowledgedBy: '张伟',
    at: '2026-11-23T00:30:00.000Z',
  });
  const page = await gate.post(`/a/${token}`);
  expect(page.status).toBe(409);
  expect(await page.text()).toMatch(/该报警已被确认.*张伟，11-23 08:30/s);
});

test('whoever comes after a colleague is told so', async () => {
  await using gate = await openGate();
  const token = await gate.ring();
  await gate.post('/api/v1/alarms/1/acknowledge', { person: '李娜' });
  const response = await gate.post(`/a/${token}`, undefined, JSON_PLEASE);
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({
    code: 'ALARM_ACKNOWLEDGED',
    acknowledgedBy: '李娜',
  });
  expect(await (await gate.get(`/a/${token}`)).text()).toContain('李娜');
});

test('a used link has no button when the alarm is raised again', async () => {
  await using gate = await openGate();
  const token = await gate.ring();
  await gate.post(`/a/${token}`);
  const later = (seconds: number) => gate.clock.now() + seconds * 1000;
  await gate.report('smoke', { smoke: false }, later(1));
  await gate.report('smoke', { smoke: true }, later(2));
  expect(gate.core.store.get(1).acknowledged).toBeUndefined();
  const page = await (await gate.get(`/a/${token}`)).text();
  expect(page).toContain('该链接已使用过');
  expect(page).not.toContain('确认收到');
});

test('a program whose used link rings again is told where to go on, not that all is done', async () => {
  await using gate = await openGate();
  const token = await gate.ring();
  await gate.post(`/a/${token}`);
  gate.clock.moveTo(gate.core.store.get(1).acknowledgedUntil ?? 0);
  const again = await gate.post(`/a/${token}`, undefined, JSON_PLEASE);
  expect(again.status).toBe(409);
  expect(await again.text()).toContain('请使用新消息中的链接');
});

test('an expired link is gone', async () => {
  await using gate = await openGate();
  const token = await gate.ring();
  gate.clock.moveTo(gate.clock.now() + 2 * 3_600_000);
  for (const response of [await gate.get(`/a/${token}`), await gate.post(`/a/${token}`)]) {
    expect(response.status).toBe(410);
    expect(await response.text()).toContain('链接已过期');
  }
  const json = await gate.post(`/a/${token}`, undefined, JSON_PLEASE);
  expect(await json.json()).toMatchObject({ code: 'LINK_EXPIRED' });
});

test.each(['x', '1.abcde.AAAAAAAAAAAAAAAAAAAAAA', '%00', '<script>'])(
  'a link that was made up (%s) is not found',
  async (token) => {
    await using gate = await openGate();
    await gate.ring();
    const response = await gate.post(`/a/${encodeURIComponent(token)}`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('链接无效');
  },
);

test('who guesses links is slowed down, and who has one still gets through', async () => {
  await using gate = await openGate();
  const token = await gate.ring();
  for (let i = 0; i < 60; i++) await (await gate.get('/a/guess')).text();
  expect((await gate.get('/a/guess')).status).toBe(429);
  expect((await gate.post(`/a/${token}`)).status).toBe(200);
  gate.clock.moveTo(gate.clock.now() + 60_000);
  expect((await gate.get('/a/guess')).status).toBe(404);
});

test('a device named like a script stays a name', async () => {
  const evil = `<script>alert("x")</script>&'`;
  await using gate = await openGate({
    school: SCHOOL.replace('走廊烟感', JSON.stringify(evil)),
  });
  const token = await gate.ring();
  for (const path of [`/a/${token}`, '/']) {
    const page = await (await gate.get(path)).text();
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;');
  }
});

test('a page may load nothing but its own style, and be framed by nobody', async () => {
  await using gate = await openGate();
  const { headers } = await gate.get(`/a/${await gate.ring()}`);
  expect(headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
  );
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('cache-control')).toBe('no-store');
});

test('no link and no token reaches the log', async () => {
  const lines: string[] = [];
  await using gate = await openGate({
    token: 'the-secret-token',
    log: (line) => lines.push(line),
    parts: {
      openLink: () => {
        throw new Error('unexpected');
      },
    },
  });
  const token = await gate.ring();
  expect((await gate.get(`/a/${token}`)).status).toBe(500);
  await gate.get('/', { authorization: 'Bearer the-secret-token' });
  const log = lines.join('');
  expect(log).toContain('/a/[redacted]');
  expect(log).not.toContain(token);
  expect(log).not.toContain('the-secret-token');
});

test('the page of a message that tells of several shows them all, and answers for all', async () => {
  const devices = ['一号', '二号'].map((name, i) => {
    return `  - {id: freezer-${i}, name: ${name}冷冻柜, profile: generic/freezer}`;
  });
  const school = ['campus: {id: qingcheng, name: 青城小学}', 'people: [{id: zhang, name: 张伟}]'];
  const notify = 'notify: {webhook: {url: "http://phone.invalid/"}}';
  await using gate = await openGate({
    school: [...school, notify, 'devices:', ...devices].join('\n'),
  });
  gate.clock.moveTo(gate.clock.now() + 3_600_000);
  gate.core.outbox.gather(gate.clock.now());
  const url = `/a/${gate.linkOf(1)}`;
  const text = await (await gate.get(url)).text();
  expect(text).toContain('另有 1 台');
  expect(text).toContain('二号冷冻柜');
  await gate.post(url);
  expect(gate.core.store.allOpen().map(({ acknowledgedBy }) => acknowledgedBy)).toEqual([
    '张伟',
    '张伟',
  ]);
});
