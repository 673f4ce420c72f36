/**
 * InfluxQL as data. A query is written as an object and rendered here, so quoting and escaping
 * happen in one place and every query has a bound in time.
 */

/** The dashboard's time range, as Grafana fills it in. */
export const DASHBOARD_RANGE = '$timeFilter';

/** The step that suits the range and the panel's width, as Grafana fills it in. */
export const AUTO_STEP = '$__interval';

export interface Select {
  /** Expressions: `mean("power") AS "power"`. */
  select: readonly string[];
  /** Measurements, or the queries whose rows this one reads. */
  from: readonly string[] | readonly Select[];
  where?: readonly (string | undefined)[];
  /**
   * Which time it covers: the dashboard's range, or back from now by a duration such as `90d`.
   * Only the innermost queries and those with a step carry it.
   */
  range?: string;
  /** The step of `GROUP BY time(…)`. */
  every?: string;
  /** Tags to group by. */
  by?: readonly string[];
  fill?: 'none' | 'null' | 'previous' | 0;
  /** Days begin at midnight here. */
  timezone?: string;
}

/** A name: of a measurement, a field or a tag. */
export const name = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** A text to compare with. */
export const text = (value: string): string =>
  `'${value.replace(/['\\]/g, '\\$&').replaceAll('\n', '\\n')}'`;

/** A regular expression that matches these values and nothing else. */
export function anyOf(values: readonly string[]): string {
  const escaped = values.map((value) => value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return `/^(${escaped.join('|')})$/`;
}

/** The tag is what the dashboard's variable of the same name says. */
export const likeVariable = (tag: string): string => `${name(tag)} =~ /^\${${tag}:regex}$/`;

export const is = (tag: string, value: string): string => `${name(tag)} = ${text(value)}`;

/** Holds where one of the conditions does. */
export const either = (conditions: readonly string[]): string =>
  conditions.length === 1 ? `${conditions[0]}` : `(${conditions.join(' OR ')})`;

/** Writes a query out. */
export function influxql(query: Select): string {
  const parts = [`SELECT ${query.select.join(', ')} FROM ${sources(query.from)}`];
  const conditions = [...timeBound(query), ...(query.where ?? [])].filter((part) => part);
  if (conditions.length > 0) parts.push(`WHERE ${conditions.join(' AND ')}`);
  const groups = [
    ...(query.every === undefined ? [] : [`time(${query.every})`]),
    ...(query.by ?? []).map(name),
  ];
  if (groups.length > 0) parts.push(`GROUP BY ${groups.join(', ')}`);
  if (query.fill !== undefined) parts.push(`fill(${query.fill})`);
  if (query.timezone !== undefined) parts.push(`tz(${text(query.timezone)})`);
  return parts.join(' ');
}

const isText = (source: string | Select): source is string => typeof source === 'string';

const sources = (from: Select['from']): string =>
  from.map((source) => (isText(source) ? name(source) : `(${influxql(source)})`)).join(', ');

/** Without a bound the innermost query would read all there is, and a step would begin in 1970. */
function timeBound({ from, every, range = DASHBOARD_RANGE }: Select): string[] {
  if (!from.some(isText) && every === undefined) return [];
  return [range === DASHBOARD_RANGE ? range : `time > now() - ${range}`];
}
