import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import { runGateway } from './child.ts';
import type { Measurement } from './measurement.ts';
import { School, WEBHOOK_SECRET } from './school.ts';

const FREEZERS = 100;
const MINUTE = 60_000;
const START = Date.UTC(2026, 8, 1);

/** A hundred freezers, one reading a minute each, at seconds of their own; some get warm for a while. */
async function writeTrace(file: string, rows: number): Promise<void> {
  const output = await open(file, 'w');
  await output.write('time,device,metric,value\n');
  for (let row = 0; row < rows; ) {
    const lines: string[] = [];
    for (const end = Math.min(rows, row + 10_000); row < end; row++) {
      const device = row % FREEZERS;
      const minute = Math.floor(row / FREEZERS);
      const time = START + minute * MINUTE + Math.floor((device * MINUTE) / FREEZERS);
      // two hours of every five days, each freezer at a time of its own
      const isWarm = (minute + device * 72) % 7_200 < 120;
      const value = (isWarm ? -4 : -20) - (row % 10) / 10;
      lines.push(`${new Date(time).toISOString()},freezer-${device},temperature,${value}\n`);
    }
    await output.write(lines.join(''));
  }
  await output.close();
}

/** The baseline: the file is read and its lines are taken apart, no more. */
async function readOnly(file: string): Promise<number> {
  const began = performance.now();
  let rows = 0;
  for await (const _ of createReadStream(file).pipe(parse())) rows += 1;
  if (rows < 2) throw new Error('an empty trace');
  return (performance.now() - began) / 1000;
}

/** A month of recorded readings through all the rules, by the command line. */
export const replay: Measurement = async ({ quick }, say) => {
  const rows = quick ? 20_000 : 1_000_000;
  say(`replay: ${rows} rows`);
  using school = new School({ devices: { freezer: FREEZERS } });
  const file = join(school.folder, 'trace.csv');
  await writeTrace(file, rows);
  const baseline = await readOnly(file);
  const began = performance.now();
  const { process: child, line } = runGateway(
    ['replay', '--config', school.config, file, '--json'],
    { env: { CAMPUS_WEBHOOK_SECRET: WEBHOOK_SECRET } },
  );
  const ended = once(child, 'exit');
  const [, read] = await line(/^(\d+) 行/);
  const [code] = await ended;
  const value = (performance.now() - began) / 1000;
  if (code !== 0 || Number(read) !== rows) throw new Error('the replay did not read every row');
  return [
    {
      name: `replay of ${rows.toLocaleString('en')} rows`,
      value,
      unit: 's',
      baseline: { name: 'csv-parse alone', value: baseline },
      goal: { atMost: 60 },
      details: { rowsPerSecond: rows / value },
    },
  ];
};
