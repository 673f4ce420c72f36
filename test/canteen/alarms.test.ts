import { setImmediate } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { startCanteenClerk } from '../../src/canteen/clerk.ts';
import { type Kitchen, openKitchen } from './kitchen.ts';

const TEAM = `people:
  - {id: zhang, name: 张伟}
  - {id: limei, name: 李梅}
  - {id: wang, name: 王强}
canteen: {people: {receiver: [limei], buyer: [wang], storekeeper: [limei]}}
`;

const openTeam = (): Promise<Kitchen> => openKitchen(TEAM, 'people: [{id: zhang, name: 张伟}]\n');

/** What rings about food, and who is owed a message of it. */
function ringing({ gate: { core } }: Kitchen) {
  return core.ownAlarms().map(({ id, rule, severity, title, action }) => ({
    ...{ rule, severity, title: title.zh, action: action.zh },
    told: core.outbox.ofAlarm(id).map(({ personName }) => personName),
  }));
}

/** The canteen's clerk at work while the clock moves to a time; answers the notices so far. */
async function worksUntil({ gate }: Kitchen, ...times: string[]) {
  const stop = startCanteenClerk({
    books: gate.parts.canteen,
    notices: gate.core.notices,
    ownAlarms: () => gate.core.ownAlarms(),
    reader: gate.parts.reader,
    log: pino({ level: 'silent' }),
    onFiled: () => undefined,
  });
  for (const time of times) {
    gate.clock.moveTo(Date.parse(`${time}+08:00`));
    // the reader answers in the order of the questions
    await gate.parts.reader.countReadings('qingcheng', 0, 0);
    await setImmediate();
  }
  stop();
  return gate.core.notices.list('qingcheng', 100).map((notice) => ({
    ...{ kind: notice.kind, occasion: notice.occasion, text: notice.text.zh },
    to: notice.notifications.map(({ personName }) => personName),
  }));
}

test('a recall rings at once at everybody in the canteen: where the food is, and who ate of it', async () => {
  await using kitchen = await openTeam();
  await kitchen.supplier();
  await kitchen.pork('pork-1');
  await kitchen.dish('braised');
  await kitchen.use('pork-1', 'braised', 10);
  await kitchen.post('/recalls', { id: 'r1', supplier: 'shuanghui', reason: '抽检不合格' });
  expect(ringing(kitchen)).toEqual([
    {
      rule: 'food-recalled:r1',
      severity: 'major',
      title: '召回 1 批（抽检不合格）：冷鲜猪后腿肉。',
      action:
        '立即停用，单独封存并标明。现存：肉类冷藏柜 冷鲜猪后腿肉 30 kg。' +
        '已用于：2026-11-23 午餐 红烧肉；停止供应，保留留样，通知三年级一班、三年级二班。',
      told: ['李梅', '王强', '张伟'],
    },
  ]);
  await kitchen.post('/disposals', { batch: 'pork-1', quantity: 29, reason: '召回销毁' });
  expect(ringing(kitchen)).toHaveLength(1);
  await kitchen.post('/disposals', { batch: 'pork-1', quantity: 1, reason: '召回销毁' });
  expect(ringing(kitchen)).toEqual([]);
});

test('a lifted recall is over', async () => {
  await using kitchen = await openTeam();
  await kitchen.supplier();
  await kitchen.pork('pork-1');
  await kitchen.post('/recalls', { id: 'r1', batches: ['pork-1'], reason: '抽检不合格' });
  await kitchen.post('/recalls/r1/lift', { reason: '复检合格' });
  expect(ringing(kitchen)).toEqual([]);
});

test('what a phone without a network used before the recall is written down, and rings again', async () => {
  await using kitchen = await openTeam();
  await kitchen.supplier();
  await kitchen.pork('pork-1', { time: '2026-11-23T07:00:00+08:00' });
  await kitchen.dish('braised');
  await kitchen.post('/recalls', { id: 'r1', batches: ['pork-1'], reason: '抽检不合格' });
  const { clock } = kitchen.gate;
  clock.moveTo(clock.now() + 3_600_000);
  const late = { id: 'use-1', time: '2026-11-23T08:00:00+08:00' };
  expect(await kitchen.use('pork-1', 'braised', 5, late)).toMatchObject({ left: 35 });
  const [recall, use] = ringing(kitchen);
  expect(recall?.action).toContain('已用于：2026-11-23 午餐 红烧肉');
  expect(recall?.told).toHaveLength(6);
  expect(use).toMatchObject({
    rule: 'food-used-unsafe:use-1',
    title: '冷鲜猪后腿肉（批次 pork-1）已过期或被召回，仍用于“2026-11-23 午餐 红烧肉”。',
  });
  // written down by mistake, it is over
  await kitchen.post('/movements/use-1/reversal', { reason: '录错批次' });
  expect(ringing(kitchen).map(({ rule }) => rule)).toEqual(['food-recalled:r1']);
});

