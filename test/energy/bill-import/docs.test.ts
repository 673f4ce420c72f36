import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfiguration } from '../../../src/campus/load.ts';
import { Folder } from '../../harness/folder.ts';
import { realProfiles } from '../../harness/profiles.ts';
import { brief, readText } from './support.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/bills.md'), 'utf8');
const blocks = (kind: string) =>
  [...PAGE.matchAll(/```(\w+)\n([^`]*)```/g)]
    .filter(([, name]) => name === kind)
    .map((m) => m[2] ?? '');

test('every example of the page is read', async () => {
  const found = await Promise.all(
    blocks('csv').map(async (text) => {
      const [electricity, water] = await Promise.all(
        (['electricity', 'water'] as const).map((utility) => readText(text, { utility })),
      );
      expect([...(electricity?.mistakes ?? []), ...(water?.mistakes ?? [])]).toEqual([]);
      return [electricity, water].map((read) => (read ? brief(read) : []));
    }),
  );
  expect(found).toEqual([
    [['2025-01-01 2025-01-31 12000 7200', '2025-02-01 2025-02-28 9000 5400'], []],
    [[], ['0033 2024-12-26 2025-01-25 310 1271', '0033 2025-01-26 2025-02-25 280 1148']],
    [
      ['2025-01-01 2025-01-31 12000 7200', '2025-04-01 2025-06-30 31000 18600'],
      ['2025-01-01 2025-01-31 800 3280', '2025-04-01 2025-06-30 2100 8610'],
    ],
    [['2025-01-01 2025-01-31 12000', '2025-02-01 2025-02-28 9000'], []],
    [
      [
        '2024-01-01 2024-01-31 12600',
        '2025-01-01 2025-01-31 12000',
        '2024-02-01 2024-02-29 9400',
        '2025-02-01 2025-02-28 9000',
      ],
      [],
    ],
  ]);
});

test('its section of campus.yaml is taken', () => {
  using folder = new Folder();
  for (const section of blocks('yaml')) {
    const file = folder.write('campus.yaml', `campus: {id: q, name: 青城小学}\n${section}`);
    expect(() => loadConfiguration(file, realProfiles)).not.toThrow();
  }
});
