import { expect, test } from 'vitest';
import { openKitchen } from '../kitchen.ts';

test('the cold units, one of them, and the record of a day over HTTP', async () => {
  await using kitchen = await openKitchen();
  const shown = (minute: number) => (minute < 30 ? 9 : 4) + (minute % 3) / 10;
  await kitchen.passes(60, { fridge: shown });

  const units = await kitchen.get('/cold-chain/units');
  expect(units.units).toMatchObject([
    { id: 'freezer', kind: 'freezer', limits: { high: -12, hard: -5 }, period: { coverage: 0 } },
    {
      ...{ id: 'fridge', limits: { low: 0, high: 8, hard: 15 }, isCalibrationDue: false },
      // midnight to half past nine, of which an hour is known
      period: {
        whole: 34_200,
        inRange: 1_800,
        outOfRange: 1_800,
        unknown: 30_600,
        coverage: 10.53,
      },
    },
    { id: 'sample-fridge', kind: 'sample-fridge' },
  ]);
  expect(await kitchen.get('/cold-chain/units/fridge?from=2026-11-23')).toMatchObject({
    id: 'fridge',
    excursions: [
      { from: '2026-11-23T00:30:00.000Z', to: '2026-11-23T01:00:00.000Z', farthest: 9.2 },
    ],
  });
  const record = await kitchen.get('/cold-chain/records?day=2026-11-23&unit=fridge');
  expect(record.rows).toMatchObject([
    { time: '08:00', name: '肉类冷藏柜', person: '自动记录 automatic' },
    { time: '08:30', temperature: 9.2, isNormal: false, missing: ['action', 'person'] },
  ]);
});

test('what does not exist is refused', async () => {
  await using kitchen = await openKitchen();
  expect(await kitchen.get('/cold-chain/units/meter')).toMatchObject({ code: 'RECORD_UNKNOWN' });
  const ghost = '/cold-chain/records?day=2026-11-23&unit=ghost';
  expect(await kitchen.get(ghost)).toMatchObject({ code: 'RECORD_UNKNOWN' });
  const never = '/cold-chain/records?day=2026-02-31';
  expect(await kitchen.get(never)).toMatchObject({ code: 'REQUEST_INVALID' });
  const backwards = '/cold-chain/units?from=2026-11-23&to=2026-11-01';
  expect(await kitchen.get(backwards)).toMatchObject({ code: 'REQUEST_INVALID' });
});
