import { expect } from 'vitest';
import { CodedError } from '../../src/errors.ts';

/** One line of CONFIG_INVALID, in parts. */
export interface Named {
  file: string;
  line: number;
  path: string;
  found: string;
  allowed: string;
}

/** The mistakes that loading something names; fails when it names none. */
export function mistakesOf(load: () => unknown): Named[] {
  try {
    load();
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== 'CONFIG_INVALID') throw error;
    const lines = String(error.params.list).split('\n');
    expect(lines, 'the number that is given').toHaveLength(Number(error.params.count));
    return lines.map(parse);
  }
  return expect.fail('it was taken without complaint');
}

function parse(text: string): Named {
  const match = /([^/]+):(\d+): (.+?): found (.*); allowed: (.+)$/.exec(text);
  if (!match) return expect.fail(`a mistake in another form: ${text}`);
  const [, file = '', line, path = '', found = '', allowed = ''] = match;
  return { file, line: Number(line), path, found, allowed };
}

/** `4 zones[0].name: nothing` */
export const brief = ({ line, path, found }: Named): string => `${line} ${path}: ${found}`;
