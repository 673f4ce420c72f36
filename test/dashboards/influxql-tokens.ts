/** The words of a query: names in double quotes, texts, regular expressions, numbers … */
export interface Token {
  kind: 'word' | 'name' | 'text' | 'regex' | 'number' | 'duration' | 'variable' | 'sign';
  value: string;
}

const RULES: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /\s+/y],
  ['name', /"((?:[^"\\\n]|\\["\\])+)"/y],
  ['text', /'((?:[^'\\\n]|\\['\\n])*)'/y],
  ['variable', /\$(\w+)/y],
  ['duration', /(\d+(?:ms|[smhdw]))\b/y],
  ['number', /(-?\d+(?:\.\d+)?)(?![\w.])/y],
  ['word', /([A-Za-z_]+)/y],
  ['sign', /(=~|!~|!=|<=|>=|[=<>(),*/+-])/y],
];
const REGEX = /\/((?:[^/\\\n]|\\.)+)\//y;

/** Splits a query up. Throws at what is none of its words, such as a quote without its end. */
export function tokenize(query: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (rule: RegExp): string | undefined => {
    rule.lastIndex = at;
    const match = rule.exec(query);
    if (!match) return undefined;
    at = rule.lastIndex;
    return match[1] ?? match[0];
  };
  while (at < query.length) {
    // a slash begins a regular expression only after a matching operator
    const isRegex = ['=~', '!~'].includes(tokens.at(-1)?.value ?? '');
    const rules = isRegex ? [RULES[0], ['regex', REGEX] as const] : RULES;
    const before = at;
    for (const rule of rules) {
      if (!rule) continue;
      const value = take(rule[1]);
      if (value === undefined) continue;
      if (rule[0] !== 'space') tokens.push({ kind: rule[0], value });
      break;
    }
    if (at === before) throw new Error(`not understood: ${query.slice(at, at + 30)}`);
  }
  return tokens;
}
