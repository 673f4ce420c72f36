import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildingMeters, ofKind, readSite } from '../../dashboards/site.ts';
import { type BoardQuery, boards, example, queriesOf } from './boards.ts';
import { asRegex, type Choice, fillIn } from './grafana.ts';
import type { InfluxClient } from './influx-client.ts';
import { available, openInflux } from './influx-server.ts';
import { linesOf } from './points.ts';

const NOW = Date.now();
const site = readSite([example]);
const rules = site.devices.flatMap((device) => device.rules);

/** What a reader might choose besides everything. */
const CHOICES: readonly Choice[] = [
  { campus: ['qingcheng'], zone: ['canteen-cold-store', 'teaching'], device: ['canteen-fridge-1'] },
  { campus: ['no such/campus.*'], zone: ['a|b', '(c'], device: ['$d', 'e\\'], instance: ['^f'] },
];

test('values are escaped as Grafana does it', () => {
  expect(asRegex('all')).toBe('.*');
  expect(asRegex(['a.b'])).toBe('a\\.b');
  expect(asRegex(['a/b', '食堂'])).toBe('(a\\/b|食堂)');
});

const where = 'server' in available ? available.server : `skipped: ${available.missing}`;

describe.skipIf(!('server' in available))(`against a real InfluxDB (${where})`, () => {
  let influx: InfluxClient | undefined;

  beforeAll(async () => {
    influx = await openInflux();
    await influx.write([...linesOf(example, NOW)]);
  });

  afterAll(async () => {
    await influx?.close();
  });

  const ask = async (entry: BoardQuery, choice: Choice): Promise<unknown[][]> => {
    if (!influx) throw new Error('no InfluxDB');
    return influx.query(fillIn(entry, choice, NOW));
  };

  /** The figures that a panel's query answers for everything. */
  const figures = async (name: RegExp): Promise<number[]> => {
    const all = boards.flatMap(([, board]) => queriesOf(board));
    const [entry, ...others] = all.filter((each) => name.test(each.name));
    if (!entry || others.length > 0) throw new Error(`not one query ${name}`);
    return (await ask(entry, {})).map(([, value]) => Number(value));
  };

  describe.each(boards)('%s', (_file, board) => {
    test.each(queriesOf(board).map((entry) => [entry.name, entry] as const))(
      '%s',
      async (_name, entry) => {
        const rows = await ask(entry, {});
        expect(rows.length, 'rows for all that the campus has').toBeGreaterThan(0);
        expect(rows.some((row) => row.slice(1).some((value) => value !== null))).toBe(true);
        for (const choice of CHOICES) await ask(entry, choice);
      },
    );
  });

  test('a unit that never was in range shows 0 %, not nothing', async () => {
    const fridges = await figures(/温度达标率 B/);
    expect(fridges).toEqual(fridges.map(() => 0));
    for (const share of await figures(/温度达标率 A/)) {
      expect(share).toBeGreaterThan(90);
      expect(share).toBeLessThan(100);
    }
  });

  test('every cold unit is counted against its own limits', async () => {
    expect(await figures(/总览 . 此刻超限的冷柜/)).toEqual([ofKind(site, 'cold_storage').length]);
  });

  test('an alarm that was raised again after it was closed is open', async () => {
    const critical = rules.filter(({ severity }) => severity === 'critical');
    expect(await figures(/总览 . 未关闭的报警数 A/)).toEqual([critical.length]);
    const silence = rules.filter((rule) => rule.kind === 'silence' || rule.metric === 'online');
    expect(await figures(/总览 . 静默的设备/)).toEqual([silence.length]);
  });

  test('a meter and those that it feeds are never added', async () => {
    const total = await figures(/电与水 . 此刻全校功率/);
    const unmetered = await figures(/电与水 . 未计量的功率 A/);
    // every meter here shows the same
    const below = buildingMeters(site, 'electricity_meter').length;
    expect(unmetered.at(-1)).toBeCloseTo((total.at(-1) ?? Number.NaN) * (1 - below), 6);
  });
});
