import { describe, expect, test } from 'vitest';
import { amountOf, createIdentifiers, gtinOf } from '../../src/canteen/epcis-identifiers.ts';
import { OFFICIAL_SCHEMA, officialMistakes, structuralMistakes } from './epcis-checks.ts';
import { type Kitchen, openKitchen } from './kitchen.ts';

interface Event {
  [key: string]: unknown;
  type: string;
  action?: string;
  bizStep: string;
  sensorElementList?: { sensorReport: object[] }[];
}

async function exported({ gate }: Kitchen, from = '2026-11-23', to = from) {
  const path = `/api/v1/canteen/epcis.json?campus=qingcheng&from=${from}&to=${to}`;
  const document = await gate.json(path);
  expect(structuralMistakes(document)).toEqual([]);
  if (OFFICIAL_SCHEMA !== undefined) expect(officialMistakes(document)).toEqual([]);
  const { eventList }: { eventList: Event[] } = JSON.parse(JSON.stringify(document.epcisBody));
  return { document, events: eventList };
}

const BASE = 'https://campus-gateway.invalid/qingcheng';

test('food from its receipt to the dish and the bin, with the temperatures between', async () => {
  await using kitchen = await openKitchen();
  const { gate } = kitchen;
  await kitchen.supplier();
  await kitchen.pork('pork-1', { code: '6901234567892' });
  await kitchen.passes(60, { fridge: () => 4 });
  await kitchen.post('/moves', { batch: 'pork-1', quantity: 10, from: 'fridge', to: 'freezer' });
  await kitchen.dish('braised');
  await kitchen.use('pork-1', 'braised', 20, { from: 'fridge' });
  await kitchen.use('pork-1', 'braised', 1, { from: 'freezer' });
  await kitchen.post('/samples', { dish: 'braised', grams: 130, place: 'sample-fridge' });
  const reason = '变质';
  await kitchen.post('/disposals', { batch: 'pork-1', quantity: 2, from: 'freezer', reason });
  await kitchen.post('/recalls', { id: 'r1', batches: ['pork-1'], reason: '抽检不合格' });
  // forty minutes beyond the limit ring
  await kitchen.passes(60, { fridge: () => 12 });
  const { document, events } = await exported(kitchen);
  const pork = 'https://id.gs1.org/01/06901234567892/10/20261122A';
  expect(events.map(({ type, action, bizStep }) => `${type} ${action ?? '–'} ${bizStep}`)).toEqual([
    'ObjectEvent ADD receiving',
    ...['ObjectEvent OBSERVE storing', 'TransformationEvent – creating_class_instance'],
    ...['ObjectEvent DELETE destroying', 'ObjectEvent OBSERVE sampling'],
    ...['ObjectEvent OBSERVE holding', 'ObjectEvent OBSERVE storing'],
  ]);
  const [receiving, storing, transforming, destroying, sampling, holding, measured] = events;
  expect(receiving).toMatchObject({
    ...{ eventTime: '2026-11-23T00:30:00.000Z', eventTimeZoneOffset: '+08:00' },
    quantityList: [{ epcClass: pork, quantity: 40, uom: 'KGM' }],
    bizLocation: { id: `${BASE}/loc/fridge` },
    sourceList: [{ type: 'owning_party', source: `${BASE}/party/shuanghui` }],
    ilmd: {
      'cbvmda:lotNumber': '20261122A',
      'cbvmda:itemExpirationDate': '2026-11-25',
      'gs1:productionDate': '2026-11-22',
    },
  });
  expect(storing).toMatchObject({
    bizLocation: { id: `${BASE}/loc/freezer` },
    quantityList: [{ epcClass: pork, quantity: 10, uom: 'KGM' }],
  });
  expect(transforming).toMatchObject({
    inputQuantityList: [
      { epcClass: pork, quantity: 20 },
      { epcClass: pork, quantity: 1 },
    ],
    outputQuantityList: [{ epcClass: `${BASE}/class/dish/braised` }],
  });
  expect(destroying).toMatchObject({ disposition: 'destroyed', quantityList: [{ quantity: 2 }] });
  expect(sampling).toMatchObject({ quantityList: [{ quantity: 130, uom: 'GRM' }] });
  expect(holding).toMatchObject({ disposition: 'recalled', quantityList: [{ epcClass: pork }] });
  expect(measured).toMatchObject({
    bizLocation: { id: `${BASE}/loc/fridge` },
    quantityList: [{ epcClass: pork }],
  });
  const reports = measured?.sensorElementList?.map(({ sensorReport }) => sensorReport[0]);
  expect(reports).toMatchObject([
    { type: 'Temperature', minValue: 4, maxValue: 4, uom: 'CEL' },
    { minValue: 4, maxValue: 12, exception: 'ALARM_CONDITION' },
    { minValue: 12, meanValue: 12, exception: 'ALARM_CONDITION' },
  ]);
  expect(reports?.[0]).not.toHaveProperty('exception');
  // names for people stand in the header
  expect(JSON.stringify(document.epcisHeader)).toContain('冷鲜猪后腿肉');
  expect(JSON.stringify(document.epcisHeader)).toContain('肉类冷藏柜');
  // asked again, the same events are the same
  const again = (await exported(kitchen)).events.map(({ eventID }) => eventID);
  expect(again).toEqual(events.map(({ eventID }) => eventID));
  gate.clock.moveTo(gate.clock.now() + 86_400_000);
  expect((await exported(kitchen, '2026-11-24')).events).toEqual([]);
});

