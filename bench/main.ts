import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { alarmLatency } from './alarm-latency.ts';
import { canteen } from './canteen.ts';
import { energy } from './energy.ts';
import { influx } from './influx.ts';
import { ingest } from './ingest.ts';
import { type Effort, type Figure, isReached, type Measurement, ratioOf } from './measurement.ts';
import { memory } from './memory.ts';
import { replay } from './replay.ts';
import { rules } from './rules.ts';
import { startUp } from './start-up.ts';
import { storm } from './storm.ts';
import { table } from './table.ts';

const USAGE = `npm run bench -- [options] [part…]
  --quick   a short smoke run of everything
  --full    50 million stored readings
  part      some of: `;

const PARTS: Readonly<Record<string, Measurement>> = {
  ingest,
  alarms: alarmLatency,
  memory,
  'start-up': startUp,
  replay,
  rules,
  storm,
  canteen,
  energy,
  influx,
};
const RESULTS = join(import.meta.dirname, 'results');

function readCommandLine(): Effort & { parts: string[] } {
  const { values, positionals } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
    allowPositionals: true,
  });
  const unknown = positionals.filter((part) => !Object.hasOwn(PARTS, part));
  if (values.help || unknown.length > 0) {
    console.log(`${USAGE}${Object.keys(PARTS).join(', ')}`);
    process.exit(values.help ? 0 : 1);
  }
  const parts = positionals.length > 0 ? positionals : Object.keys(PARTS);
  return { quick: values.quick, full: values.full, parts };
}

/** The commit that was measured, where git can say. */
function commit(): string | undefined {
  try {
    const options = { cwd: import.meta.dirname, encoding: 'utf8', stdio: 'pipe' } as const;
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], options).trim();
  } catch {
    return undefined;
  }
}

/** Each part has a file of its own, so that a run of some parts, or a quick one, replaces no other. */
function write(part: string, effort: Effort, figures: readonly Figure[]): string {
  mkdirSync(RESULTS, { recursive: true });
  const file = join(RESULTS, `${part}${effort.quick ? '-quick' : ''}.json`);
  const result = {
    time: new Date().toISOString(),
    commit: commit(),
    node: process.version,
    processors: cpus().length,
    processor: cpus()[0]?.model,
    ...effort,
    figures: figures.map((figure) => ({
      ...figure,
      ratio: ratioOf(figure),
      reached: isReached(figure),
    })),
  };
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  return file;
}

const { parts, ...effort } = readCommandLine();
const figures: Figure[] = [];
const files: string[] = [];
for (const part of parts) {
  const measured = (await PARTS[part]?.(effort, (text) => console.error(text))) ?? [];
  figures.push(...measured);
  files.push(write(part, effort, measured));
}
console.log(table(figures));
console.log(`→ ${files.join('\n→ ')}`);
// a missed goal is seen in the table and in the files; a quick run proves nothing
if (!effort.quick && figures.some((figure) => isReached(figure) === false)) process.exitCode = 1;
