import { expect, test } from 'vitest';
import { school } from '../harness/school.ts';

const FREEZER = `
- {id: canteen-freezer-1, name: 食堂 1 号冷冻柜, profile: generic/freezer, zone: cold-store}
`;

test('a failing freezer rings after its delay and is quiet once acknowledged', async () => {
  await using night = await school({ devices: FREEZER });
  const { campus, clock, phone } = night;
  const freezer = campus.freezer('canteen-freezer-1');
  await freezer.holds(-18);
  await clock.forward('2h');
  await freezer.rises({ to: -7, over: '20m' });
  await clock.forward('55m');
  phone.expectNothingNew();

  await clock.forward('5m');
  const message = phone.expect('冷冻温度过高');
  expect(message.text.zh).toBe(
    '食堂 / 冷库间 食堂 1 号冷冻柜：-7 ℃，高于限值 -12 ℃，自 11-23 22:11 起。疑似门未关：19 分钟内升高 11 K。',
  );
  message.acknowledge('张伟');
  await night.restart();
  await clock.forward('3h');
  phone.expectNothingNew();

  await freezer.falls({ to: -18, over: '30m' });
  await clock.forward('1h');
  phone.expectOver('冷冻温度过高');
  expect(night.alarm('canteen-freezer-1', 'too-warm').closed).toBeDefined();
});
