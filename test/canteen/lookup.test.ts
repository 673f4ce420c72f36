import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPackageCode } from '../../src/canteen/gs1.ts';
import { openKitchen } from './kitchen.ts';

const GTIN = '06901234567892';
const WHOLE = { gtin: GTIN, lot: 'A1', produced: '2026-11-01', expires: '2027-02-28' };
const NONE = { gtin: undefined, lot: undefined, produced: undefined, expires: undefined };

describe('a code on a package', () => {
  test.each([
    ['an EAN-13', '6901234567892', { ...NONE, gtin: GTIN }],
    ['an EAN-13 that begins like a lot', '1012345678904', { ...NONE, gtin: '01012345678904' }],
    ['with a wrong check digit', '6901234567893', NONE],
    ['as a scanner gives it', `]d201${GTIN}112611011727022810A1`, WHOLE],
    ['with the lot before the dates', `01${GTIN}10A1\u001d1126110117270228`, WHOLE],
    ['in brackets', `(01)${GTIN}(11)261101(17)270200(10)A1`, WHOLE],
    [
      'a Digital Link',
      `https://id.gs1.org/01/${GTIN}/10/A%2F1?17=270228`,
      { ...NONE, gtin: GTIN, lot: 'A/1', expires: '2027-02-28' },
    ],
    ['a day that does not exist', `(01)${GTIN}(17)270230`, { ...NONE, gtin: GTIN }],
    ['a broken link', 'https://id.gs1.org/01/%E0%A4%A/10', NONE],
    ['words', '内部编号 7', NONE],
  ])('%s', (_what, code, said) => expect(readPackageCode(code)).toEqual(said));

  test('whatever it says, it is read or not known', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (code) => {
        const { gtin, lot } = readPackageCode(code);
        expect(gtin === undefined || /^\d{14}$/.test(gtin)).toBe(true);
        expect(gtin !== undefined || lot === undefined).toBe(true);
      }),
    );
  });
});

test('a code is known by the last delivery that carried it: the next one begins from that', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  const first = await kitchen.get(`/lookup?code=(01)${GTIN}(17)261125(10)20261122A`);
  expect(first).toEqual({
    code: GTIN,
    ...WHOLE,
    lot: '20261122A',
    produced: undefined,
    batches: [],
    expires: '2026-11-25',
  });
  await kitchen.pork('pork-1', { code: first.code });
  for (const code of ['6901234567892', GTIN, `(01)${GTIN}(10)OTHER`]) {
    expect(await kitchen.get(`/lookup?code=${code}`)).toMatchObject({
      code: GTIN,
      batches: [{ id: 'pork-1', left: 40 }],
      usual: { product: '冷鲜猪后腿肉', supplier: 'shuanghui', unit: 'kg', shelfLifeDays: 3 },
    });
  }
  // nothing is left of it, and still it is known
  await kitchen.post('/disposals', { batch: 'pork-1', quantity: 40, reason: '变质' });
  const { batches, usual } = await kitchen.get(`/lookup?code=${GTIN}`);
  expect({ batches, usual }).toMatchObject({ batches: [], usual: { product: '冷鲜猪后腿肉' } });
});

test('the QR code of our own card names the batch', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  await kitchen.pork('pork-1');
  await kitchen.pork('pork-2');
  const subject = { kind: 'batch', campus: 'qingcheng', id: 'pork-2' } as const;
  const address = `https://food.example${kitchen.gate.parts.cards.path(subject)}`;
  const found = await kitchen.get(`/lookup?code=${encodeURIComponent(address)}`);
  expect(found.batches.map(({ id }) => id)).toEqual(['pork-2']);
});

test('a code that nobody knows finds nothing', async () => {
  await using kitchen = await openKitchen();
  expect(await kitchen.get('/lookup?code=7')).toEqual({ code: '7', batches: [] });
});
