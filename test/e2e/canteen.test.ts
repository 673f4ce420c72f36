import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Database } from '../../src/storage/database.ts';
import { structuralMistakes } from '../canteen/epcis-checks.ts';
import { outcome } from './support/codes.ts';
import { School } from './support/school.ts';

const SCHOOL = `
campus: {id: qingcheng, name: 青城小学}
zones: [{id: dry-store, name: 主食库}]
devices:
  - {id: fridge, profile: generic/fridge}
`;

test('the command line traces, tells the rate and proves the ledgers', {
  timeout: 120_000,
}, async () => {
  using school = new School(SCHOOL);
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  {
    await using gateway = await school.open();
    const write = (path: string, body: object) =>
      gateway.asks(`/api/v1/canteen${path}`, { campus: 'qingcheng', person: '李梅', ...body });
    const rice = { product: '大米', quantity: 10, unit: '袋', place: 'dry-store' };
    await write('/batches', { id: 'rice-1', ...rice });
    await write('/dishes', { id: 'congee', day: today, meal: 'lunch', name: '白米粥' });
    await write('/uses', { batch: 'rice-1', dish: 'congee', quantity: 2 });

    // beside the running gateway
    const meal = await school.command('trace', 'meal', today, 'lunch', '--json');
    expect(JSON.parse(meal.stdout)).toMatchObject({
      dishes: [{ id: 'congee', uses: [{ batch: 'rice-1', quantity: 2 }] }],
      batches: [{ id: 'rice-1', left: 8 }],
    });
    await gateway.stops();
  }
  const batch = await school.command('trace', 'batch', 'rice-1');
  expect(batch.stdout).toContain('白米粥: 2 袋');
  expect(batch.stdout).toContain('缺供货者');
  expect(outcome(await school.command('trace', 'batch', 'ghost'))).toEqual({
    ...{ code: 1, codes: ['RECORD_UNKNOWN'] },
  });
  const range = ['--from', today, '--to', today];
  const rate = await school.command('target', 'traceability', ...range, '--json');
  expect(JSON.parse(rate.stdout)).toMatchObject({
    periods: [{ batches: 1, traceable: 0, rate: 0 }],
    untraceable: [{ batch: 'rice-1' }],
  });
  const workbook = school.folder.file('receiving.xlsx');
  const ledger = await school.command('ledger', 'receiving', workbook, ...range, '--json');
  expect(JSON.parse(ledger.stdout)).toEqual({ file: workbook, rows: 1 });
  const events = school.folder.file('events.json');
  const epcis = await school.command('epcis', events, ...range, '--json');
  expect(JSON.parse(epcis.stdout)).toEqual({ file: events, events: 2 });
  expect(structuralMistakes(JSON.parse(readFileSync(events, 'utf8')))).toEqual([]);
  const empty = ['--from', '2020-01-01', '--to', '2020-01-01'];
  expect((await school.command('target', 'traceability', ...empty)).stdout).toContain('无数据');

  const deliveries = school.folder.write('deliveries.csv', '品名,数量,单位\n面粉,1,袋\n油,一,桶\n');
  const taken = await school.command('import', 'deliveries', deliveries, '--person', '李梅');
  expect(taken.stdout).toContain('1 批新导入');
  expect(taken.stderr).toContain('deliveries.csv:3: [DELIVERY_CELL]');

  const whole = await school.command('audit', 'verify', '--json');
  expect(JSON.parse(whole.stdout)).toMatchObject({ entries: 4, brokenFiles: [] });
  expect((await school.command('audit', 'rebuild', '--json')).stdout).toBe('{"entries":4}\n');

  const database = new Database(school.database);
  database.connection.exec(
    "DROP TRIGGER ledger_entry_no_update; UPDATE ledger_entry SET person = '王强' WHERE id = 'congee'",
  );
  database.close();
  const broken = await school.command('audit', 'verify');
  expect(outcome(broken)).toEqual({ code: 1, codes: ['LEDGER_BROKEN'] });
  expect(broken.stderr).toContain('congee');
});
