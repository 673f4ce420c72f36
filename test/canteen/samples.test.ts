import { expect, test } from 'vitest';
import { Retention } from '../../src/storage/retention.ts';
import { RollUps } from '../../src/storage/rollups.ts';
import { type Kitchen, openKitchen, whats } from './kitchen.ts';

const HOUR = 3_600_000;
const TWO_DAYS = 48 * 60;

async function sampled(kitchen: Kitchen): Promise<void> {
  await kitchen.dish('braised');
  await kitchen.post('/samples', { id: 's1', dish: 'braised', grams: 130, place: 'sample-fridge' });
}

async function findingsOf(kitchen: Kitchen): Promise<string[]> {
  const { dishes } = await kitchen.get('/samples?day=2026-11-23');
  const [dish] = dishes;
  return [...whats(dish?.findings ?? []), ...whats(dish?.samples[0]?.findings ?? [])];
}

test('a sample that stayed at 0–8 ℃ for 48 hours and was then destroyed is in order', async () => {
  await using kitchen = await openKitchen();
  await sampled(kitchen);
  await kitchen.passes(TWO_DAYS, { 'sample-fridge': (minute) => 3 + (minute % 40) / 10 });
  expect(await kitchen.post('/samples/s1/disposal')).toMatchObject({
    disposed: '2026-11-25T00:30:00.000Z',
    disposedBy: '李梅',
  });
  const { dishes } = await kitchen.get('/samples?day=2026-11-23');
  expect(dishes).toMatchObject([
    { id: 'braised', findings: [], samples: [{ min: 3, max: 6.9, findings: [] }] },
  ]);
});

test('a dish without a sample is named', async () => {
  await using kitchen = await openKitchen();
  await kitchen.dish('braised');
  await kitchen.dish('soup', { meal: 'dinner' });
  const reason = '未供应';
  await kitchen.post('/dishes/soup/cancellation', { reason });
  const { dishes } = await kitchen.get('/samples?day=2026-11-23');
  expect(dishes.map(({ id, findings }) => [id, whats(findings)])).toEqual([
    ['braised', ['no-sample']],
  ]);
});

test('a sample below the least weight is refused; a school may ask for more', async () => {
  await using kitchen = await openKitchen('canteen: {sampleGrams: 200}\n');
  await kitchen.dish('braised');
  const sample = { dish: 'braised', place: 'sample-fridge' };
  expect(await kitchen.post('/samples', { ...sample, grams: 199 })).toMatchObject({
    code: 'SAMPLE_TOO_SMALL',
    message: { zh: '留样 199 克不足，至少需要 200 克。' },
  });
  expect(await kitchen.post('/samples', { ...sample, grams: 200 })).toMatchObject({ grams: 200 });
});

test.each([
  [{ dish: 'ghost', place: 'sample-fridge' }, 'RECORD_UNKNOWN'],
  [{ dish: 'braised', place: 'dry-store' }, 'PLACE_UNKNOWN'],
])('a sample with %j is refused', async (mistake, code) => {
  await using kitchen = await openKitchen();
  await kitchen.dish('braised');
  expect(await kitchen.post('/samples', { grams: 130, ...mistake })).toMatchObject({ code });
});

test('one warm reading within the 48 hours is found, one after them is not', async () => {
  await using kitchen = await openKitchen();
  await sampled(kitchen);
  await kitchen.passes(TWO_DAYS, { 'sample-fridge': () => 4 });
  await kitchen.passes(10, { 'sample-fridge': () => 20 });
  expect(await findingsOf(kitchen)).toEqual([]);

  await using other = await openKitchen();
  await sampled(other);
  await other.passes(TWO_DAYS, { 'sample-fridge': (minute) => (minute === 1_500 ? 8.1 : 4) });
  expect(await findingsOf(other)).toEqual(['out-of-range']);
});

test('time without readings is neither in range nor out of it: it is said', async () => {
  await using kitchen = await openKitchen();
  await sampled(kitchen);
  const silent = (minute: number) => minute > 600 && minute < 620;
  await kitchen.passes(TWO_DAYS, { 'sample-fridge': (minute) => (silent(minute) ? undefined : 4) });
  expect(await findingsOf(kitchen)).toEqual(['not-covered']);
});

test('a fridge that never reported leaves the sample unproven', async () => {
  await using kitchen = await openKitchen();
  await sampled(kitchen);
  kitchen.gate.clock.moveTo(kitchen.gate.clock.now() + HOUR);
  expect(await findingsOf(kitchen)).toEqual(['not-covered']);
});

test('before its time a sample is destroyed only with a reason, and that shows', async () => {
  await using kitchen = await openKitchen();
  await sampled(kitchen);
  await kitchen.passes(60, { 'sample-fridge': () => 4 });
  expect(await kitchen.post('/samples/s1/disposal')).toMatchObject({
    code: 'SAMPLE_TOO_EARLY',
    message: { zh: '留样须保存至 2026-11-25T00:30:00.000Z。' },
  });
  await kitchen.post('/samples/s1/disposal', { reason: '容器破损' });
  expect(await findingsOf(kitchen)).toEqual(['destroyed-early']);
  expect(await kitchen.post('/samples/s1/disposal')).toMatchObject({ code: 'RECORD_DONE' });
});

test('the label says what it is and until when it is kept', async () => {
  await using kitchen = await openKitchen();
  await sampled(kitchen);
  const url = `${kitchen.gate.url}/api/v1/canteen/samples/s1/label?campus=qingcheng`;
  const text = await (await fetch(url)).text();
  expect(text).toContain('菜品 dish：红烧肉');
  expect(text).toContain('餐次 meal：2026-11-23 午餐');
  expect(text).toContain('重量 weight：130 g');
  expect(text).toContain('留样时间 taken：2026-11-23 08:30');
  expect(text).toContain('保存至 keep until：2026-11-25 08:30（0–8 ℃）');
});

test('when the readings are past their time, the hours still prove what a sample went through', async () => {
  await using kitchen = await openKitchen();
  const { core, clock } = kitchen.gate;
  const cools = (minutes: number) =>
    kitchen.passes(minutes, {
      'sample-fridge': (minute) => (minute % 4 === 0 ? (minute === 600 ? 9 : 4) : undefined),
    });
  await cools(60);
  await sampled(kitchen);
  await cools(TWO_DAYS);
  await kitchen.post('/samples/s1/disposal');
  const before = await kitchen.get('/samples?day=2026-11-23');
  expect(before.dishes).toMatchObject([{ samples: [{ findings: [{ what: 'out-of-range' }] }] }]);
  await cools(120);
  const rollUps = new RollUps(core.database, core.pipeline.writer);
  while (rollUps.step(clock.now() + 2 * HOUR));
  const retention = new Retention(core.database);
  for (let step = 0; step < 20; step++) retention.step(clock.now(), HOUR);
  expect((await kitchen.get('/samples?day=2026-11-23')).dishes).toEqual(before.dishes);
});
