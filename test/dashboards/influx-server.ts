import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { Folder } from '../harness/folder.ts';
import { connect1, connect2, type InfluxClient } from './influx-client.ts';

/** The version of the `influxd` on the PATH; undefined where there is none. */
function installedVersion(): string | undefined {
  try {
    const said = execFileSync('influxd', ['version'], { encoding: 'utf8', stdio: 'pipe' });
    return /^InfluxDB v?(\S+)/.exec(said)?.[1];
  } catch {
    return undefined;
  }
}

const { INFLUX_URL, INFLUX_TOKEN } = process.env;
const installed = installedVersion();

/** What the tests run against, or why they can't. */
export const available: { server: string } | { missing: string } =
  INFLUX_URL !== undefined
    ? { server: `INFLUX_URL ${INFLUX_URL}` }
    : installed !== undefined
      ? { server: `influxd ${installed}` }
      : { missing: 'neither INFLUX_URL is set nor is an influxd on the PATH' };

/** Uses INFLUX_URL, or starts `influxd` in a temporary folder on free ports. */
export async function openInflux(): Promise<InfluxClient> {
  if (INFLUX_URL !== undefined) return connect2(INFLUX_URL, INFLUX_TOKEN);
  const folder = new Folder();
  const port = await freePort();
  const isOne = installed?.startsWith('1.') === true;
  const child = spawn(
    'influxd',
    isOne ? await argumentsOf1(folder, port) : argumentsOf2(folder, port),
  );
  process.once('exit', () => child.kill());
  const stop = async () => {
    if (child.exitCode === null && child.kill()) await once(child, 'exit');
    folder[Symbol.dispose]();
  };
  try {
    await listening(child);
    const url = `http://127.0.0.1:${port}`;
    const client = isOne ? await connect1(url) : await connect2(url);
    return { ...client, close: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

async function argumentsOf1(folder: Folder, port: number): Promise<string[]> {
  const config = folder.file('influxdb.conf');
  const part = (name: string) => JSON.stringify(folder.file(name));
  writeFileSync(
    config,
    `reporting-disabled = true
bind-address = "127.0.0.1:${await freePort()}"
[meta]
dir = ${part('meta')}
[data]
dir = ${part('data')}
wal-dir = ${part('wal')}
query-log-enabled = false
[http]
bind-address = "127.0.0.1:${port}"
log-enabled = false
`,
  );
  return ['-config', config];
}

const argumentsOf2 = (folder: Folder, port: number): string[] => [
  `--http-bind-address=127.0.0.1:${port}`,
  `--engine-path=${folder.file('engine')}`,
  `--bolt-path=${folder.file('influxd.bolt')}`,
  `--sqlite-path=${folder.file('influxd.sqlite')}`,
  '--reporting-disabled',
];

/** Waits until the server says that it answers. */
async function listening(child: ChildProcess): Promise<void> {
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('influxd has no output');
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    for (const output of [stdout, stderr]) {
      createInterface({ input: output }).on('line', (line) => {
        said.push(line);
        if (/Listening on HTTP|msg=Listening|"Listening"|\tListening\t/.test(line)) resolve();
      });
    }
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`influxd ended:\n${said.slice(-20).join('\n')}`)));
  });
}