test('names that are no address are written as one, and what was reversed has not happened', async () => {
  await using kitchen = await openKitchen(
    'canteen: {identifiers: "https://id.school.example/food/"}\n',
  );
  await kitchen.post('/batches', {
    id: 'a.b-c',
    product: '米 & "面"',
    lot: '甲 1',
    quantity: 2,
    unit: '份',
  });
  await kitchen.dish('congee');
  await kitchen.use('a.b-c', 'congee', 1, { id: 'wrong' });
  await kitchen.post('/movements/wrong/reversal', { reason: '录错' });
  const { events } = await exported(kitchen);
  expect(events).toMatchObject([
    {
      bizStep: 'receiving',
      quantityList: [{ epcClass: 'https://id.school.example/food/qingcheng/class/batch/a.b-c' }],
      bizLocation: { id: 'https://id.school.example/food/qingcheng/loc/receiving' },
    },
  ]);
});

test.runIf(OFFICIAL_SCHEMA)('the official schema finds what is wrong', async () => {
  await using kitchen = await openKitchen();
  await kitchen.post('/batches', { product: '米', quantity: 2, unit: 'kg' });
  const { document } = await exported(kitchen);
  const wrong = JSON.parse(JSON.stringify(document).replace('"ADD"', '"OBSERVE"'));
  expect(officialMistakes(wrong)).not.toEqual([]);
});

test('a time without food is a document without events', async () => {
  await using kitchen = await openKitchen();
  const { events } = await exported(kitchen, '2020-01-01', '2020-01-31');
  expect(events).toEqual([]);
});

describe('identifiers', () => {
  test.each([
    ['6901234567892', '06901234567892'],
    ['96385074', '00000096385074'],
    ['6901234567893', undefined],
    ['12345', undefined],
    ['QR 6901234567892', undefined],
  ])('the code %s is the GTIN %s', (code, gtin) => expect(gtinOf(code)).toBe(gtin));

  test('a GTIN without a lot is a product, not a batch: the school’s own identifier stands for it', () => {
    const ids = createIdentifiers('https://x.example', 'c');
    const batch = { id: 'b1', code: '6901234567892', lot: undefined };
    expect(ids.batch(batch)).toBe('https://x.example/c/class/batch/b1');
    expect(ids.batch({ ...batch, lot: 'A/1' })).toBe(
      'https://id.gs1.org/01/06901234567892/10/A%2F1',
    );
  });

  test('the UUID of a name is that of RFC 9562', () => {
    // as uuid.uuid5(uuid.NAMESPACE_URL, …) of Python has it
    const event = createIdentifiers('https://x.example', 'c').event('e');
    expect(event).toBe('urn:uuid:c0c4cfe0-ee44-5b35-8518-58ad12f1ed68');
  });

  test('a pound of 500 g is half a kilogram; an unknown unit counts pieces', () => {
    expect(amountOf('x:y', 3, '斤')).toEqual({ epcClass: 'x:y', quantity: 1.5, uom: 'KGM' });
    expect(amountOf('x:y', 3, '份')).toEqual({ epcClass: 'x:y', quantity: 3 });
  });
});