test('who reaches for expired food is refused, and the storekeeper hears of what still lies there', async () => {
  await using kitchen = await openTeam();
  await kitchen.supplier();
  await kitchen.pork('pork-1');
  await kitchen.dish('braised');
  kitchen.gate.clock.moveTo(Date.parse('2026-11-26T10:00:00+08:00'));
  expect(await kitchen.use('pork-1', 'braised', 1)).toMatchObject({ code: 'BATCH_EXPIRED' });
  expect(ringing(kitchen)).toMatchObject([
    {
      rule: 'food-expired',
      title: '1 批在库食材已过保质期：冷鲜猪后腿肉。',
      action: '请单独存放、标明并登记处理。位置：肉类冷藏柜 冷鲜猪后腿肉 40 kg。',
    },
  ]);
  expect((await kitchen.get('/batches/pork-1')).left).toBe(40);
  await kitchen.post('/disposals', { batch: 'pork-1', quantity: 40, reason: '过期' });
  expect(ringing(kitchen)).toEqual([]);
});

test('expired food that was used all the same is recorded with the reason, and rings until somebody takes care', async () => {
  await using kitchen = await openTeam();
  await kitchen.supplier();
  await kitchen.pork('pork-1');
  await kitchen.dish('braised');
  kitchen.gate.clock.moveTo(Date.parse('2026-11-26T10:00:00+08:00'));
  const reason = '误用，开餐后发现';
  const used = await kitchen.use('pork-1', 'braised', 40, { id: 'use-1', reason });
  expect(used).toMatchObject({ left: 0 });
  expect(ringing(kitchen).map(({ rule }) => rule)).toEqual(['food-used-unsafe:use-1']);
  await worksUntil(kitchen, '2026-11-27T06:31:00');
  expect(ringing(kitchen)).toHaveLength(1);
  const [alarm] = kitchen.gate.core.ownAlarms();
  await kitchen.gate.post(`/api/v1/alarms/${alarm?.id}/acknowledge`, { person: '张伟' });
  await worksUntil(kitchen, '2026-11-27T06:33:00');
  expect(ringing(kitchen)).toEqual([]);
});

test('expired food in stock rings every morning before the kitchen begins, until it is gone', async () => {
  await using kitchen = await openTeam();
  await kitchen.supplier();
  await kitchen.pork('pork-1');
  await worksUntil(kitchen, '2026-11-25T23:00:00');
  expect(ringing(kitchen)).toEqual([]);
  await worksUntil(kitchen, '2026-11-26T06:29:00');
  expect(ringing(kitchen)).toEqual([]);
  await worksUntil(kitchen, '2026-11-26T06:31:00', '2026-11-26T12:00:00');
  expect(ringing(kitchen)).toMatchObject([
    { rule: 'food-expired', told: ['李梅', '王强', '张伟'] },
  ]);
  // a restart in the day says nothing again, the next morning does
  await worksUntil(kitchen, '2026-11-26T18:00:00');
  expect(ringing(kitchen)[0]?.told).toHaveLength(3);
  await worksUntil(kitchen, '2026-11-27T06:31:00');
  expect(ringing(kitchen)[0]?.told).toHaveLength(6);
});

test('food that comes in past its shelf life rings at its receipt', async () => {
  await using kitchen = await openTeam();
  await kitchen.supplier();
  const old = await kitchen.pork('pork-1', { produced: '2026-11-18', expires: '2026-11-21' });
  expect(old).toMatchObject({ left: 40 });
  expect(ringing(kitchen)).toMatchObject([{ rule: 'food-expired' }]);
  const changes = { expires: '2026-12-21' };
  const correction = { version: 1, reason: '看错月份', changes };
  await kitchen.post('/batches/pork-1/corrections', correction);
  expect(ringing(kitchen)).toEqual([]);
});

