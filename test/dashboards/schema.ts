import { DERIVED, DEVICE_TAGS } from '../../dashboards/model.ts';
import { kindsOf, ofKind, readSite } from '../../dashboards/site.ts';
import type { Configuration } from '../../src/campus/model.ts';
import { type Board, example } from './boards.ts';
import type { Schema } from './influxql-check.ts';
import type { Columns, ColumnType } from './influxql-rules.ts';

const TEXTS = ['title', 'title_en', 'verdict'];
const BOOLEANS = ['active', 'ok'];

const typeOf = (field: string): ColumnType =>
  TEXTS.includes(field) ? 'string' : BOOLEANS.includes(field) ? 'boolean' : 'number';

function deviceMeasurements(configuration: Configuration): [string, Columns][] {
  const site = readSite([configuration]);
  return kindsOf(site).map((kind) => {
    const metrics = ofKind(site, kind).flatMap(({ profile }) => Object.entries(profile.metrics));
    const fields = metrics.map(([name, { type }]): [string, ColumnType] => [name, type]);
    const tags = DEVICE_TAGS.map((tag): [string, ColumnType] => [tag, 'tag']);
    return [kind, new Map([...tags, ...fields])];
  });
}

const derivedMeasurements = (): [string, Columns][] =>
  Object.entries(DERIVED).map(([name, { tags, fields }]) => [
    name,
    new Map([
      ...tags.map((tag): [string, ColumnType] => [tag, 'tag']),
      ...fields.map((field): [string, ColumnType] => [field, typeOf(field)]),
    ]),
  ]);

const exampleMeasurements = measurementsOf(example);

/** What the database of a configuration holds. */
export function measurementsOf(configuration: Configuration): Schema['measurements'] {
  return new Map([...deviceMeasurements(configuration), ...derivedMeasurements()]);
}

/** What the database holds, and what a dashboard's reader can choose. */
export const schemaOf = (board: Board, measurements = exampleMeasurements): Schema => ({
  measurements,
  variables: new Set(board.templating.list.map(({ name }) => name)),
});
