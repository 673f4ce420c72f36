import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';
import type { Millis } from '../clock.ts';
import { CodedError, type Text } from '../errors.ts';
import { type Path, sayValue, schemaMistakes, verbatim } from '../schema-mistakes.ts';

const PARTS: Record<string, string> = { querystring: 'query', params: 'path' };

/**
 * Checks the parts of a request with TypeBox and fills in their defaults. What is wrong is said in
 * the words of the schema, as REQUEST_INVALID.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart = '' }) => {
  const check = Compile(schema);
  return (value: unknown) => {
    // queries and paths are texts; a body says its types itself
    const converted = httpPart === 'body' ? value : Value.Convert(schema, value);
    const filled = Value.Default(schema, converted);
    if (check.Check(filled)) return { value: filled };
    return { error: explain(schema, PARTS[httpPart] ?? httpPart, filled) };
  };
};

function explain(schema: TSchema, part: string, value: unknown): CodedError {
  const [mistake] = schemaMistakes(schema, value);
  const { path = [], allowed = { en: 'another value', zh: '其他值' }, found } = mistake ?? {};
  return requestInvalid([part, ...path].join('.'), found ?? sayValue(at(value, path)), allowed);
}

/**
 * REQUEST_INVALID: where in the request, what was found, in both languages or in a text that serves
 * for both, and what is allowed there.
 */
export function requestInvalid(where: string, found: Text | string, allowed: Text): CodedError {
  const { en, zh } = typeof found === 'string' ? verbatim(found) : found;
  return new CodedError('REQUEST_INVALID', {
    ...{ where, found: en, foundZh: zh },
    ...{ allowed: allowed.en, allowedZh: allowed.zh },
  });
}

/** A point in time that a client gives. Throws REQUEST_INVALID: its pattern lets a 31st of February through. */
export function readMoment(where: string, text: string): Millis {
  const time = Date.parse(text);
  if (Number.isNaN(time)) {
    throw requestInvalid(where, `"${text}"`, { en: 'a time that exists', zh: '有效时间' });
  }
  return time;
}

function at(root: unknown, path: Path): unknown {
  let here = root;
  for (const step of path) {
    here = typeof here === 'object' && here !== null ? Reflect.get(here, step) : undefined;
  }
  return here;
}
