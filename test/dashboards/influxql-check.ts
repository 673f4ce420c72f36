import {
  type Columns,
  type ColumnType,
  checkCall,
  checkItems,
  compares,
  type Expression,
  merge,
} from './influxql-rules.ts';
import { type Token, tokenize } from './influxql-tokens.ts';

export interface Schema {
  measurements: ReadonlyMap<string, Columns>;
  /** The dashboard's variables. */
  variables: ReadonlySet<string>;
}

/**
 * Reads a query as strictly as InfluxDB does, and more so: all that it names must exist, with the
 * type that its use needs, and nothing is read without a bound in time. Throws what is wrong.
 */
export function checkInfluxql(query: string, schema: Schema): void {
  new Checker(tokenize(query), schema).query();
}

class Checker {
  readonly #tokens: readonly Token[];
  readonly #schema: Schema;
  #at = 0;

  constructor(tokens: readonly Token[], schema: Schema) {
    this.#tokens = tokens;
    this.#schema = schema;
  }

  query(): void {
    if (this.#takes('word', 'SHOW')) this.#showTagValues();
    else this.#select();
    if (this.#at < this.#tokens.length) this.#fail('the end');
  }

  #showTagValues(): void {
    this.#word('TAG');
    this.#word('VALUES');
    this.#word('FROM');
    const measurements = this.#list(() => this.#measurement(this.#value('name')));
    this.#word('WITH');
    this.#word('KEY');
    this.#sign('=');
    const key = this.#value('name');
    for (const columns of measurements) {
      if (columns.get(key) !== 'tag') throw new Error(`"${key}" is no tag`);
    }
    if (this.#takes('word', 'WHERE')) this.#conditions(merge(measurements));
  }

  #select(): Columns {
    this.#word('SELECT');
    const from = this.#skipTo('FROM');
    const { columns, isStored } = this.#sources();
    const afterFrom = this.#at;
    this.#at = from;
    const items = this.#list(() => this.#item(columns));
    if (!this.#takes('word', 'FROM')) this.#fail('FROM');
    this.#at = afterFrom;
    const isBound = this.#takes('word', 'WHERE') ? this.#conditions(columns) : false;
    const groups = this.#groups(columns);
    if ((isStored || groups.step) && !isBound) throw new Error('no bound in time');
    checkItems(items, groups.step);
    this.#tail(groups.step);
    const named = items.flatMap(({ name, type }) =>
      name === undefined ? [] : [[name, type] as const],
    );
    return new Map([...groups.tags.map((tag) => [tag, 'tag'] as const), ...named]);
  }

  /** The place after SELECT; then reads on behind the FROM that belongs to it. */
  #skipTo(word: string): number {
    const start = this.#at;
    for (let depth = 0; ; this.#at++) {
      const token = this.#tokens[this.#at];
      if (!token) this.#fail(word);
      if (token?.value === '(' && token.kind === 'sign') depth += 1;
      if (token?.value === ')' && token.kind === 'sign') depth -= 1;
      if (depth === 0 && token?.kind === 'word' && token.value === word) break;
    }
    this.#at += 1;
    return start;
  }

  #sources(): { columns: Columns; isStored: boolean } {
    let isStored = false;
    const all = this.#list(() => {
      if (this.#takes('sign', '(')) {
        const columns = this.#select();
        this.#sign(')');
        return columns;
      }
      isStored = true;
      return this.#measurement(this.#value('name'));
    });
    return { columns: merge(all), isStored };
  }

  #measurement(name: string): Columns {
    const columns = this.#schema.measurements.get(name);
    if (!columns) throw new Error(`no measurement "${name}"`);
    return columns;
  }

  #item(columns: Columns): Expression {
    const expression = this.#sum(columns);
    const name = this.#takes('word', 'AS') ? this.#value('name') : expression.name;
    return { ...expression, name };
  }

  #sum(columns: Columns): Expression {
    let left = this.#operand(columns);
    for (;;) {
      const sign = this.#peek();
      if (sign?.kind !== 'sign' || !'+-*/'.includes(sign.value)) return left;
      this.#at += 1;
      const right = this.#operand(columns);
      for (const { type } of [left, right]) {
        if (type !== 'number') throw new Error(`${sign.value} with a ${type}`);
      }
      const calls = [...left.calls, ...right.calls];
      left = { type: 'number', name: undefined, calls, bare: left.bare || right.bare };
    }
  }

  #operand(columns: Columns): Expression {
    const token = this.#next();
    if (token.kind === 'number' || token.kind === 'duration') {
      return { type: 'number', name: undefined, calls: [], bare: false };
    }
    if (token.kind === 'name') {
      const type = this.#column(token.value, columns);
      return { type, name: token.value, calls: [], bare: true };
    }
    if (token.kind !== 'word') this.#at -= 1;
    if (token.kind !== 'word') return this.#fail('a field, a function or a number');
    return this.#call(token.value, columns);
  }

  #call(name: string, columns: Columns): Expression {
    this.#sign('(');
    const [first, ...rest] = this.#list(() => this.#sum(columns));
    this.#sign(')');
    if (!first) return this.#fail('what to take');
    checkCall(name, first, rest.length);
    return {
      type: name === 'count' ? 'number' : first.type,
      name,
      calls: [name, ...first.calls],
      bare: false,
    };
  }

  /** Whether they bound the time. */
  #conditions(columns: Columns): boolean {
    let isBound = this.#condition(columns);
    for (;;) {
      if (this.#takes('word', 'AND')) isBound = this.#condition(columns) || isBound;
      else if (this.#takes('word', 'OR')) isBound = this.#condition(columns) && isBound;
      else return isBound;
    }
  }

  #condition(columns: Columns): boolean {
    const token = this.#next();
    if (token.kind === 'sign' && token.value === '(') {
      const isBound = this.#conditions(columns);
      this.#sign(')');
      return isBound;
    }
    if (token.kind === 'variable') {
      if (token.value !== 'timeFilter') throw new Error(`$${token.value} as a condition`);
      return true;
    }
    if (token.kind === 'word' && token.value === 'time') {
      this.#sign('>');
      this.#word('now');
      this.#sign('(');
      this.#sign(')');
      this.#sign('-');
      this.#value('duration');
      return true;
    }
    if (token.kind !== 'name') this.#fail('a condition');
    this.#compare(this.#column(token.value, columns), token.value);
    return false;
  }

  #compare(type: ColumnType, name: string): void {
    const sign = this.#value('sign');
    const right = this.#next();
    if (!compares(type, sign, right)) {
      throw new Error(`${type} "${name}" ${sign} ${right.kind} ${right.value}`);
    }
    if (right.kind === 'regex') this.#regex(right.value);
  }

  /** Variables are written so that Grafana escapes what they stand for. */
  #regex(pattern: string): void {
    const fixed = pattern.replace(/\$\{(\w+):regex\}/g, (_, name: string) => {
      if (!this.#schema.variables.has(name)) throw new Error(`no variable ${name}`);
      return '(a|b)';
    });
    if (!/^\^.*\$$/s.test(fixed)) throw new Error(`/${pattern}/ also matches longer names`);
    if (fixed.slice(0, -1).includes('$')) throw new Error(`/${pattern}/ has an unknown variable`);
    new RegExp(fixed, 'u');
  }

  #groups(columns: Columns): { step: boolean; tags: string[] } {
    if (!this.#takes('word', 'GROUP')) return { step: false, tags: [] };
    this.#word('BY');
    let step = false;
    const tags = this.#list(() => {
      if (this.#takes('word', 'time')) {
        step = true;
        this.#sign('(');
        const { kind, value } = this.#next();
        if (kind !== 'duration' && value !== '__interval') this.#fail('a step');
        this.#sign(')');
        return [];
      }
      const tag = this.#value('name');
      if (this.#column(tag, columns) !== 'tag') throw new Error(`grouped by "${tag}"`);
      return [tag];
    }).flat();
    return { step, tags };
  }

  #tail(hasStep: boolean): void {
    if (this.#takes('word', 'fill')) {
      if (!hasStep) throw new Error('fill without a step');
      this.#sign('(');
      const { value } = this.#next();
      if (!['none', 'null', 'previous', '0'].includes(value)) this.#fail('a filling');
      this.#sign(')');
    }
    if (this.#takes('word', 'tz')) {
      this.#sign('(');
      new Intl.DateTimeFormat('en', { timeZone: this.#value('text') });
      this.#sign(')');
    }
  }

  #column(name: string, columns: Columns): ColumnType {
    const type = columns.get(name);
    if (type === undefined) throw new Error(`no column "${name}"`);
    return type;
  }

  #list<T>(read: () => T): T[] {
    const all = [read()];
    while (this.#takes('sign', ',')) all.push(read());
    return all;
  }

  #peek = (): Token | undefined => this.#tokens[this.#at];

  #next(): Token {
    const token = this.#peek();
    if (!token) return this.#fail('more');
    this.#at += 1;
    return token;
  }

  #takes(kind: Token['kind'], value: string): boolean {
    const token = this.#peek();
    if (token?.kind !== kind || token.value !== value) return false;
    this.#at += 1;
    return true;
  }

  #word = (value: string): void => void (this.#takes('word', value) || this.#fail(value));
  #sign = (value: string): void => void (this.#takes('sign', value) || this.#fail(value));

  #value(kind: Token['kind']): string {
    if (this.#peek()?.kind !== kind) this.#fail(`a ${kind}`);
    return this.#next().value;
  }

  #fail(wanted: string): never {
    const found = this.#peek();
    throw new Error(
      `${wanted} wanted, ${found ? `${found.kind} ${found.value}` : 'the end'} found`,
    );
  }
}
