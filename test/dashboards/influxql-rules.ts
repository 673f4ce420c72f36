import type { Token } from './influxql-tokens.ts';

/** What a column holds; tags are texts that can be grouped by. */
export type ColumnType = 'number' | 'boolean' | 'string' | 'tag';
export type Columns = ReadonlyMap<string, ColumnType>;

/** Functions of InfluxQL that answer a figure for many rows, and those that pick a row. */
const AGGREGATES = ['count', 'mean', 'sum'];
const SELECTORS = ['last', 'first', 'min', 'max', 'bottom', 'top'];
const TRANSFORMATIONS = ['non_negative_derivative', 'non_negative_difference'];
const OF_ANY_TYPE = ['count', 'last', 'first'];

/** A part of SELECT: what it holds, and what it takes from many rows. */
export interface Expression {
  type: ColumnType;
  name: string | undefined;
  calls: string[];
  /** A field or tag outside any function. */
  bare: boolean;
}

/** What a function may be used on. */
export function checkCall(name: string, of: Expression, others: number): void {
  if (![...AGGREGATES, ...SELECTORS, ...TRANSFORMATIONS].includes(name)) {
    throw new Error(`no function ${name}`);
  }
  if (of.type === 'tag') throw new Error(`${name} of a tag`);
  if (of.type !== 'number' && !OF_ANY_TYPE.includes(name)) {
    throw new Error(`${name} of a ${of.type}`);
  }
  if (TRANSFORMATIONS.includes(name) !== of.calls.length > 0) {
    throw new Error(`${name} of ${of.calls.length > 0 ? 'a figure' : 'rows'}`);
  }
  if (['top', 'bottom'].includes(name) && others !== 1) throw new Error(`${name} needs N`);
}

/** Whether a column can be compared so. */
export function compares(type: ColumnType, sign: string, right: Token): boolean {
  switch (type) {
    case 'tag':
      return ['=~', '!~'].includes(sign)
        ? right.kind === 'regex'
        : ['=', '!='].includes(sign) && right.kind === 'text';
    case 'string':
      return ['=', '!='].includes(sign) && right.kind === 'text';
    case 'boolean':
      return ['=', '!='].includes(sign) && ['true', 'false'].includes(right.value);
    case 'number':
      return ['=', '!=', '<', '>', '<=', '>='].includes(sign) && right.kind === 'number';
  }
}

/** The columns of several sources. One name must not mean two things. */
export function merge(all: readonly Columns[]): Columns {
  const merged = new Map<string, ColumnType>();
  for (const [name, type] of all.flatMap((columns) => [...columns])) {
    const known = merged.get(name);
    if (known !== undefined && known !== type) throw new Error(`"${name}": ${known} and ${type}`);
    merged.set(name, type);
  }
  return merged;
}

/** What InfluxDB lets stand together in one SELECT. */
export function checkItems(items: readonly Expression[], hasStep: boolean): void {
  const calls = items.flatMap((item) => item.calls);
  const picks = calls.filter((call) => SELECTORS.includes(call));
  const hasBare = items.some(({ bare }) => bare);
  if (hasBare && calls.length > 0 && (picks.length !== 1 || calls.length !== 1)) {
    throw new Error('fields beside a figure of many rows');
  }
  if (hasStep && calls.length === 0) throw new Error('a step without a function');
  if (items.every(({ type, calls: own }) => type === 'tag' && own.length === 0)) {
    throw new Error('nothing but tags');
  }
}
