import { describe, expect, test } from 'vitest';
import { createToken } from '../../src/notify/links.ts';
import { type Gate, openGate, SCHOOL } from './gate.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** A school whose links outlive an acknowledgement. */
const SHORT_PEACE = SCHOOL.replace('notify: {', 'notify: {acknowledgement: {major: 15m}, ');

/** A school with two freezers that will be silent. */
const twoFreezers = (): string => {
  const [before = ''] = SCHOOL.split('devices:');
  const devices = ['一号', '二号'].map(
    (name, i) => `  - {id: freezer-${i}, name: ${name}冷冻柜, profile: generic/freezer}`,
  );
  return [`${before}devices:`, ...devices].join('\n');
};

/** Presses a button of the page, as a browser does, and follows it back to the page. */
const press = (gate: Gate, path: string, text?: string): Promise<Response> =>
  fetch(`${gate.url}${path}`, {
    method: 'POST',
    headers: FORM,
    body: text === undefined ? '' : new URLSearchParams({ text }).toString(),
  });

/** The freezer is too warm, after a morning that was not; answers the link of the message. */
async function warmFreezer(gate: Gate): Promise<string> {
  for (let minute = 0; minute < 60; minute++) {
    // no faster than a probe is believed
    const temperature = minute < 45 ? -18 : minute === 45 ? -10 : -3;
    await gate.report('freezer', { temperature });
    gate.clock.moveTo(gate.clock.now() + 60_000);
  }
  const [alarm] = gate.core.store.list({ device: 'freezer', limit: 1 });
  const [message] = alarm ? gate.core.outbox.ofAlarm(alarm.id) : [];
  return `/a/${gate.linkOf(message?.id ?? 0)}`;
}

describe('the page', () => {
  test('draws the last hours of the metric against its limit, without script or foreign style', async () => {
    await using gate = await openGate();
    const response = await gate.get(await warmFreezer(gate));
    const page = await response.text();
    const [, points = ''] = /<polyline points="([^"]+)"/.exec(page) ?? [];
    expect(points.split(' ')).toHaveLength(60);
    expect(page).toContain('-18 ~ -3 ℃');
    expect(page).toContain('最新 <b>-3 ℃</b>');
    expect(page).toContain('class="limit"');
    expect(page).toContain('class="began"');
    expect(page).not.toMatch(/<script|style=|javascript:/);
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src/,
    );
  });

  test('is there without the trend when the readings cannot be read', async () => {
    await using gate = await openGate();
    const link = await warmFreezer(gate);
    await gate.parts.reader.stop();
    const response = await gate.get(link);
    expect(response.status).toBe(200);
    const page = await response.text();
    expect(page).not.toContain('<svg');
    expect(page).toContain('确认收到');
  });

  test('tells what has happened so far, newest first', async () => {
    await using gate = await openGate();
    const link = `/a/${await gate.ring()}`;
    gate.core.actions.assign(1, '李师傅', '王主任');
    const page = await (await gate.get(link)).text();
    expect(page).toMatch(/指派给 李师傅（王主任）.*08:30 报警/s);
    expect(page).toContain('<dt>负责人</dt><dd>李师傅');
  });
});

test('the page tells who was told by which channel, and with what outcome', async () => {
  await using gate = await openGate();
  const link = `/a/${await gate.ring()}`;
  expect(await (await gate.get(link)).text()).not.toContain('通知记录');
  const { outbox } = gate.core;
  outbox.record(1, { kind: 'retry', detail: 'ECONNREFUSED' }, gate.clock.now(), 0);
  expect(await (await gate.get(link)).text()).toContain('张伟 · webhook 正在发送');
  outbox.record(1, { kind: 'sent', detail: 'ok' }, gate.clock.now(), 0);
  expect(await (await gate.get(link)).text()).toContain('11-23 08:30 张伟 · webhook 已送达');
});

describe('a button', () => {
  test('assigns the alarm to whom the link was sent to, and leads back to the page', async () => {
    await using gate = await openGate();
    const link = `/a/${await gate.ring()}`;
    const response = await press(gate, `${link}/assign`);
    expect(response.status).toBe(200);
    expect(response.url).toBe(`${gate.url}${link}`);
    expect(await response.text()).toContain('<dt>负责人</dt><dd>张伟');
    expect(gate.core.store.get(1)).toMatchObject({
      assignedTo: '张伟',
      acknowledged: undefined,
    });
  });

  test('adds a note, in the same name, and what is written stays text', async () => {
    await using gate = await openGate();
    const link = `/a/${await gate.ring()}`;
    const page = await (await press(gate, `${link}/note`, '<b>门</b> & 窗 已关')).text();
    expect(page).toContain('&lt;b&gt;门&lt;/b&gt; &amp; 窗 已关（张伟）');
    expect(gate.core.store.history(1).at(-1)).toMatchObject({
      event: 'commented',
      person: '张伟',
      detail: '<b>门</b> & 窗 已关',
    });
  });

  test('is there for notes after the alarm was acknowledged by the same link', async () => {
    await using gate = await openGate();
    const link = `/a/${await gate.ring()}`;
    await press(gate, link);
    expect((await press(gate, `${link}/note`, '到现场了')).status).toBe(200);
    expect(gate.core.store.get(1).acknowledgedBy).toBe('张伟');
  });

  test('says of a fire only that somebody takes it for a false alarm: it goes on ringing', async () => {
    await using gate = await openGate();
    const link = `/a/${await gate.ring()}`;
    await press(gate, `${link}/false-alarm`);
    expect(gate.core.store.get(1)).toMatchObject({
      acknowledged: undefined,
      disposition: undefined,
      closed: undefined,
    });
    expect(gate.core.store.history(1).at(-1)).toMatchObject({ disposition: 'false-alarm' });
    expect(await (await gate.get(link)).text()).toContain('确认收到');
  });

  test('says of anything else that it was a false alarm, and acknowledges it', async () => {
    await using gate = await openGate();
    const link = await warmFreezer(gate);
    await press(gate, `${link}/false-alarm`);
    const [alarm] = gate.core.store.list({ device: 'freezer', limit: 1 });
    expect(alarm).toMatchObject({ acknowledgedBy: '张伟', disposition: 'false-alarm' });
    const page = await (await gate.get(link)).text();
    expect(page).toContain('该报警已被确认');
  });

  test('says that it was a false alarm of everything that the message told of', async () => {
    await using gate = await openGate({ school: twoFreezers() });
    gate.clock.moveTo(gate.clock.now() + 3_600_000);
    gate.core.outbox.gather(gate.clock.now());
    await press(gate, `/a/${gate.linkOf(1)}/false-alarm`);
    const alarms = gate.core.store.allOpen();
    expect(alarms).toHaveLength(2);
    for (const alarm of alarms) {
      expect(alarm).toMatchObject({ acknowledgedBy: '张伟', disposition: 'false-alarm' });
    }
  });
});

