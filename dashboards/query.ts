import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import { influxql, type Select } from './influxql.ts';

/** The data source that provisioning/datasources/influxdb.yaml creates. */
export const DATA_SOURCE: DataSourceRef = { type: 'influxdb', uid: 'campus-influxdb' };

export interface Query {
  query: Select;
  /** What the series are called; `$tag_…` stands for a tag's value. */
  as?: string;
}

/** A query as Grafana's InfluxDB data source takes it; the SDK has no builder for it. */
export interface InfluxTarget extends Dataquery {
  refId: string;
  datasource: DataSourceRef;
  rawQuery: true;
  query: string;
  resultFormat: 'time_series' | 'table';
  alias?: string;
}

/** Names the queries of a panel A, B, C … */
const refId = (index: number): string => String.fromCharCode('A'.charCodeAt(0) + index);

export function targets(
  queries: readonly Query[],
  resultFormat: InfluxTarget['resultFormat'],
): Builder<Dataquery>[] {
  return queries.map(({ query, as }, index) => ({
    build: (): InfluxTarget => ({
      refId: refId(index),
      datasource: DATA_SOURCE,
      rawQuery: true,
      query: influxql(query),
      resultFormat,
      ...(as === undefined ? {} : { alias: as }),
      // marks the type for the SDK; JSON leaves it out
      _implementsDataqueryVariant: () => undefined,
    }),
  }));
}
