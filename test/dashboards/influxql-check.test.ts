import { expect, test } from 'vitest';
import { likeVariable } from '../../dashboards/influxql.ts';
import { checkInfluxql, type Schema } from './influxql-check.ts';
import type { ColumnType } from './influxql-rules.ts';

const CAMPUS = likeVariable('campus');
const ZONE = likeVariable('zone');
/** Matches a part of the name, too. */
const LOOSE = CAMPUS.replaceAll(/[\^]|[$](?=[/])/g, '');

const columns = (all: Record<string, ColumnType>) => new Map(Object.entries(all));

const schema: Schema = {
  measurements: new Map([
    [
      'cold',
      columns({
        campus: 'tag',
        zone: 'tag',
        device: 'tag',
        temperature: 'number',
        door: 'boolean',
      }),
    ],
    ['fire', columns({ campus: 'tag', device: 'tag', smoke: 'boolean', note: 'string' })],
  ]),
  variables: new Set(['campus']),
};

test.each([
  'SELECT mean("temperature") AS "t" FROM "cold" WHERE $timeFilter GROUP BY time($__interval), "device" fill(none)',
  `SELECT last("smoke"), "device" FROM "fire" WHERE time > now() - 90d AND ${CAMPUS} GROUP BY "campus"`,
  'SELECT "v", "device" FROM (SELECT last("temperature") AS "v" FROM "cold" WHERE $timeFilter GROUP BY "device") WHERE "v" > -12.5',
  'SELECT 100 * count("in") / count("all") FROM (SELECT "temperature" AS "in" FROM "cold" WHERE $timeFilter AND "temperature" <= 8 GROUP BY "device"), (SELECT "temperature" AS "all" FROM "cold" WHERE $timeFilter GROUP BY "device") GROUP BY "device"',
  'SELECT non_negative_derivative(max("temperature"), 1s) FROM "cold" WHERE $timeFilter GROUP BY time(1h) tz(\'Asia/Shanghai\')',
  `SHOW TAG VALUES FROM "cold", "fire" WITH KEY = "device" WHERE ${CAMPUS}`,
])('accepts %s', (query) => {
  expect(() => checkInfluxql(query, schema)).not.toThrow();
});

test.each([
  ['SELECT mean("temperature) FROM "cold" WHERE $timeFilter', 'not understood'],
  ['SELECT mean("temperature" FROM "cold" WHERE $timeFilter', 'FROM wanted'],
  ['SELECT mean("temperature")) FROM "cold" WHERE $timeFilter', 'FROM wanted'],
  ['SELECT mean("temperatur") FROM "cold" WHERE $timeFilter', 'no column "temperatur"'],
  ['SELECT mean("temperature") FROM "colt" WHERE $timeFilter', 'no measurement "colt"'],
  ['SELECT mean("smoke") FROM "fire" WHERE $timeFilter', 'mean of a boolean'],
  ['SELECT avg("temperature") FROM "cold" WHERE $timeFilter', 'no function avg'],
  ['SELECT count("device") FROM "cold" WHERE $timeFilter', 'count of a tag'],
  ['SELECT "device" FROM "cold" WHERE $timeFilter', 'nothing but tags'],
  ['SELECT mean("temperature"), "device" FROM "cold" WHERE $timeFilter', 'beside a figure'],
  ['SELECT mean("temperature") FROM "cold"', 'no bound in time'],
  [
    'SELECT mean("temperature") FROM "cold" WHERE $timeFilter OR "device" = \'a\'',
    'no bound in time',
  ],
  ['SELECT mean("temperature") FROM "cold" WHERE $timeFilter GROUP BY "temperature"', 'grouped by'],
  ['SELECT mean("temperature") FROM "cold" WHERE $timeFilter fill(none)', 'fill without a step'],
  ['SELECT "temperature" FROM "cold" WHERE $timeFilter GROUP BY time(1h)', 'without a function'],
  ['SELECT mean("temperature") FROM "cold" WHERE $timefilter', '$timefilter'],
  ['SELECT mean("temperature") FROM "cold" WHERE $timeFilter AND "device" > 3', 'tag "device" >'],
  ['SELECT mean("temperature") FROM "cold" WHERE $timeFilter AND "temperature" = \'8\'', 'number'],
  [
    'SELECT mean("temperature") FROM "cold" WHERE $timeFilter AND "campus" =~ /^$campus$/',
    'unknown variable',
  ],
  [`SELECT mean("temperature") FROM "cold" WHERE $timeFilter AND ${LOOSE}`, 'longer names'],
  [`SELECT mean("temperature") FROM "cold" WHERE $timeFilter AND ${ZONE}`, 'no variable zone'],
  [
    'SELECT "w" FROM (SELECT last("temperature") AS "v" FROM "cold" WHERE $timeFilter)',
    'no column "w"',
  ],
  ['SHOW TAG VALUES FROM "cold" WITH KEY = "temperature"', 'is no tag'],
])('refuses %s', (query, reason) => {
  expect(() => checkInfluxql(query, schema)).toThrow(reason);
});