test('a licence about to end is told a month, a week and no day before, and when it is over', async () => {
  await using kitchen = await openTeam();
  const licences = [{ number: 'JY1', from: '2026-01-01', to: '2026-12-31' }];
  await kitchen.supplier('shuanghui', { licences });
  await kitchen.supplier('later', { licences: [{ ...licences[0], to: '2027-12-31' }] });
  const days = Array.from({ length: 45 }, (_, day) =>
    new Date(Date.parse('2026-11-24') + day * 86_400_000).toISOString().slice(0, 10),
  );
  for (const day of days) {
    kitchen.gate.clock.moveTo(Date.parse(`${day}T06:58:00+08:00`));
    await worksUntil(kitchen, `${day}T07:00:00`);
  }
  const told = await worksUntil(kitchen, '2027-01-08T07:00:00');
  expect(told.reverse()).toMatchObject([
    {
      ...{ kind: 'licences', occasion: '2026-12-01', to: ['王强'] },
      text: '双汇冷鲜肉 2026-12-31 到期（还有 30 天）。请索取新证并登记；过期后的进货不可溯源。',
    },
    { occasion: '2026-12-24', text: expect.stringContaining('还有 7 天') },
    { occasion: '2026-12-31', text: expect.stringContaining('今天是最后一天') },
    { occasion: '2027-01-01', text: expect.stringContaining('已于 2026-12-31 过期') },
  ]);
});

test('a day that the gateway was down for is made up for', async () => {
  await using kitchen = await openTeam();
  const ends = (to: string) => ({ licences: [{ number: 'JY1', from: '2026-01-01', to }] });
  await kitchen.supplier('first', ends('2026-12-20'));
  await kitchen.supplier('second', { name: '恒大粮油', ...ends('2027-01-01') });
  await worksUntil(kitchen, '2026-11-24T07:00:00');
  kitchen.gate.clock.moveTo(Date.parse('2026-12-05T20:00:00+08:00'));
  const [told] = await worksUntil(kitchen, '2026-12-05T21:00:00');
  expect(told).toMatchObject({ occasion: '2026-12-05', text: expect.stringMatching(/^恒大粮油/) });
});

test('in the afternoon each job hears what it still has to add', async () => {
  await using kitchen = await openTeam();
  await kitchen.supplier('shuanghui', { address: undefined });
  await kitchen.pork('pork-1', { papers: [], place: undefined });
  const told = await worksUntil(kitchen, '2026-11-23T14:59:00', '2026-11-23T15:01:00');
  expect(told).toEqual([
    {
      ...{ kind: 'missing', occasion: '2026-11-23/buyer', to: ['王强'] },
      text: '近 7 天：冷鲜猪后腿肉（pork-1）缺供货者地址。补齐之前，这些批次拉低溯源率。',
    },
    {
      ...{ kind: 'missing', occasion: '2026-11-23/receiver', to: ['李梅'] },
      text: '近 7 天：冷鲜猪后腿肉（pork-1）缺动物检疫合格证明、缺肉品品质检验合格证明。补齐之前，这些批次拉低溯源率。',
    },
  ]);
  expect(await worksUntil(kitchen, '2026-11-23T18:00:00')).toHaveLength(2);
  for (const paper of await kitchen.porkPapers()) {
    await kitchen.post('/batches/pork-1/papers', { paper });
  }
  await kitchen.supplier('shuanghui', { version: 1 });
  expect(await worksUntil(kitchen, '2026-11-24T18:00:00')).toHaveLength(2);
});

test('a canteen that names nobody tells who is on duty', async () => {
  await using kitchen = await openKitchen();
  await kitchen.post('/batches', { id: 'rice', product: '米', quantity: 1, unit: '袋' });
  const told = await worksUntil(kitchen, '2026-11-23T15:01:00');
  expect(told.map(({ to }) => to)).toEqual([['张伟'], ['张伟']]);
});

test('people whom the canteen names must be there', async () => {
  const nobody = 'canteen: {people: {buyer: [nobody]}}\n';
  await expect(openKitchen(nobody)).rejects.toThrow('canteen.people.buyer[0]');
});
