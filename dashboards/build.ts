import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfiguration } from '../src/campus/load.ts';
import { loadProfiles } from '../src/campus/profile.ts';
import { print } from '../src/cli/print.ts';
import { generate } from './generate.ts';

const ROOT = join(import.meta.dirname, '..');

const { values } = parseArgs({
  options: {
    // several: the campuses of several gateways on one set of dashboards
    config: { type: 'string', multiple: true, default: [join(ROOT, 'campus.example.yaml')] },
    out: { type: 'string', default: join(import.meta.dirname, 'generated') },
  },
});

const profiles = loadProfiles(join(ROOT, 'devices'));
const files = generate(values.config.map((path) => loadConfiguration(path, profiles)));
mkdirSync(values.out, { recursive: true });
for (const [file, json] of files) writeFileSync(join(values.out, file), json);
print(`${values.out}: ${[...files.keys()].join(', ')}`);
