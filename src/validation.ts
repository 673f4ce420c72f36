import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { type Static, type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { DURATION_PATTERN } from './duration.ts';
import { CodedError, type Text } from './errors.ts';
import { unreadable } from './read-file.ts';
import { type Path, sayValue, schemaMistakes, verbatim } from './schema-mistakes.ts';
import { sayYamlError } from './yaml-syntax.ts';

export { NOTHING, type Path } from './schema-mistakes.ts';

const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** A mistake in a YAML file: where it is, what stands there and what may stand there. */
export interface Mistake {
  file: string;
  line: number;
  /** `devices[3].profile`; empty for the whole file. */
  path: string;
  found: Text;
  allowed: Text;
}

/** Marks a schema with the words used when a value does not fit it, and in the generated docs. */
export const allows = (en: string, zh: string) => ({ allowed: { en, zh } satisfies Text });

/** Marks a schema whose value is shown to nobody, however wrong: it is a secret or was meant for one. */
export const secret = { secret: true };

/** Describes a setting for the generated reference. */
export const about = (en: string, zh: string) => ({ description: en, descriptionZh: zh });

export const Id = (options = {}) =>
  Type.String({
    pattern: '^[a-z0-9][a-z0-9_-]{0,62}$',
    ...allows(
      'a short name of a–z, 0–9, - and _, at most 63 characters',
      '由 a–z、0–9、- 和 _ 组成的短名，最多 63 个字符',
    ),
    ...options,
  });

export const Name = (options = {}) =>
  Type.String({
    minLength: 1,
    maxLength: 100,
    ...allows('a text of 1 to 100 characters', '1 到 100 个字符的文字'),
    ...options,
  });

export const Duration = (options = {}) =>
  Type.String({
    pattern: DURATION_PATTERN,
    ...allows(
      'a duration such as 30s, 15m, 2h or 1d',
      '时长，例如 30s（秒）、15m（分）、2h（小时）、1d（天）',
    ),
    ...options,
  });

export const DateOnly = (options = {}) =>
  Type.String({
    pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$',
    ...allows('a date such as 2026-09-01', '日期，例如 2026-09-01'),
    ...options,
  });

export const TimeOfDay = (options = {}) =>
  Type.String({
    pattern: '^([01]\\d|2[0-3]):[0-5]\\d$',
    ...allows('a time of day such as "07:30", in quotes', '时刻，例如 "07:30"（加引号）'),
    ...options,
  });

export const EnvironmentName = (options = {}) =>
  Type.String({
    pattern: '^[A-Z][A-Z0-9_]{0,63}$',
    ...allows('the name of an environment variable', '环境变量名'),
    // people write the secret itself here
    ...secret,
    ...options,
  });

export const Url = (options = {}) =>
  Type.String({
    pattern: '^https?://[^\\s]+$',
    maxLength: 500,
    ...allows('an http or https address', 'http 或 https 地址'),
    // it may hold a password or a key
    ...secret,
    ...options,
  });

/** A text in both languages, or one text that serves for both. */
export const BothLanguages = (options = {}) =>
  Type.Object(
    { zh: Type.String({ minLength: 1 }), en: Type.String({ minLength: 1 }) },
    { additionalProperties: false, ...options },
  );

export const Phone = () =>
  Type.String({
    pattern: '^\\+?[0-9]{5,15}$',
    ...allows('a phone number of digits, in quotes', '电话号码，只含数字，加引号'),
    ...secret,
  });

const sayPath = (path: Path): string =>
  path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i ? `.${step}` : step)).join('');

/** What was found where one of two things is missing. */
export const NEITHER: Text = { en: 'neither', zh: '两者都没有' };

/** What was found where something may be there once only. */
export const again = (id: string): Text => ({ en: `"${id}" again`, zh: `重复的 "${id}"` });

/** Compiled once: thousands of devices are checked in milliseconds. */
const validators = new WeakMap<TSchema, (value: unknown) => boolean>();

function fits<S extends TSchema>(schema: S, value: unknown): value is Static<S> {
  let check = validators.get(schema);
  if (!check) {
    const compiled = Compile(schema);
    check = (candidate) => compiled.Check(candidate);
    validators.set(schema, check);
  }
  return check(value);
}

const VALID: Text = { en: 'valid YAML', zh: '合法的 YAML' };

/** A YAML file that remembers its lines, so that a mistake can be pointed at. */
export class YamlFile {
  readonly file: string;
  readonly value: unknown;
  readonly mistakes: Mistake[] = [];
  readonly #document: Document;
  readonly #lines = new LineCounter();

