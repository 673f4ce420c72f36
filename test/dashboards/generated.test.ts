import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { generate } from '../../dashboards/generate.ts';
import { TAG } from '../../dashboards/links.ts';
import { DATA_SOURCE } from '../../dashboards/query.ts';
import { boards, committed, example, GENERATED, type Panel, panelsOf } from './boards.ts';

const CHINESE = /\p{Script=Han}/u;
const QUESTION = /^[A-Z][^?]*\?( |$)/;

test('the committed dashboards are current: npm run dashboards', () => {
  const files = generate([example]);
  expect(readdirSync(GENERATED).sort()).toEqual([...files.keys()].sort());
  for (const [file, json] of files) expect(committed(file), file).toBe(json);
});

test('there are six, each with a uid of its own, linked to each other', () => {
  expect(boards.map(([, { title }]) => title)).toEqual([
    '总览',
    '电与水',
    '食堂冷链',
    '消防',
    '设备健康',
    '网关',
  ]);
  expect(new Set(boards.map(([, { uid }]) => uid)).size).toBe(6);
  for (const [, { tags, links, timezone }] of boards) {
    expect(tags).toContain(TAG);
    expect(links.some((link) => link.type === 'dashboards' && link.tags.includes(TAG))).toBe(true);
    expect(timezone).toBe('Asia/Shanghai');
  }
});

test('panels lead only to dashboards that there are', () => {
  const uids = boards.map(([, { uid }]) => uid);
  const urls = boards.flatMap(([, board]) => panelsOf(board).flatMap(({ links = [] }) => links));
  expect(urls.length).toBeGreaterThan(4);
  for (const { url } of urls) expect(uids).toContain(/^\/d\/([^?]+)\?/.exec(url)?.[1]);
});

describe.each(boards)('%s', (_file, board) => {
  test('asks a question in English under a Chinese title', () => {
    expect(board.title).toMatch(CHINESE);
    expect(board.description).toMatch(QUESTION);
  });

  test('lets the reader choose campus, zone and device', () => {
    const names = board.templating.list.map(({ name }) => name);
    expect(names).toEqual(board.title === '网关' ? ['instance'] : ['campus', 'zone', 'device']);
    for (const { label, definition, query, datasource } of board.templating.list) {
      expect(label).toMatch(CHINESE);
      expect(definition).toBe(query.query);
      expect(datasource).toEqual(DATA_SOURCE);
    }
  });

  test('has panels that say what they answer, from the one data source', () => {
    for (const panel of panelsOf(board)) {
      const { title, description, datasource, targets = [] } = panel;
      expect(title).toMatch(CHINESE);
      expect(description, title).toMatch(QUESTION);
      expect(datasource, title).toEqual(DATA_SOURCE);
      expect(targets.length, title).toBeGreaterThan(0);
      for (const target of targets) expect(target.datasource, title).toEqual(DATA_SOURCE);
      expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length);
    }
  });

  test('calls no two panels the same', () => {
    const titles = panelsOf(board).map(({ title }) => title);
    expect(titles).toEqual([...new Set(titles)]);
  });

  test('gives every figure a unit', () => {
    for (const panel of panelsOf(board)) {
      if (panel.type !== 'table')
        expect(panel.fieldConfig?.defaults.unit, panel.title).toBeTruthy();
    }
  });

  test('colours from the lowest step up', () => {
    for (const { title, fieldConfig } of panelsOf(board)) {
      const [first, ...rest] = fieldConfig?.defaults.thresholds.steps ?? [];
      expect(first?.value, title).toBeNull();
      const values = rest.map(({ value }) => value ?? Number.NaN);
      expect(values, title).toEqual([...values].sort((a, b) => a - b));
    }
  });

  test('has ids of their own and places that do not overlap', () => {
    expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length);
    const taken = new Map<string, string>();
    for (const panel of board.panels) {
      for (const cell of cells(panel)) {
        expect(taken.get(cell), `${panel.title} at ${cell}`).toBeUndefined();
        taken.set(cell, panel.title);
      }
    }
  });
});

/** The grid's cells that a panel takes. */
function* cells({ title, gridPos: { x, y, w, h } }: Panel): Generator<string> {
  expect(x + w, title).toBeLessThanOrEqual(24);
  for (let row = y; row < y + h; row++) {
    for (let column = x; column < x + w; column++) yield `${column},${row}`;
  }
}

describe('provisioning', () => {
  const read = (file: string): unknown =>
    parse(readFileSync(join(GENERATED, '../provisioning', file), 'utf8'));

  test('names the data source that the dashboards use, in InfluxQL, its token from outside', () => {
    expect(read('datasources/influxdb.yaml')).toMatchObject({
      apiVersion: 1,
      datasources: [
        {
          ...DATA_SOURCE,
          access: 'proxy',
          jsonData: { version: 'InfluxQL', httpHeaderName1: 'Authorization' },
          secureJsonData: { httpHeaderValue1: 'Token $INFLUX_READ_TOKEN' },
        },
      ],
    });
  });

  test('loads the generated folder', () => {
    expect(read('dashboards/campus.yaml')).toMatchObject({
      apiVersion: 1,
      providers: [{ type: 'file', folder: '校园后勤', allowUiUpdates: false }],
    });
  });
});
