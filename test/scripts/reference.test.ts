import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configurationReference, errorReference } from '../../scripts/reference.ts';

const page = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

test('the configuration reference says what the schema says (else: npm run docs)', () => {
  expect(page('configuration.md')).toBe(configurationReference());
});

test('the error reference says what the catalogue says (else: npm run docs)', () => {
  expect(page('errors.md')).toBe(errorReference());
});