  constructor(file: string, text: string) {
    this.file = file;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    for (const error of this.#document.errors) {
      this.mistakes.push({
        file,
        line: this.#lines.linePos(error.pos[0]).line,
        path: '',
        found: sayYamlError(error.code),
        allowed: VALID,
      });
    }
    this.value = this.mistakes.length > 0 ? undefined : this.#plain();
  }

  /**
   * Adds a mistake at a path that the schema alone can't see. What was found is said in both
   * languages, unless it is a text that serves for both; without it, it is what stands there.
   */
  mistake(path: Path, allowed: Text, found?: Text | string): void {
    this.mistakes.push({
      file: this.file,
      line: this.lineOf(path),
      path: sayPath(path),
      found:
        typeof found === 'string'
          ? verbatim(found)
          : (found ?? sayValue(this.#document.getIn([...path]))),
      allowed,
    });
  }

  /** Checks the whole file. Without mistakes the value is returned with its defaults filled in. */
  check<S extends TSchema>(schema: S): Static<S> | undefined {
    if (this.mistakes.length > 0) return undefined;
    const value = Value.Default(schema, structuredClone(this.value));
    if (fits(schema, value)) return value;
    for (const { path, allowed, found } of schemaMistakes(schema, value)) {
      this.mistake(path, allowed, found);
    }
    return undefined;
  }

  /** The line of a value, or of the nearest thing around it that exists. */
  lineOf(path: Path): number {
    for (let length = path.length; length > 0; length--) {
      const parent = this.#document.getIn(path.slice(0, length - 1), true);
      const step = path[length - 1];
      if (isMap(parent)) {
        const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === step);
        if (pair && isNode(pair.key)) return this.#lineOfNode(pair.key);
      }
      const node = this.#document.getIn(path.slice(0, length), true);
      if (isNode(node)) return this.#lineOfNode(node);
    }
    return 1;
  }

  #lineOfNode(node: { range?: readonly number[] | null }): number {
    return this.#lines.linePos(node.range?.[0] ?? 0).line;
  }

  #plain(): unknown {
    try {
      return this.#document.toJS() ?? {};
    } catch {
      // only aliases are followed here: to nothing, or to too much
      this.mistake([], VALID, sayYamlError('BAD_ALIAS'));
      return undefined;
    }
  }
}

const UTF8: Text = {
  en: 'UTF-8 text: save the file as UTF-8',
  zh: 'UTF-8 编码的文本：请另存为 UTF-8',
};

/** The first line that is no UTF-8 (GBK, say): names in it would become �. Only UTF-16 holds zeros. */
function firstNotUtf8(bytes: Buffer): number | undefined {
  if (bytes.includes(0)) return 1;
  if (isUtf8(bytes)) return undefined;
  let line = 1;
  for (let from = 0; ; line++) {
    const end = bytes.indexOf('\n', from);
    if (end < 0 || !isUtf8(bytes.subarray(from, end))) return line;
    from = end + 1;
  }
}

/** Reads a YAML file from disk. Throws CONFIG_UNREADABLE. */
export function readYaml(file: string): YamlFile {
  try {
    const { size } = statSync(file);
    if (size > MAX_FILE_BYTES) throw new Error(`${size} bytes; at most ${MAX_FILE_BYTES}`);
    const bytes = readFileSync(file);
    const line = firstNotUtf8(bytes);
    if (line === undefined) return new YamlFile(file, bytes.toString());
    const yaml = new YamlFile(file, '');
    const found = { en: 'text in another encoding', zh: '其他编码的文本' };
    yaml.mistakes.push({ file, line, path: '', found, allowed: UTF8 });
    return yaml;
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Throws CONFIG_INVALID with every mistake, one a line, in each language. */
export function throwMistakes(mistakes: readonly Mistake[]): void {
  if (mistakes.length === 0) return;
  const sorted = mistakes.toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
  const list = sorted.map(
    ({ file, line, path, found, allowed }) =>
      `${file}:${line}: ${path || '(file)'}: found ${found.en}; allowed: ${allowed.en}`,
  );
  const listZh = sorted.map(
    ({ file, line, path, found, allowed }) =>
      `${file}:${line}: ${path || '整个文件'}：实际为 ${found.zh}；允许：${allowed.zh}`,
  );
  throw new CodedError('CONFIG_INVALID', {
    count: mistakes.length,
    list: list.join('\n'),
    listZh: listZh.join('\n'),
  });
}

/** One of some names, as what is allowed. */
export const oneOf = (names: Iterable<string>) => {
  const all = [...names];
  const list = all.slice(0, 20).join(', ') + (all.length > 20 ? ', …' : '');
  return { en: `one of ${list || '(none defined)'}`, zh: `其中之一：${list || '（尚未定义）'}` };
};
