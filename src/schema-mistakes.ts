import type { TSchema } from 'typebox';
import { Settings } from 'typebox/system';
import { Value } from 'typebox/value';
import type { Text } from './errors.ts';

// Where a value does not fit its schema, and both of them in words.

// All mistakes of a file are shown at once; the library would stop at eight.
Settings.Set({ maxErrors: 1000 });

/** Where in a file or a request. */
export type Path = readonly (string | number)[];

/** What was found where something is missing. */
export const NOTHING: Text = { en: 'nothing', zh: '空（未填写）' };

/** What reads the same in both languages. */
export const verbatim = (text: string): Text => ({ en: text, zh: text });

/** A value as it stands there, but not all of something long. */
export function sayValue(value: unknown): Text {
  return value === undefined ? NOTHING : verbatim(shorten(value));
}

/** Says of a secret no more than what kind of value it is. */
function sayHidden(value: unknown): Text {
  const type = Array.isArray(value) ? 'array' : typeof value;
  if (value === undefined || value === null || type === 'boolean') return sayValue(value);
  const { en, zh } = describeSchema({ type });
  return { en: `${en} (not shown)`, zh: `${zh}（不显示）` };
}

/** Whether anything in a schema is marked as secret. */
const holdsSecret = (schema: unknown): boolean =>
  Array.isArray(schema)
    ? schema.some(holdsSecret)
    : isRecord(schema) && (schema.secret === true || Object.values(schema).some(holdsSecret));

function shorten(value: unknown): string {
  // JSON would call .nan and .inf null
  const text = (typeof value === 'number' ? undefined : JSON.stringify(value)) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

interface SchemaMistake {
  path: Path;
  allowed: Text;
  found?: Text;
}

/** Where a value leaves its schema, each place once, in words. */
export function schemaMistakes(schema: TSchema, value: unknown): SchemaMistake[] {
  const errors = Value.Errors(schema, value);
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf').map((e) => e.schemaPath);
  const mistakes: SchemaMistake[] = [];
  for (const error of errors) {
    // a union's branches all complain; only the branch that was meant speaks
    if (unions.some((union) => error.schemaPath.startsWith(`${union}/anyOf/`))) continue;
    const path = pointerPath(error.instancePath, value);
    const here = at(schema, error.schemaPath.slice(1));
    if (error.keyword === 'boolean') {
      const siblings = at(schema, error.schemaPath.slice(1).replace(/\/[^/]+$/, '/properties'));
      const names = Object.keys(isRecord(siblings) ? siblings : {}).join(', ');
      const words = { en: `only these keys: ${names}`, zh: `只能用这些键：${names}` };
      const key = shorten(path.at(-1));
      const found = { en: `the unknown key ${key}`, zh: `未知的键 ${key}` };
      mistakes.push({ path, allowed: words, found });
    } else if (error.keyword === 'required') {
      for (const name of error.params.requiredProperties) {
        const words = describeSchema(at(schema, `${error.schemaPath.slice(1)}/properties/${name}`));
        mistakes.push({ path: [...path, name], allowed: words, found: NOTHING });
      }
    } else if (error.keyword === 'anyOf' && isRecord(here) && Array.isArray(here.anyOf)) {
      const found = at(value, error.instancePath);
      const kind = isRecord(found) ? found.kind : undefined;
      const meant: TSchema | undefined = here.anyOf.find((branch) =>
        Array.isArray(found)
          ? at(branch, '/type') === 'array'
          : kind !== undefined && at(branch, '/properties/kind/const') === kind,
      );
      if (meant) {
        const inner = schemaMistakes(meant, Value.Default(meant, structuredClone(found)));
        mistakes.push(...inner.map((m) => ({ ...m, path: [...path, ...m.path] })));
      } else {
        mistakes.push(unfit(path, here, found));
      }
    } else if (error.keyword !== 'additionalProperties') {
      mistakes.push(unfit(path, here, at(value, error.instancePath)));
    }
  }
  const seen = new Set<string>();
  return mistakes.filter(({ path }) => {
    const key = path.join('\n');
    return !seen.has(key) && seen.add(key);
  });
}

const unfit = (path: Path, schema: unknown, value: unknown): SchemaMistake => ({
  path,
  allowed: describeSchema(schema),
  ...(holdsSecret(schema) ? { found: sayHidden(value) } : {}),
});

/** What a schema allows, in words. */
export function describeSchema(schema: unknown): Text {
  if (!isRecord(schema)) return { en: 'another value', zh: '其他值' };
  if (isText(schema.allowed)) return schema.allowed;
  if (Array.isArray(schema.enum)) {
    const list = schema.enum.join(', ');
    return { en: `one of ${list}`, zh: `其中之一：${list}` };
  }
  if (Array.isArray(schema.anyOf)) {
    const kinds = schema.anyOf.map((branch) => at(branch, '/properties/kind/const'));
    if (kinds.every((kind) => kind !== undefined)) {
      const list = kinds.join(', ');
      return { en: `a mapping with kind: one of ${list}`, zh: `带 kind 的映射，kind 为：${list}` };
    }
    const all = schema.anyOf.map(describeSchema);
    return { en: all.map((t) => t.en).join(' or '), zh: all.map((t) => t.zh).join('或') };
  }
  if (schema.const !== undefined) return { en: `${schema.const}`, zh: `${schema.const}` };
  const low =
    schema.minimum ??
    (schema.exclusiveMinimum !== undefined ? `>${schema.exclusiveMinimum}` : undefined);
  const range =
    low === undefined && schema.maximum === undefined
      ? ''
      : ` ${low ?? '…'}–${schema.maximum ?? '…'}`;
  switch (schema.type) {
    case 'string':
      return { en: 'a text', zh: '文字' };
    case 'integer':
      return { en: `a whole number${range}`, zh: `整数${range}` };
    case 'number':
      return { en: `a number${range}`, zh: `数字${range}` };
    case 'boolean':
      return { en: 'true or false', zh: 'true 或 false' };
    case 'array':
      return { en: 'a list', zh: '列表' };
    default: {
      const keys = isRecord(schema.properties) ? Object.keys(schema.properties).join(', ') : '';
      return { en: `a mapping${keys && ` with ${keys}`}`, zh: `映射${keys && `，键：${keys}`}` };
    }
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is Text =>
  isRecord(value) && typeof value.zh === 'string' && typeof value.en === 'string';

const unescapeStep = (step: string): string => step.replace(/~1/g, '/').replace(/~0/g, '~');

/** The value at a JSON pointer. */
function at(root: unknown, pointer: string): unknown {
  let here = root;
  for (const step of pointer.split('/').slice(1).map(unescapeStep)) {
    if (Array.isArray(here)) here = here[Number(step)];
    else if (isRecord(here)) here = here[step];
    else return undefined;
  }
  return here;
}

function pointerPath(pointer: string, root: unknown): Path {
  const path: (string | number)[] = [];
  let here = root;
  for (const step of pointer.split('/').slice(1).map(unescapeStep)) {
    path.push(Array.isArray(here) ? Number(step) : step);
    here = Array.isArray(here) ? here[Number(step)] : isRecord(here) ? here[step] : undefined;
  }
  return path;
}
