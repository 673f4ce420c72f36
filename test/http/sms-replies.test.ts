import { expect, test } from 'vitest';
import { type Gate, openGate, SCHOOL } from './gate.ts';

const SECRET = 'a-secret-of-the-address';
const WITH_SMS = SCHOOL.replace('name: 张伟}', 'name: 张伟, phone: "13800000001"}').replace(
  /^notify: .*$/m,
  'notify: {channels: {sms: {kind: tencent-sms, sdkAppId: "1400000000", signName: 青城, templateId: "1"}}}',
);

/** The smoke detector has rung, and its message was sent to the phone of 张伟. */
async function rung(): Promise<Gate> {
  const gate = await openGate({ school: WITH_SMS, parts: { smsReplySecret: SECRET } });
  await gate.ring();
  gate.core.outbox.record(1, { kind: 'sent', detail: 'ok' }, gate.clock.now(), 0);
  return gate;
}

const tencent = (gate: Gate, text: string, mobile = '13800000001', secret = SECRET, ago = 0) =>
  gate.post(`/sms/tencent/${secret}`, {
    extend: '',
    mobile,
    nationcode: '86',
    sign: '青城',
    text,
    time: gate.clock.now() / 1000 - ago,
  });

let sequence = 1_234_567_890;

/** Each is another reply. */
const aliyun = (gate: Gate, ...contents: string[]) => aliyunAs(gate, () => sequence++, ...contents);

const aliyunAs = (gate: Gate, id: () => number, ...contents: string[]) =>
  gate.post(
    `/sms/aliyun/${SECRET}`,
    contents.map((content) => ({
      phone_number: '13800000001',
      send_time: '2026-11-23 08:31:00',
      content,
      sign_name: '青城',
      dest_code: '1234',
      sequence_id: id(),
    })),
  );

test('"1" acknowledges the newest alarm, in the name of whose number it is', async () => {
  await using gate = await rung();
  const response = await tencent(gate, '1');
  expect(await response.json()).toEqual({ result: 0, errmsg: 'OK' });
  expect(gate.core.store.get(1).acknowledgedBy).toBe('张伟');
});

test('by Aliyun too, which delivers several at once; the second time changes nothing', async () => {
  await using gate = await rung();
  const response = await aliyun(gate, '退订', ' １ ', '1');
  expect(await response.json()).toEqual({ code: 0, msg: 'OK' });
  expect(gate.core.store.get(1).acknowledgedBy).toBe('张伟');
  expect(gate.parts.smsReplies.counts).toEqual({ acknowledged: 1, late: 1, other: 1, unknown: 0 });
});

test('delivered once more after the alarm has rung again, it does not answer that', async () => {
  await using gate = await rung();
  const { store, outbox } = gate.core;
  await aliyun(gate, '1');
  gate.clock.moveTo(store.get(1).acknowledgedUntil ?? 0);
  await aliyun(gate, '1');
  expect(store.get(1).acknowledged).toBeUndefined();
  // the message about that has arrived by now
  const anew = outbox.ofAlarm(1).find(({ state }) => state === 'pending');
  outbox.record(anew?.id ?? 0, { kind: 'sent', detail: 'ok' }, gate.clock.now(), 0);
  await aliyun(gate, '1');
  expect(store.get(1).acknowledgedBy).toBe('张伟');
});

test.each([
  ['Aliyun', (gate: Gate) => aliyunAs(gate, () => 7, '1')],
  ['Tencent', (gate: Gate) => tencent(gate, '1')],
])(
  'delivered once more by %s when its alarm is over, it does not answer another',
  async (_who, deliver) => {
    await using gate = await rung();
    const { core, clock } = gate;
    core.raiseOwn('DISK_FILLING', { free: 1, percent: 1 });
    core.outbox.record(2, { kind: 'sent', detail: 'ok' }, clock.now(), 0);
    await deliver(gate);
    expect(core.store.get(2).acknowledgedBy).toBe('张伟');
    core.clearOwn('DISK_FILLING');
    await deliver(gate);
    expect(core.store.get(1).acknowledged).toBeUndefined();
    expect(gate.parts.smsReplies.counts).toMatchObject({ acknowledged: 1, late: 1 });
  },
);

