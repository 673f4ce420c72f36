import { writeFileSync } from 'node:fs';
import { configurationReference, errorReference } from './reference.ts';

const docs = new URL('../docs/', import.meta.url);
writeFileSync(new URL('configuration.md', docs), configurationReference());
writeFileSync(new URL('errors.md', docs), errorReference());
