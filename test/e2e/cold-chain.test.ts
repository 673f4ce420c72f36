import { expect, test } from 'vitest';
import { outcome } from './support/codes.ts';
import { School } from './support/school.ts';

const SCHOOL = `
campus: {id: qingcheng, name: 青城小学}
devices:
  - {id: fridge, name: 肉类冷藏柜, profile: generic/fridge}
`;

test('the command line tells the cold units and the temperature record of a day', {
  timeout: 60_000,
}, async () => {
  using school = new School(SCHOOL);
  const readings = Array.from({ length: 60 }, (_, minute) => {
    const time = `2026-11-23T08:${String(minute).padStart(2, '0')}:00+08:00`;
    return `${time},fridge,temperature,${4 + (minute % 3) / 10}`;
  });
  const csv = school.folder.write('day.csv', ['time,device,metric,value', ...readings].join('\n'));
  await school.command('import', 'readings', csv);

  const units = await school.command('cold-chain', 'units', '--day', '2026-11-23', '--json');
  expect(JSON.parse(units.stdout)).toMatchObject({
    units: [{ id: 'fridge', period: { inRange: 3_840, outOfRange: 0 } }],
  });
  const record = await school.command('cold-chain', 'record', '--day', '2026-11-23');
  expect(record.stdout).toContain('08:00  肉类冷藏柜  青城小学  4 ℃  正常  自动记录 automatic');
  expect(record.stdout).toContain('12:00  肉类冷藏柜  青城小学  – ℃  未知');
  expect(outcome(await school.command('cold-chain', 'defrost'))).toEqual({
    ...{ code: 1, codes: ['USAGE'] },
  });
});