test('an unknown number is counted and nothing else', async () => {
  await using gate = await rung();
  expect((await tencent(gate, '1', '13900000009')).status).toBe(200);
  expect(gate.core.store.get(1).acknowledged).toBeUndefined();
  expect(gate.parts.smsReplies.counts).toMatchObject({ unknown: 1, acknowledged: 0 });
  expect(await (await gate.get('/metrics')).text()).toContain(
    'campus_gateway_sms_replies_total{outcome="unknown"} 1',
  );
});

test('what was answered before the alarm was told of does not acknowledge it', async () => {
  await using gate = await rung();
  await tencent(gate, '1', '13800000001', SECRET, 300);
  expect(gate.core.store.get(1).acknowledged).toBeUndefined();
});

test('an alarm that was not sent to that phone is not acknowledged by it', async () => {
  await using gate = await openGate({ school: WITH_SMS, parts: { smsReplySecret: SECRET } });
  await gate.ring();
  await tencent(gate, '1');
  expect(gate.core.store.get(1).acknowledged).toBeUndefined();
});

test('“收到” and “确认” say yes as well, as they do to a robot', async () => {
  await using gate = await rung();
  await tencent(gate, '收到。');
  expect(gate.core.store.get(1).acknowledgedBy).toBe('张伟');
});

test('the reply to a message that told of several answers for all of them, as its link does', async () => {
  const devices = ['一号', '二号'].map((name, i) => {
    return `  - {id: freezer-${i}, name: ${name}冷冻柜, profile: generic/freezer}`;
  });
  const people = [
    'campus: {id: qingcheng, name: 青城小学}',
    'people: [{id: zhang, name: 张伟, phone: "13800000001"}]',
  ];
  const [notify = ''] = /^notify: .*$/m.exec(WITH_SMS) ?? [];
  await using gate = await openGate({
    school: [...people, notify, 'devices:', ...devices].join('\n'),
    parts: { smsReplySecret: SECRET },
  });
  gate.clock.moveTo(gate.clock.now() + 3_600_000);
  const { outbox, store } = gate.core;
  outbox.gather(gate.clock.now());
  const [leader] = outbox.due(gate.clock.now(), 10);
  const members = leader ? outbox.together(leader).map(({ id }) => id) : [];
  expect(members).toHaveLength(2);
  outbox.record(leader?.id ?? 0, { kind: 'sent', detail: 'ok' }, gate.clock.now(), 0, { members });

  await tencent(gate, '1');
  expect(store.allOpen().map(({ acknowledgedBy }) => acknowledgedBy)).toEqual(['张伟', '张伟']);
  await tencent(gate, '1');
  expect(gate.parts.smsReplies.counts).toMatchObject({ acknowledged: 1, late: 1 });
});

test('a wrong secret, or none configured, finds no such address', async () => {
  await using gate = await rung();
  expect((await tencent(gate, '1', '13800000001', 'guess')).status).toBe(404);
  expect(gate.core.store.get(1).acknowledged).toBeUndefined();
  await using plain = await openGate();
  expect((await tencent(plain, '1', '13800000001', 'undefined')).status).toBe(404);
});

test.each([
  [{}],
  [{ mobile: 1, text: '1', time: 1 }],
  [{ mobile: '1', text: 'x'.repeat(3000), time: 1 }],
])('a body in another form is refused: %j', async (body) => {
  await using gate = await rung();
  expect((await gate.post(`/sms/tencent/${SECRET}`, body)).status).toBe(400);
});

test('the secret reaches no log', async () => {
  const lines: string[] = [];

  await using gate = await openGate({
    school: WITH_SMS,
    log: (line) => lines.push(line),
    parts: { smsReplySecret: SECRET },
  });
  gate.parts.smsReplies.take = () => {
    throw new Error('unexpected');
  };
  expect((await tencent(gate, '1')).status).toBe(500);
  expect(lines.join('')).not.toContain(SECRET);
});