describe('a link that was used', () => {
  /** It was acknowledged by the link, and rings once more: the acknowledgement has expired. */
  const ringsAgain = async (gate: Gate, link: string, button = ''): Promise<number> => {
    await press(gate, `${link}${button}`);
    const [alarm] = gate.core.store.list({ device: 'freezer', limit: 1 });
    const { id = 0, acknowledgedUntil = 0 } = alarm ?? {};
    expect(gate.core.store.get(id).acknowledgedBy).toBe('张伟');
    gate.clock.moveTo(acknowledgedUntil);
    expect(gate.core.store.get(id).acknowledged).toBeUndefined();
    return id;
  };

  test.each([
    ['', ''],
    ['', '/false-alarm'],
    ['/false-alarm', ''],
    ['/false-alarm', '/false-alarm'],
  ])('does not answer the next alarm: "%s", then "%s"', async (first, then) => {
    await using gate = await openGate({ school: SHORT_PEACE });
    const link = await warmFreezer(gate);
    const id = await ringsAgain(gate, link, first);
    const known = gate.core.store.history(id);
    const response = await press(gate, `${link}${then}`);
    expect(response.status).toBe(409);
    const page = await response.text();
    expect(page).toContain('该链接已使用过');
    // its condition went on: it was not raised again, as only the history can say
    expect(page).toContain('报警再次提醒，等待确认');
    expect(gate.core.store.history(id)).toEqual(known);
    expect(gate.core.outbox.ofAlarm(id).map(({ state }) => state)).toContain('pending');
  });

  test('offers no button that would answer, but takes notes', async () => {
    await using gate = await openGate({ school: SHORT_PEACE });
    const link = await warmFreezer(gate);
    const id = await ringsAgain(gate, link);
    const page = await (await gate.get(link)).text();
    expect(page).not.toContain('确认收到');
    expect(page).not.toContain('误报');
    expect((await press(gate, `${link}/note`, '在路上')).status).toBe(200);
    expect(gate.core.store.get(id).acknowledged).toBeUndefined();
  });

  test('still says of what it has acknowledged that it was a false alarm', async () => {
    await using gate = await openGate();
    const link = await warmFreezer(gate);
    await press(gate, link);
    expect(await (await gate.get(link)).text()).toContain('误报');
    expect((await press(gate, `${link}/false-alarm`)).status).toBe(200);
    const [alarm] = gate.core.store.list({ device: 'freezer', limit: 1 });
    expect(alarm).toMatchObject({ acknowledgedBy: '张伟', disposition: 'false-alarm' });
  });
});

describe('nothing is changed', () => {
  test.each(['assign', 'false-alarm', 'note'])('by looking at %s', async (button) => {
    await using gate = await openGate();
    const link = `/a/${await gate.ring()}`;
    expect((await gate.get(`${link}/${button}`)).status).toBe(404);
    expect(gate.core.store.history(1)).toHaveLength(1);
  });

  test.each(['assign', 'false-alarm', 'note'])(
    'by a forged or expired link to %s',
    async (button) => {
      await using gate = await openGate();
      const token = await gate.ring();
      expect((await press(gate, `/a/${token.slice(0, -1)}_/${button}`, 'x')).status).toBe(404);
      const foreign = createToken('another secret', 1, gate.clock.now() + 1000);
      expect((await press(gate, `/a/${foreign}/${button}`, 'x')).status).toBe(404);
      gate.clock.moveTo(gate.clock.now() + 2 * 3_600_000);
      const late = await press(gate, `/a/${token}/${button}`, 'x');
      expect(late.status).toBe(410);
      expect(await late.text()).toContain('链接已过期');
      expect(gate.core.store.history(1).map(({ event }) => event)).not.toContain('commented');
      expect(gate.core.store.get(1).assignedTo).toBeUndefined();
    },
  );

  test.each([
    ['an empty note', ''],
    ['a note without an end', 'x'.repeat(9_000)],
    ['a long note', 'x'.repeat(501)],
  ])('by %s', async (_, text) => {
    await using gate = await openGate();
    const link = `/a/${await gate.ring()}`;
    const response = await press(gate, `${link}/note`, text);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(gate.core.store.history(1)).toHaveLength(1);
  });
});
